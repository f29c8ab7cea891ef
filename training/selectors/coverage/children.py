"""The units right below a unit, in a tree of a day."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from training.enums import Tree
from training.selectors.coverage.live import Branch
from unions.models import Unit, UnitName, UnitPlacement
from vietnamese.text import search_key


@dataclass(frozen=True)
class Child:
    unit_id: int
    uuid: UUID
    name: str
    has_children: bool


def children_of(branch: Branch) -> list[Child]:
    """Return the units right below, by name, in the words of the tree's day. Two queries."""
    if not branch.root:
        return []
    day = branch.on if branch.ground.tree == Tree.THEN else branch.ground.today
    standing = UnitPlacement.objects.on(day).filter(Q(unit__active_until__isnull=True) | Q(unit__active_until__gt=day))
    name = F("unit__name")
    if branch.ground.tree == Tree.THEN:
        then = UnitName.objects.on(day).filter(unit=OuterRef("unit")).values("name")[:1]
        name = Coalesce(Subquery(then), name)
    rows = list(standing.filter(parent=branch.unit).values_list("unit", "unit__uuid", name))
    # A value of each of these: EXISTS would make PostgreSQL look through all units.
    below = Subquery(standing.filter(parent=OuterRef("pk")).values("parent")[:1])
    units = Unit.objects.filter(pk__in=[unit for unit, _uuid, _name in rows]).annotate(below=below)
    are_above = set(units.filter(below__isnull=False).values_list("pk", flat=True))
    found = [Child(unit, uuid, name, unit in are_above) for unit, uuid, name in rows]
    return sorted(found, key=lambda child: (search_key(child.name), child.unit_id))
