"""Reads over units: lists to choose from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from unions.models import Unit, UnitPlacement
from vietnamese.text import search_key

# A native list longer than this is no help; from there on only the branch that leads to the chosen unit is shown.
UNITS_AT_ONCE = 200


@dataclass(frozen=True)
class UnitOption:
    """A line of a list of units: how deep it stands below the highest one that may be seen."""

    value: str
    name: str
    depth: int


def unit_options(units: QuerySet[Unit], roots: Iterable[str], chosen: Unit | None, on: date) -> list[UnitOption]:
    """Return the units to choose from, as a tree. One query for up to 200 units; beyond that two, and only the chosen branch.

    :param roots: the paths of the highest units that may be chosen; none: all of them are those without a parent.
    """
    standing = units.filter(Q(active_until__isnull=True) | Q(active_until__gt=on)).only("uuid", "name", "path")
    # In no order: they are sorted below, and the database would sort all units of a confederation for the first few.
    found = list(standing[:UNITS_AT_ONCE + 1])
    if len(found) > UNITS_AT_ONCE:
        found = _branch(standing, list(roots), chosen)
    return _as_tree(found)


def _branch(standing: QuerySet[Unit], roots: list[str], chosen: Unit | None) -> list[Unit]:
    """Keep the roots, the way from there to the chosen unit, and whatever stands directly below these."""
    highest = [int(path.rstrip("/").rsplit("/", 1)[-1]) for path in roots]
    way = [int(part) for part in chosen.path.split("/") if part] if chosen else []
    parents = Q(parent__in=[*highest, *way])
    if not roots:
        parents |= Q(parent__isnull=True)
    below = UnitPlacement.objects.filter(parents, valid_until__isnull=True).values("unit")
    return list(standing.filter(Q(pk__in=[*highest, *way]) | Q(pk__in=below)))


def _as_tree(units: list[Unit]) -> list[UnitOption]:
    names = {unit.pk: search_key(unit.name) for unit in units}
    lines = []
    for unit in units:
        place = [(names[pk], pk) for pk in map(int, filter(None, unit.path.split("/"))) if pk in names]
        lines.append((place, UnitOption(str(unit.uuid), unit.name, len(place) - 1)))
    return [option for _place, option in sorted(lines, key=lambda line: line[0])]
