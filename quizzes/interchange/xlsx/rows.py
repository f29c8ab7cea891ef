"""A row of the template as an `Item`, or why it is none; and an `Item` as the cells of a row. What is written is read again before it is kept."""

import re
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from intake.cells import SheetRow
from intake.decoding import has_old_words, legacy_font_of, legacy_reason
from quizzes.interchange.items import Item, Refused, excerpt_of
from quizzes.interchange.markup import to_plain
from quizzes.interchange.xlsx.columns import COLUMNS, Columns
from quizzes.interchange.xlsx.kinds import Cells, RowFault, kind_of, value_of
from quizzes.interchange.xlsx.lists import COMMAS, LINES_OR_SEMICOLONS, PATH
from quizzes.interchange.xlsx.values import cells_of_value
from quizzes.interchange.xlsx.words import DIFFICULTIES, HTML, KINDS, difficulty_named
from vietnamese.text import search_key

# What Excel keeps in one cell, in units of UTF-16.
MOST_IN_CELL = 32_767
# Rows with such a code show how the template is filled in.
EXAMPLE = "VÍ DỤ"
TEMPLATE = Columns({column.name: place for place, column in enumerate(COLUMNS)}, ())
# A row with nothing else is a title between the questions.
_ABOUT = {"code", "category", "topic", "tags", "difficulty"}
_UNSPEAKABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
_NUMBERS = ("fraction", "points", "value", "tolerance")
_KNOWN = {
    "stem", "options", "text", "is_right", "feedback", "marking", "is_true", "accepted", "fraction", "comparing", "value", "tolerance", "measure", "unit",
    "pairs", "left", "right", "distractors", "items", "filling", "answers", "reusable", "model_answer", "criteria", "title", "description", "points",
    "least_words", "most_words", "asks_reason", "marks_reason", "shows_criteria",
}


def item_of_row(row: SheetRow, columns: Columns) -> Item | Refused | None:
    """Return the question of a row, or why it is none; None for a row that is not meant as one."""
    texts = {name: text for name, place in columns.places.items() if (text := row.cells.get(place))}
    if not texts.keys() - _ABOUT or _is_example(texts.get("code", "")):
        return None
    cells = Cells(row.number, texts, columns)
    try:
        _check(cells, {name for name, place in columns.places.items() if place in row.errors})
        return _item(cells)
    except RowFault as fault:
        return Refused(row.number, fault.message, excerpt_of(cells["stem"] or next(iter(texts.values()))))


def _is_example(code: str) -> bool:
    return code[:1].upper() == EXAMPLE[:1] and search_key(code).startswith(search_key(EXAMPLE))


def _check(cells: Cells, errors: set[str]) -> None:
    for name, text in cells.texts.items():
        if name in errors:
            raise cells.fault(name, _("Excel shows %(error)s, because it took the words for a formula. Type an apostrophe (') before them.") % {
                "error": excerpt_of(text, 20)})
        if len(text) > MOST_IN_CELL:
            raise cells.fault(name, _("the text is too long for a cell."))
    _check_font(cells)


def _check_font(cells: Cells) -> None:
    """Look at the whole row, whose words tell more than those of one cell, and at each cell, since one may have been pasted from elsewhere."""
    row = "\n".join(cells.texts.values())
    if not has_old_words(row):
        return
    for name, text in cells.texts.items():
        if font := legacy_font_of(text):
            raise cells.fault(name, legacy_reason(font))
    if font := legacy_font_of(row):
        raise cells.fault("stem", legacy_reason(font))


def _item(cells: Cells) -> Item:
    kind = kind_of(cells)
    if not cells["stem"] and not (kind in ("gaps", "drag_words") and cells["text"]):
        raise cells.fault("stem", _("write the question."))
    difficulty = difficulty_named(cells["difficulty"]) if cells["difficulty"] else "medium"
    if not difficulty:
        raise cells.fault("difficulty", _("write one of: %(words)s.") % {"words": ", ".join(DIFFICULTIES.values())})
    return Item(
        kind=kind, value=value_of(cells, kind), explanation=cells.html("explanation"), code=cells["code"], difficulty=difficulty, topic=cells["topic"],
        tags=tuple(COMMAS.split(cells["tags"])), citations=tuple(LINES_OR_SEMICOLONS.split(cells["citations"])),
        category=tuple(PATH.split(cells["category"])), line=cells.number)


def cells_of_item(item: Item) -> tuple[dict[str, str], str]:
    """Return the texts of a question's row by the names of the columns, and in words what of it they do not say ("" when they say all of it).

    No texts at all: the question cannot be written.
    """
    if item.kind not in KINDS:
        return {}, _("This kind of question has no column in Excel.")
    try:
        texts = _written(item)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        return {}, _("A part of this question was not understood.")
    if any(len(text.encode("utf-16-le", "replace")) > 2 * MOST_IN_CELL for text in texts.values()):
        return {}, _("A text is too long for a cell of Excel (%(count)s characters).") % {"count": MOST_IN_CELL}
    if any(map(_UNSPEAKABLE.search, texts.values())):
        return {}, _("A text holds a character that Excel cannot hold.")
    places = TEMPLATE.places
    back = item_of_row(SheetRow(0, {places[name]: text.strip() for name, text in texts.items() if text.strip()}), TEMPLATE)
    if back is None or isinstance(back, Refused):
        return {}, back.reason if back else _("Excel files keep rows with this code for examples.")
    if _comparable(item) != _comparable(back):
        return {}, _("A row of Excel cannot say this question.")
    if item.pictures:
        return texts, _("Excel files hold no pictures; they are left out.")
    return texts, _("A part of this question has no column in Excel and is left out.") if _has_more(item.value) else ""


def _written(item: Item) -> dict[str, str]:
    short, long = cells_of_value(item.kind, item.value)
    long["explanation"] = item.explanation
    plain = plain_texts(long)
    texts = {
        "code": item.code, "category": PATH.join(item.category), "kind": KINDS[item.kind], "topic": item.topic, "tags": COMMAS.join(item.tags),
        "citations": LINES_OR_SEMICOLONS.join(item.citations), "difficulty": DIFFICULTIES[item.difficulty], **short,
        **(long if plain is None else plain), "format": HTML if plain is None else "",
    }
    return {name: text for name, text in texts.items() if text}


def plain_texts(long: dict[str, str]) -> dict[str, str] | None:
    """Return long texts as plain ones; None when one of them has a format, so that all of them stay HTML."""
    plain = {name: to_plain(html) for name, html in long.items()}
    return None if None in plain.values() else plain


def _has_more(part: Any) -> bool:
    """Say whether a value holds something that has no column."""
    match part:
        case dict():
            return any(name not in _KNOWN if _says(value) else False for name, value in part.items()) or any(map(_has_more, part.values()))
        case list():
            return any(map(_has_more, part))
    return False


def _says(part: Any) -> bool:
    return part not in (None, False, "", [])


def _comparable(item: Item) -> Item:
    """Return a question in the one way that equal ones share, with what has a column only."""
    return replace(
        item, value=_tidy(item.value), explanation=_tidy(item.explanation), code=item.code.strip(), topic=item.topic.strip(), line=0, notes=(), pictures={})


def _tidy(part: Any, name: str = "") -> Any:
    """Return a value with no spaces around its texts, numbers as numbers, and nothing where nothing is said."""
    match part:
        case dict():
            return {name: _tidy(value, name) for name, value in part.items() if name in _KNOWN and _says(value)}
        case list():
            return [_tidy(value) for value in part]
        case _ if name in _NUMBERS:
            return _number(part)
        case str():
            return (to_plain(part) if "<" in part else None) or part.strip()
    return part


def _number(part: Any) -> Any:
    try:
        return Decimal(str(part)).normalize()
    except InvalidOperation:
        return part
