"""Counting targets in the background, for branches too large to be counted while somebody waits.

Keeps true: one worker counts a target on a day; its rows are replaced as a whole, so that whoever looks meanwhile sees the ones before.
Kept are the rows of large units and of those right below them: every other branch is counted when somebody looks at it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.models import RegisterEntry
from cms.work import GIVEN_UP_AFTER, WorkState
from learning.models import Enrolment, OutsideStudy
from training.enums import Tree
from training.models import Count, Target, UnitCount
from training.selectors.coverage.live import LARGE, branch_of
from training.selectors.coverage.measures import CHUNK, Measure, deeds_of, end_of, measures_of
from training.selectors.coverage.stored import FRESH_TODAY
from training.selectors.coverage.trees import Ground, ground_of, ids_in
from training.selectors.coverage.trends import month_ends
from training.tally import Figures, facts_of, figures_of
from unions.models import Post, UnitChange
from unions.selectors.audiences import posts_meant

Clock = Callable[[], datetime]
GOING_ON = (WorkState.WAITING, WorkState.RUNNING)
# Reading what was done, reading who is meant and adding up, writing.
STEPS = 3
# Counts of single days, beside those of the ends of months.
KEPT_FOR = timedelta(days=7)
# As often at most are figures counted again that nobody looks at.
RECOUNTED_AFTER = timedelta(hours=1)
# Rows are kept of somewhat smaller branches, too: they may have grown by the time that somebody looks.
KEPT_FROM = LARGE // 2
ASKED_AT_ONCE = 50


@dataclass(frozen=True)
class Survey:
    """The tree of a day as a whole: where each unit stands, and which branches are large. Several targets are counted in one."""

    ground: Ground
    places: dict[int, tuple[int, ...]]
    large: frozenset[int]

    def keeps(self, unit: int) -> bool:
        above = self.places.get(unit, ())
        return unit in self.large or (len(above) > 1 and above[-2] in self.large)


def survey_of(ground: Ground) -> Survey:
    """Return the whole tree. Two queries, of as many rows as there are units."""
    places = {unit: ids_in(path) for unit, path in ground.places_of(None).items()}
    sizes: Counter[int] = Counter()
    posts = Post.objects.on(ground.on).order_by().values_list("unit").annotate(count=models.Count("pk"))
    for unit, count in posts.iterator(chunk_size=CHUNK):
        followed = ground.followed.places.get(unit)
        for place in [ids_in(path) for path in followed] if followed is not None else [places.get(unit, ())]:
            sizes.update(dict.fromkeys(place, count))
    return Survey(ground, places, frozenset(unit for unit, size in sizes.items() if size >= KEPT_FROM))


def ask_for_count(*, target: int, on: date, tree: str, now: datetime, by=None, is_trend: bool = False) -> tuple[Count, bool]:
    """Note that a target is to be counted on a day, and say whether a worker has to be called; one that is at it already is left alone."""
    count, made = Count.objects.get_or_create(
        target_id=target, on=on, tree=tree, defaults={"made_at": now, "by": by, "is_trend": is_trend})
    if made:
        return count, True
    if is_trend and not count.is_trend:
        Count.objects.filter(pk=count.pk).update(is_trend=True)
    late = now - GIVEN_UP_AFTER
    free = (
        ~Q(state__in=[*GOING_ON, WorkState.FAILED]) | Q(state=WorkState.RUNNING, alive_at__lt=late) | Q(state=WorkState.WAITING, made_at__lt=late)
        | Q(state=WorkState.FAILED, made_at__lt=late))
    asked = Count.objects.filter(free, pk=count.pk).update(state=WorkState.WAITING, made_at=now, by=by, error="")
    count.refresh_from_db()
    return count, bool(asked)


def count_target(*, count: Count, clock: Clock, survey: Survey | None = None) -> bool:
    """Count what waits to be counted and put it in place of what was counted before; say whether it was. Called twice at once, one counts.

    Locks the row of the count while its rows are replaced.
    """
    if not _begin(count, clock()):
        return False
    try:
        survey = survey or survey_of(ground_of(count.tree, count.on, timezone.localdate(clock())))
        figures = _count(count, measures_of([count.target])[0], survey, clock)
        _replace(count, figures, survey, clock)
    except BaseException:
        Count.objects.filter(pk=count.pk, state=WorkState.RUNNING).update(
            state=WorkState.FAILED, error=_("The figures could not be counted. They are tried again when somebody looks at them."))
        raise
    count.refresh_from_db()
    return True


def _begin(count: Count, now: datetime) -> bool:
    free = Q(state=WorkState.WAITING) | Q(state=WorkState.RUNNING, alive_at__lt=now - GIVEN_UP_AFTER)
    claimed = Count.objects.filter(free, pk=count.pk).update(state=WorkState.RUNNING, alive_at=now, done=0, total=STEPS)
    count.refresh_from_db()
    return bool(claimed)


def _count(count: Count, measure: Measure, survey: Survey, clock: Clock) -> dict[int, Figures]:
    # What is read is over before how far it is gets written: SQLite refuses to write under an open cursor once somebody else has written.
    facts = facts_of(measure.asked, deeds_of([measure], [count.on]), end_of(count.on).timestamp())
    _tell(count, 1, clock)
    figures = figures_of(_posts(measure, survey), facts, survey.places)
    _tell(count, 2, clock)
    return figures


def _posts(measure: Measure, survey: Survey) -> Iterator[tuple[int, int]]:
    ground = survey.ground
    scope = ground.roots_of([measure.target.unit]).get(measure.target.unit_id, ())
    posts = posts_meant(measure.meant, ground.units_in(scope), ground.on).order_by().values_list("user", "unit")
    moved = ground.followed.places
    for person, unit in posts.iterator(chunk_size=CHUNK):
        if unit in moved:
            place = ground.followed.place_of(person, unit, ground.on)
            if place and place.startswith(scope):
                yield person, ids_in(place)[-1]
        else:
            yield person, unit


def _tell(count: Count, done: int, clock: Clock) -> None:
    Count.objects.filter(pk=count.pk, state=WorkState.RUNNING).update(done=done, alive_at=clock())


def _replace(count: Count, figures: dict[int, Figures], survey: Survey, clock: Clock) -> None:
    kept = {unit: figures.get(unit, Figures()) for unit in {*filter(survey.keeps, figures), *survey.large}}
    rows = [
        UnitCount(count=count, unit_id=unit, people=row.people, done=row.done, under_way=row.under_way, attendances=row.attendances)
        for unit, row in sorted(kept.items())]
    with transaction.atomic():
        Count.objects.select_for_update().get(pk=count.pk)
        UnitCount.objects.filter(count=count).delete()
        UnitCount.objects.bulk_create(rows, batch_size=CHUNK)
        now = clock()
        Count.objects.filter(pk=count.pk).update(state=WorkState.DONE, done=STEPS, alive_at=now, finished_at=now, error="")


def count_all(*, targets: Iterable[Target], on: date, tree: str, clock: Clock, by=None) -> list[Count]:
    """Count these targets on a day, now and in one survey of the tree, and return what was counted; what another worker counts is left out."""
    now = clock()
    survey = survey_of(ground_of(tree, on, timezone.localdate(now)))
    counted = []
    for target in targets:
        count, _is_asked = ask_for_count(target=target.pk, on=on, tree=tree, now=now, by=by)
        if count_target(count=count, clock=clock, survey=survey):
            counted.append(count)
    return counted


# By the clock

def ask_for_due_counts(*, now: datetime) -> list[Count]:
    """Ask for the counts of large branches that are due, and return those that a worker has to be called for; at most 50 at once.

    Due are today's figures when there are none, or something was done since and they are an hour old; and those of the ends of this year's months
    when they are missing, or units have changed since.
    """
    today = timezone.localdate(now)
    targets = Target.objects.filter(Q(year=today.year) | Q(due_on__gte=today), is_active=True).select_related("unit").order_by("pk")
    ground = ground_of(Tree.TODAY, today, today)
    are_large = {unit.pk: branch_of(ground, unit).is_large for unit in {target.unit for target in targets}}
    changed, moved = _latest_deed(), UnitChange.objects.aggregate(at=models.Max("at"))["at"]
    asked = []
    for target in targets:
        if are_large[target.unit_id]:
            asked += [(target.pk, day, is_trend) for day, is_trend in _due_days(target, today, now, changed, moved)]
    counts = (ask_for_count(target=pk, on=day, tree=Tree.TODAY, now=now, is_trend=trend) for pk, day, trend in asked[:ASKED_AT_ONCE])
    return [count for count, is_new in counts if is_new]


def _due_days(target: Target, today: date, now: datetime, changed: datetime | None, moved: datetime | None) -> list[tuple[date, bool]]:
    ends = month_ends(target.year, today)
    counts = {count.on: count for count in Count.objects.filter(target=target, tree=Tree.TODAY, on__in=[today, *ends])}
    days = [(today, today in ends)] if _is_due(counts.get(today), now, changed) else []
    for end in ends:
        count = counts.get(end)
        is_old = count is None or not count.finished_at or not count.is_trend or (moved is not None and count.finished_at < moved)
        # What was counted during the day misses its evening.
        if end != today and (is_old or count.finished_at < end_of(end)):
            days.append((end, True))
    return days


def _is_due(count: Count | None, now: datetime, changed: datetime | None) -> bool:
    if count is None or count.finished_at is None:
        return True
    if count.state == WorkState.WAITING:
        return count.finished_at < now - FRESH_TODAY
    return count.finished_at < now - RECOUNTED_AFTER and changed is not None and changed > count.finished_at


def _latest_deed() -> datetime | None:
    """Return when somebody last learned, was approved, or had something entered in the register. Three queries."""
    seen = Enrolment.objects.filter(last_seen_at__isnull=False).order_by("-last_seen_at").values_list("last_seen_at", flat=True).first()
    decided = OutsideStudy.objects.aggregate(at=models.Max("decided_at"))["at"]
    entered = RegisterEntry.objects.order_by("-pk").values_list("at", flat=True).first()
    return max((moment for moment in (seen, decided, entered) if moment), default=None)


def note_posts_changed(*, now: datetime) -> int:
    """Mark today's counts as overtaken, because somebody entered or left a post; they are counted again by the clock. Return how many."""
    return Count.objects.filter(on=timezone.localdate(now), state=WorkState.DONE).update(state=WorkState.WAITING, made_at=now)


def forget_old_counts(*, now: datetime) -> int:
    """Throw away counts of single days that were made a week ago, and return how many; the ends of months stay."""
    old = Count.objects.filter(is_trend=False, made_at__lt=now - KEPT_FOR).exclude(on=timezone.localdate(now))
    keys = list(old.values_list("pk", flat=True))
    UnitCount.objects.filter(count__in=keys).delete()
    Count.objects.filter(pk__in=keys).delete()
    return len(keys)
