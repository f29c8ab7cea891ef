"""Many new questions in few statements, from what was made ready when their file was read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cms.fields import PreparedStream, PreparedText
from quizzes.models import ImportRow, Question, QuestionCitation, QuestionTag, TaggedQuestion
from quizzes.services.exchange.pictures import with_pictures
from quizzes.services.exchange.rows import Insert, insert_rows

_SAID = ("content", "explanation", "citations", "difficulty", "topic", "stem_text", "stem_digest")


class Tags:
    """The tags of a file by their names, capitals ignored; those that are missing are made. Two queries."""

    def __init__(self, names: Iterable[str]):
        wanted = {name.casefold(): name for name in names}
        self._ids: dict[str, int] = {}
        slugs = set()
        for key, name, slug in QuestionTag.objects.order_by("-pk").values_list("pk", "name", "slug") if wanted else []:
            self._ids[name.casefold()] = key
            slugs.add(slug)
        new = [_new_tag(name, slugs) for folded, name in wanted.items() if folded not in self._ids]
        for tag in QuestionTag.objects.bulk_create(new):
            self._ids[tag.name.casefold()] = tag.pk

    def ids_of(self, names: Iterable[str]) -> list[int]:
        return [self._ids[name.casefold()] for name in names]


def _new_tag(name: str, slugs: set[str]) -> QuestionTag:
    """A tag with an address that no other has, as taggit gives them one at a time."""
    tag = QuestionTag(name=name)
    tag.slug = first = tag.slugify(name)[:90]
    number = 0
    while tag.slug in slugs:
        number += 1
        tag.slug = f"{first}_{number}"
    slugs.add(tag.slug)
    return tag


@dataclass(frozen=True)
class NewQuestion:
    """A question that only waits to be written: `values` are its columns but for its category. One with pictures has `data` instead, since
    their ids are not known yet."""

    uuid: str
    code: str
    path: list[str]
    tags: list[str]
    laws: list[int]
    values: tuple = ()
    data: dict[str, Any] | None = None


class Writer:
    """Writes new questions in two steps: everything that takes time before the transaction, the statements within it."""

    def __init__(self, *, publishes: bool, by, now: datetime):
        self._standing = {**standing(publishes, now), "author_id": by and by.pk}
        names = ["category_id", "uuid", "code", "search_key", *_SAID, *self._standing]
        self._insert = Insert(Question, names)

    def make_ready(self, row: ImportRow) -> NewQuestion:
        """Return what `write` needs of a row. No query."""
        data = row.data
        about = (data["uuid"], data["code"], data["path"], data["tags"], [law["value"] for law in data["citations"]])
        return NewQuestion(*about, data=data) if data["pictures"] else NewQuestion(*about, values=self._values(data, {}))

    def write(self, *, questions: list[NewQuestion], categories: list[int], tags: Tags, pictures: dict[str, int]) -> None:
        """Write a chunk of questions with their tags and citations. Needs a transaction; four statements for each chunk."""
        self._insert.write([
            (category, *(question.values or self._values(question.data, pictures)))
            for question, category in zip(questions, categories, strict=True)])
        found = Question.objects.filter(uuid__in=[question.uuid for question in questions]).values_list("uuid", "pk")
        keys = {str(uuid): key for uuid, key in found}
        insert_rows(TaggedQuestion, [
            {"tag_id": tag, "content_object_id": keys[question.uuid]} for question in questions for tag in tags.ids_of(question.tags)])
        # What `quizzes.services.citing` would find: a file names laws as the basis of a question, nowhere else.
        insert_rows(QuestionCitation, [
            {"question_id": keys[question.uuid], "provision_id": law} for question in questions for law in question.laws])

    def _values(self, data: dict[str, Any], pictures: dict[str, int]) -> tuple:
        own = {"category_id": None, "uuid": data["uuid"], "code": data["code"], "search_key": data["search_key"]}
        return self._insert.ready({**own, **fields_of(data, pictures), **self._standing})[1:]


def fields_of(data: dict[str, Any], pictures: dict[str, int]) -> dict[str, Any]:
    """Return what a question says as fields of the model, pictures in their places; written as it is, since it was made ready before."""
    if data["pictures"]:
        data = {**data, "content": placed(data["content"], pictures), "explanation": with_pictures(data["explanation"], pictures)}
    return {
        "content": PreparedStream(_block("content"), data["content"]), "explanation": PreparedText(data["explanation"]),
        "citations": PreparedStream(_block("citations"), data["citations"]), "difficulty": data["difficulty"], "topic": data["topic"],
        "stem_text": data["stem_text"], "stem_digest": data["stem_digest"],
    }


def standing(publishes: bool, now: datetime) -> dict[str, Any]:
    """Return the fields that say whether a new question is published."""
    if not publishes:
        return {"live": False, "has_unpublished_changes": True}
    return {"live": True, "has_unpublished_changes": False, "first_published_at": now, "last_published_at": now}


def placed(value: Any, pictures: dict[str, int]) -> Any:
    """Return plain JSON with the ids of pictures in their places."""
    match value:
        case str():
            return with_pictures(value, pictures)
        case dict():
            return {name: placed(part, pictures) for name, part in value.items()}
        case list():
            return [placed(part, pictures) for part in value]
    return value


def _block(field: str):
    return Question._meta.get_field(field).stream_block
