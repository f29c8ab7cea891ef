"""One question of a GIFT file: from its lines to an item, or to the reason why it is none."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from quizzes.interchange.gift.answers import read_answers
from quizzes.interchange.gift.blocks import Block, Switch, blocks_of
from quizzes.interchange.gift.labels import read_comments, says_marking, take_facts, take_more
from quizzes.interchange.gift.pictures import take_pictures
from quizzes.interchange.gift.texts import Fault, format_of, hide_escapes, read_html, show_escapes
from quizzes.interchange.gift.values import completed
from quizzes.interchange.items import MAX_TEXT, Item, Refused, excerpt_of
from quizzes.interchange.labels import read_labels
from quizzes.interchange.lines import lines_of
from quizzes.interchange.markup import readable
from quizzes.interchange.moodle import read_path

BLANK = "_____"
# "Q1", "Câu 12", "3."
_COUNTING = re.compile(r"[^\W\d]{0,10}[\s._:#-]{0,2}\d{1,6}[.:]?")
_SIGNS = re.compile(r"[.;,\"'”’)]{1,4}")


def read(file: BinaryIO) -> Iterator[Item | Refused]:
    """Read a GIFT file question by question; what cannot be a question is refused by itself, with its line and the reason.

    :raises UnreadableFile: when the file is no text.
    """
    category: tuple[str, ...] = ()
    for block in blocks_of(lines_of(file)):
        if isinstance(block, Switch):
            category = read_path(block.path)
        else:
            yield read_block(block, category)


def read_block(block: Block, category: tuple[str, ...]) -> Item | Refused:
    """Read one question."""
    excerpt = excerpt_of(show_escapes(hide_escapes(block.lines[0][1][:400])))
    if block.fault:
        return Refused(*block.fault, excerpt)
    line, text = block.lines[0][0], hide_escapes(block.text)
    start, end = text.find("{"), text.find("}")
    if start < 0:
        return Refused(line, _("There are no answers in braces { } here, so this is no question. A text for reading belongs into a question."), excerpt)
    try:
        title, stem = _title(text[:start])
        return _item(block, category, title, stem, text[start + 1:end], text[end + 1:])
    except Fault as fault:
        # Hiding escapes takes no line away, so that lines are counted alike in both texts.
        place = 0 if fault.place is None else text.count("\n", 0, start + 1 + fault.place)
        return Refused(block.lines[place][0], fault.reason, excerpt)


def _title(text: str) -> tuple[str, str]:
    if not text.startswith("::"):
        return "", text
    title, colons, rest = text[2:].partition("::")
    return (show_escapes(title).strip(), rest) if colons else ("", title)


def _item(block: Block, category: tuple[str, ...], title: str, stem: str, said: str, after: str) -> Item:
    stem = _with_blank(stem.strip(), after.strip(), f"{stem}{BLANK}{after}".strip())
    around = format_of(stem, "moodle")
    said, explanation = _general(said)
    answers = read_answers(said, around)
    facts = read_comments(block.comments)
    value = completed(answers.kind, {"stem": read_html(stem, "moodle"), **answers.value})
    labels = take_facts(answers.kind, value, facts.labels)
    fields: dict[str, Any] = {
        "code": facts.code, "category": category, "explanation": read_html(explanation, around) + answers.explanation, **read_labels(labels)}
    notes = [answers.uneven] if answers.uneven and not says_marking(facts.labels) else []
    notes += [*answers.notes, *take_more(facts, answers.kind, value, fields, block.text), *_lost(title, value["stem"], fields["code"], around)]
    pictures = take_pictures(value, fields)
    return Item(kind=answers.kind, value=value, line=block.lines[0][0], pictures=pictures, notes=tuple(dict.fromkeys(notes)), **fields)


def _with_blank(stem: str, after: str, whole: str) -> str:
    """Where something follows the answers, they stand in the place of a word that is missing; not where a full stop merely follows a question."""
    return stem if not after or (_SIGNS.fullmatch(after) and stem.endswith(("?", "!", ".", ":", "…"))) else whole


def _general(said: str) -> tuple[str, str]:
    answers, hashes, explanation = said.rpartition("####")
    return (answers, explanation) if hashes else (said, "")


def _lost(title: str, stem: str, code: str, around: str) -> list[str]:
    """A title that only counts, or repeats the code or the beginning of the question, is no loss: Moodle makes such titles by itself."""
    notes = [_("Of Markdown only bold type is kept.")] if around == "markdown" else []
    title = " ".join(title.split())
    begins = title.removesuffix("...").removesuffix("…").strip()
    if title and title != " ".join(code.split()) and not _COUNTING.fullmatch(title) and not " ".join(readable(stem[:MAX_TEXT]).split()).startswith(begins):
        notes.append(_("The title “%(title)s” is not kept.") % {"title": excerpt_of(title, 60)})
    return notes
