"""Figures of large branches, as they were counted in the background."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from training.enums import Tree
from training.models import Count, UnitCount
from training.signals import count_wanted
from training.tally import Figures

# Figures of today are counted again when somebody looks at older ones; those of a former day change only by what is entered late.
FRESH_TODAY = timedelta(minutes=30)
FRESH_BEFORE = timedelta(days=1)


def kept_tree(tree: str, on: date, today: date) -> Tree:
    """Return the tree under which a count is kept: of today both trees are the same."""
    return Tree.TODAY if on >= today else Tree(tree)


def latest_counts(targets: Collection[int], tree: str, on: date) -> dict[int, Count]:
    """Return the latest finished count of each target until that day. One query."""
    counts = Count.objects.filter(target__in=targets, tree=tree, on__lte=on, finished_at__isnull=False)
    found: dict[int, Count] = {}
    for count in counts.order_by("on"):
        found[count.target_id] = count
    return found


def rows_of(counts: Iterable[Count], units: Collection[int]) -> dict[tuple[int, int], Figures]:
    """Return the stored figures of these units by target and unit. One query."""
    rows = UnitCount.objects.filter(count__in=[count.pk for count in counts], unit__in=units)
    found = rows.values_list("count__target", "unit", "people", "done", "under_way", "attendances")
    return {(target, unit): Figures(*figures) for target, unit, *figures in found}


def row_on(target: int, unit: int, tree: str, on: date) -> Figures | None:
    """Return the stored figures of one unit on that very day, or None. One query."""
    rows = UnitCount.objects.filter(unit=unit, count__target=target, count__tree=tree, count__on=on, count__finished_at__isnull=False)
    row = rows.order_by("-count").values_list("people", "done", "under_way", "attendances").first()
    return Figures(*row) if row else None


def want_counts(targets: Iterable[int], counts: dict[int, Count], tree: str, on: date, now: datetime, today: date) -> bool:
    """Ask for the counts that are missing or old, and say whether there were any."""
    fresh_for, has_asked = FRESH_TODAY if on >= today else FRESH_BEFORE, False
    for target in targets:
        count = counts.get(target)
        if count is None or count.on != on or count.finished_at < now - fresh_for:
            count_wanted.send(sender=Count, target=target, on=on, tree=tree)
            has_asked = True
    return has_asked
