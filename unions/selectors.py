"""Reads over units and posts: where a person stands on a day, and which people one may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from unions.models import Post, Unit, UnitName, UnitPlacement
from vietnamese.text import search_key


@dataclass(frozen=True)
class Standing:
    """The highest post of a person on a day, in the words of that day."""

    unit_id: int
    unit_name: str
    post_id: int
    post_name: str

    def __str__(self) -> str:
        return f"{self.post_name} {self.unit_name}"


def unit_of(user, on: date) -> Standing | None:
    """Return the person's highest post and its unit on that day, or None for somebody without a post. One query.

    Highest is the lowest rank of the kind of post; among equals a full-time post, then the one held longest.
    """
    return units_of([user.pk], on).get(user.pk)


def units_of(people: Iterable[int] | QuerySet, on: date) -> dict[int, Standing]:
    """Return the highest post and its unit on that day of many people, by the id of the person; who has none is left out. One query.

    :param people: ids, or a query that gives ids.
    """
    name_then = UnitName.objects.on(on).filter(unit=OuterRef("unit")).order_by("-valid_from").values("name")[:1]
    posts = (
        Post.objects.on(on).filter(user__in=people).select_related("kind", "unit").annotate(unit_name_then=Subquery(name_then))
        .order_by("kind__rank", "-full_time", "valid_from", "pk"))
    standings: dict[int, Standing] = {}
    for post in posts:
        standings.setdefault(post.user_id, Standing(post.unit_id, post.unit_name_then or post.unit.name, post.pk, post.kind.name))
    return standings


def visible_people(viewer, on: date) -> QuerySet[User]:
    """Return the people whom the viewer may see: oneself, and whoever holds a post that day under a role of the viewer. One query more for the roles."""
    if not viewer.is_authenticated:
        return User.objects.none()
    if viewer.is_superuser:
        return User.objects.all()
    posts = Post.objects.on(on).filter(user=OuterRef("pk"), unit__in=Unit.objects.visible_to(viewer))
    return User.objects.filter(Q(pk=viewer.pk) | Exists(posts))


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
    found = list(standing.order_by("path")[:UNITS_AT_ONCE + 1])
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
