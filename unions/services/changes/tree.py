"""Writes on the tree: units begin, end, and stand in other places from a day on, with everything below them.

Keeps true: `Unit.path` is today's, `UnitPath` has a row for each stretch of time; both of the unit itself and of all units below it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from unions.models import Unit, UnitPath, UnitPlacement
from unions.services.changes.ledger import Ledger
from unions.services.changes.plans import NewUnit, Obstacle
from unions.services.units import create_unit

# From so many branches on it is quicker to look at the trees once than to look for each branch.
_BRANCHES_AT_ONCE = 40
_LONGEST = Unit._meta.get_field("path").max_length


def begin_unit(ledger: Ledger, new: NewUnit, on: date, decision_number: str) -> Unit:
    """Set up a unit as part of a change."""
    unit = create_unit(
        code=new.code, name=new.name, type=new.type, active_from=on, parent=new.parent, sector=new.sector, region=new.region,
        decision_number=decision_number)
    ledger.remember([unit])
    for rows in (unit.names, unit.placements, unit.paths):
        ledger.remember(rows.all())
    return unit


def end_units(ledger: Ledger, units: Collection[Unit], on: date) -> None:
    """End the units and their places on that day; a place that they would have had from that day on they never had."""
    ledger.change(Unit, [unit.pk for unit in units], active_until=on)
    for model in (UnitPlacement, UnitPath):
        standing = model.objects.filter(_overlaps(on), unit__in=units)
        ledger.remove(standing.filter(valid_from__gte=on))
        ledger.change(model, standing.filter(valid_from__lt=on).values_list("pk", flat=True), valid_until=on)


def hand_over(ledger: Ledger, places: QuerySet[UnitPlacement], parent: Unit | None, on: date, decision_number: str) -> None:
    """Put another unit above, from that day on, in these places: those before the day end and go on under it, those after it just stand under it."""
    rows = list(places.filter(_overlaps(on)))
    ledger.change(UnitPlacement, [row.pk for row in rows if row.valid_from >= on], parent_id=parent and parent.pk)
    earlier = [row for row in rows if row.valid_from < on]
    ledger.change(UnitPlacement, [row.pk for row in earlier], valid_until=on)
    ledger.make([UnitPlacement(
        unit_id=row.unit_id, parent=parent, valid_from=on, valid_until=row.valid_until, decision_number=decision_number) for row in earlier])


def shift(ledger: Ledger, moves: Mapping[str, str], on: date, leaving: Collection[Unit] = ()) -> None:
    """Replace the beginnings of paths from that day on; of several beginnings that fit the longest one counts.

    :param leaving: units that stay where they are: they end.
    """
    left = [unit.pk for unit in leaving]
    branches = defaultdict(list)
    for key, path in Unit.objects.filter(_near(moves)).exclude(pk__in=left).values_list("pk", "path"):
        if prefix := longest(path, moves):
            branches[prefix].append(key)
    for prefix, ids in branches.items():
        ledger.move(Unit, prefix, moves[prefix], ids)
    _shift_stretches(ledger, moves, on, left)


def _shift_stretches(ledger: Ledger, moves: Mapping[str, str], on: date, left: list[int]) -> None:
    later, ended, made = defaultdict(list), [], []
    for row in UnitPath.objects.filter(_near(moves), _overlaps(on)).exclude(unit__in=left).iterator():
        if not (prefix := longest(row.path, moves)):
            continue
        if row.valid_from >= on:
            later[prefix].append(row.pk)
        else:
            ended.append(row.pk)
            path = moves[prefix] + row.path.removeprefix(prefix)
            made.append(UnitPath(unit_id=row.unit_id, path=path, valid_from=on, valid_until=row.valid_until))
    for prefix, ids in later.items():
        ledger.move(UnitPath, prefix, moves[prefix], ids)
    ledger.change(UnitPath, ended, valid_until=on)
    ledger.make(made)


def longest(path: str, moves: Mapping[str, str]) -> str:
    """Return the longest beginning of the path that is moved; nothing when none is."""
    end = len(path)
    while end > 0:
        if path[:end] in moves:
            return path[:end]
        end = path.rfind("/", 0, end - 1) + 1
    return ""


def too_deep(moves: Mapping[str, str]) -> list[Obstacle]:
    """Return whether a path would become longer than is stored: some forty levels. One query."""
    paths = Unit.objects.filter(_near(moves)).values_list("path", flat=True)
    if any(len(path) - len(prefix) + len(moves[prefix]) > _LONGEST for path in paths.iterator() if (prefix := longest(path, moves))):
        return [Obstacle("too_deep", _("The tree would have too many levels. Move the unit to a higher place."))]
    return []


def _near(moves: Mapping[str, str]) -> Q:
    prefixes = moves if len(moves) <= _BRANCHES_AT_ONCE else {path.split("/", 1)[0] + "/" for path in moves}
    wanted = Q(pk__in=[])
    for prefix in prefixes:
        wanted |= Q(path__startswith=prefix)
    return wanted


def _overlaps(on: date) -> Q:
    """Rows that hold on that day or on a later one."""
    return Q(valid_until__isnull=True) | Q(valid_until__gt=on)
