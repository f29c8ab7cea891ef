"""What bringing in a question would do: is it new, is it there already, does it change one, or can it not be taken?"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _
from wagtail.images import get_image_model

from quizzes.enums import RowState
from quizzes.interchange.items import excerpt_of
from quizzes.models import BankImport, Question
from quizzes.services.exchange.comparing import comparable, content_digest, ordered
from quizzes.services.exchange.pictures import embeds_in
from quizzes.services.exchange.places import Path, Places, path_of
from quizzes.services.exchange.preparing import Prepared

# A change writes history as well and takes ten times as long as a new question; within one transaction, while others save answers.
MOST_CHANGED = 2000


@dataclass
class Verdict:
    """What becomes of a question of a file, why, and which question of the bank it is about."""

    state: str
    notes: list[str] = field(default_factory=list)
    question: int | None = None


class Judge:
    """Holds the questions of one file against the bank, and against each other."""

    def __init__(self, job: BankImport):
        self.job = job
        # No index leads to archived questions by their words: found once for the whole file.
        self._archived: dict[str, list[int]] = {}
        for digest, key in Question.objects.archived().exclude(stem_digest="").values_list("stem_digest", "pk").iterator():
            self._archived.setdefault(digest, []).append(key)
        self._bank = tuple(path_of(job.bank))
        self._codes: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._changed = 0

    def judge(self, chunk: list[tuple[int, Prepared]]) -> list[Verdict]:
        """Return a verdict for each (line, question). At most eight queries, however many there are."""
        # Anew for each chunk: another import may make categories while this file is read.
        self._places = Places()
        known = _Known([one for _line, one in chunk], self._archived)
        return [self._one(line, one, known) for line, one in chunk]

    def _one(self, line: int, one: Prepared, known: "_Known") -> Verdict:
        code = one.data["code"]
        if code and code in self._codes:
            return Verdict(RowState.REFUSED, [
                _("The code %(code)s stands in this file already, at line %(line)s.") % {"code": code, "line": self._codes[code]}])
        if code:
            self._codes[code] = line
        verdict = self._by_code(one, known) if code in known.by_code else self._by_words(one, known)
        stem = one.data["stem_digest"]
        if stem and verdict.state == RowState.NEW and stem in self._stems and not verdict.notes:
            verdict.notes.append(_("Asks almost the same as line %(line)s.") % {"line": self._stems[stem]})
        self._stems.setdefault(stem, line)
        return verdict

    def _by_code(self, one: Prepared, known: "_Known") -> Verdict:
        there = known.by_code[one.data["code"]]
        if known.says_the_same(one, there):
            return Verdict(RowState.SAME, question=there.pk)
        if not self.job.updates:
            return Verdict(RowState.REFUSED, [
                _("Another question has the code %(code)s. Choose another code, or tick “change questions that have the same code”.") % {
                    "code": there.code}], there.pk)
        if there.locked:
            return Verdict(RowState.REFUSED, [_("The question %(code)s is locked in the editor. Unlock it first.") % {"code": there.code}], there.pk)
        self._changed += 1
        if self._changed > MOST_CHANGED:
            return Verdict(RowState.REFUSED, [
                _("At most %(count)s questions are changed at once. Bring the rest in with another file.") % {"count": MOST_CHANGED}], there.pk)
        one.data["seen"] = seen_of(there)
        return Verdict(RowState.CHANGED, _moved(self._places.paths[there.category_id], (*self._bank, *one.data["path"])), there.pk)

    def _by_words(self, one: Prepared, known: "_Known") -> Verdict:
        alike = known.by_stem.get(one.data["stem_digest"], [])
        place = self._places.find((*self._bank, *one.data["path"]))
        same = [] if one.data["code"] else [there for there in alike if there.category_id == place and known.says_the_same(one, there)]
        if same:
            return Verdict(RowState.SAME, question=same[0].pk)
        if not one.data["code"] and one.data["stem_digest"] and not known.is_cut:
            # Held against the bank once more when the file is brought in.
            one.data["alike"] = sum(there.archived_at is None for there in alike)
        notes = [_("Asks almost the same as a question of the bank: %(question)s") % {
            "question": alike[0].code or excerpt_of(alike[0].stem_text, 60)}] if alike else []
        return Verdict(RowState.NEW, notes)


def _moved(there: Path, here: Path) -> list[str]:
    return [] if there == here else [_("It stays in its category, %(category)s.") % {"category": " / ".join(there)}]


def seen_of(question: Question) -> list[Any]:
    """Return what tells whether a question was edited since: its newest revision, and what its row says. No query."""
    return [question.latest_revision_id, str(question.last_published_at), question.stem_digest]


class _Known:
    """The questions of the bank that a chunk may mean, and what they say. Seven queries at most."""

    # Of so many questions with the same words each is compared; more of them is no bank any more.
    MOST_ALIKE = 500

    def __init__(self, chunk: list[Prepared], archived: dict[str, list[int]]):
        codes = {one.data["code"] for one in chunk} - {""}
        stems = {one.data["stem_digest"] for one in chunk} - {""}
        questions = Question.objects.select_related(None).prefetch_related("tagged__tag")
        # Both in the words of the indexes: there is one of questions that have a code, and one of those that are not archived.
        self.by_code = {question.code: question for question in questions.filter(code__in=codes).exclude(code="")}
        self.by_stem: dict[str, list[Question]] = {}
        meant = Q(stem_digest__in=stems, archived_at__isnull=True) | Q(pk__in=[key for stem in stems for key in archived.get(stem, [])])
        alike = list(questions.filter(meant).order_by(F("archived_at").asc(nulls_first=True), "pk")[:self.MOST_ALIKE])
        for question in alike:
            self.by_stem.setdefault(question.stem_digest, []).append(question)
        # Then nobody knows how many there are.
        self.is_cut = len(alike) == self.MOST_ALIKE
        self._pictures = pictures_by_id([*self.by_code.values(), *(one for alike in self.by_stem.values() for one in alike)])
        self._said: dict[int, str] = {}

    def says_the_same(self, one: Prepared, there: Question) -> bool:
        if there.pk not in self._said:
            self._said[there.pk] = said_by(there, self._pictures)
        return said_in(one) == self._said[there.pk]


def said_in(one: Prepared) -> str:
    """Return the digest of what a question of a file says."""
    pictures = {place: known["sha1"] for place, known in one.data["pictures"].items()}
    return _digest(one.kind, one.data["content"][0]["value"], one.data, pictures, tags=one.data["tags"],
                   laws=[law["value"] for law in one.data["citations"]])


def said_by(question: Question, pictures: dict[str, str]) -> str:
    """Return the digest of what a question of the bank says, its tags fetched before; empty for one without content."""
    blocks = list(question.content.raw_data)
    if not blocks:
        return ""
    about = {"explanation": question.explanation, "topic": question.topic, "difficulty": question.difficulty}
    return _digest(blocks[0]["type"], blocks[0]["value"], about, pictures, tags=[link.tag.name for link in question.tagged.all()],
                   laws=[law["value"] for law in question.citations.raw_data if law["type"] == "provision"])


def _digest(kind: str, raw: dict[str, Any], about: dict[str, Any], pictures: dict[str, str], *, tags: list[str], laws: list[int]) -> str:
    return content_digest(
        kind, raw, html=lambda html: comparable(html, pictures), explanation=about["explanation"], topic=about["topic"],
        difficulty=about["difficulty"], tags=ordered(tag.casefold() for tag in tags), laws=ordered(laws))


def pictures_by_id(questions: Iterable[Question]) -> dict[str, str]:
    """Return the SHA-1 of the pictures that these questions show, by id. One query; none when they show none."""
    ids = {key for question in questions for key in embeds_of(question)}
    found = get_image_model().objects.filter(pk__in=ids).values_list("pk", "file_hash") if ids else []
    return {str(key): digest or str(key) for key, digest in found}


def embeds_of(question: Question) -> list[str]:
    """Return the ids of the pictures that a question shows in its texts. No query."""
    return _embeds(list(question.content.raw_data)) + embeds_in(question.explanation)


def _embeds(value: Any) -> list[str]:
    if isinstance(value, str):
        return embeds_in(value) if "<embed" in value else []
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [key for part in parts for key in _embeds(part)]
