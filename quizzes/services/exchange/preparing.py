"""A question of a file made ready to be written: cleaned by both gates, checked as the editor checks it. Writes nothing.

Keeps true: what comes out as `content` and `explanation` is what the editor's fields would have stored, letter for letter.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _
from wagtail import blocks

from cms.sanitise import sanitise
from intake.decoding import legacy_reason
from quizzes.freezing import stem_digest
from quizzes.interchange.items import MAX_TEXT, Item, excerpt_of
from quizzes.services.exchange.laws import Laws
from quizzes.services.exchange.pictures import Pictures
from quizzes.types import TYPES
from quizzes.types.choices import nfc
from vietnamese.encodings import legacy_font_of
from vietnamese.text import clean, search_key

# What can travel in files. Other kinds live of what a file of questions does not hold: pictures with spots, recordings, files.
PORTABLE = (
    "one_answer", "several_answers", "true_false", "short_answer", "numeric", "matching", "ordering", "gaps", "drag_words", "essay",
)
DEEPEST = 12
LINK_IN_HERE = re.compile(r"<a(?: [a-z-]+=\"[^\"]*\")*? linktype=\"[^\"]*\"[^>]*>(.*?)</a>", re.DOTALL)
_CONTROL = {code: None for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"}
# What both gates take out of a text together with what it says.
_LOST = re.compile(r"<(table|iframe|video|audio|object|svg|math)\b", re.IGNORECASE)
_SPACE_IN_LINE = re.compile(r"[\t\n ]+")


class Unfit(Exception):
    """A question cannot be taken; `reason` says why and where, in the reader's language."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


@dataclass
class Prepared:
    """A question ready to be written: `data` is plain JSON, `notes` what its owner should know."""

    kind: str
    data: dict[str, Any]
    notes: list[str] = field(default_factory=list)

    @property
    def excerpt(self) -> str:
        return excerpt_of(self.data["stem_text"], 160)


@dataclass
class Preparing:
    """What the questions of one file share while they are made ready: the articles that they may cite, and their pictures."""

    laws: Laws
    pictures: Pictures

    def prepare(self, item: Item) -> Prepared:
        """Make a question ready. No query, but for a law that was not asked for before.

        :raises Unfit: when it is no question that the editor would take.
        """
        if item.kind not in PORTABLE:
            raise Unfit(_("This kind of question cannot come from a file."))
        notes = list(item.notes)
        self.pictures.take()
        value = self._checked(item, notes)
        words = clean(TYPES[item.kind].words(value))
        if font := legacy_font_of(words):
            raise Unfit(legacy_reason(font))
        code, topic = _line(item.code), _line(item.topic)
        _limit(code, 40, _("The code"))
        _limit(topic, 120, _("The topic"))
        provisions, unknown = self.laws.look_up(item.citations)
        notes += [_("“%(law)s” is not among the legal documents here, so it is not cited.") % {"law": law} for law in unknown]
        data = {
            "uuid": str(uuid4()), "code": code, "topic": topic, "tags": _tags(item.tags), "path": path_in_bank(item.category),
            "difficulty": item.difficulty if item.difficulty in ("easy", "medium", "hard") else "medium",
            "content": [{"type": item.kind, "value": _plain(TYPES[item.kind].get_prep_value(value)), "id": str(uuid4())}],
            "explanation": self._html(item.explanation, item, notes),
            "citations": [{"type": "provision", "value": key, "id": str(uuid4())} for key in provisions],
            "stem_text": words, "search_key": search_key(f"{code} {words}"), "stem_digest": stem_digest(words),
        }
        data["pictures"] = self.pictures.take()
        # Whether its texts lead to anything else of the site: most do not.
        data["refers"] = bool(data["pictures"] or provisions)
        return Prepared(item.kind, data, notes)

    def _checked(self, item: Item, notes: list[str]) -> blocks.StructValue:
        type_ = TYPES[item.kind]
        try:
            value = type_.to_python(self._tidy(type_, item.value, item, notes))
        except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
            raise Unfit(_("A part of this question was not understood.")) from error
        try:
            return type_.clean(value)
        except ValidationError as error:
            raise Unfit("\n".join(faults_in(type_, error))) from error

    def _tidy(self, block: blocks.Block, raw: Any, item: Item, notes: list[str]) -> Any:
        """Return the raw value with its HTML through both gates and its text composed, without what the block does not know."""
        match block:
            case blocks.StructBlock():
                known = {name: child for name, child in block.child_blocks.items() if name in raw and name != "materials"}
                return {name: self._tidy(child, raw[name], item, notes) for name, child in known.items()}
            case blocks.ListBlock():
                return [self._tidy(block.child_block, one, item, notes) for one in raw]
            case blocks.RichTextBlock():
                return self._html(raw, item, notes)
            case blocks.TextBlock():
                return nfc(raw or "").translate(_CONTROL).strip()
            case blocks.CharBlock():
                return _line(raw or "")
        return raw

    def _html(self, html: str, item: Item, notes: list[str]) -> str:
        html = self.pictures.put_places(html, item.pictures, notes) if "<" in html else html
        # Counted after pictures that were written into the text itself are taken out of it.
        if len(html) > MAX_TEXT:
            raise Unfit(_("A text is longer than %(count)s characters.") % {"count": MAX_TEXT})
        cleaned = sanitise(nfc(html.translate(_CONTROL)))
        if "linktype=" in cleaned:
            cleaned = LINK_IN_HERE.sub(r"\1", cleaned)
            notes.append(_("A link into another site's library is left out."))
        _tell_lost(html, cleaned, notes)
        return self.pictures.keep_only_places(cleaned, notes) if "<embed" in cleaned else cleaned


def _tell_lost(html: str, cleaned: str, notes: list[str]) -> None:
    """Note, once for a question, that something of its texts does not come through the gates."""
    if "<" in html and _lossy_tags(html) - _lossy_tags(cleaned):
        note = _("Tables, films, recordings or formulas in the text are left out; look at the question after it was brought in.")
        if note not in notes:
            notes.append(note)


def _lossy_tags(html: str) -> set[str]:
    return {tag.lower() for tag in _LOST.findall(html)}


def path_in_bank(names: tuple[str, ...]) -> list[str]:
    """Return the names of nested categories as they are stored.

    :raises Unfit: when one is too long, or they stand too deep.
    """
    path = [name for name in map(_line, names) if name]
    if len(path) > DEEPEST:
        raise Unfit(_("Categories stand at most %(count)s deep.") % {"count": DEEPEST})
    for name in path:
        _limit(name, 120, _("The name of the category"))
    return path


def faults_in(block: blocks.Block, error: ValidationError) -> list[str]:
    """Return what is wrong, each with the field it is in, as a person reads it: "Options, 2, Option: …". No query."""
    return [f"{', '.join(place)}: {message}" if place else message for place, message in _faults(block, error, ())]


def _faults(block: blocks.Block, error: ValidationError, place: tuple[str, ...]) -> list[tuple[tuple[str, ...], str]]:
    if isinstance(error, blocks.StructBlockValidationError):
        inner = [(block.child_blocks[name], one, str(block.child_blocks[name].label)) for name, one in error.block_errors.items()]
    elif isinstance(error, blocks.ListBlockValidationError):
        inner = [(block.child_block, one, str(number + 1)) for number, one in error.block_errors.items()]
    else:
        return [(place, message) for message in error.messages]
    found = [fault for child, one, name in inner for fault in _faults(child, one, (*place, name))]
    return found + [(place, message) for one in error.non_block_errors.as_data() for message in one.messages]


def _line(text: str) -> str:
    return _SPACE_IN_LINE.sub(" ", nfc(text).translate(_CONTROL)).strip()


def _limit(text: str, most: int, name: str) -> None:
    if len(text) > most:
        raise Unfit(_("%(field)s is longer than %(count)s characters.") % {"field": name, "count": most})


def _tags(tags: tuple[str, ...]) -> list[str]:
    """Return the tags as they are stored, each once whatever its capitals."""
    found = {clean(tag)[:100].casefold(): clean(tag)[:100] for tag in reversed(tags)}
    return sorted(tag for tag in found.values() if tag)


def _plain(value: Any) -> Any:
    # As it comes out of the database: decimals are strings there.
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))
