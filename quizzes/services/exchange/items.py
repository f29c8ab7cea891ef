"""A question of the bank as what files are written from; the other way round from `preparing`."""

from html import escape, unescape
from typing import Any

from django.utils.translation import gettext as _
from wagtail.images import get_image_model

from laws.models import Provision
from quizzes.freezing import provisions_of
from quizzes.interchange.items import PLUGIN_FILE, Item, Leave
from quizzes.models import Question, TaggedQuestion
from quizzes.services.exchange.comparing import BLOCK_KEY, ID_AND_ALT, UNSAID, bare
from quizzes.services.exchange.judging import embeds_of
from quizzes.services.exchange.laws import citation_of
from quizzes.services.exchange.pictures import EMBED
from quizzes.services.exchange.places import Path
from quizzes.services.exchange.preparing import LINK_IN_HERE, PORTABLE
from quizzes.types import TYPES


class CannotTravel(Exception):
    """No file can hold this question; `reason` says why."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


class Shelf:
    """What a chunk of questions refers to: tags, articles and pictures. Three queries; pictures' files are opened one at a time."""

    def __init__(self, questions: list[Question]):
        self.tags: dict[int, list[str]] = {}
        tagged = TaggedQuestion.objects.filter(content_object__in=[question.pk for question in questions])
        for key, name in tagged.values_list("content_object", "tag__name"):
            self.tags.setdefault(key, []).append(name)
        laws = {key for question in questions for key in provisions_of(question)}
        self.laws = {law.pk: citation_of(law) for law in Provision.objects.filter(pk__in=laws)} if laws else {}
        pictures = {key for question in questions for key in embeds_of(question)}
        found = get_image_model().objects.filter(pk__in=pictures) if pictures else []
        self.pictures = {str(picture.pk): picture for picture in found}


def item_of(question: Question, *, path: Path, shelf: Shelf, leave: Leave) -> Item:
    """Return a question as files are written from it; what cannot travel with it is told through `leave`.

    :raises CannotTravel: for kinds of questions that no file can hold.
    """
    blocks = list(question.content.raw_data)
    if not blocks or blocks[0]["type"] not in PORTABLE:
        raise CannotTravel(_("Questions of this kind stay here: no file can hold them."))
    kind, raw = blocks[0]["type"], blocks[0]["value"]
    inside = _Inside(shelf)
    item = Item(
        kind=kind, value=bare(TYPES[kind], raw, inside.html), explanation=inside.html(question.explanation), code=question.code,
        difficulty=question.difficulty, topic=question.topic, tags=tuple(sorted(shelf.tags.get(question.pk, []))),
        citations=tuple(shelf.laws[key] for key in provisions_of(question) if key in shelf.laws), category=tuple(path),
        pictures=inside.pictures)
    if _holds_more(raw):
        leave(item, _("Pictures, recordings and articles beside the text, and what is asked of its taker besides, are not in the file."), True)
    for missing in inside.missing:
        leave(item, missing, True)
    return item


class _Inside:
    """Turns the HTML of one question into that of a file, and gathers the pictures that stand in it."""

    def __init__(self, shelf: Shelf):
        self._shelf = shelf
        self.pictures: dict[str, bytes] = {}
        self.missing: list[str] = []

    def html(self, stored: str) -> str:
        html = BLOCK_KEY.sub("", stored)
        if "linktype=" in html:
            html = LINK_IN_HERE.sub(r"\1", html)
            self.missing.append(_("A link to a page or a document of this site is written as plain words."))
        return EMBED.sub(lambda embed: self._picture(embed.group()), html) if "<embed" in html else html

    def _picture(self, embed: str) -> str:
        said = dict(ID_AND_ALT.findall(embed))
        picture = self._shelf.pictures.get(said.get("id", ""))
        try:
            with picture.file.storage.open(picture.file.name, "rb") as file:
                content = file.read()
        except (AttributeError, OSError):
            self.missing.append(_("A picture is there no more."))
            return ""
        name = picture.file.name.rsplit("/", 1)[-1]
        self.pictures[name] = content
        return f'<img src="{PLUGIN_FILE}{escape(name)}" alt="{escape(unescape(said.get("alt", "")))}"/>'


def _holds_more(raw: Any) -> bool:
    if isinstance(raw, dict):
        return any(raw.get(name) for name in UNSAID) or any(map(_holds_more, raw.values()))
    return isinstance(raw, list) and any(map(_holds_more, raw))
