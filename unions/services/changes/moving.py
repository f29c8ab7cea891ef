"""Another place in the tree for a unit, with everything below it, from a day on."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from unions.enums import ChangeKind
from unions.models import Unit, UnitChange, UnitPlacement
from unions.services.changes import tree
from unions.services.changes.doing import Written, carry_out, people_under
from unions.services.changes.ledger import Ledger
from unions.services.changes.plans import Decision, Obstacle, Plan, digest_of, fact_of, later_places, not_standing, shown, wrong_day
from vietnamese.text import clean


@dataclass(frozen=True)
class _Looked:
    unit: Unit
    parent: Unit | None
    decision: Decision
    below: int


def plan_move(*, unit: Unit, parent: Unit | None, on: date, now: datetime) -> Plan:
    """Return what another place would do; without a parent it is the top of the tree. Eight queries at most."""
    return _look(unit, parent, Decision(on, ""), now)[0]


def move_unit(*, unit: Unit, parent: Unit | None, decision: Decision, by, now: datetime, seen: str | None = None) -> UnitChange:
    """Put the unit and everything below it under another unit from the day of the decision on. Posts and roles stay as they are.

    :raises ChangeRefused, PlanChanged, ReasonMissing: and nothing is written.
    """
    return carry_out(
        units=[unit, parent], decision=decision, seen=seen, by=by, now=now, look=lambda _units: _look(unit, parent, decision, now), write=_write)


def _look(unit: Unit, parent: Unit | None, decision: Decision, now: datetime) -> tuple[Plan, _Looked]:
    unit = Unit.objects.get(pk=unit.pk)
    parent = parent and Unit.objects.get(pk=parent.pk)
    involved = [unit, *([parent] if parent else [])]
    obstacles = [*wrong_day(decision.on, now), *not_standing(involved, decision.on), *later_places(involved, decision.on), *_loops(unit, parent)]
    if not obstacles:
        obstacles = tree.too_deep({unit.path: path_under(parent, unit)})
    below = Unit.objects.under(unit).exclude(pk=unit.pk).filter(active_until__isnull=True).count()
    facts = ("move", fact_of(unit), fact_of(parent), decision.on, below)
    plan = Plan(ChangeKind.MOVE, decision.on, _says(unit, parent, decision.on, below), tuple(obstacles), digest_of(*facts), counts={"units": below + 1})
    return plan, _Looked(unit, parent, decision, below)


def _loops(unit: Unit, parent: Unit | None) -> list[Obstacle]:
    if parent is not None and parent.path.startswith(unit.path):
        text = _("“%(unit)s” cannot stand under itself or under a unit below it. Choose another unit above.")
        return [Obstacle("under_itself", text % {"unit": unit})]
    if path_under(parent, unit) == unit.path:
        text = _("“%(unit)s” stands there already.")
        return [Obstacle("same_place", text % {"unit": unit})]
    return []


def path_under(parent: Unit | None, unit: Unit) -> str:
    """Return the path that the unit has under this one."""
    return f"{parent.path if parent else ''}{unit.pk}/"


def _says(unit: Unit, parent: Unit | None, on: date, below: int) -> tuple[str, ...]:
    where = (_("“%(unit)s” stands under “%(parent)s” from %(day)s on.") % {"unit": unit, "parent": parent, "day": shown(on)} if parent
             else _("“%(unit)s” stands at the top of the tree from %(day)s on.") % {"unit": unit, "day": shown(on)})
    return (
        where, _("Units below that move along: %(count)d.") % {"count": below},
        _("Posts stay as they are. Roles over the unit above reach whoever stands below it then."))


def _write(looked: _Looked, ledger: Ledger) -> Written:
    unit, parent, on = looked.unit, looked.parent, looked.decision.on
    written = Written(
        [unit, *([parent] if parent else [])], counts={"units": looked.below + 1}, people=people_under([unit]),
        asked={"unit": unit.code, "to": parent.code if parent else ""})
    tree.hand_over(ledger, UnitPlacement.objects.filter(unit=unit), parent, on, clean(looked.decision.number))
    tree.shift(ledger, {unit.path: path_under(parent, unit)}, on)
    return written
