"""Several units become one: a new one, or one that is there already.

Keeps true: the units that end stay in the history with their successor; everything below them stands under the successor from that day on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.enums import Act
from unions.enums import ChangeKind
from unions.models import RoleGrant, Unit, UnitChange, UnitFigures, UnitPlacement
from unions.services.changes import posts, tree
from unions.services.changes.doing import Written, carry_out
from unions.services.changes.ledger import Ledger
from unions.services.changes.plans import (
    Decision,
    NewUnit,
    Obstacle,
    Plan,
    begun_that_day,
    digest_of,
    fact_of,
    later_names,
    later_places,
    names_told,
    not_standing,
    quoted,
    shown,
    taken_codes,
    wrong_day,
)
from vietnamese.text import clean


@dataclass(frozen=True)
class Merge:
    """What is asked for: which units end, and in which one they go on; whether posts and roles go on with them."""

    units: tuple[Unit, ...]
    into: Unit | NewUnit
    carries_posts: bool = True
    carries_roles: bool = False

    @property
    def is_into_new(self) -> bool:
        return isinstance(self.into, NewUnit)

    @property
    def involved(self) -> list[Unit | None]:
        return [*self.units, self.into.parent if self.is_into_new else self.into]


@dataclass(frozen=True)
class _Looked:
    merge: Merge
    ending: list[Unit]
    children: list[Unit]
    passing: posts.Passing
    roles: list[RoleGrant]
    size: tuple[int | None, int | None]
    decision: Decision


def plan_merge(*, merge: Merge, on: date, now: datetime) -> Plan:
    """Return what merging would do. A fixed number of queries; the posts of the units that end are read, 20,000 in half a second."""
    return _look(merge, Decision(on, ""), now)[0]


def merge_units(*, merge: Merge, decision: Decision, by, now: datetime, seen: str | None = None) -> UnitChange:
    """End the units on the day of the decision and let what hangs on them go on in their successor.

    Posts end; if asked for they go on as designated under the same decision, once per person and kind of post. Roles over the units that end are
    taken away; if asked for they are given over the successor.

    :raises ChangeRefused, PlanChanged, ReasonMissing: and nothing is written.
    """
    def look(units: dict[int, Unit]) -> tuple[Plan, _Looked]:
        posts.lock_posts(list(units.values()))
        return _look(merge, decision, now)

    def write(looked: _Looked, ledger: Ledger) -> Written:
        return _write(looked, ledger, by, now)

    return carry_out(units=merge.involved, decision=decision, seen=seen, by=by, now=now, look=look, write=write)


def _look(merge: Merge, decision: Decision, now: datetime) -> tuple[Plan, _Looked]:
    merge, on = _fresh(merge), decision.on
    ending = [unit for unit in merge.units if unit != merge.into]
    there = {} if merge.is_into_new else {0: posts.posts_from([merge.into], on)}
    passing = posts.pass_on(posts.posts_from(ending, on), 0 if merge.carries_posts else None, there, on)
    children = [place.unit for place in _places_below(ending, on).select_related("unit").order_by("unit__name", "pk")]
    looked = _Looked(merge, ending, children, passing, posts.roles_in(ending), _size(merge, ending), decision)
    obstacles = [*wrong_day(on, now), *_obstacles(looked)]
    facts = (
        "merge", [fact_of(unit) for unit in ending], _fact_of_successor(merge), merge.carries_posts, merge.carries_roles, on, passing.facts(),
        [unit.pk for unit in children], [role.pk for role in looked.roles], looked.size)
    names = (names_told(_("Units that end"), ending), names_told(_("Units that then stand under the successor"), children))
    return Plan(ChangeKind.MERGE, on, _says(looked), tuple(obstacles), digest_of(*facts), names=names, counts=_counts(looked)), looked


def _fresh(merge: Merge) -> Merge:
    """The same with the units as they are now, in the order of their ids, each once."""
    found = {unit.pk: unit for unit in Unit.objects.filter(pk__in=[unit.pk for unit in merge.involved if unit]).order_by("pk")}
    asked = {unit.pk for unit in merge.units}
    into = merge.into
    if isinstance(into, NewUnit):
        into = NewUnit(clean(into.code), clean(into.name), into.type, found[into.parent.pk] if into.parent else None, into.sector, into.region)
    else:
        into = found[into.pk]
    return Merge(tuple(unit for key, unit in found.items() if key in asked), into, merge.carries_posts, merge.carries_roles)


def _places_below(ending: Iterable[Unit], on: date):
    return UnitPlacement.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=on), parent__in=ending).exclude(unit__in=ending)


def _obstacles(looked: _Looked) -> list[Obstacle]:
    merge, on = looked.merge, looked.decision.on
    standing = [unit for unit in (*looked.ending, merge.into.parent if merge.is_into_new else merge.into) if unit is not None]
    found = [
        *not_standing(standing, on), *begun_that_day(looked.ending, on), *later_names(looked.ending, on), *later_places(standing, on),
        *_descendants(looked), *posts.stranded_posts(looked.passing), *(taken_codes([merge.into]) if merge.is_into_new else [])]
    if len(looked.ending) < (2 if merge.is_into_new else 1):
        found.append(Obstacle("nothing_to_merge", _("Name at least two units. A single unit that is only called otherwise is renamed.")))
    moves = {} if found or merge.is_into_new else {unit.path: merge.into.path for unit in looked.ending}
    return [*found, *tree.too_deep(moves)]


def _descendants(looked: _Looked) -> list[Obstacle]:
    """An ancestor cannot end in its descendant: what stands below the ancestor, the descendant too, would stand below itself."""
    place = looked.merge.into.parent if looked.merge.is_into_new else looked.merge.into
    text = _("“%(place)s” stands below “%(unit)s”, which ends. Move it to another place first, or choose another successor.")
    itself = _("“%(unit)s” ends, so the new unit cannot stand under it. Choose another unit above.")
    return [
        Obstacle("ancestor_into_descendant", (itself if place == unit else text) % {"place": place, "unit": unit})
        for unit in looked.ending if place is not None and place.path.startswith(unit.path)]


def _size(merge: Merge, ending: list[Unit]) -> tuple[int | None, int | None]:
    """The members and workers of the successor: the sums, as far as they are known of all."""
    units = ending if merge.is_into_new else [*ending, merge.into]
    members, workers = [unit.members for unit in units], [unit.workers for unit in units]
    return (None if None in members else sum(members)), (None if None in workers else sum(workers))


def _fact_of_successor(merge: Merge) -> list:
    if not merge.is_into_new:
        return fact_of(merge.into)
    new = merge.into
    return [new.code, new.name, new.type.pk, new.sector, new.region and new.region.pk, fact_of(new.parent)]


def _says(looked: _Looked) -> tuple[str, ...]:
    merge, passing, day = looked.merge, looked.passing, shown(looked.decision.on)
    says = [_("%(units)s end on %(day)s. Their history stays and can be asked for any former day.") % {"units": quoted(looked.ending[:6]) + (
        "…" if len(looked.ending) > 6 else ""), "day": day}]
    if merge.is_into_new:
        above = merge.into.parent or _("the top of the tree")
        says.append(_("“%(unit)s” (%(code)s) begins on %(day)s under “%(parent)s”.") % {
            "unit": merge.into.name, "code": merge.into.code, "day": day, "parent": above})
    else:
        says.append(_("They go on in “%(unit)s”.") % {"unit": merge.into})
    says.append(_("Posts that end: %(posts)d, held by %(people)d people.") % {"posts": len(passing.ended), "people": len(passing.people)})
    if merge.carries_posts:
        says.append(_("Posts carried on in the successor: %(carried)d. Held there already: %(kept)d.") % {
            "carried": len(passing.carried) + len(passing.rehung), "kept": len(passing.kept)})
    text = (_("Roles given over the successor instead: %(count)d.") if merge.carries_roles else _("Roles over the ended units that are taken away: %(count)d."))
    says.append(text % {"count": len(looked.roles)})
    if looked.size[0] is not None:
        says.append(_("Members of the successor from that day on: %(count)d.") % {"count": looked.size[0]})
    return tuple(says)


def _counts(looked: _Looked) -> dict[str, int]:
    return {"units": len(looked.ending), "children": len(looked.children), "roles": len(looked.roles), **looked.passing.counts}


def _write(looked: _Looked, ledger: Ledger, by, now: datetime) -> Written:
    merge, on, ending, number = looked.merge, looked.decision.on, looked.ending, clean(looked.decision.number)
    successor = tree.begin_unit(ledger, merge.into, on, number) if merge.is_into_new else merge.into
    tree.hand_over(ledger, _places_below(ending, on), successor, on, number)
    tree.end_units(ledger, ending, on)
    tree.shift(ledger, {unit.path: successor.path for unit in ending}, on, leaving=ending)
    posts.write_posts(ledger, looked.passing, [successor], on, number)
    people = posts.write_roles(ledger, looked.roles, [successor] if merge.carries_roles else [], by=by, now=now)
    through = Unit.successors.through
    ledger.make([through(from_unit=unit, to_unit=successor) for unit in ending])
    _write_size(ledger, successor, looked.size, on)
    subject = f"{', '.join(unit.name for unit in ending[:3])} → {successor.name}"
    return Written(
        [*ending, successor], counts=_counts(looked), people=looked.passing.people, asked=_asked(looked, successor),
        told=_told(looked.passing, subject, people, merge.carries_roles))


def _write_size(ledger: Ledger, successor: Unit, size: tuple[int | None, int | None], on: date) -> None:
    """The size that was counted on that day or later stays."""
    if size == (None, None) or UnitFigures.objects.filter(unit=successor, valid_from__gte=on).exists():
        return
    ledger.make([UnitFigures(unit=successor, valid_from=on, members=size[0], workers=size[1])])
    ledger.change(Unit, [successor.pk], members=size[0], workers=size[1])


def _asked(looked: _Looked, successor: Unit) -> dict:
    merge = looked.merge
    return {"units": [unit.code for unit in looked.ending], "into": successor.code, "new": merge.is_into_new, "posts": merge.carries_posts,
            "roles": merge.carries_roles}


def _told(passing: posts.Passing, subject: str, role_people: set[int], carries_roles: bool) -> list[tuple[Act, str, set[int]]]:
    carried = passing.carried_people
    return [
        (Act.APPOINTED, subject, carried), (Act.POST_ENDED, subject, passing.people - carried),
        (Act.ROLE_GIVEN if carries_roles else Act.ROLE_TAKEN, subject, role_people)]
