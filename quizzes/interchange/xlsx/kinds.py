"""A row of the template as a question: each kind from its cells, and the kind itself where the row does not say it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from quizzes.interchange.items import excerpt_of
from quizzes.interchange.markup import from_plain
from quizzes.interchange.xlsx.columns import LETTERS, Columns, feedback, option
from quizzes.interchange.xlsx.lists import LINES_OR_SEMICOLONS, PAIR, PARTS, lines_in
from quizzes.interchange.xlsx.words import COMPARING, FALSES, HTML, MARKING, SETTINGS, TRUES, kind_named, known_word
from vietnamese.numbers import InvalidNumber, canonical, to_decimal
from vietnamese.text import search_key

Value = dict[str, Any]
_LETTERS = re.compile(r"(?:[A-L](?:[\s,;/.&+)-]|VÀ|AND)*)+")
_ANSWER_WORDS = re.compile(r"^\s*(?:phương án|đáp án|câu)\s+(?=[A-La-l0-9]\b)", re.IGNORECASE)
_FRACTION = re.compile(r"\[\s*(\d{1,3}(?:[.,]\d{1,6})?)\s*%\s*\]\s*")
_TOLERANCE = re.compile(r"\s*(?:±|\+/-|\+-)\s*")
_WITH_UNIT = re.compile(r"([-+−]?[\d., ]*\d)\s*([^\d\s.,].{0,39})")
_GAP = re.compile(r"\[\[([^\[\]]+)\]\]")
_NUMBERED_GAP = re.compile(r"\[\[\d{1,2}\]\]")


class RowFault(Exception):
    """A cell says something that cannot be understood; the message says what to do."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Cells:
    """What a row says, by the names of the columns."""

    number: int
    texts: Mapping[str, str]
    columns: Columns

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "")

    def html(self, name: str) -> str:
        """Return a long text as HTML: as it is in a row that says so, else made of plain text."""
        return self[name] if self.is_html else from_plain(self[name])

    @property
    def is_html(self) -> bool:
        return self["format"].strip().upper() == HTML

    def options(self) -> dict[str, str]:
        """Return the options that are filled in, by their letters."""
        return {letter: text for letter in LETTERS if (text := self[option(letter)])}

    def fault(self, name: str, message: str) -> RowFault:
        """Return the fault of a cell, named as Excel names it; by its heading in a row that stands in no sheet yet."""
        if not self.number:
            return RowFault(f"{self.columns.heading_of(name)}: {message}")
        letters = self.columns.letters_of(name)
        place = f"{letters}{self.number}" if name in self.columns.places else letters
        return RowFault(_("Row %(row)s, cell %(cell)s: %(fault)s") % {"row": self.number, "cell": place, "fault": message})

    def one_of(self, name: str, words: Mapping[str, str], otherwise: str) -> str:
        """Return the value that a cell chooses; `otherwise` when it is empty."""
        if not self[name]:
            return otherwise
        if value := known_word(self[name], words):
            return value
        raise self.fault(name, _("write one of: %(words)s.") % {"words": ", ".join(words.values())})

    def settings(self) -> frozenset[str]:
        """Return the names of what is switched on."""
        named = {known_word(text, SETTINGS): text for text in LINES_OR_SEMICOLONS.split(self["settings"].replace(",", ";"))}
        if "" in named:
            raise self.fault("settings", _("write any of: %(words)s.") % {"words": ", ".join(SETTINGS.values())})
        return frozenset(named)


def kind_of(cells: Cells) -> str:
    """Return the kind of a row's question: as it says, else by what is filled in."""
    if cells["kind"]:
        if kind := kind_named(cells["kind"]):
            return kind
        raise cells.fault("kind", _("“%(kind)s” is no kind of question. Choose one from the list, or leave the cell empty.") % {
            "kind": excerpt_of(cells["kind"], 40)})
    answer, options = cells["answer"], cells.options()
    if len(options) > 1:
        return _kind_with_options(cells, answer, options)
    if _GAP.search(cells["text"] or cells["stem"]):
        return "gaps"
    if not answer:
        raise cells.fault("answer", _("write the right answer, for example B; for an essay choose “Tự luận” under Loại."))
    if search_key(answer) in (TRUES | FALSES) - {"1", "0", "x"}:
        return "true_false"
    if options:
        raise cells.fault(option("B"), _("a question with options needs at least two."))
    return "numeric" if _is_number(lines_in(answer)[0]) else "short_answer"


def _kind_with_options(cells: Cells, answer: str, options: dict[str, str]) -> str:
    if not answer:
        if all(len(PAIR.split(text)) == 2 for text in options.values()):
            return "matching"
        raise cells.fault("answer", _("write the letter of the right option, for example B."))
    if len(_chosen(cells, options)) > 1:
        return "several_answers"
    folded = [search_key(text) for text in options.values()]
    return "true_false" if folded == ["dung", "sai"] else "one_answer"


def value_of(cells: Cells, kind: str) -> Value:
    """Return what a question of this kind holds."""
    return {"stem": cells.html("stem"), **_READERS[kind](cells)}


def _chosen(cells: Cells, options: Mapping[str, str]) -> list[str]:
    """Return the letters of the options that the answer names: by letters, by their own words, or by number."""
    said = _ANSWER_WORDS.sub("", cells["answer"])
    letters = said.upper().strip(" .()")
    # "AC" is two letters, "HAI" a word.
    is_word = len(letters) > 1 and letters.isalpha() and (list(letters) != sorted(letters) or not options.keys() >= set(letters))
    if _LETTERS.fullmatch(letters) and not is_word:
        chosen = list(dict.fromkeys(letter for letter in letters.replace("VÀ", "").replace("AND", "") if letter in LETTERS))
    else:
        chosen = _named_otherwise(cells, said, options)
    for letter in chosen:
        if letter not in options:
            raise cells.fault("answer", _("the answer is %(letter)s, but there is no such option.") % {"letter": letter})
    return chosen


def _named_otherwise(cells: Cells, said: str, options: Mapping[str, str]) -> list[str]:
    by_words = [letter for letter, text in options.items() if search_key(text) == search_key(said)]
    by_number = [LETTERS[int(said) - 1]] if re.fullmatch(r"0?[1-9]|1[0-2]", said) else []
    if by_words and by_number and by_words != by_number:
        raise cells.fault("answer", _("“%(answer)s” may be the number of an option or its words. Write its letter.") % {"answer": said})
    if len(by_words or by_number) != 1:
        raise cells.fault("answer", _("write the letter of the right option, for example B or A, C; not “%(answer)s”.") % {
            "answer": excerpt_of(said, 40)})
    return by_words or by_number


def _options(cells: Cells, *, most_right: int) -> list[Value]:
    options = cells.options()
    chosen = _chosen(cells, options) if cells["answer"] else []
    if len(options) < 2:
        raise cells.fault(option("B"), _("a question with options needs at least two."))
    if not chosen:
        raise cells.fault("answer", _("write the letter of the right option, for example B."))
    if len(chosen) > most_right:
        raise cells.fault("answer", _("a question of this kind has one right answer. Under Loại choose “Nhiều đáp án” for several."))
    return [{"text": text, "is_right": letter in chosen, "feedback": cells[feedback(letter)]} for letter, text in options.items()]


def _one_answer(cells: Cells) -> Value:
    return {"options": _options(cells, most_right=1)}


def _several_answers(cells: Cells) -> Value:
    return {"options": _options(cells, most_right=len(LETTERS)), "marking": cells.one_of("marking", MARKING["several_answers"], "partial")}


def _true_false(cells: Cells) -> Value:
    said, options = search_key(cells["answer"]), cells.options()
    if options and len(said) == 1 and said.upper() in options:
        said = search_key(options[said.upper()])
    if said not in TRUES | FALSES:
        raise cells.fault("answer", _("write Đúng or Sai."))
    extra = {name: True for name in ("asks_reason", "marks_reason") if name in cells.settings()}
    return {"is_true": said in TRUES, "feedback": cells[feedback("A")], **extra}


def _accepted_lines(cells: Cells) -> list[tuple[float, str, str]]:
    """Return the lines of the answer: the part of the points that each earns, what is accepted, and the feedback on it."""
    lines = []
    for line in lines_in(cells["answer"]) or list(cells.options().values()):
        found = _FRACTION.match(line)
        fraction = float(Decimal(found[1].replace(",", ".")) / 100) if found else 1.0
        said, *rest = PARTS.split(line[found.end():] if found else line) or [""]
        if len(rest) > 1 or fraction > 1:
            raise cells.fault("answer", _("“%(line)s” is not understood. Write one answer in a line: [50%%] answer // feedback.") % {
                "line": excerpt_of(line, 40)})
        lines.append((fraction, said, rest[0] if rest else ""))
    if not lines:
        raise cells.fault("answer", _("write the right answer."))
    return lines


def _short_answer(cells: Cells) -> Value:
    accepted = [{"text": text, "fraction": fraction, "feedback": said} for fraction, text, said in _accepted_lines(cells)]
    return {"accepted": accepted, "comparing": cells.one_of("comparing", COMPARING, "case")}


def _numeric(cells: Cells) -> Value:
    accepted, unit = [], cells["unit"]
    for fraction, said, words in _accepted_lines(cells):
        said, *tolerance = _TOLERANCE.split(said)
        # "30 ngày": the unit was written where the number belongs.
        if not unit and not _is_number(said) and (found := _WITH_UNIT.fullmatch(said)):
            said, unit = found[1], found[2].strip()
        by_percent = bool(tolerance) and tolerance[0].endswith("%")
        accepted.append({
            "value": _number(cells, said if _is_number(said) else said.removesuffix(unit)), "tolerance": _number(cells, tolerance[0].rstrip("%")) if tolerance else "0",
            "measure": "percent" if by_percent else "absolute", "fraction": fraction, "feedback": words,
        })
    return {"accepted": accepted, "unit": unit}


def _number(cells: Cells, said: str) -> str:
    try:
        return canonical(to_decimal(said))
    except InvalidNumber as error:
        raise cells.fault("answer", _("“%(said)s” is no number. Write for example 12,5 or 12,5 ± 0,5.") % {"said": excerpt_of(said, 40)}) from error


def _is_number(said: str) -> bool:
    try:
        to_decimal(_TOLERANCE.split(said)[0])
    except InvalidNumber:
        return False
    return True


def _matching(cells: Cells) -> Value:
    pairs = []
    for letter, text in cells.options().items():
        parts = PAIR.split(text)
        if len(parts) != 2:
            raise cells.fault(option(letter), _("write a pair as: left = right."))
        pairs.append({"left": parts[0], "right": parts[1], "feedback": cells[feedback(letter)]})
    if len(pairs) < 2:
        raise cells.fault(option("B"), _("write at least two pairs, each in a cell as: left = right."))
    return {"pairs": pairs, "distractors": _distractors(cells)}


def _ordering(cells: Cells) -> Value:
    options = cells.options()
    order = _chosen(cells, options) if cells["answer"] else list(options)
    if len(options) < 2:
        raise cells.fault(option("B"), _("write at least two steps, one in a cell."))
    if len(order) < len(options):
        raise cells.fault("answer", _("name every step once, for example C, A, B; or leave it empty when they stand in the right order."))
    return {"items": [options[letter] for letter in order], "marking": cells.one_of("marking", MARKING["ordering"], "neighbours")}


def _texts(cells: Cells, stem: str) -> Value:
    """Return the text with the gaps, and a stem that says what to do where a row has only one of the two."""
    if cells["text"] and cells["stem"]:
        return {"text": cells.html("text")}
    return {"stem": from_plain(stem), "text": cells.html("text" if cells["text"] else "stem")}


def _gaps(cells: Cells) -> Value:
    if not _GAP.search(cells["text"] or cells["stem"]):
        raise cells.fault("text" if cells["text"] else "stem", _("write each gap as [[right answer]]."))
    return {
        **_texts(cells, _("Complete the text.")), "filling": "list" if "list" in cells.settings() else "typed",
        "comparing": cells.one_of("comparing", COMPARING, "case"), "distractors": _distractors(cells),
    }


def _drag_words(cells: Cells) -> Value:
    found = _texts(cells, _("Put the words into the text."))
    answers = LINES_OR_SEMICOLONS.split(cells["answer"])
    if not answers and not _NUMBERED_GAP.search(found["text"]):
        # Words written where they belong, as in a text with gaps.
        answers = [word.strip() for word in _GAP.findall(cells["text"] or cells["stem"])]
        numbers = iter(range(1, len(answers) + 1))
        found["text"] = _GAP.sub(lambda _word: f"[[{next(numbers)}]]", found["text"])
    if not answers:
        raise cells.fault("answer", _("write the right words, one in a line: the first belongs into [[1]], the second into [[2]]."))
    return {**found, "answers": answers, "distractors": _distractors(cells), "reusable": "reusable" in cells.settings()}


def _essay(cells: Cells) -> Value:
    least, most = _words(cells)
    extra = {"shows_criteria": True} if "shows_criteria" in cells.settings() else {}
    return {
        "model_answer": cells.html("answer"), "criteria": [_criterion(cells, line) for line in lines_in(cells["criteria"])],
        "least_words": least, "most_words": most, **extra,
    }


def _words(cells: Cells) -> tuple[int | None, int | None]:
    said = cells["words"]
    numbers = [int(number) for number in re.findall(r"\d{1,6}", said.replace(".", ""))]
    if not said:
        return None, None
    if len(numbers) == 2:
        return numbers[0], numbers[1]
    if len(numbers) != 1:
        raise cells.fault("words", _("write for example 200 - 500, ≥ 200 or ≤ 500."))
    return (None, numbers[0]) if re.match(r"[≤<-]|<=|đến|tối đa|không quá", said, re.IGNORECASE) else (numbers[0], None)


def _criterion(cells: Cells, line: str) -> Value:
    title, *rest = PARTS.split(line)
    points = 1.0
    if rest and _is_number(re.sub(r"\s*(?:điểm|đ)$", "", rest[-1])):
        points = float(to_decimal(re.sub(r"\s*(?:điểm|đ)$", "", rest.pop())))
    if len(rest) > 1:
        raise cells.fault("criteria", _("write one criterion in a line: title // what earns these points // points."))
    return {"title": title, "description": rest[0] if rest else "", "points": points}


def _distractors(cells: Cells) -> list[str]:
    return LINES_OR_SEMICOLONS.split(cells["distractors"])


_READERS: dict[str, Callable[[Cells], Value]] = {
    "one_answer": _one_answer, "several_answers": _several_answers, "true_false": _true_false, "short_answer": _short_answer, "numeric": _numeric,
    "matching": _matching, "ordering": _ordering, "gaps": _gaps, "drag_words": _drag_words, "essay": _essay,
}
