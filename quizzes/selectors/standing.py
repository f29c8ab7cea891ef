"""Reads of where a person stands with a quiz: what was done, what counts, what can be done."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import fmean
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from quizzes.enums import AttemptState, Counting
from quizzes.grading.totals import is_pass
from quizzes.models import Attempt, Quiz
from quizzes.querysets import Taker
from quizzes.selectors.sizes import question_count_of


@dataclass(frozen=True)
class Result:
    """The result that counts of one person at one quiz. Of an average, the attempt is the latest one."""

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
    # The quiz is not open yet, until then; or closed, since then.
    opens_at: datetime | None = None
    closed_at: datetime | None = None
    # The pause between attempts lasts until then.
    next_at: datetime | None = None

    @property
    def waiting(self) -> Attempt | None:
        """The latest attempt, when it was handed in and has no result yet: a person marks it, or late answers may still come in."""
        latest = self.attempts[-1] if self.attempts else None
        return latest if latest and latest.state == AttemptState.SUBMITTED else None

    @property
    def is_in_time(self) -> bool:
        return self.opens_at is None and self.closed_at is None

    @property
    def can_start(self) -> bool:
        return (
            self.question_count > 0 and self.open_attempt is None and self.attempts_left != 0 and self.is_in_time and self.next_at is None)


def attempts_of(quiz: Quiz, user, context: str = "", *, visitor: str = "") -> QuerySet[Attempt]:
    """Return the taker's attempts at the quiz in this context, earliest first; none for a stranger."""
    taker = Taker(Taker.of(user).user, visitor)
    return Attempt.objects.of(quiz, taker, context) if taker.is_known else Attempt.objects.none()


def attempts_left(quiz: Quiz, user, context: str = "", *, visitor: str = "") -> int | None:
    """Return how many more attempts may be started, the open one not counted; None without a limit. One query."""
    if not quiz.attempts_allowed:
        return None
    return max(0, quiz.attempts_allowed - attempts_of(quiz, user, context, visitor=visitor).count())


def next_attempt_at(quiz: Quiz, attempts: list[Attempt]) -> datetime | None:
    """Return when the pause after the latest finished attempt is over; None when there is none."""
    ended = [attempt.submitted_at for attempt in attempts if attempt.submitted_at]
    return max(ended) + timedelta(seconds=quiz.retry_delay_seconds) if ended and quiz.retry_delay_seconds else None


def counting_result(quiz: Quiz, user, context: str = "") -> Result | None:
    """Return the result that counts, by the quiz's own rule, or None before the first. One query."""
    return _counting(quiz.counting, list(attempts_of(quiz, user, context).filter(state=AttemptState.MARKED)))


def counting_results(user, context: str) -> dict[int, Result]:
    """Return the result that counts for every quiz that the person finished in this context, by quiz id. One query."""
    made: dict[int, list[Attempt]] = defaultdict(list)
    rules: dict[int, str] = {}
    attempts = Attempt.objects.visible_to(user).filter(context=context, state=AttemptState.MARKED).order_by("number")
    for attempt in attempts.select_related("quiz"):
        made[attempt.quiz_id].append(attempt)
        rules[attempt.quiz_id] = attempt.quiz.counting
    return {quiz: _counting(rules[quiz], marked) for quiz, marked in made.items()}


def _counting(rule: str, marked: list[Attempt]) -> Result | None:
    if not marked:
        return None
    match rule:
        case Counting.LATEST:
            chosen = marked[-1]
        case Counting.FIRST:
            chosen = marked[0]
        case Counting.AVERAGE:
            return _average(marked)
        case _:
            # Of equals the earliest: passing is dated by the attempt that brought it.
            chosen = max(marked, key=lambda attempt: (attempt.fraction, -attempt.number))
    return Result(
        chosen.uuid, chosen.number, chosen.fraction, chosen.passed, chosen.points, chosen.max_points, chosen.submitted_at)


def _average(marked: list[Attempt]) -> Result:
    latest, fraction = marked[-1], fmean(attempt.fraction for attempt in marked)
    points = (latest.max_points * Decimal(repr(fraction))).quantize(Decimal("0.001"))
    return Result(
        latest.uuid, latest.number, fraction, is_pass(fraction, latest.pass_fraction), points, latest.max_points, latest.submitted_at)


def standing_in(*, quiz: Quiz, user, context: str = "", visitor: str = "", now: datetime | None = None) -> QuizStanding:
    """Return where the taker stands with the quiz. One query, and those of `question_count_of`."""
    now = now or timezone.now()
    attempts = list(attempts_of(quiz, user, context, visitor=visitor))
    marked = [attempt for attempt in attempts if attempt.state == AttemptState.MARKED]
    waits_until = next_attempt_at(quiz, attempts)
    return QuizStanding(
        question_count=question_count_of(quiz, now=now) if quiz.live else 0,
        limit_minutes=-(-quiz.time_limit_seconds // 60) if quiz.time_limit_seconds else None,
        attempts_made=len(attempts),
        attempts_left=max(0, quiz.attempts_allowed - len(attempts)) if quiz.attempts_allowed else None,
        open_attempt=next((attempt for attempt in attempts if attempt.state == AttemptState.IN_PROGRESS), None),
        best=_counting(quiz.counting, marked), attempts=attempts,
        opens_at=quiz.opens_at if quiz.opens_at and quiz.opens_at > now else None,
        closed_at=quiz.closes_at if quiz.is_closed(now) else None,
        next_at=waits_until if waits_until and waits_until > now else None)
