"""The queue: a page of attempts, those that wait first, and what a marker takes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Exists, Min, OuterRef, Q, QuerySet, Subquery, Value, When

from quizzes.enums import AttemptState, MarkingState, Settling
from quizzes.models import Attempt, AttemptSlot
from quizzes.selectors.marking.blind import is_blind, name_of
from quizzes.selectors.marking.filters import (
    STANDS,
    WAITS,
    WAITS_FOR,
    Filters,
    answers_asked_for,
    asked_for,
    waits_for_person,
    with_markers,
)

PER_PAGE = 50


@dataclass(frozen=True)
class Paper:
    """An attempt as whoever marks may know it."""

    attempt: Attempt

    @property
    def name(self) -> str:
        return name_of(self.attempt)

    @property
    def is_blind(self) -> bool:
        return is_blind(self.attempt)

    @property
    def standing(self) -> MarkingState:
        """How a finished attempt stands with those who mark."""
        if self.attempt.state == AttemptState.MARKED:
            return MarkingState.MARKED
        return MarkingState.LATE if self.attempt.is_taking_late else MarkingState.WAITING

    @property
    def minutes(self) -> int:
        """The minutes from start to end, at least one."""
        return max(1, round((self.attempt.submitted_at - self.attempt.started_at).total_seconds() / 60))


@dataclass(frozen=True)
class Row(Paper):
    """One attempt of the list; of its answers how many wait, and for what, and how many came in late."""

    waiting: int = 0
    second: int = 0
    decision: int = 0
    late: int = 0


@dataclass(frozen=True)
class Next:
    """An attempt to mark next, and the question in it."""

    uuid: UUID
    position: int


@dataclass(frozen=True)
class MarkingList:
    """A page of the list; how many attempts fit the filters, how many of those wait, and the first one for whoever looks."""

    page: Page
    rows: list[Row]
    total: int
    waiting: int
    next: Next | None


def marking_list(user, filters: Filters, number: str | int | None) -> MarkingList:
    """Return one page of the attempts that the person may see: those that wait first, then the newest. The order knows no names.

    Four queries however long the list: sums, rows, answers to look at, what comes next; one more for a search.
    """
    attempts = asked_for(Attempt.objects.markable_by(user), filters)
    waiting = _is_waiting(filters)
    sums = attempts.aggregate(total=Count("pk"), waiting=Count("pk", filter=waiting))
    page = Paginator(range(sums["total"]), PER_PAGE).get_page(number)
    found = attempts.select_related("quiz", "user").only(
        "uuid", "number", "state", "shown_name", "started_at", "submitted_at", "late_until", "points", "max_points", "fraction", "passed",
        "quiz__title", "quiz__is_marked_blind", "user__full_name",
    ).order_by(Case(When(waiting, then=Value(0)), default=Value(1)), "-submitted_at", "-pk")
    here = list(found[page.object_list.start:page.object_list.stop])
    counts = _answers_to_look_at(here, filters)
    rows = [Row(attempt, **counts.get(attempt.pk, {})) for attempt in here]
    return MarkingList(page, rows, **sums, next=_next_among(attempts, user, filters, None) if sums["waiting"] else None)


def _is_waiting(filters: Filters) -> Q:
    """Match the attempts that wait, or in which the question asked for waits."""
    waiting = STANDS[MarkingState.WAITING]
    return waiting & Q(Exists(answers_asked_for(filters).filter(WAITS, attempt=OuterRef("pk")))) if filters.question else waiting


def _answers_to_look_at(attempts: list[Attempt], filters: Filters) -> dict[int, dict[str, int]]:
    """Return how many answers wait for a person, for what, and how many came in late, by attempt. One query."""
    answers = with_markers(AttemptSlot.objects.filter(attempt__in=[attempt.pk for attempt in attempts]))
    if filters.question:
        answers = answers.filter(version__question=filters.question)
    counted = answers.values("attempt").annotate(
        waiting=Count("pk", filter=WAITS), late=Count("pk", filter=Q(is_late=True)),
        second=Count("pk", filter=WAITS_FOR[Settling.SECOND]), decision=Count("pk", filter=WAITS_FOR[Settling.DECISION]))
    return {row.pop("attempt"): row for row in counted}


def next_to_mark(user, filters: Filters, *, at: Attempt | None = None, after: int = 0) -> Next | None:
    """Return what this person can mark next, within the filters: in the attempt at hand, after a question and then from its beginning;
    else in the attempt that waits longest, first of the same quiz, then of others. None: nothing. At most two queries.

    Of two markers' answers those are left out that the person has marked already.
    """
    if at and (here := _next_here(_for_person(user, filters).filter(attempt=at), after)):
        return Next(at.uuid, here)
    return _next_among(asked_for(Attempt.objects.markable_by(user), filters), user, filters, at)


def _for_person(user, filters: Filters) -> QuerySet[AttemptSlot]:
    return answers_asked_for(filters).filter(waits_for_person(user))


def _next_here(answers: QuerySet[AttemptSlot], after: int) -> int | None:
    positions: Iterable[int] = answers.order_by("position").values_list("position", flat=True)
    waiting = list(positions)
    return next((position for position in waiting if position > after), waiting[0] if waiting else None)


def _next_among(attempts: QuerySet[Attempt], user, filters: Filters, at: Attempt | None) -> Next | None:
    answers = _for_person(user, filters).filter(attempt=OuterRef("pk")).order_by().values("attempt").annotate(first=Min("position"))
    attempts = attempts.filter(STANDS[MarkingState.WAITING]).annotate(waits_at=Subquery(answers.values("first"))).filter(waits_at__isnull=False)
    if at:
        attempts = attempts.exclude(pk=at.pk)
    same = [Case(When(quiz=at.quiz_id, then=Value(0)), default=Value(1))] if at else []
    found = attempts.order_by(*same, "submitted_at", "pk").values_list("uuid", "waits_at").first()
    return Next(*found) if found else None
