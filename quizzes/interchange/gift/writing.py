"""Questions written as GIFT, so that Moodle reads them as they are meant and this program reads them back unchanged.

Every question is read back before it leaves: what its text does not say goes into a comment beside it (gift.labels), and what cannot
be said at all is left, with the reason.
"""

from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from quizzes.interchange.gift.answers import marking_of
from quizzes.interchange.gift.blocks import CATEGORY, Block, blocks_of
from quizzes.interchange.gift.labels import label_lines, more_line
from quizzes.interchange.gift.pictures import put_pictures
from quizzes.interchange.gift.reading import read_block
from quizzes.interchange.gift.texts import escape, say_explanation, say_html, say_words
from quizzes.interchange.gift.values import DEFAULTS, completed, fits
from quizzes.interchange.items import Item, Leave, Refused
from quizzes.interchange.moodle import difference_of, read_path, say_fraction, say_path, say_weight
from vietnamese.numbers import InvalidNumber

Row = dict[str, Any]
_FIELDS = ("code", "difficulty", "topic", "tags", "citations", "category", "explanation")
_BEGINS_AS_HTML = "[html]"


def write(items: Iterable[Item], out: BinaryIO, leave: Leave) -> None:
    """Write questions as GIFT one by one, each with its metadata in comments, the category whenever it changes."""
    category: tuple[str, ...] = ()
    for item in items:
        text = _written(item, leave)
        if text is None:
            continue
        if item.category != category:
            category = item.category
            out.write(f"{CATEGORY} {_path(category)}\n\n".encode("utf-8", "replace"))
        out.write(f"{text}\n\n".encode("utf-8", "replace"))


def _path(names: tuple[str, ...]) -> str:
    # A path stands in one line.
    return say_path(" ".join(name.split()) for name in names)


def _written(item: Item, leave: Leave) -> str | None:
    """Return a question in its final form, read back to see that it is the same; None when it was left."""
    if item.kind not in DEFAULTS:
        leave(item, _("GIFT has no such kind of question."), False)
        return None
    value = completed(item.kind, item.value)
    try:
        text = _text(item, value)
    except InvalidNumber:
        leave(item, _("A number of this question cannot be read."), False)
        return None
    comments = label_lines(item, value, _marked_as(value))
    found = _read_back([*comments, text], item)
    if not isinstance(found, Item) or found.kind != item.kind:
        reason = found.reason if isinstance(found, Refused) else _("In GIFT this question would be one of another kind.")
        leave(item, reason, False)
        return None
    if unsaid := _unsaid(item, value, found):
        comments.append(more_line(unsaid, text))
        found = _read_back([*comments, text], item)
    if _unsaid(item, value, found) or found.value != value or found.pictures != item.pictures:
        leave(item, _("Pictures or other parts of it that GIFT has no place for are not in the file."), True)
    return "\n".join([*comments, text])


def _read_back(lines: list[str], item: Item) -> Item | Refused | None:
    blocks = list(blocks_of(enumerate("\n".join(lines).split("\n"), start=1)))
    category = read_path(_path(item.category))
    return read_block(blocks[0], category) if len(blocks) == 1 and isinstance(blocks[0], Block) else None


def _unsaid(item: Item, value: Row, found: Item) -> Row:
    """Return what of a question was not read back, by where it belongs; pictures aside."""
    fields = {name: getattr(item, name) for name in _FIELDS if getattr(found, name) != getattr(item, name)}
    parts = {name: part for name, part in value.items() if found.value.get(name) != part and fits(item.kind, name, part)}
    return {place: held for place, held in (("item", fields), ("value", parts)) if held}


def _text(item: Item, value: Row) -> str:
    """Write a question without its comments: title, stem, and the answers in braces.

    :raises InvalidNumber: when a number in it is none.
    """
    stem = say_html(put_pictures(value["stem"], item.pictures))
    title = f"::{escape(' '.join(item.code.split()))}::" if item.code else ""
    around = "html" if stem.startswith(_BEGINS_AS_HTML) else "moodle"
    opening, rows = _ANSWERS[item.kind](value, around)
    if item.explanation:
        rows.append(f"####{say_explanation(put_pictures(item.explanation, item.pictures), around)}")
    if not rows:
        return f"{title}{stem}{{{opening}}}"
    return "\n".join([f"{title}{stem}{{{opening}", *(f"\t{row}" for row in rows), "}"])


def _row(sign: str, row: Row, around: str, *, arrows: bool = True) -> str:
    words = say_words(row["text"], around, arrows=arrows)
    # "->" in a feedback makes pairs of short answers for Moodle.
    return f"{sign}{words}" + (f"#{say_words(row['feedback'], around, arrows=arrows)}" if row["feedback"] else "")


def _one_answer(value: Row, around: str) -> tuple[str, list[str]]:
    return "", [_row("=" if option["is_right"] else "~", option, around) for option in value["options"]]


def _weights(value: Row) -> list[float]:
    """Return the weights in percent that come nearest to how the question is marked: see `marking_of`."""
    right = sum(option["is_right"] for option in value["options"])
    wrong = len(value["options"]) - right
    # All or nothing is no way of Moodle's; there one wrong tick takes everything.
    cost = {"lenient": 0.0, "all": -100.0}.get(value["marking"], -100 / max(1, wrong))
    return [100 / right if option["is_right"] else cost for option in value["options"]]


def _marked_as(value: Row) -> str:
    return marking_of(_weights(value))[0] if "marking" in value and any(option["is_right"] for option in value["options"]) else ""


def _several_answers(value: Row, around: str) -> tuple[str, list[str]]:
    return "", [
        _row(f"~%{say_weight(weight)}%" if weight else "~", option, around)
        for option, weight in zip(value["options"], _weights(value), strict=True)]


def _true_false(value: Row, around: str) -> tuple[str, list[str]]:
    feedback = f"#{say_words(value['feedback'], around)}" if value["feedback"] else ""
    return ("TRUE" if value["is_true"] else "FALSE") + feedback, []


def _short_answer(value: Row, around: str) -> tuple[str, list[str]]:
    return "", [
        # A star stands for any letters in Moodle.
        _row(_sign_of(row), {**row, "text": row["text"].replace("*", "\\*")}, around, arrows=False) for row in value["accepted"]]


def _sign_of(row: Row) -> str:
    fraction = float(row["fraction"])
    return "=" if fraction == 1 else f"=%{say_fraction(fraction)}%"


def _numeric(value: Row, around: str) -> tuple[str, list[str]]:
    rows = []
    for row in value["accepted"]:
        off = difference_of(row["value"], row["tolerance"]) if row["measure"] == "percent" else row["tolerance"]
        feedback = f"#{say_words(row['feedback'], around)}" if row["feedback"] else ""
        rows.append(f"{_sign_of(row)}{row['value']}:{off}{feedback}")
    return "#", rows


def _matching(value: Row, around: str) -> tuple[str, list[str]]:
    pairs = [f"={say_words(pair['left'], around, arrows=False)} -> {escape(pair['right'])}" for pair in value["pairs"]]
    return "", pairs + [f"= -> {escape(text)}" for text in value["distractors"]]


def _essay(_value: Row, _around: str) -> tuple[str, list[str]]:
    return "", []


_ANSWERS: dict[str, Callable[[Row, str], tuple[str, list[str]]]] = {
    "one_answer": _one_answer, "several_answers": _several_answers, "true_false": _true_false, "short_answer": _short_answer,
    "numeric": _numeric, "matching": _matching, "essay": _essay,
}
