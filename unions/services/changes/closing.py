"""The end of a unit without a successor."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.enums import Act
from unions.enums import ChangeKind
from unions.models import RoleGrant, Unit, UnitChange, UnitPlacement
from unions.services.changes import posts, tree
from unions.services.changes.doing import Written, carry_out
from unions.services.changes.ledger import Ledger
from unions.services.changes.plans import (
    Decision,
    Obstacle,
    Plan,
    begun_that_day,
    digest_of,
    fact_of,
    later_names,
    later_places,
    not_standing,
    quoted,
    shown,
    wrong_day,
)


@dataclass(frozen=True)
class _Looked:
    unit: Unit
    passing: posts.Passing
    roles: list[RoleGrant]
    decision: Decision


def plan_close(*, unit: Unit, on: date, now: datetime) -> Plan:
    """Return what closing the unit would do. Nine queries at most."""
    return _look(unit, Decision(on, ""), now)[0]


def close_unit(*, unit: Unit, decision: Decision, by, now: datetime, seen: str | None = None) -> UnitChange:
    """End the unit on the day of the decision; posts end with it and stay in the history, roles over it are taken away.

    :raises ChangeRefused, PlanChanged, ReasonMissing: and nothing is written.
    """
    def write(looked: _Looked, ledger: Ledger) -> Written:
        tree.end_units(ledger, [looked.unit], decision.on)
        posts.write_posts(ledger, looked.passing, [], decision.on, "")
        people = posts.write_roles(ledger, looked.roles, [], by=by, now=now)
        return Written(
            [looked.unit], counts=_counts(looked), people=looked.passing.people, asked={"unit": looked.unit.code},
            told=[(Act.POST_ENDED, looked.unit.name, looked.passing.people), (Act.ROLE_TAKEN, looked.unit.name, people)])

    def look(_units: dict[int, Unit]) -> tuple[Plan, _Looked]:
        posts.lock_posts([unit])
        return _look(unit, decision, now)

    return carry_out(units=[unit], decision=decision, seen=seen, by=by, now=now, look=look, write=write)


def _look(unit: Unit, decision: Decision, now: datetime) -> tuple[Plan, _Looked]:
    unit, on = Unit.objects.get(pk=unit.pk), decision.on
    passing = posts.pass_on(posts.posts_from([unit], on), None, {}, on)
    looked = _Looked(unit, passing, posts.roles_in([unit]), decision)
    obstacles = [
        *wrong_day(on, now), *not_standing([unit], on), *begun_that_day([unit], on), *later_names([unit], on), *later_places([unit], on),
        *_still_below(unit, on), *posts.stranded_posts(passing)]
    facts = ("close", fact_of(unit), on, passing.facts(), [role.pk for role in looked.roles])
    return Plan(ChangeKind.CLOSE, on, _says(looked), tuple(obstacles), digest_of(*facts), counts=_counts(looked)), looked


def _still_below(unit: Unit, on: date) -> list[Obstacle]:
    below = UnitPlacement.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=on), parent=unit).select_related("unit").order_by("unit__name")
    if not (found := [place.unit for place in below[:4]]):
        return []
    text = _("Units still stand below “%(unit)s” on that day: %(names)s. Move, merge or close them first.")
    return [Obstacle("has_children", text % {"unit": unit, "names": quoted(found[:3]) + ("…" if len(found) > 3 else "")})]


def _says(looked: _Looked) -> tuple[str, ...]:
    return (
        _("“%(unit)s” ends on %(day)s. Its history stays and can be asked for any former day.") % {"unit": looked.unit, "day": shown(looked.decision.on)},
        _("Posts that end: %(posts)d, held by %(people)d people.") % {"posts": len(looked.passing.ended), "people": len(looked.passing.people)},
        _("Roles over this unit that are taken away: %(count)d.") % {"count": len(looked.roles)})


def _counts(looked: _Looked) -> dict[str, int]:
    return {"units": 1, "roles": len(looked.roles), **looked.passing.counts}
