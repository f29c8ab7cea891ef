"""The lines of one question as an `Item`, or why they are none."""

import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from intake.decoding import legacy_font_of, legacy_reason
from quizzes.interchange.items import Item, Refused, excerpt_of
from quizzes.interchange.markup import from_plain
from quizzes.interchange.plain.blocks import LEVELS, MOST_IN_BLOCK, Block
from quizzes.interchange.plain.fields import Fields, fields_of
from quizzes.interchange.plain.key import Entry
from quizzes.interchange.plain.lines import Line
from quizzes.interchange.plain.options import LETTERS, Option, split_options, standing_out
from vietnamese.numbers import InvalidNumber, canonical, to_decimal
from vietnamese.text import search_key

_LETTERS = re.compile(r"[\s(\[]*([A-Ja-j](?:(?:\s*[,;&+/]\s*|\s+(?:và|and|hoặc)\s+|\s*)[A-Ja-j](?![^\W_]))*)(?![^\W_])[\s.):\]–-]*", re.IGNORECASE)
_TRUES, _FALSES = ("dung", "d", "true", "t"), ("sai", "s", "false", "f")
_LAW_NUMBER = re.compile(r"\b\d{1,4}/\d{4}/[A-ZĐ][A-ZĐa-z0-9-]{1,20}|\b\d{1,4}/(?:NQ|QĐ|KH|HD|CT|TTr|TT|NĐ|TB|QC)-[A-ZĐ]{2,20}\b")
_PLACES = re.compile(r"\b(?:điều|khoản|điểm)\s+[0-9]{1,4}[a-zđ]?\b|\bđiểm\s+[a-zđ]\b", re.IGNORECASE)
_ORDER = {"điều": 0, "khoản": 1, "điểm": 2}
_MOST_SHORT = 200


class _Fault(Exception):
    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


class Making:
    """Makes questions of blocks. `where` says in words where a line is: "line 12", "paragraph 12"."""

    def __init__(self, where: Callable[[int], str]):
        self._where = where

    def item(self, block: Block, entry: Entry | None) -> Item | Refused:
        """Return the question of a block, answered by itself or by the key."""
        try:
            return self._item(block, entry)
        except _Fault as fault:
            reason = _("Question %(number)s, %(place)s: %(fault)s") % {"number": block.number, "place": self._where(block.start), "fault": fault.message}
            return Refused(block.start, reason, excerpt_of(" ".join(line.text for line in block.lines[:5]), 80))

    def _item(self, block: Block, entry: Entry | None) -> Item:
        if block.length > MOST_IN_BLOCK:
            raise _Fault(_("this is too long to be one question. Does every question begin with “Câu” and a number?"))
        if font := legacy_font_of("\n".join(line.text for line in block.lines)):
            raise _Fault(legacy_reason(font))
        is_essay = block.is_essay or block.place.is_essay
        fields = fields_of(block.lines, is_essay=is_essay)
        is_essay = is_essay or "tu luan" in search_key(fields.kind)
        stem, options = (fields.body, []) if is_essay else split_options(fields.body)
        text = _joined(stem)
        if not text:
            raise _Fault(_("the question itself is missing."))
        kind, value, reason = ("essay", _essay(fields, entry), []) if is_essay else _answered(fields, entry, options)
        laws, other = _laws(fields.laws)
        notes = _notes(block, fields)
        return Item(
            kind=kind, value={"stem": from_plain(text), **value}, explanation=from_plain("\n".join([*reason, *([] if is_essay else fields.reason), *other])),
            code=fields.code[:400], difficulty=LEVELS.get(search_key(fields.level), "") or block.difficulty or "medium", topic=block.place.topic,
            tags=tuple(tag.strip() for tag in re.split(r"[,;]", fields.tags) if tag.strip()), citations=tuple(laws), category=block.place.category,
            line=block.start, notes=tuple(notes))


def _joined(lines: list[Line]) -> str:
    return "\n".join(line.text for line in lines).replace("\xad", "").strip()


def _notes(block: Block, fields: Fields) -> list[str]:
    notes = []
    if any(line.has_picture for line in block.lines):
        notes.append(_("A picture of this question was left out. Add it in the editor."))
    if fields.left:
        notes.append(_("Left unread after the question: %(text)s") % {"text": excerpt_of(" ".join(fields.left), 120)})
    return notes


def _essay(fields: Fields, entry: Entry | None) -> dict[str, Any]:
    said = [*(fields.answer or []), *fields.reason, *([entry.reason] if entry else [])]
    return {"model_answer": from_plain("\n".join(said)), "criteria": [], "least_words": None, "most_words": None}


def _answered(fields: Fields, entry: Entry | None, options: list[Option]) -> tuple[str, dict[str, Any], list[str]]:
    """Return the kind of a question, what it holds, and what stood behind its answer."""
    said = "\n".join(fields.answer or []).strip() or (entry.answer if entry else "")
    behind = [entry.reason] if entry and entry.reason and not fields.answer else []
    if len(options) == 1:
        raise _Fault(_("only one option was found. Write each option on a line of its own: A. …"))
    is_true_or_false = len(options) == 2 and [search_key(option.text) for option in options] == ["dung", "sai"]
    if is_true_or_false or (not options and search_key(said) in _TRUES + _FALSES):
        return "true_false", {"is_true": _is_true(said, options), "feedback": ""}, behind
    if options:
        right, rest = _right(said, options)
        return *_choice(options, right), [*rest, *behind]
    return *_open(said), behind


def _is_true(said: str, options: list[Option]) -> bool:
    if search_key(said) in _TRUES + _FALSES and not (options and search_key(said) == "d" and said.strip() in "Dd"):
        return search_key(said) in _TRUES
    right, _rest = _right(said, options)
    if len(right) != 1:
        raise _Fault(_("one answer only can be right: Đúng or Sai."))
    return right == [options[0].letter]


def _right(said: str, options: list[Option]) -> tuple[list[str], list[str]]:
    """Return the letters of the right options, and the words behind them that say why: as the answer says, else by stars, else by looks."""
    known = [option.letter for option in options]
    if not said:
        right = [option.letter for option in options if option.is_starred] or standing_out(options)
        if not right:
            raise _Fault(_("no right answer was found. Add a line such as “Đáp án: B”, or write the right option in bold."))
        return right, []
    found = _LETTERS.match(said)
    letters = [letter for letter in found[1].upper() if letter in LETTERS] if found else []
    if not letters:
        named = [option.letter for option in options if search_key(option.text) == search_key(said)]
        if len(named) != 1:
            raise _Fault(_("the answer “%(answer)s” is none of the options. Write its letter.") % {"answer": excerpt_of(said, 60)})
        return named, []
    for letter in letters:
        if letter not in known:
            raise _Fault(_("the answer is %(letter)s, but there is no such option.") % {"letter": letter})
    rest = said[found.end():].strip()
    is_option = rest and search_key(rest) in {search_key(option.text) for option in options if option.letter in letters}
    return list(dict.fromkeys(letters)), [rest] if rest and not is_option else []


def _choice(options: list[Option], right: list[str]) -> tuple[str, dict[str, Any]]:
    texts = [option.text.replace("\xad", "") for option in options]
    if not all(texts):
        raise _Fault(_("option %(letter)s is empty.") % {"letter": options[texts.index("")].letter})
    if len(right) == len(options):
        raise _Fault(_("all options are marked as right."))
    rows = [{"text": text, "is_right": option.letter in right, "feedback": ""} for option, text in zip(options, texts, strict=True)]
    return ("one_answer", {"options": rows}) if len(right) == 1 else ("several_answers", {"options": rows, "marking": "partial"})


def _open(said: str) -> tuple[str, dict[str, Any]]:
    """Return a question without options: a number or a few words to be typed."""
    if not said:
        raise _Fault(_("neither options nor an answer were found. Write options as A. … B. …, add a line “Đáp án: …”, or put it under a heading “Tự luận”."))
    try:
        return "numeric", {"unit": "", "accepted": [
            {"value": canonical(to_decimal(said)), "tolerance": "0", "measure": "absolute", "fraction": 1.0, "feedback": ""}]}
    except InvalidNumber:
        pass
    if "\n" in said or len(said) > _MOST_SHORT:
        raise _Fault(_("the answer is too long to be typed. Put questions for essays under a heading “Tự luận”."))
    if _LETTERS.fullmatch(said) and len(said.strip()) == 1:
        raise _Fault(_("the answer is %(letter)s, but no options were found. Write them as A. … B. …") % {"letter": said.strip().upper()})
    return "short_answer", {"accepted": [{"text": said.strip(), "fraction": 1.0, "feedback": ""}], "comparing": "case"}


def _laws(said: list[str]) -> tuple[list[str], list[str]]:
    """Return the citations in what was said of laws, and what names no document, for the explanation."""
    citations, other = [], []
    for text in (part.strip(" .") for line in said for part in line.split(";")):
        numbers = _LAW_NUMBER.findall(text)
        if len(numbers) == 1:
            places = sorted(_PLACES.findall(text), key=lambda place: _ORDER[place.split()[0].lower()])
            citations.append(" ".join([numbers[0], *(place[0].upper() + place[1:] if place.lower().startswith("điều") else place.lower() for place in places)]))
        elif text:
            other.append(_("Legal basis: %(text)s") % {"text": text})
    return list(dict.fromkeys(citations)), other
