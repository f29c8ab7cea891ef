"""Where the posts of a day count: by the tree of that day, or by today's, in which units that ended since are followed to those that took their place."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from itertools import takewhile
from operator import or_

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Value, When

from training.enums import Tree
from unions.models import Post, Unit, UnitPath

Places = Mapping[int, str]


@dataclass(frozen=True)
class Followed:
    """Units that ended between two days, each with the places of today's tree that took theirs over; who of several, where somebody is today says."""

    places: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    # Of people whose unit was divided: where they hold posts today.
    homes: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    ended: Mapping[int, date] = field(default_factory=dict)

    def place_of(self, person: int, unit: int, on: date) -> str:
        """Return where a post of that day counts today; nothing when the unit had ended by then, or nobody took its place."""
        places = self.places[unit]
        if self.ended[unit] <= on:
            return ""
        if len(places) < 2:
            return places[0] if places else ""
        for home in self.homes.get(person, ()):
            for place in places:
                if home.startswith(place):
                    return place
        return _nearest_common(places) or places[0]


@dataclass(frozen=True)
class Ground:
    """A tree of units on a day, as posts of that day are counted in it."""

    tree: str
    on: date
    today: date
    followed: Followed = field(default_factory=Followed)

    def roots_of(self, units: Collection[Unit]) -> dict[int, tuple[str, ...]]:
        """Return the place of each unit, by id: none of a unit that was not there; by today's tree all that took the place of one that ended since.

        One query for a tree of another day.
        """
        if self.tree == Tree.THEN:
            found = UnitPath.objects.on(self.on).filter(unit__in=[unit.pk for unit in units]).values_list("unit", "path")
            return {unit: (path,) for unit, path in found}
        living = {unit.pk: (unit.path,) for unit in units if not _has_ended(unit, self.today)}
        return living | {unit.pk: self.followed.places[unit.pk] for unit in units if unit.pk in self.followed.places}

    def root_of(self, unit: Unit) -> str:
        """Return the place of one unit, or nothing: by today's tree one that has ended has none. One query for a tree of another day."""
        return next(iter(self.roots_of([unit]).get(unit.pk, ())), "") if self.tree == Tree.THEN or not _has_ended(unit, self.today) else ""

    def place_of(self, person: int, unit: int, stands: str, on: date | None = None) -> str:
        """Return where a post counts: where the unit stands (`place`), unless it ended since; nothing for one that stands nowhere in this tree."""
        return self.followed.place_of(person, unit, on or self.on) if unit in self.followed.places else stands

    def place(self) -> Subquery | Case:
        """Return where the unit of a post stands in this tree, to be read with the post; empty or nothing where it does not."""
        if self.tree == Tree.THEN:
            return Subquery(UnitPath.objects.on(self.on).filter(unit=OuterRef("unit")).values("path")[:1])
        living = Q(unit__active_until__isnull=True) | Q(unit__active_until__gt=self.today)
        return Case(When(living, then=F("unit__path")), default=Value(""))

    def units_in(self, roots: Collection[str]) -> QuerySet[Unit]:
        """Return the units whose posts of the day may count at or below these places."""
        if self.tree == Tree.THEN:
            return Unit.objects.filter(pk__in=UnitPath.objects.on(self.on).under_paths(roots).values("unit"))
        living = Q(active_until__isnull=True) | Q(active_until__gt=self.today)
        came = [unit for unit, places in self.followed.places.items() if _may_land(places, roots)]
        return Unit.objects.filter(_under(roots) & living | Q(pk__in=came)) if came else Unit.objects.filter(_under(roots) & living)

    def units_at(self, roots: Collection[str]) -> QuerySet[Unit]:
        """Return the units whose posts of the day may count at these very places."""
        if self.tree == Tree.THEN:
            return Unit.objects.filter(pk__in=UnitPath.objects.on(self.on).filter(path__in=roots).values("unit"))
        came = [unit for unit, places in self.followed.places.items() if _may_land(places, roots)]
        return Unit.objects.filter(Q(path__in=roots) | Q(pk__in=came))

    def places_of(self, units: Collection[int] | None) -> dict[int, str]:
        """Return the places of these units, or of all that stand in the tree, by id. One query."""
        if self.tree == Tree.THEN:
            found = UnitPath.objects.on(self.on).values_list("unit", "path")
            return dict(found if units is None else found.filter(unit__in=units))
        found = Unit.objects.filter(Q(active_until__isnull=True) | Q(active_until__gt=self.today)).values_list("pk", "path")
        return dict(found if units is None else found.filter(pk__in=units))


def ground_of(tree: str, on: date, today: date, since: date | None = None) -> Ground:
    """Return the tree that the posts of a day, or of all days since another one, are counted in. At most three queries; none for a tree of its day,
    nor where nothing can have ended since.
    """
    if tree == Tree.THEN or (since or on) >= today:
        return Ground(tree, on, today)
    return Ground(tree, on, today, _followed(since or on, on, today))


def _followed(since: date, on: date, today: date) -> Followed:
    rows = list(
        Unit.objects.filter(active_until__gt=since, active_until__lte=today)
        .values_list("pk", "path", "active_until", "successors", "successors__path"))
    if not rows:
        return Followed()
    ended = {unit: path for unit, path, *_rest in rows}
    successors: dict[int, list[int]] = {}
    paths = dict(ended)
    for unit, _path, _ended_on, successor, path in rows:
        if successor is not None:
            successors.setdefault(unit, []).append(successor)
            paths[successor] = path
    # Whoever stood in a unit that was closed for good is counted in the one above it.
    above = {unit: _parent(path) for unit, path in ended.items() if unit not in successors}
    paths |= dict(Unit.objects.filter(pk__in=[parent for parent in above.values() if parent]).values_list("pk", "path"))
    places = {unit: _places(unit, ended, successors, above, paths, frozenset()) for unit in ended}
    divided = [unit for unit, found in places.items() if len(found) > 1]
    homes = _homes(divided, places, since, on, today) if divided else {}
    return Followed(places, homes, {unit: ended_on for unit, _path, ended_on, *_rest in rows})


def _places(unit: int, ended: Mapping, successors: Mapping, above: Mapping, paths: Places, seen: frozenset[int]) -> tuple[str, ...]:
    if unit not in ended:
        return (paths[unit],)
    if unit in seen:
        return ()
    going_on = successors.get(unit) or [parent for parent in [above[unit]] if parent in paths]
    found = (place for each in going_on for place in _places(each, ended, successors, above, paths, seen | {unit}))
    return tuple(sorted(set(found)))


def _homes(divided: list[int], places: Mapping[int, tuple[str, ...]], since: date, on: date, today: date) -> dict[int, tuple[str, ...]]:
    were_there = Post.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=since), unit__in=divided, valid_from__lte=on).values("user")
    roots = {place for unit in divided for place in places[unit]}
    posts = Post.objects.on(today).filter(user__in=were_there, unit__in=Unit.objects.under_paths(roots))
    homes: dict[int, tuple[str, ...]] = {}
    for person, path in posts.order_by("unit__path").values_list("user", "unit__path"):
        homes[person] = (*homes.get(person, ()), path)
    return homes


def ids_in(path: str) -> tuple[int, ...]:
    """Return the ids of a place, from the top down."""
    return tuple(int(part) for part in path.split("/") if part)


def overlap(roots: Iterable[str], scope: Iterable[str]) -> tuple[str, ...]:
    """Return the places that are both at or below one of the roots and at or below one of the scope."""
    roots, scope = list(roots), list(scope)
    return tuple({max(root, other, key=len) for root in roots for other in scope if root.startswith(other) or other.startswith(root)})


def _may_land(places: Collection[str], roots: Collection[str]) -> bool:
    candidates = [*places, _nearest_common(places)] if len(places) > 1 else places
    return any(place.startswith(tuple(roots)) for place in candidates)


def _nearest_common(places: Collection[str]) -> str:
    levels = zip(*(ids_in(place) for place in places), strict=False)
    return "".join(f"{level[0]}/" for level in takewhile(lambda level: len(set(level)) == 1, levels))


def _under(roots: Collection[str]) -> Q:
    return reduce(or_, (Q(path__startswith=root) for root in roots), Q(pk__in=[]))


def _parent(path: str) -> int | None:
    return next(iter(ids_in(path)[-2:-1]), None)


def _has_ended(unit: Unit, today: date) -> bool:
    return unit.active_until is not None and unit.active_until <= today
