"""Questions of the bank brought to what a file says: as a new version in their history, so that open attempts keep the one they have."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from wagtail.models import ModelLogEntry, Revision, WorkflowState

from cms.fields import PreparedStream
from quizzes.models import ImportRow, Question, TaggedQuestion
from quizzes.services.citing import cite
from quizzes.services.exchange.comparing import carried_over
from quizzes.services.exchange.judging import seen_of
from quizzes.services.exchange.writing import Tags, fields_of
from quizzes.types import TYPES
from vietnamese.text import search_key


def change_questions(
    *, rows: list[ImportRow], tags: Tags, pictures: dict[str, int], publishes: bool, by, now: datetime,
) -> bool:
    """Bring a chunk of questions to what their rows say; say whether it could be done. Needs a transaction; locks the questions.

    Each gets a revision, and one before it of what it said so far where its history has none. Published at once, or kept as a draft that a
    published question waits with. False when one is gone, locked, or was edited since the file was read: then nothing may stay written.
    """
    questions = Question.objects.select_for_update(of=("self",)).prefetch_related("tagged").in_bulk([row.question_id for row in rows])
    pairs = [(questions.get(row.question_id), row) for row in rows]
    if not all(question and _is_as_seen(question, row.data["seen"]) for question, row in pairs):
        return False
    _keep_what_was([question for question, _row in pairs if question.latest_revision_id is None], now)
    for question, row in pairs:
        _put(question, row.data, tags, pictures)
    revisions = Revision.objects.bulk_create([_revision(question, by, now) for question, _row in pairs])
    for (question, _row), revision in zip(pairs, revisions, strict=True):
        _stand(question, revision, publishes, now)
    if publishes:
        _end_what_waits([question.pk for question, _row in pairs], revisions, by)
    _retag([pair for pair in pairs if pair[0].live is False or publishes], tags)
    cite(questions=[question for question, _row in pairs if question.live is False or publishes])
    _log(pairs, revisions, publishes, by, now)
    return True


def _is_as_seen(question: Question, seen: list[Any]) -> bool:
    return not question.locked and seen_of(question) == seen


def _keep_what_was(questions: list[Question], now: datetime) -> None:
    kept = [_revision(question, question.author, question.last_published_at or now) for question in questions]
    for question, revision in zip(questions, Revision.objects.bulk_create(kept), strict=True):
        question.latest_revision = revision
        question.live_revision = revision if question.live else None


def _revision(question: Question, by, moment: datetime) -> Revision:
    type_ = ContentType.objects.get_for_model(Question)
    return Revision(
        content_type=type_, base_content_type=type_, object_id=str(question.pk), created_at=moment, user=by, object_str=str(question),
        content=question.serializable_data())


def _put(question: Question, data: dict[str, Any], tags: Tags, pictures: dict[str, int]) -> None:
    """Put what the file says on the object. What no file says – a picture beside an option, ids – stays."""
    said = fields_of(data, pictures)
    [block], old = said["content"].prepared, list(question.content.raw_data)
    if old and old[0]["type"] == block["type"]:
        block = {**block, "id": old[0].get("id") or block["id"], "value": carried_over(TYPES[block["type"]], old[0]["value"], block["value"])}
    said["content"] = PreparedStream(said["content"].stream_block, [block])
    for name, value in {**said, "search_key": search_key(f"{question.code} {data['stem_text']}")}.items():
        setattr(question, name, value)
    question.version = None
    question.tagged = [TaggedQuestion(tag_id=tag, content_object_id=question.pk) for tag in tags.ids_of(data["tags"])]


def _stand(question: Question, revision: Revision, publishes: bool, now: datetime) -> None:
    """Write the row: all of it where it is published or was never; else only that a newer draft waits."""
    standing: dict[str, Any] = {"latest_revision": revision, "has_unpublished_changes": not publishes}
    if publishes:
        standing |= {
            "live": True, "expired": False, "live_revision": revision, "last_published_at": now,
            "first_published_at": question.first_published_at or now}
    if publishes or not question.live:
        said = ("content", "explanation", "citations", "difficulty", "topic", "stem_text", "stem_digest", "search_key", "version")
        standing |= {name: getattr(question, name) for name in said}
    else:
        # The revision that keeps what was published, if it was made just now.
        standing["live_revision"] = question.live_revision
    Question.objects.filter(pk=question.pk).update(**standing)


def _end_what_waits(keys: list[int], revisions: Iterable[Revision], by) -> None:
    """What was to be published later, or waits for an approval, is overtaken: as Wagtail has it when something is published."""
    names = [str(key) for key in keys]
    about = {"base_content_type": ContentType.objects.get_for_model(Question), "object_id__in": names}
    Revision.objects.filter(**about, approved_go_live_at__isnull=False).update(approved_go_live_at=None)
    for state in WorkflowState.objects.active().filter(**about):
        state.cancel(user=by)


def _retag(pairs: list[tuple[Question, ImportRow]], tags: Tags) -> None:
    TaggedQuestion.objects.filter(content_object__in=[question.pk for question, _row in pairs]).delete()
    TaggedQuestion.objects.bulk_create([
        TaggedQuestion(tag_id=tag, content_object_id=question.pk) for question, row in pairs for tag in tags.ids_of(row.data["tags"])])


def _log(pairs: list[tuple[Question, ImportRow]], revisions: list[Revision], publishes: bool, by, now: datetime) -> None:
    type_, deed = ContentType.objects.get_for_model(Question), uuid4()
    ModelLogEntry.objects.bulk_create([
        ModelLogEntry(
            content_type=type_, object_id=str(question.pk), label=str(question), action="wagtail.publish" if publishes else "wagtail.edit",
            timestamp=now, user=by, uuid=deed, revision=revision, content_changed=True)
        for (question, _row), revision in zip(pairs, revisions, strict=True)
    ])
