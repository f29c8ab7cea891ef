"""Reads of the quiz engine: the page of a question, the result, where a person stands with a quiz."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from math import floor
from uuid import UUID

from django.db import router
from django.db.models import Case, JSONField, ProtectedError, QuerySet, RestrictedError, When
from django.db.models.deletion import Collector

from quizzes.enums import AttemptState, Counting, Review
from quizzes.models import Attempt, AttemptSlot, Category, Question, Quiz
from quizzes.types import type_of
from quizzes.types.asked import Asked


@dataclass(frozen=True)
class Place:
    """One question in the list of all questions."""

    position: int
    is_answered: bool
    is_flagged: bool
    is_current: bool = False


@dataclass(frozen=True)
class QuestionPage:
    attempt: Attempt
    slot: AttemptSlot
    asked: Asked
    places: list[Place]
    # For the hidden fields of the plain form: an answer given on this page is newer than what its reader saw.
    seq: int

    @property
    def total(self) -> int:
        return len(self.places)

    @property
    def answered(self) -> int:
        return sum(place.is_answered for place in self.places)

    @property
    def previous(self) -> int | None:
        return self.slot.position - 1 if self.slot.position > 1 else None

    @property
    def next(self) -> int | None:
        return self.slot.position + 1 if self.slot.position < self.total else None


def question_page(attempt: Attempt, position: int, *, now: datetime) -> QuestionPage | None:
    """Return what the page of one question shows, or None when the attempt has no such position. One query, whatever its length."""
    shown = Case(When(position=position, then="version__content"), output_field=JSONField())
    slots = list(
        attempt.slots.order_by("position").annotate(shown=shown).select_related("version").defer("version__content"))
    slot = next((slot for slot in slots if slot.position == position), None)
    if slot is None:
        return None
    asked = Asked(position, type_of(slot.version.type), slot.shown, slot.option_order, slot.answer)
    return QuestionPage(attempt, slot, asked, _places(slots, position), max(milliseconds(now), slot.answer_seq + 1))


def milliseconds(moment: datetime) -> int:
    """Return the moment as milliseconds since 1970: the unit of `seq`."""
    return int(moment.timestamp() * 1000)


@dataclass(frozen=True)
class Receipt:
    attempt: Attempt
    answered: int
    total: int


def receipt_of(attempt: Attempt) -> Receipt:
    """Return what the server received with this attempt. One query."""
    places = places_of(attempt)
    return Receipt(attempt, sum(place.is_answered for place in places), len(places))


def _places(slots: Iterable[AttemptSlot], current: int | None = None) -> list[Place]:
    return [Place(slot.position, bool(slot.answer), slot.flagged, slot.position == current) for slot in slots]


def places_of(attempt: Attempt) -> list[Place]:
    """Return the state of every question of an attempt, in order. One query."""
    return _places(attempt.slots.order_by("position"))


def position_to_go_on(attempt: Attempt) -> int:
    """Return the first question without an answer, or the last one when all have one. One query."""
    places = places_of(attempt)
    return next((place.position for place in places if not place.is_answered), len(places) or 1)


@dataclass(frozen=True)
class Reviewed:
    """A question with what was answered and what is right."""

    asked: Asked
    fraction: float
    points: Decimal
    max_points: Decimal

    @property
    def is_right(self) -> bool:
        return self.fraction >= 1 - 1e-9

    @property
    def is_partly_right(self) -> bool:
        return not self.is_right and self.fraction > 0


@dataclass(frozen=True)
class TopicMark:
    name: str
    right: int
    count: int

    @property
    def is_to_study(self) -> bool:
        return self.right < self.count


@dataclass(frozen=True)
class ResultPage:
    attempt: Attempt
    questions: list[Reviewed]
    topics: list[TopicMark]
    answered: int
    total: int
    attempts_left: int | None
    shows_review: bool

    @property
    def wrong(self) -> int:
        return sum(not question.is_right for question in self.questions)

    @property
    def to_study(self) -> list[TopicMark]:
        return [topic for topic in self.topics if topic.is_to_study]

    @property
    def to_study_names(self) -> str:
        return ", ".join(topic.name for topic in self.to_study)

    @property
    def topics_shown(self) -> list[TopicMark]:
        """After a failure only what to study again."""
        return self.topics if self.attempt.passed or not self.to_study else self.to_study

    @property
    def ended_by_time(self) -> bool:
        return self.attempt.deadline_at is not None and self.attempt.submitted_at >= self.attempt.deadline_at

    @property
    def percent(self) -> float:
        """Rounded down to a tenth, so that 69,96% is never shown as the 70% that it is not."""
        return floor(self.attempt.fraction * 1000 + 1e-6) / 10

    @property
    def minutes(self) -> int:
        return max(1, round((self.attempt.submitted_at - self.attempt.started_at).total_seconds() / 60))


def result_page(attempt: Attempt) -> ResultPage:
    """Return what its owner may see of a finished attempt, as the quiz's review preset said when it began. Two queries.

    "Everything after a pass": after a failure only the topics to study again, never a question or its answer.
    """
    passed = bool(attempt.passed)
    shows_review = attempt.review == Review.FULL or (attempt.review == Review.AFTER_PASS and passed)
    slots = list(attempt.slots.select_related("version").order_by("position"))
    left = attempts_left(attempt.quiz, attempt.user, attempt.context)
    # Wrong answers first: they are what the reader came for.
    questions = sorted(_reviewed(slots), key=lambda question: question.is_right) if shows_review else []
    return ResultPage(
        attempt=attempt, questions=questions,
        topics=_topics(slots) if attempt.review != Review.MARK_ONLY else [],
        answered=sum(bool(slot.answer) for slot in slots), total=len(slots), attempts_left=left, shows_review=shows_review)


def _reviewed(slots: list[AttemptSlot]) -> list[Reviewed]:
    return [
        Reviewed(
            Asked(slot.position, type_of(slot.version.type), slot.version.content, slot.option_order, slot.answer),
            slot.fraction or 0.0, slot.points or Decimal(0), slot.max_points)
        for slot in slots
    ]


def _topics(slots: list[AttemptSlot]) -> list[TopicMark]:
    marks: dict[str, list[bool]] = {}
    for slot in slots:
        if topic := slot.version.content.get("topic"):
            marks.setdefault(topic, []).append((slot.fraction or 0.0) >= 1 - 1e-9)
    # "Bài 2" stands before "Bài 10".
    return [TopicMark(name, sum(marks[name]), len(marks[name])) for name in sorted(marks, key=_natural)]


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", name)]


@dataclass(frozen=True)
class Result:
    """The result that counts of one person at one quiz."""

    attempt_uuid: UUID
    number: int
    fraction: float
    passed: bool
    points: Decimal
    max_points: Decimal
    submitted_at: datetime

    @property
    def uuid(self) -> UUID:
        return self.attempt_uuid


@dataclass(frozen=True)
class QuizStanding:
    """Where a person stands with a quiz: what was done, what can be done."""

    question_count: int
    limit_minutes: int | None
    attempts_made: int
    attempts_left: int | None
    open_attempt: Attempt | None
    best: Result | None
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def can_start(self) -> bool:
        return self.question_count > 0 and self.open_attempt is None and self.attempts_left != 0


def attempts_of(quiz: Quiz, user, context: str = "") -> QuerySet[Attempt]:
    """Return the person's attempts at the quiz in this context, earliest first."""
    return Attempt.objects.of(quiz, user, context)


def attempts_left(quiz: Quiz, user, context: str = "") -> int | None:
    """Return how many more attempts may be started, the open one not counted; None without a limit. One query."""
    if not quiz.attempts_allowed:
        return None
    return max(0, quiz.attempts_allowed - attempts_of(quiz, user, context).count())


def counting_result(quiz: Quiz, user, context: str = "") -> Result | None:
    """Return the result that counts, by the quiz's own rule (the best, or the latest), or None before the first. One query."""
    return _counting(quiz.counting, list(attempts_of(quiz, user, context).filter(state=AttemptState.MARKED)))


def counting_results(user, context: str) -> dict[int, Result]:
    """Return the result that counts for every quiz that the person finished in this context, by quiz id. One query."""
    made: dict[int, list[Attempt]] = {}
    rules: dict[int, str] = {}
    attempts = Attempt.objects.visible_to(user).filter(context=context, state=AttemptState.MARKED).order_by("number")
    for attempt in attempts.select_related("quiz"):
        made.setdefault(attempt.quiz_id, []).append(attempt)
        rules[attempt.quiz_id] = attempt.quiz.counting
    return {quiz: _counting(rules[quiz], marked) for quiz, marked in made.items()}


def _counting(rule: str, marked: list[Attempt]) -> Result | None:
    if not marked:
        return None
    # Of equals the earliest: passing is dated by the attempt that brought it.
    chosen = marked[-1] if rule == Counting.LATEST else max(marked, key=lambda attempt: (attempt.fraction, -attempt.number))
    return Result(
        chosen.uuid, chosen.number, chosen.fraction, chosen.passed, chosen.points, chosen.max_points, chosen.submitted_at)


def standing_in(*, quiz: Quiz, user, context: str = "") -> QuizStanding:
    """Return where the person stands with the quiz. One query, and those of `question_count_of`."""
    attempts = list(attempts_of(quiz, user, context))
    marked = [attempt for attempt in attempts if attempt.state == AttemptState.MARKED]
    return QuizStanding(
        question_count=question_count_of(quiz),
        limit_minutes=-(-quiz.time_limit_seconds // 60) if quiz.time_limit_seconds else None,
        attempts_made=len(attempts),
        attempts_left=max(0, quiz.attempts_allowed - len(attempts)) if quiz.attempts_allowed else None,
        open_attempt=next((attempt for attempt in attempts if attempt.state == AttemptState.IN_PROGRESS), None),
        best=_counting(quiz.counting, marked), attempts=attempts)


def question_count_of(quiz: Quiz) -> int:
    """Return how many questions an attempt would have today. One query for the fixed ones, one for the categories, one a drawn section.

    Where drawn sections overlap and their bank is short, it may be fewer.
    """
    sections = list(quiz.sections.raw_data)
    fixed = {item["question"] for section in sections for item in fixed_items(section)}
    draws = [section["value"] for section in sections if section["type"] == "draw"]
    count = Question.objects.live().filter(pk__in=fixed).count() if fixed else 0
    paths = dict(Category.objects.filter(pk__in=[draw["category"] for draw in draws]).values_list("pk", "path")) if draws else {}
    for draw in draws:
        if path := paths.get(draw["category"]):
            pool = Question.objects.live().below(path, draw.get("difficulty") or "").exclude(pk__in=fixed)
            count += min(int(draw["count"]), pool.count())
    return count


def fixed_items(section: dict) -> list[dict]:
    """Return the {"question", "points"} of a stored section of chosen questions; none for a drawn one."""
    if section["type"] != "fixed":
        return []
    items = [item["value"] if item.get("type") == "item" else item for item in section["value"]["questions"]]
    return [item for item in items if item.get("question")]


def those_in_use(things: Iterable[Question | Category | Quiz]) -> list:
    """Return those that the database would refuse to delete, because attempts, questions or pages point at them."""
    return [thing for thing in things if _is_protected(thing)]


def _is_protected(thing: Question | Category | Quiz) -> bool:
    collector = Collector(using=router.db_for_write(type(thing)))
    try:
        # A category takes those under it along.
        collector.collect([thing, *thing.get_descendants()] if isinstance(thing, Category) else [thing])
    except (ProtectedError, RestrictedError):
        return True
    return False
