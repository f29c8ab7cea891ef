"""Reads over units: lists to choose from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from unions.models import Unit, UnitPlacement
from vietnamese.text import search_key

# A list longer than this is no help, on a phone least of all: then only the branch that leads to the chosen unit is shown, or no list at all.
UNITS_AT_ONCE = 100


@dataclass(frozen=True)
class UnitOption:
    """A line of a list of units: how deep it stands below the highest one that may be seen."""

    value: str
    name: str
    depth: int


def unit_options(
        units: QuerySet[Unit], roots: Iterable[str], chosen: Unit | None, on: date, *, is_whole: bool = False) -> list[UnitOption] | None:
    """Return the units to choose from, as a tree: all where they are at most 100, else the branch of the chosen one, or None where that is longer too.

    Two queries at most (three when all units stand below one and none is chosen), each of 101 rows at most, however many units there are.

    :param roots: the paths of the highest units that may be chosen; none: all of them are those without a parent.
    :param is_whole: no branch: all units or None.
    """
    standing = units.filter(Q(active_until__isnull=True) | Q(active_until__gt=on)).values_list("pk", "uuid", "name", "path").order_by()
    # In no order: they are sorted below, and the database would sort all units of a confederation for the first few.
    found = list(standing[:UNITS_AT_ONCE + 1])
    if len(found) > UNITS_AT_ONCE and not is_whole:
        found = list(_branch(standing, list(roots), chosen)[:UNITS_AT_ONCE + 1])
        if len(found) == 1 and not chosen:
            # One head of all alone is nothing to choose from.
            found = list(_branch(standing, [path for *_others, path in found], None)[:UNITS_AT_ONCE + 1])
    return None if len(found) > UNITS_AT_ONCE else _as_tree(found)


def _branch(standing: QuerySet[Unit], roots: list[str], chosen: Unit | None) -> QuerySet[Unit]:
    """Keep the roots, the way from there to the chosen unit, and whatever stands directly below these."""
    highest = [int(path.rstrip("/").rsplit("/", 1)[-1]) for path in roots]
    way = [int(part) for part in chosen.path.split("/") if part] if chosen else []
    parents = Q(parent__in=[*highest, *way])
    if not roots:
        parents |= Q(parent__isnull=True)
    # All asked of the placements, which have an index for each half; of the units a database would look through all for the one half.
    placed = UnitPlacement.objects.filter(parents | Q(unit__in=[*highest, *way]), valid_until__isnull=True)
    return standing.filter(pk__in=placed.values("unit"))


def _as_tree(units: list[tuple[int, UUID, str, str]]) -> list[UnitOption]:
    names = {pk: search_key(name) for pk, _uuid, name, _path in units}
    lines = []
    for _pk, uuid, name, path in units:
        place = [(names[pk], pk) for pk in map(int, filter(None, path.split("/"))) if pk in names]
        lines.append((place, UnitOption(str(uuid), name, len(place) - 1)))
    return [option for _place, option in sorted(lines, key=lambda line: line[0])]
