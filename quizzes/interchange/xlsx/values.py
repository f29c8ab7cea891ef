"""What a question holds as the cells of its row: the short texts, and the long ones that may be HTML."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from quizzes.interchange.xlsx.columns import LETTERS, feedback, option
from quizzes.interchange.xlsx.lists import LINES_OR_SEMICOLONS, PAIR, PARTS
from quizzes.interchange.xlsx.words import COMPARING, FALSE, MARKING, SETTINGS, TRUE
from vietnamese.numbers import canonical

Value = dict[str, Any]
Texts = dict[str, str]


def cells_of_value(kind: str, value: Value) -> tuple[Texts, Texts]:
    """Return the texts of cells by the names of their columns: short ones, and long ones as HTML.

    :raises KeyError: (or ValueError, TypeError …) when the value is not one of this kind.
    """
    short, long = _WRITERS[kind](value)
    switched = [SETTINGS[name] for name in ("asks_reason", "marks_reason", "shows_criteria", "reusable") if value.get(name)]
    switched += [SETTINGS["list"]] if value.get("filling") == "list" else []
    return {**short, "settings": "; ".join(switched)}, {"stem": value["stem"], **long}


def _lettered(texts: Iterable[str], feedbacks: Iterable[str]) -> Texts:
    rows = list(zip(texts, feedbacks, strict=True))
    if len(rows) > len(LETTERS):
        raise ValueError
    return {
        **{option(letter): text for letter, (text, _said) in zip(LETTERS, rows, strict=False)},
        **{feedback(letter): said for letter, (_text, said) in zip(LETTERS, rows, strict=False)},
    }


def _options(value: Value) -> tuple[Texts, Texts]:
    options = value["options"]
    right = [letter for letter, row in zip(LETTERS, options, strict=False) if row["is_right"]]
    return {"answer": ", ".join(right), **_lettered([row["text"] for row in options], [row.get("feedback", "") for row in options])}, {}


def _several_answers(value: Value) -> tuple[Texts, Texts]:
    short, long = _options(value)
    return {**short, "marking": MARKING["several_answers"][value.get("marking", "partial")]}, long


def _true_false(value: Value) -> tuple[Texts, Texts]:
    return {"answer": TRUE if value["is_true"] else FALSE, feedback("A"): value.get("feedback", "")}, {}


def _line(fraction: Any, said: str, words: str) -> str:
    """Write one accepted answer: "[50%] answer // feedback"."""
    part = Decimal(str(fraction)) * 100
    # A text that begins like a fraction needs one before it.
    return ("" if part == 100 and not said.startswith("[") else f"[{_comma(part)}%] ") + PARTS.join([said, words] if words else [said])


def _comma(number: Any) -> str:
    return canonical(Decimal(str(number))).replace(".", ",")


def _short_answer(value: Value) -> tuple[Texts, Texts]:
    lines = [_line(row.get("fraction", 1), row["text"], row.get("feedback", "")) for row in value["accepted"]]
    return {"answer": "\n".join(lines), "comparing": COMPARING[value.get("comparing", "case")]}, {}


def _numeric(value: Value) -> tuple[Texts, Texts]:
    lines = []
    for row in value["accepted"]:
        said, tolerance = _comma(row["value"]), row.get("tolerance") or "0"
        by_percent = row.get("measure") == "percent"
        if by_percent or Decimal(str(tolerance)):
            said += f" ± {_comma(tolerance)}{'%' if by_percent else ''}"
        lines.append(_line(row.get("fraction", 1), said, row.get("feedback", "")))
    return {"answer": "\n".join(lines), "unit": value.get("unit") or ""}, {}


def _matching(value: Value) -> tuple[Texts, Texts]:
    pairs = value["pairs"]
    texts = _lettered([PAIR.join([row["left"], row["right"]]) for row in pairs], [row.get("feedback", "") for row in pairs])
    return {**texts, **_distractors(value)}, {}


def _ordering(value: Value) -> tuple[Texts, Texts]:
    items = value["items"]
    return {**_lettered(items, [""] * len(items)), "marking": MARKING["ordering"][value.get("marking", "neighbours")]}, {}


def _gaps(value: Value) -> tuple[Texts, Texts]:
    comparing = COMPARING[value.get("comparing", "case")]
    return {"comparing": comparing, **_distractors(value)}, {"text": value["text"]}


def _drag_words(value: Value) -> tuple[Texts, Texts]:
    return {"answer": LINES_OR_SEMICOLONS.join(value["answers"]), **_distractors(value)}, {"text": value["text"]}


def _essay(value: Value) -> tuple[Texts, Texts]:
    lines = [PARTS.join([row["title"], *([row["description"]] if row.get("description") else []), _comma(row.get("points", 1))])
             for row in value.get("criteria") or []]
    least, most = value.get("least_words"), value.get("most_words")
    words = f"{least} - {most}" if least and most else f"≥ {least}" if least else f"≤ {most}" if most else ""
    return {"criteria": "\n".join(lines), "words": words}, {"answer": value.get("model_answer") or ""}


def _distractors(value: Value) -> Texts:
    return {"distractors": LINES_OR_SEMICOLONS.join(value.get("distractors") or [])}


_WRITERS: dict[str, Callable[[Value], tuple[Texts, Texts]]] = {
    "one_answer": _options, "several_answers": _several_answers, "true_false": _true_false, "short_answer": _short_answer, "numeric": _numeric,
    "matching": _matching, "ordering": _ordering, "gaps": _gaps, "drag_words": _drag_words, "essay": _essay,
}
