"""Reads of a finished attempt: the result as far as its taker may see it, and the receipt."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from math import floor
from random import Random

from django.db.models import QuerySet

from quizzes.grading.review import NOTHING, Shown, moment_of, shown_at
from quizzes.models import Appeal, Attempt, AttemptSlot, Regrade
from quizzes.selectors.rubric import Scored, criteria_that_count
from quizzes.selectors.standing import attempts_left
from quizzes.types import InvalidAnswer, type_of
from quizzes.types.asked import Asked


@dataclass(frozen=True)
class Receipt:
    attempt: Attempt
    slots: list[AttemptSlot]

    @property
    def answered(self) -> int:
        return sum(bool(slot.answer) for slot in self.slots)

    @property
    def late(self) -> int:
        return sum(slot.is_late for slot in self.slots)

    @property
    def total(self) -> int:
        return len(self.slots)


def receipt_of(attempt: Attempt) -> Receipt:
    """Return what the server received with this attempt: which questions it holds an answer to, and since when. One query."""
    return Receipt(attempt, list(attempt.slots.order_by("position")))


@dataclass(frozen=True)
class Reviewed:
    """A question with what was answered and what is right."""

    asked: Asked
    # None: a person still has to mark it, or it earns nothing.
    fraction: float | None
    points: Decimal
    max_points: Decimal
    comment: str = ""
    is_late: bool = False
    # What a person gave by the question's criteria, and what became of the mark since: an appeal, a regrade.
    criteria: Iterable[Scored] = ()
    appeal: Appeal | None = None
    regrade: Regrade | None = None

    @property
    def is_right(self) -> bool:
        return self.fraction is not None and self.fraction >= 1 - 1e-9

    @property
    def is_partly_right(self) -> bool:
        return self.fraction is not None and not self.is_right and self.fraction > 0

    @property
    def earns_points(self) -> bool:
        return self.asked.type.earns_points

    @property
    def is_waiting(self) -> bool:
        return self.fraction is None and bool(self.asked.answer) and self.earns_points


@dataclass(frozen=True)
class TopicMark:
    name: str
    right: int
    count: int

    @property
    def is_to_study(self) -> bool:
        return self.right < self.count


@dataclass(frozen=True)
class Named:
    """A question of a finished attempt by its number alone, with its taker's appeal against it."""

    position: int
    appeal: Appeal | None


@dataclass(frozen=True)
class ResultPage:
    attempt: Attempt
    shows: Shown
    questions: list[Reviewed]
    topics: list[TopicMark]
    answered: int
    total: int
    attempts_left: int | None
    late: int = 0
    # Where questions are not shown one by one: their numbers, so that they can be appealed against.
    named: list[Named] = field(default_factory=list)

    @property
    def shows_review(self) -> bool:
        return self.shows.questions

    @property
    def is_waiting(self) -> bool:
        """Whether a person still has to mark something."""
        return self.attempt.fraction is None

    @property
    def wrong(self) -> int:
        return sum(not question.is_right for question in self.questions) if self.shows.correctness else 0

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
        return floor((self.attempt.fraction or 0) * 1000 + 1e-6) / 10

    @property
    def minutes(self) -> int:
        return max(1, round((self.attempt.submitted_at - self.attempt.started_at).total_seconds() / 60))


def shown_to_taker(attempt: Attempt, *, now: datetime) -> Shown:
    """Return what its taker may see of a finished attempt, by the table that it began with. Nothing while late answers may still come."""
    if attempt.is_taking_late:
        return NOTHING
    moment = moment_of(is_finished=attempt.is_over, passed=bool(attempt.passed), is_closed=attempt.quiz.is_closed(now))
    return shown_at(attempt.shown, moment)


def result_page(attempt: Attempt, *, now: datetime) -> ResultPage:
    """Return what its taker may see of a finished attempt. Two queries; one more where a person marked by criteria.

    Topics to study again are named wherever the mark is, unless nothing but the mark is ever shown; not while an answer waits to be marked.
    """
    shows = shown_to_taker(attempt, now=now)
    slots = list(slots_to_review(attempt))
    criteria = criteria_that_count(slots, needs_second=attempt.quiz.needs_second_marker) if shows.questions and shows.mark else {}
    # Wrong answers first: they are what the reader came for.
    questions = sorted(review(slots, criteria), key=lambda question: question.is_right and shows.correctness) if shows.questions else []
    ever_explains = any(shown_at(attempt.shown, moment).questions for moment in ("after_pass", "after_failure"))
    return ResultPage(
        attempt=attempt, shows=shows, questions=questions, topics=_topics(slots) if shows.mark and ever_explains and attempt.fraction is not None else [],
        answered=sum(bool(slot.answer) for slot in slots), total=len(slots), late=sum(slot.is_late for slot in slots),
        attempts_left=attempts_left(attempt.quiz, attempt.user, attempt.context, visitor=attempt.visitor),
        named=[] if shows.questions or attempt.is_taking_late else [
            Named(slot.position, getattr(slot, "appeal", None)) for slot in slots if slot.max_points])


def reviewed_of(attempt: Attempt) -> list[Reviewed]:
    """Return every question of an attempt with what was answered and what is right, in order. One query."""
    return review(slots_to_review(attempt))


def slots_to_review(attempt: Attempt) -> QuerySet[AttemptSlot]:
    """Return the slots of an attempt in order, with all that `review` looks at."""
    return attempt.slots.select_related("version", "key", "regrade", "appeal").order_by("position")


def review(slots: Iterable[AttemptSlot], criteria: Mapping[int, list[Scored]] | None = None) -> list[Reviewed]:
    """Return questions with what was answered and what is right today. No query after `slots_to_review`.

    :param criteria: what was given by criterion, by slot, where it may be shown.
    """
    return [
        Reviewed(
            _asked(slot), slot.fraction if slot.fraction is not None or slot.answer else 0.0, slot.points or Decimal(0), slot.max_points,
            slot.comment, slot.is_late, (criteria or {}).get(slot.pk, ()), getattr(slot, "appeal", None), slot.regrade)
        for slot in slots
    ]


def _asked(slot: AttemptSlot) -> Asked:
    """Return the question as it was asked; after a regrade with the right answer of the version by which it is marked now."""
    kind, asked, key = type_of(slot.version.type), slot.version.content, slot.key
    if key is None or key.type != slot.version.type:
        return Asked(slot.position, kind, asked, slot.option_order, slot.answer)
    content = {**key.content, **{name: asked[name] for name in ("title", "stem", "materials") if name in asked}}
    try:
        kind.clean_answer(content, slot.answer)
    except InvalidAnswer:
        # It names an option that is no more: its taker should still read what they said.
        return Asked(slot.position, kind, asked, slot.option_order, slot.answer)
    # Options that came later stand at the end.
    later = [name for name in kind.draw_order(content, Random(0), shuffle=False) if name not in slot.option_order]  # noqa: S311
    return Asked(slot.position, kind, content, [*slot.option_order, *later], slot.answer)


def _topics(slots: list[AttemptSlot]) -> list[TopicMark]:
    marks: dict[str, list[bool]] = {}
    for slot in slots:
        if topic := slot.version.content.get("topic"):
            marks.setdefault(topic, []).append((slot.fraction or 0.0) >= 1 - 1e-9)
    # "Bài 2" stands before "Bài 10".
    return [TopicMark(name, sum(marks[name]), len(marks[name])) for name in sorted(marks, key=_natural)]


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", name)]
