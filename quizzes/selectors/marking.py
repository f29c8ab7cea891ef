"""Reads of whoever marks: the list of attempts, and one attempt with all that is known of it."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Prefetch, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.models import User
from quizzes.enums import AttemptState, MarkingState, StepKind, Sureness
from quizzes.grading.receipts import tidy_code
from quizzes.grading.review import Shown
from quizzes.grading.totals import points_of
from quizzes.models import Attempt, AttemptSlot, HandMark, Quiz
from quizzes.selectors.results import Reviewed, reviewed_of
from quizzes.types.asked import Asked
from vietnamese.text import search_key

PER_PAGE = 50
# A long essay is saved often; whoever wants to see how it grew needs no more than this.
STEPS_SHOWN = 40
# Of people without an account a search finds so many names at most.
VISITORS_FOUND = 200
# An earlier answer is shown as what was said, without a verdict.
ONLY_THE_ANSWER = Shown(own_answer=True)

_STANDS = {
    MarkingState.WAITING: Q(state=AttemptState.SUBMITTED, late_until__isnull=True),
    MarkingState.LATE: Q(state=AttemptState.SUBMITTED, late_until__isnull=False),
    MarkingState.MARKED: Q(state=AttemptState.MARKED),
}


def may_mark(user) -> bool:
    """Say whether the person has any business with other people's attempts. At most two queries."""
    return user.is_authenticated and (user.has_perm("quizzes.mark_attempt") or user.has_perm("quizzes.view_every_attempt"))


def quizzes_to_mark(user) -> QuerySet[Quiz]:
    """Return the quizzes whose attempts the person may see, by title."""
    return Quiz.objects.marked_by(user).order_by("title", "pk")


@dataclass(frozen=True)
class Filters:
    """What the list was asked for; days are those on which attempts were handed in."""

    q: str = ""
    quiz: Quiz | None = None
    state: str = ""
    passed: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def params(self) -> dict[str, str]:
        """The same as parts of an address; what is empty is left out."""
        parts = {
            "q": self.q, "quiz": str(self.quiz.uuid) if self.quiz else "", "state": self.state, "passed": self.passed,
            "since": f"{self.since:%d/%m/%Y}" if self.since else "", "until": f"{self.until:%d/%m/%Y}" if self.until else "",
        }
        return {name: value for name, value in parts.items() if value}

    @property
    def is_narrowed(self) -> bool:
        return bool(self.params)


@dataclass(frozen=True)
class Row:
    """One attempt of the list."""

    attempt: Attempt
    waiting: int = 0
    late: int = 0

    @property
    def standing(self) -> MarkingState:
        return standing_of(self.attempt)

    @property
    def minutes(self) -> int:
        return minutes_taken(self.attempt)


@dataclass(frozen=True)
class MarkingList:
    """A page of the list; how many attempts fit the filters, and how many of those wait."""

    page: Page
    rows: list[Row]
    total: int
    waiting: int


def standing_of(attempt: Attempt) -> MarkingState:
    """Return how a finished attempt stands with those who mark."""
    if attempt.state == AttemptState.MARKED:
        return MarkingState.MARKED
    return MarkingState.LATE if attempt.is_taking_late else MarkingState.WAITING


def minutes_taken(attempt: Attempt) -> int:
    """Return the minutes from start to end, at least one."""
    return max(1, round((attempt.submitted_at - attempt.started_at).total_seconds() / 60))


def marking_list(user, filters: Filters, number: str | int | None) -> MarkingList:
    """Return one page of the attempts that the person may see: those that wait first, then the newest.

    Three queries however long the list: sums, rows, answers to look at; one more for a search.
    """
    attempts = _asked_for(Attempt.objects.markable_by(user), filters)
    sums = attempts.aggregate(total=Count("pk"), waiting=Count("pk", filter=_STANDS[MarkingState.WAITING]))
    page = Paginator(range(sums["total"]), PER_PAGE).get_page(number)
    first = Case(When(_STANDS[MarkingState.WAITING], then=Value(0)), default=Value(1))
    found = attempts.select_related("quiz", "user").only(
        "uuid", "number", "state", "shown_name", "started_at", "submitted_at", "late_until", "points", "max_points", "fraction", "passed",
        "quiz__title", "user__full_name").order_by(first, "-submitted_at", "-pk")
    here = list(found[page.object_list.start:page.object_list.stop])
    counts = _answers_to_look_at(here)
    return MarkingList(page, [Row(attempt, *counts.get(attempt.pk, (0, 0))) for attempt in here], **sums)


def _answers_to_look_at(attempts: list[Attempt]) -> dict[int, tuple[int, int]]:
    """Return how many answers wait for a person and how many came in late, by attempt. One query."""
    counted = AttemptSlot.objects.filter(attempt__in=[attempt.pk for attempt in attempts]).values("attempt").annotate(
        waiting=Count("pk", filter=_waits()), late=Count("pk", filter=Q(is_late=True)))
    return {row["attempt"]: (row["waiting"], row["late"]) for row in counted}


def _waits() -> Q:
    return Q(fraction__isnull=True) & ~Q(answer={})


def _asked_for(attempts: QuerySet[Attempt], filters: Filters) -> QuerySet[Attempt]:
    if filters.quiz:
        attempts = attempts.filter(quiz=filters.quiz)
    if filters.state:
        attempts = attempts.filter(_STANDS[MarkingState(filters.state)])
    if filters.passed:
        attempts = attempts.filter(passed=filters.passed == "yes")
    if filters.since:
        attempts = attempts.filter(submitted_at__gte=_midnight(filters.since))
    if filters.until:
        attempts = attempts.filter(submitted_at__lt=_midnight(filters.until + timedelta(days=1)))
    return attempts.filter(_matches(attempts, filters.q)) if filters.q else attempts


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _matches(attempts: QuerySet[Attempt], text: str) -> Q:
    """Match the taker by words of name, e-mail and telephone number, without diacritics; or a receipt by its code."""
    words = search_key(text).split()
    if not words:
        return Q(pk__in=[])
    names = attempts.filter(user=None).order_by().values_list("shown_name", flat=True).distinct()
    visitors = [name for name in names if name and all(word in search_key(name) for word in words)][:VISITORS_FOUND]
    return (
        Q(user__in=User.objects.named(text).values("pk")) | Q(receipt_code=tidy_code(text)) | Q(user=None, shown_name__in=visitors))


@dataclass(frozen=True)
class Given:
    """A mark that a person gave, with the points that it is worth."""

    mark: HandMark
    points: Decimal


@dataclass(frozen=True)
class Step:
    """One change of an answer: when it was made by the device's clock, when it came in, and what it said."""

    kind: str
    made_at: datetime
    received_at: datetime
    is_late: bool
    asked: Asked | None = None
    said: str = ""

    @property
    def is_delayed(self) -> bool:
        return timedelta(seconds=5) < self.received_at - self.made_at < timedelta(days=30)


@dataclass(frozen=True)
class Criterion:
    """A line of the rubric, with the points of this question that it can earn."""

    title: str
    description: str
    most: Decimal


@dataclass(frozen=True)
class SheetQuestion:
    """One question of an attempt, as whoever marks sees it."""

    reviewed: Reviewed
    slot: AttemptSlot
    marks: list[Given]
    # None: not asked for.
    steps: list[Step] | None = None

    @property
    def position(self) -> int:
        return self.slot.position

    @property
    def is_waiting(self) -> bool:
        return self.reviewed.is_waiting

    @property
    def earns_points(self) -> bool:
        return self.slot.max_points > 0

    @property
    def criteria(self) -> list[Criterion]:
        """The rubric; its own points are only shares of the question's."""
        rows = self.reviewed.asked.content.get("criteria") or []
        total = sum(row["points"] for row in rows)
        return [Criterion(row["title"], row["description"], points_of(self.slot.max_points, row["points"] / total)) for row in rows] if total else []

    @property
    def sureness(self) -> str:
        return str(Sureness(self.slot.sureness).label) if self.slot.sureness else ""

    @property
    def points(self) -> Decimal | None:
        """The points that it has today; None while it waits."""
        return None if self.is_waiting else self.reviewed.points


@dataclass(frozen=True)
class Sheet:
    """An attempt with everything about it: questions, answers, marks and who gave them."""

    attempt: Attempt
    questions: list[SheetQuestion]

    @property
    def standing(self) -> MarkingState:
        return standing_of(self.attempt)

    @property
    def is_markable(self) -> bool:
        return self.standing != MarkingState.LATE

    @property
    def minutes(self) -> int:
        return minutes_taken(self.attempt)

    @property
    def late(self) -> int:
        return sum(question.slot.is_late for question in self.questions)

    @property
    def answered(self) -> int:
        return sum(bool(question.slot.answer) for question in self.questions)

    @cached_property
    def waiting(self) -> list[int]:
        """The positions of the questions that wait for a person."""
        return [question.position for question in self.questions if question.is_waiting]

    @property
    def so_far(self) -> Decimal:
        return sum((question.points or Decimal(0) for question in self.questions), Decimal(0))

    def question_at(self, position: int | None) -> SheetQuestion | None:
        """Return the question at this position, if a person may mark it."""
        return next((one for one in self.questions if one.position == position and one.earns_points and self.is_markable), None)

    def opened(self, position: int | None) -> SheetQuestion | None:
        """Return the question whose form is open: the one that was asked for, or the first that waits."""
        return self.question_at(position) or self.question_at(self.waiting[0] if self.waiting else None)


def sheet_of(attempt: Attempt, *, history_of: int | None = None) -> Sheet:
    """Return an attempt with everything about it. Three queries; a fourth for the history of one question."""
    given = Prefetch("hand_marks", HandMark.objects.select_related("by").order_by("pk"))
    slots = {slot.position: slot for slot in attempt.slots.prefetch_related(given)}
    return Sheet(attempt, [_question(slots[one.asked.position], one, history_of) for one in reviewed_of(attempt)])


def _question(slot: AttemptSlot, reviewed: Reviewed, history_of: int | None) -> SheetQuestion:
    marks = [Given(mark, points_of(slot.max_points, mark.fraction)) for mark in slot.hand_marks.all()]
    # The comment stands with the mark that it was given with.
    plain = replace(reviewed, comment="")
    return SheetQuestion(plain, slot, marks, _history(slot, reviewed.asked) if slot.position == history_of else None)


def _history(slot: AttemptSlot, asked: Asked) -> list[Step]:
    """Return the newest steps of a slot, earliest first. One query."""
    steps = slot.steps.order_by("-pk")[:STEPS_SHOWN]
    return [_step(step, asked) for step in reversed(steps)]


def _step(step, asked: Asked) -> Step:
    made_at = datetime.fromtimestamp(step.seq / 1000, tz=UTC)
    match step.kind:
        case StepKind.ANSWER:
            return Step(step.kind, made_at, step.received_at, step.is_late, asked=replace(asked, answer=step.answer))
        case StepKind.SURE:
            said = str(Sureness(step.answer["sure"]).label)
        case _:
            said = _("noted to look at again") if step.answer.get("flagged") else _("no longer noted to look at again")
    return Step(step.kind, made_at, step.received_at, step.is_late, said=said)


def next_to_mark(attempt: Attempt, *, after: int) -> int | None:
    """Return the next question of the attempt that waits for a person, from the beginning again after the last; None: none does. One query."""
    waiting = list(attempt.slots.filter(_waits()).order_by("position").values_list("position", flat=True))
    return next((position for position in waiting if position > after), waiting[0] if waiting else None)


def next_attempt_to_mark(user, attempt: Attempt) -> Attempt | None:
    """Return the attempt that waits longest, this one left aside: first of the same quiz, then of others. One query."""
    waiting = Attempt.objects.markable_by(user).filter(_STANDS[MarkingState.WAITING]).exclude(pk=attempt.pk)
    same = Case(When(quiz=attempt.quiz_id, then=Value(0)), default=Value(1))
    return waiting.only("uuid").order_by(same, "submitted_at", "pk").first()
