"""Reads of regrades: the list, what a plan would change, and what was really done."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, Prefetch, Q, QuerySet, Value, When

from quizzes.enums import AttemptState, WorkState
from quizzes.models import Attempt, AttemptSlot, Question, Quiz, Regrade, RegradeChange, RegradeResult
from quizzes.selectors.marking.blind import name_of

PER_PAGE = 50
# Two comparisons and no "not equal": an attempt that waits has no fraction on either side, and does not move by that.
_MOVES = (
    Q(points_after__gt=F("points_before")) | Q(points_after__lt=F("points_before"))
    | Q(fraction_after__gt=F("fraction_before")) | Q(fraction_after__lt=F("fraction_before")))
_NEWLY_PASSES = Q(passed_after=True) & ~Q(passed_before=True) & Q(passed_before__isnull=False)
_NEWLY_FAILS = Q(passed_after=False, passed_before=True)


def may_regrade_any(user) -> bool:
    """Say whether the person may have any attempts marked anew. At most two queries."""
    return user.is_authenticated and user.has_perm("quizzes.regrade_attempt")


def regrades_of(user, number: str | int | None) -> Page:
    """Return one page of the regrades that the person may see, newest first. Two queries and those of the gate."""
    found = Regrade.objects.visible_to(user).select_related("quiz", "question", "by", "applied_by")
    return Paginator(found.only(
        "uuid", "way", "reason", "made_at", "state", "only", "quiz__title", "question__code", "question__stem_text", "by__full_name",
        "applied_by__full_name").order_by("-made_at", "-pk"), PER_PAGE).get_page(number)


def machine_marked(quiz: Quiz) -> QuerySet[Question]:
    """Return the questions that attempts at the quiz were asked, for a list to choose from."""
    asked = AttemptSlot.objects.filter(attempt__quiz=quiz, max_points__gt=0).values("version__question")
    return Question.objects.filter(pk__in=asked).only("uuid", "code", "stem_text").order_by("code", "stem_text", "pk")


@dataclass(frozen=True)
class Counts:
    """How many attempts a regrade touches, and how."""

    changed: int
    gained: int
    newly_passed: int
    newly_failed: int
    # Answers that are only held against the newer key: their points stay.
    same: int
    # Answers that the newest version cannot mark.
    cannot: int


@dataclass(frozen=True)
class Row:
    """An attempt whose points change."""

    result: RegradeResult
    name: str
    changes: list[RegradeChange]

    @property
    def attempt(self) -> Attempt:
        return self.result.attempt

    @property
    def newly_passes(self) -> bool:
        return bool(self.result.passed_after) and self.result.passed_before is False

    @property
    def newly_fails(self) -> bool:
        return bool(self.result.passed_before) and self.result.passed_after is False


@dataclass(frozen=True)
class RegradePage:
    """One regrade with what it changes: as planned before it was written, as done afterwards."""

    regrade: Regrade
    counts: Counts
    page: Page
    rows: Sequence[Row]
    under_way: int
    since: int

    @property
    def is_at_work(self) -> bool:
        return self.regrade.state in (WorkState.WAITING, WorkState.RUNNING, WorkState.APPLYING)

    @property
    def is_ready(self) -> bool:
        return self.regrade.state == WorkState.READY

    @property
    def is_done(self) -> bool:
        return self.regrade.state == WorkState.DONE

    @cached_property
    def percent(self) -> int:
        whole = self.regrade.results.count() if self.regrade.state == WorkState.APPLYING else self.regrade.total
        return min(100, round(100 * self.regrade.done / whole)) if whole else 0


def regrade_page(regrade: Regrade, number: str | int | None) -> RegradePage:
    """Return one regrade with one page of the attempts that it changes, those that newly pass or fail first.

    Seven queries, however many attempts there are: counts of results and of changes, rows, what changed in them, attempts under way, since.
    """
    results = RegradeResult.objects.filter(regrade=regrade)
    sums = results.aggregate(
        changed=Count("pk", filter=_MOVES), gained=Count("pk", filter=Q(points_after__gt=F("points_before"))),
        newly_passed=Count("pk", filter=_NEWLY_PASSES), newly_failed=Count("pk", filter=_NEWLY_FAILS))
    of_answers = RegradeChange.objects.filter(result__regrade=regrade).aggregate(
        same=Count("pk", filter=Q(fraction_after=F("fraction_before"))), cannot=Count("pk", filter=Q(fraction_after__isnull=True)))
    page = Paginator(range(sums["changed"]), PER_PAGE).get_page(number)
    attempts = Attempt.objects.filter(quiz=regrade.quiz_id)
    since = attempts.filter(submitted_at__gt=regrade.made_at).finished().count() if regrade.state == WorkState.READY else 0
    return RegradePage(
        regrade, Counts(**sums, **of_answers), page, _rows(results, page), attempts.filter(state=AttemptState.IN_PROGRESS).count(), since)


def _rows(results: QuerySet[RegradeResult], page: Page) -> list[Row]:
    first = Case(When(_NEWLY_FAILS, then=Value(0)), When(_NEWLY_PASSES, then=Value(1)), default=Value(2))
    changed = results.filter(_MOVES).select_related("attempt__quiz", "attempt__user").defer("attempt__quiz__sections", "attempt__quiz__introduction")
    moved = RegradeChange.objects.filter(
        Q(fraction_after__gt=F("fraction_before")) | Q(fraction_after__lt=F("fraction_before")) | Q(fraction_before=None, fraction_after__isnull=False))
    changed = changed.prefetch_related(Prefetch("changes", moved.select_related("slot").order_by("slot__position"), to_attr="moved"))
    here = changed.order_by(first, "attempt__submitted_at", "pk")[page.object_list.start:page.object_list.stop]
    return [Row(result, name_of(result.attempt), result.moved) for result in here]
