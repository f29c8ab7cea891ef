"""How a target went on, from month to month."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from training.enums import Tree
from training.models import Target, UnitCount
from training.selectors.coverage.live import branch_of, count_live
from training.selectors.coverage.measures import measures_of
from training.selectors.coverage.trees import ground_of
from training.tally import Figures
from unions.models import Unit
from unions.terms import months_after

Trend = list[tuple[date, Figures]]


def month_ends(year: int, on: date) -> list[date]:
    """Return the last days of the months of a year that are over on a day, that day included."""
    firsts = (months_after(date(year, 1, 1), months) for months in range(1, 13))
    return [last for first in firsts if (last := first - timedelta(days=1)) <= on]


def trend_of(*, target: Target, unit: Unit, on: date, now: datetime) -> Trend:
    """Return the figures of a unit at each end of a month of the target's year that is over, by today's tree.

    A branch of up to 3,000 posts is counted at once, all days in one go; of a larger one what was counted in the background, months that were not
    left out. At most 20 queries.
    """
    today = timezone.localdate(now)
    days = month_ends(target.year, min(on, today))
    if not days:
        return []
    branch = branch_of(ground_of(Tree.TODAY, on, today, since=days[0]), unit)
    if branch.is_large:
        return _stored(target, unit, days)
    found = count_live(branch, measures_of([target]), days)
    return [(day, found[target.pk, day].get(unit.pk, Figures())) for day in days]


def _stored(target: Target, unit: Unit, days: list[date]) -> Trend:
    rows = UnitCount.objects.filter(count__target=target, count__tree=Tree.TODAY, count__on__in=days, unit=unit, count__finished_at__isnull=False)
    return [
        (day, Figures(*figures))
        for day, *figures in rows.order_by("count__on").values_list("count__on", "people", "done", "under_way", "attendances")]
