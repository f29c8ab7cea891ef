"""Another name for a unit from a day on; the former name stays true of the days before."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from unions.enums import ChangeKind
from unions.models import Unit, UnitChange, UnitName
from unions.services.changes.doing import Written, carry_out
from unions.services.changes.ledger import Ledger
from unions.services.changes.plans import Decision, Obstacle, Plan, digest_of, fact_of, later_names, not_standing, shown, wrong_day
from unions.services.units import key_of
from vietnamese.text import clean


@dataclass(frozen=True)
class _Looked:
    unit: Unit
    name: str
    decision: Decision


def plan_rename(*, unit: Unit, name: str, on: date, now: datetime) -> Plan:
    """Return what another name would do. Four queries at most."""
    unit, name = Unit.objects.get(pk=unit.pk), clean(name)
    obstacles = [*wrong_day(on, now), *not_standing([unit], on), *later_names([unit], on)]
    if name == unit.name:
        obstacles.append(Obstacle("same_name", _("The unit is called so already.")))
    if not name:
        obstacles.append(Obstacle("no_name", _("Enter the new name.")))
    says = (_("“%(old)s” is called “%(new)s” from %(day)s on. The days before keep the former name, and so do certificates issued before.") % {
        "old": unit, "new": name, "day": shown(on)},)
    return Plan(ChangeKind.RENAME, on, says, tuple(obstacles), digest_of("rename", fact_of(unit), name, on))


def rename_unit(*, unit: Unit, name: str, decision: Decision, by, now: datetime, seen: str | None = None) -> UnitChange:
    """Give the unit another name from the day of the decision on. On the first day of its present name that name is corrected.

    :raises ChangeRefused, PlanChanged, ReasonMissing: and nothing is written.
    """
    def look(units: dict[int, Unit]) -> tuple[Plan, _Looked]:
        return plan_rename(unit=unit, name=name, on=decision.on, now=now), _Looked(units[unit.pk], clean(name), decision)

    return carry_out(units=[unit], decision=decision, seen=seen, by=by, now=now, look=look, write=_write)


def _write(looked: _Looked, ledger: Ledger) -> Written:
    unit, on, number = looked.unit, looked.decision.on, clean(looked.decision.number)
    former = unit.name
    present = UnitName.objects.get(unit=unit, valid_until__isnull=True)
    if present.valid_from == on:
        ledger.change(UnitName, [present.pk], name=looked.name, decision_number=number)
    else:
        ledger.change(UnitName, [present.pk], valid_until=on)
        ledger.make([UnitName(unit=unit, name=looked.name, valid_from=on, decision_number=number)])
    ledger.change(Unit, [unit.pk], name=looked.name, search_key=key_of(looked.name, unit.code))
    return Written([unit], counts={"units": 1}, asked={"from": former, "to": looked.name})
