"""Keeping the bank in order: many questions archived, moved, tagged or published at once.

Keeps true: where a question stands in the bank (category, difficulty, tags) is changed in its newest draft and in a version that waits for its day
as well, or the next save would bring the old place back. Each change of each question is in Wagtail's log, with who and when.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, Expression, F, Func, JSONField, Q, QuerySet, TextField, Value, When
from django.utils.translation import gettext_lazy as _
from wagtail.models import ModelLogEntry, ReferenceIndex, Revision

from quizzes.enums import Difficulty
from quizzes.models import Category, Question, QuestionTag, TaggedQuestion

# So many at a time pass through memory, and stand in one statement.
BATCH = 500
# Publishing writes, indexes and freezes each question by itself: more of it than anybody waits for is refused.
PUBLISHED_AT_MOST = 100


class KeepingError(Exception):
    """The bank cannot be changed so; nothing was changed."""

    code = "keeping"
    message = _("This cannot be done now.")

    def __str__(self) -> str:
        return str(self.message)


class TooManyQuestions(KeepingError):
    code = "too_many"

    def __init__(self):
        super().__init__()
        self.message = _("Publish or unpublish at most %(count)s questions at a time. Choose fewer.") % {"count": PUBLISHED_AT_MOST}


@dataclass
class Published:
    """How many questions were published, and why the others were not: (question, reason)."""

    count: int = 0
    refused: list[tuple[Question, str]] = field(default_factory=list)


def archive_questions(*, questions: QuerySet[Question], by, now: datetime) -> int:
    """Archive questions and return how many were not before: quizzes that name them keep asking them, chance and lists leave them out."""
    return _change(_keys(questions.kept()), "quizzes.archive", by, now, archived_at=now)


def restore_questions(*, questions: QuerySet[Question], by, now: datetime) -> int:
    """Take questions out of the archive and return how many were in it."""
    return _change(_keys(questions.archived()), "quizzes.restore", by, now, archived_at=None)


def move_questions(*, questions: QuerySet[Question], category: Category, by, now: datetime) -> int:
    """Put questions into a category, in their drafts too, and return how many were elsewhere or have a draft that may be."""
    with transaction.atomic():
        keys = _keys(questions.filter(~Q(category=category) | Q(has_unpublished_changes=True)))
        moved = _change(keys, "quizzes.move", by, now, {"category": category.name}, category=category)
        _redraft(keys, "category", category.pk)
        for batch in _batches(keys):
            # What Wagtail knows of who uses a category; a question has one.
            named = ReferenceIndex.objects.filter(
                base_content_type=_content_type(), object_id__in=map(str, batch), model_path="category", content_path="category")
            named.update(to_object_id=str(category.pk))
    return moved


def grade_questions(*, questions: QuerySet[Question], difficulty: Difficulty, by, now: datetime) -> int:
    """Give questions a difficulty, in their drafts too, and return how many were looked at."""
    with transaction.atomic():
        keys = _keys(questions.filter(~Q(difficulty=difficulty) | Q(has_unpublished_changes=True)))
        graded = _change(keys, "quizzes.grade", by, now, {"difficulty": str(difficulty)}, difficulty=difficulty)
        _redraft(keys, "difficulty", str(difficulty))
    return graded


def tag_questions(*, questions: QuerySet[Question], add: Iterable[str] = (), remove: Iterable[str] = (), by, now: datetime) -> int:
    """Give tags to questions and take others from them, in their drafts too, and return how many questions were looked at.

    A tag that is not there yet is made; capitals make no other tag.
    """
    known = {tag.name.casefold(): tag for tag in QuestionTag.objects.all()}
    gone = [known[name.casefold()].pk for name in remove if name.casefold() in known]
    with transaction.atomic():
        new = [known.get(name.casefold()) or QuestionTag.objects.create(name=name) for name in dict.fromkeys(add)]
        keys = _keys(questions)
        for batch in _batches(keys):
            TaggedQuestion.objects.filter(content_object__in=batch, tag__in=gone).delete()
            there = set(TaggedQuestion.objects.filter(content_object__in=batch, tag__in=new).values_list("content_object", "tag"))
            TaggedQuestion.objects.bulk_create([
                TaggedQuestion(content_object_id=key, tag=tag) for key in batch for tag in new if (key, tag.pk) not in there])
            _retag_drafts(batch, [tag.pk for tag in new], gone)
        return _change(keys, "quizzes.tag", by, now, {"added": [tag.name for tag in new], "removed": list(remove)})


def _retag_drafts(batch: list[int], added: list[int], gone: list[int]) -> None:
    tagged: dict[int, str] = {}
    for draft, key, rows in _drafts(batch).values_list("pk", "object_id", "content__tagged"):
        kept = [row for row in rows or [] if row["tag"] not in gone]
        there = {row["tag"] for row in kept}
        new = [{"pk": None, "tag": tag, "content_object": int(key)} for tag in added if tag not in there]
        if new or len(kept) < len(rows or []):
            tagged[draft] = json.dumps(kept + new)
    if tagged:
        written = Case(*(When(pk=draft, then=Value(rows)) for draft, rows in tagged.items()), output_field=TextField())
        Revision.objects.filter(pk__in=tagged).update(content=_WithKey("content", "tagged", written))


def publish_questions(*, questions: QuerySet[Question], by) -> Published:
    """Publish the newest draft of questions that have one, and return what became of them.

    One that its editor would not let through, or that somebody has locked, is left as it is.

    :raises TooManyQuestions: for more than PUBLISHED_AT_MOST.
    """
    done = Published()
    for question in _few(questions.filter(Q(live=False) | Q(has_unpublished_changes=True))):
        newest = question.get_latest_revision_as_object()
        if fault := _fault_of(newest, by):
            done.refused.append((question, fault))
            continue
        revision = question.latest_revision or newest.save_revision(user=by)
        revision.publish(user=by, skip_permission_checks=True)
        done.count += 1
    return done


def unpublish_questions(*, questions: QuerySet[Question], by) -> int:
    """Unpublish questions, so that nobody is asked them any more, and return how many were published.

    :raises TooManyQuestions: for more than PUBLISHED_AT_MOST.
    """
    published = _few(questions.live())
    for question in published:
        question.unpublish(user=by)
    return len(published)


def _few(questions: QuerySet[Question]) -> list[Question]:
    found = list(questions.select_related("latest_revision").order_by("pk")[:PUBLISHED_AT_MOST + 1])
    if len(found) > PUBLISHED_AT_MOST:
        raise TooManyQuestions
    return found


def _fault_of(question: Question, by) -> str:
    lock = question.get_lock()
    if lock and lock.for_user(by):
        return str(_("It is locked."))
    try:
        question.full_clean()
        block = question._meta.get_field("content").stream_block
        block.clean(question.content)
    except ValidationError:
        return str(_("It is not whole yet. Open it and publish it there: the editor says what is missing."))
    return ""


def _keys(questions: QuerySet[Question]) -> list[int]:
    """Return which they are before anything is changed: afterwards they might not fit the filter that chose them."""
    return list(questions.order_by("pk").values_list("pk", flat=True))


def _change(keys: list[int], action: str, by, now: datetime, data: dict | None = None, **values) -> int:
    """Set fields of these questions' rows and log it. Three statements for each batch."""
    act = uuid4()
    with transaction.atomic():
        for batch in _batches(keys):
            questions = Question.objects.filter(pk__in=batch)
            if values:
                questions.update(**values)
            ModelLogEntry.objects.bulk_create([
                ModelLogEntry(
                    content_type=_content_type(), object_id=str(question.pk), label=str(question), action=action, timestamp=now, user=by,
                    uuid=act, data=data or {})
                # Only what their name in the log is made of.
                for question in questions.only("pk", "code", "stem_text").order_by("pk")])
    return len(keys)


def _redraft(keys: list[int], name: str, value: int | str) -> None:
    """Set one field of the drafts of these questions, where they lie. One statement for each batch."""
    for batch in _batches(keys):
        _drafts(batch).update(content=_WithKey("content", name, Value(json.dumps(value))))


def _drafts(batch: list[int]) -> QuerySet[Revision]:
    """Return the newest draft of each question, and what waits for its day."""
    newest = Question.objects.filter(pk__in=batch).values("latest_revision")
    mine = Revision.objects.filter(base_content_type=_content_type(), object_id__in=[str(key) for key in batch])
    return mine.filter(Q(pk__in=newest) | Q(approved_go_live_at__isnull=False))


class _WithKey(Func):
    """A JSON object with one key set anew, by the database: thousands of drafts are neither read nor sent. `written` is the value as JSON."""

    output_field = JSONField()

    def __init__(self, field: str, name: str, written: Expression):
        super().__init__(F(field), written)
        self.name = name

    def as_sqlite(self, compiler, connection, **context):
        stored, written = self.get_source_expressions()
        return Func(stored, Value(f"$.{self.name}"), Func(written, function="JSON"), function="JSON_SET").as_sql(compiler, connection, **context)

    def as_postgresql(self, compiler, connection, **context):
        stored, written = self.get_source_expressions()
        parts = (stored, Value(f"{{{self.name}}}"), Func(written, template="(%(expressions)s)::jsonb"))
        return Func(*parts, function="jsonb_set").as_sql(compiler, connection, **context)


def _content_type() -> ContentType:
    return ContentType.objects.get_for_model(Question)


def _batches(things: list) -> Iterator[list]:
    return (things[start:start + BATCH] for start in range(0, len(things), BATCH))
