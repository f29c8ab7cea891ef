"""The tree of units, of today and of any former day: what stands where, what became of it.

Keeps true: nothing here loads the whole tree; a page of a level, a way to the top and a branch are each a fixed number of queries.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, IntegerField, OuterRef, QuerySet, Subquery

from unions.models import Post, Unit, UnitFigures, UnitName, UnitPath, UnitPlacement
from vietnamese.text import clean, search_key

ON_A_PAGE = 50
FOUND_AT_MOST = 12
LOOKED_AT = 200


@dataclass(frozen=True)
class UnitThen:
    """A unit as it was on a day: its name, where it stood ("4/17/") and under which unit; without a path it did not exist that day."""

    unit_id: int
    name: str
    parent_id: int | None
    path: str

    @property
    def was_there(self) -> bool:
        return bool(self.path)


@dataclass(frozen=True)
class Level:
    """A page of the units directly below one, each with `name_then`, `members_then`, `below` (units directly below it) and `cadres` (people with a post in it)."""

    page: Page

    @property
    def units(self) -> list[Unit]:
        return list(self.page.object_list)


def unit_on(unit: Unit, day: date) -> UnitThen:
    """Return the unit's name, place and unit above on that day. Two queries."""
    path = UnitPath.objects.on(day).filter(unit=unit).values_list("path", flat=True).first() or ""
    name = UnitName.objects.filter(unit=unit, valid_from__lte=day).order_by("-valid_from").values_list("name", flat=True).first()
    above = ids_in(path)[:-1]
    return UnitThen(unit.pk, name or unit.name, above[-1] if above else None, path)


def units_below(unit: Unit, day: date | None = None) -> QuerySet[Unit]:
    """Return the unit and what stands below it: by today's tree, or as it stood on that day. One query more for a day."""
    if day is None:
        return Unit.objects.under(unit)
    path = UnitPath.objects.on(day).filter(unit=unit).values_list("path", flat=True).first()
    if path is None:
        return Unit.objects.none()
    return Unit.objects.filter(pk__in=UnitPath.objects.on(day).under_paths([path]).values("unit"))


def today_of(unit_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Return for each unit the units that stand in its place today: itself, or its successors, theirs if those have ended too; none after a close.

    Two queries for each generation of successors.
    """
    asked = set(unit_ids)
    after: dict[int, set[int]] = {}
    front = set(asked)
    while front:
        found = dict(Unit.objects.filter(pk__in=front).values_list("pk", "active_until"))
        ended = [unit for unit, day in found.items() if day is not None]
        after |= {unit: {unit} if day is None else set() for unit, day in found.items()}
        for unit, successor in Unit.successors.through.objects.filter(from_unit__in=ended).values_list("from_unit", "to_unit"):
            after[unit].add(successor)
        front = {successor for unit in ended for successor in after[unit]} - set(after)
    return {unit: tuple(sorted(_standing(unit, after))) for unit in asked if unit in after}


def _standing(unit: int, after: dict[int, set[int]]) -> set[int]:
    found, seen, front = set(), set(), {unit}
    while front:
        found |= {one for one in front if one in after.get(one, ())}
        seen |= front
        front = {successor for one in front for successor in after.get(one, ())} - seen
    return found


def ids_in(path: str) -> list[int]:
    """Return the ids that a path is made of, the top first."""
    return [int(part) for part in path.split("/") if part]


def ancestors_of(unit: Unit, day: date | None = None) -> list[Unit]:
    """Return the units above, the top first, as they stand today or stood that day, with `name_then`. One query, or two."""
    path = unit.path if day is None else unit_on(unit, day).path
    ids = ids_in(path)[:-1]
    found = {above.pk: above for above in with_names(Unit.objects.filter(pk__in=ids), day)}
    return [found[key] for key in ids if key in found]


def with_names(units: QuerySet[Unit], day: date | None) -> QuerySet[Unit]:
    """Return the units with the name they had that day, or have today, as `name_then`."""
    if day is None:
        return units.annotate(name_then=Case(default="name"))
    name = UnitName.objects.filter(unit=OuterRef("pk"), valid_from__lte=day).order_by("-valid_from").values("name")[:1]
    return units.annotate(name_then=Subquery(name))


def level_below(parent: Unit | None, day: date, number: str | None = None, among: QuerySet[Unit] | None = None) -> Level:
    """Return a page of the units directly below one on that day (None: at the top), by name. Four queries at most, however many units there are.

    :param among: only these, wherever they stand: the tops of what somebody may see.
    """
    if among is None:
        places = UnitPlacement.objects.on(day)
        places = places.filter(parent=parent) if parent else places.filter(parent__isnull=True)
        among = Unit.objects.on(day).filter(pk__in=places.values("unit"))
    page = Paginator(among.order_by("search_key", "pk"), ON_A_PAGE).get_page(number)
    page.object_list = _with_numbers(list(page.object_list), day)
    return Level(page)


def _with_numbers(units: list[Unit], day: date) -> list[Unit]:
    """One query: numbers of a page only."""
    members = UnitFigures.objects.filter(unit=OuterRef("pk"), valid_from__lte=day).order_by("-valid_from").values("members")[:1]
    below = UnitPlacement.objects.on(day).filter(parent=OuterRef("pk")).order_by().values("parent").annotate(count=Count("pk")).values("count")
    cadres = Post.objects.on(day).filter(unit=OuterRef("pk")).order_by().values("unit").annotate(count=Count("user", distinct=True)).values("count")
    numbered = with_names(Unit.objects.filter(pk__in=[unit.pk for unit in units]), day).select_related("type").annotate(
        members_then=Subquery(members), below=Subquery(below, output_field=IntegerField()), cadres=Subquery(cadres, output_field=IntegerField()))
    found = {unit.pk: unit for unit in numbered}
    return [found[unit.pk] for unit in units]


def search_units(units: QuerySet[Unit], text: str, most: int = FOUND_AT_MOST) -> list[Unit]:
    """Return a few units whose code or name holds every word of the text, diacritics ignored; a code that fits exactly first, units that ended last.

    Two queries. Of more than 200 that fit the first few are some of them: to sort all units of a confederation for twelve that hold "công ty" helps nobody.
    """
    words = search_key(text).split()
    if not words:
        return []
    code = clean(text)
    units = units.select_related("type")
    found = {unit.pk: unit for unit in units.filter(code__in=[code, code.upper()])}
    exact = set(found)
    for word in words:
        units = units.filter(search_key__contains=word)
    found |= {unit.pk: unit for unit in units.order_by()[:LOOKED_AT]}
    in_order = sorted(found.values(), key=lambda unit: (unit.pk not in exact, unit.active_until is not None, unit.search_key, unit.pk))
    return in_order[:most]


def with_names_above(units: list[Unit]) -> list[tuple[Unit, str]]:
    """Return each unit with the name of the one above it today, to tell units of one name apart. One query."""
    above = {unit.pk: ids[-2] for unit in units if len(ids := ids_in(unit.path)) > 1}
    names = dict(Unit.objects.filter(pk__in=set(above.values())).values_list("pk", "name"))
    return [(unit, names.get(above.get(unit.pk), "")) for unit in units]


def tops_of(units: QuerySet[Unit], paths: Iterable[str]) -> QuerySet[Unit]:
    """Return the highest of the units that somebody may see: those of their roles that stand under no other of them."""
    paths = sorted(set(paths))
    highest = [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]
    return units.filter(path__in=highest)
