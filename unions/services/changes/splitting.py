"""One unit is divided: new units begin, and what hung on the old one goes to them, child by child and person by person.

Keeps true: a unit that ends leaves nothing below it; a unit that stays keeps whatever is not given to a part.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.enums import Act
from accounts.models import User
from unions.enums import ChangeKind
from unions.models import RoleGrant, Unit, UnitChange, UnitPlacement
from unions.services.changes import posts, tree
from unions.services.changes.doing import Written, carry_out, people_under
from unions.services.changes.ledger import Ledger
from unions.services.changes.plans import (
    Decision,
    Names,
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
    shown,
    taken_codes,
    wrong_day,
)
from vietnamese.text import clean


@dataclass(frozen=True)
class Split:
    """What is asked for. `children` and `people` say by id which part (counted from 0) gets a unit below or a person's posts.

    Whoever is not named there goes to the part `others`; None: stays in the unit, or, when it ends, is left out: posts end, and no unit may be left.
    """

    unit: Unit
    parts: tuple[NewUnit, ...]
    ends: bool = False
    children: Mapping[int, int | None] = field(default_factory=dict)
    people: Mapping[int, int | None] = field(default_factory=dict)
    others: int | None = None
    carries_roles: bool = False


@dataclass(frozen=True)
class _Looked:
    split: Split
    above: Unit | None
    children: list[tuple[Unit, int | None]]
    passing: posts.Passing
    roles: list[RoleGrant]
    decision: Decision


def plan_split(*, split: Split, on: date, now: datetime) -> Plan:
    """Return what dividing the unit would do. A fixed number of queries."""
    return _look(split, Decision(on, ""), now)[0]


def split_unit(*, split: Split, decision: Decision, by, now: datetime, seen: str | None = None) -> UnitChange:
    """Begin the parts beside the unit, give them their units and people, and end the unit if that was asked for.

    Posts end in the old unit and go on in the part as designated. Roles over a unit that ends are taken away, or given over every part.

    :raises ChangeRefused, PlanChanged, ReasonMissing: and nothing is written.
    """
    def look(_units: dict[int, Unit]) -> tuple[Plan, _Looked]:
        posts.lock_posts([split.unit])
        return _look(split, decision, now)

    def write(looked: _Looked, ledger: Ledger) -> Written:
        return _write(looked, ledger, by, now)

    return carry_out(units=[split.unit], decision=decision, seen=seen, by=by, now=now, look=look, write=write)


def _look(split: Split, decision: Decision, now: datetime) -> tuple[Plan, _Looked]:
    on, unit = decision.on, Unit.objects.get(pk=split.unit.pk)
    place = UnitPlacement.objects.filter(unit=unit, valid_until__isnull=True).select_related("parent").first()
    above = place.parent if place else None
    parts = tuple(replace(part, code=clean(part.code), name=clean(part.name), parent=above) for part in split.parts)
    split = replace(split, unit=unit, parts=parts)
    below = _places_below(unit, on).select_related("unit").order_by("unit__name", "pk")
    children = [(place.unit, split.children.get(place.unit_id, split.others)) for place in below]
    held = posts.posts_from([unit], on)
    passing = _passing(split, held, on)
    looked = _Looked(split, above, children, passing, posts.roles_in([unit]) if split.ends else [], decision)
    facts = (
        "split", fact_of(unit), fact_of(above), [[part.code, part.name, part.type.pk, part.sector] for part in parts], split.ends, split.carries_roles,
        [[child.pk, there] for child, there in children], [[post.pk, there] for post, there, _until in passing.carried], passing.facts(),
        [role.pk for role in looked.roles], on)
    obstacles = [*wrong_day(on, now), *_obstacles(looked)]
    return Plan(ChangeKind.SPLIT, on, _says(looked), tuple(obstacles), digest_of(*facts), names=_names(looked), counts=_counts(looked)), looked


def _passing(split: Split, held: list[posts.Held], on: date) -> posts.Passing:
    goes = {post.user_id: split.people.get(post.user_id, split.others) for post in held}
    goes = {user: place for user, place in goes.items() if place is not None}
    leaving = held if split.ends else [post for post in held if post.user_id in goes]
    return posts.pass_on(leaving, goes, {}, on)


def _places_below(unit: Unit, on: date):
    return UnitPlacement.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=on), parent=unit)


def _obstacles(looked: _Looked) -> list[Obstacle]:
    split, on = looked.split, looked.decision.on
    standing = [split.unit, *([looked.above] if looked.above else [])]
    found = [
        *not_standing(standing, on), *(begun_that_day([split.unit], on) if split.ends else []), *later_places(standing, on), *taken_codes(split.parts),
        *later_places([child for child, place in looked.children if place is not None and not split.ends], on),
        *posts.stranded_posts(looked.passing)]
    if split.ends:
        found += later_names([split.unit], on)
    if len(split.parts) < (2 if split.ends else 1):
        found.append(Obstacle("too_few_parts", _("A unit that ends is divided into at least two new ones. To give it another name, rename it.")))
    if any(not part.name or not part.code for part in split.parts):
        found.append(Obstacle("no_name", _("Enter the code and the name of each new unit.")))
    if split.ends and (left := [child for child, place in looked.children if place is None]):
        text = _("The unit ends, so each unit below needs a new place. Without one: %(names)s.")
        found.append(Obstacle("has_children", text % {"names": ", ".join(child.name for child in left[:5])}))
    return found


def _says(looked: _Looked) -> tuple[str, ...]:
    split, day, passing = looked.split, shown(looked.decision.on), looked.passing
    text = _("“%(unit)s” ends on %(day)s. Its history stays and can be asked for any former day.") if split.ends else _("“%(unit)s” stays; parts leave it on %(day)s.")
    says = [text % {"unit": split.unit, "day": day}]
    for place, part in enumerate(split.parts):
        text = _("“%(unit)s” (%(code)s) begins: %(children)d units below, %(posts)d posts.")
        children = sum(there == place for _child, there in looked.children)
        carried = sum(there == place for _post, there, *_until in (*passing.carried, *passing.rehung))
        says.append(text % {"unit": part.name, "code": part.code, "children": children, "posts": carried})
    says.append(_("Posts that end: %(posts)d, held by %(people)d people.") % {"posts": len(passing.ended), "people": len(passing.people)})
    if split.ends:
        text = _("Roles given over the parts instead: %(count)d.") if split.carries_roles else _("Roles over this unit that are taken away: %(count)d.")
        says.append(text % {"count": len(looked.roles)})
    return tuple(says)


def _names(looked: _Looked) -> tuple[Names, ...]:
    """What each part gets, by name: one query for the people of all parts."""
    carried = [(post.user_id, place) for post, place, *_rest in (*looked.passing.carried, *looked.passing.rehung)]
    people = dict(User.objects.filter(pk__in=[user for user, _place in carried[:200]]).values_list("pk", "full_name"))
    found = []
    for place, part in enumerate(looked.split.parts):
        children = [child for child, there in looked.children if there == place]
        names = list(dict.fromkeys(people[user] for user, there in carried if there == place and user in people))
        found += [names_told(_("Units below “%(unit)s”") % {"unit": part.name}, children), names_told(_("People in “%(unit)s”") % {"unit": part.name}, names)]
    return tuple(each for each in found if each.names)


def _counts(looked: _Looked) -> dict[str, int]:
    moved = sum(place is not None for _child, place in looked.children)
    return {"units": len(looked.split.parts), "children": moved, "roles": len(looked.roles), **looked.passing.counts}


def _write(looked: _Looked, ledger: Ledger, by, now: datetime) -> Written:
    split, on, number = looked.split, looked.decision.on, clean(looked.decision.number)
    parts = [tree.begin_unit(ledger, part, on, number) for part in split.parts]
    moved = people_under([child for child, place in looked.children if place is not None])
    _give_children(ledger, looked, parts, on, number)
    if split.ends:
        tree.end_units(ledger, [split.unit], on)
        through = Unit.successors.through
        ledger.make([through(from_unit=split.unit, to_unit=part) for part in parts])
    posts.write_posts(ledger, looked.passing, parts, on, number)
    people = posts.write_roles(ledger, looked.roles, parts if split.carries_roles else [], by=by, now=now)
    subject = f"{split.unit.name} → {', '.join(part.name for part in parts)}"
    carried = looked.passing.carried_people
    return Written(
        [split.unit, *parts], counts=_counts(looked), people=None if moved is None else moved | looked.passing.people,
        asked={"unit": split.unit.code, "parts": [part.code for part in parts], "ends": split.ends},
        told=[(Act.APPOINTED, subject, carried), (Act.POST_ENDED, subject, looked.passing.people - carried),
              (Act.ROLE_GIVEN if split.carries_roles else Act.ROLE_TAKEN, subject, people)])


def _give_children(ledger: Ledger, looked: _Looked, parts: list[Unit], on: date, number: str) -> None:
    """Each child goes with everything below it. One that has left the unit since stood in the part until then."""
    unit, moves = looked.split.unit, {}
    below = _places_below(unit, on)
    for place, part in enumerate(parts):
        given = [child for child, there in looked.children if there == place]
        tree.hand_over(ledger, below.filter(unit__in=given), part, on, number)
        moves |= {f"{unit.path}{child.pk}/": f"{part.path}{child.pk}/" for child in given}
    if moves:
        tree.shift(ledger, moves, on)
