"""The units right below a unit, in a tree of a day."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from training.enums import Tree
from training.selectors.coverage.live import Branch
from unions.models import UnitName, UnitPlacement
from vietnamese.text import search_key


@dataclass(frozen=True)
class Child:
    unit_id: int
    uuid: UUID
    name: str
    has_children: bool
    # Where it stands today.
    path: str = ""


def children_of(branch: Branch) -> list[Child]:
    """Return the units right below, by name, in the words of the tree's day. One query."""
    if not branch.root:
        return []
    day = branch.on if branch.ground.tree == Tree.THEN else branch.ground.today
    standing = UnitPlacement.objects.on(day).filter(Q(unit__active_until__isnull=True) | Q(unit__active_until__gt=day))
    name = F("unit__name")
    if branch.ground.tree == Tree.THEN:
        then = UnitName.objects.on(day).filter(unit=OuterRef("unit")).values("name")[:1]
        name = Coalesce(Subquery(then), name)
    # Without a look at the units below: whoever ends leaves its place on the same day, and of a province these are all units there are.
    below = Exists(UnitPlacement.objects.on(day).filter(parent=OuterRef("unit")))
    rows = standing.filter(parent=branch.unit).values_list("unit", "unit__uuid", name, below, "unit__path")
    found = [Child(*row) for row in rows]
    return sorted(found, key=lambda child: (search_key(child.name), child.unit_id))
