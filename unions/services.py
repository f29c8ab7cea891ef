"""Writes on units, posts and roles. A unit's name and place are dated rows; today's name and path on the unit itself follow them."""

import uuid
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unions.models import Post, PostKind, RoleGrant, Unit, UnitName, UnitPlacement, UnitType
from vietnamese.text import clean, search_key


class UnionsError(Exception):
    """Something that an office asked for cannot be done; `message` says what to do instead."""

    code = "unions"
    message = ""


class ParentEnded(UnionsError):
    code = "parent_ended"
    message = _("The unit above is no longer active on that day. Choose the unit that took its place.")


class RenamedTooEarly(UnionsError):
    code = "renamed_too_early"
    message = _("The unit has had its present name since a later day. Choose a later day.")


@transaction.atomic
def create_unit(
    *, code: str, name: str, type: UnitType, active_from: date, parent: Unit | None = None, sector: str = "", decision_number: str = "",
) -> Unit:
    """Create a unit with its first name and its first place in the tree.

    :raises ParentEnded: when the parent is not active on that day.
    """
    if parent is not None and parent.active_until is not None and parent.active_until <= active_from:
        raise ParentEnded
    name = clean(name)
    unit = Unit.objects.create(
        code=clean(code), name=name, search_key=_search_key(name, code), type=type, sector=sector, active_from=active_from,
        path=f"new-{uuid.uuid4()}")
    # The path is made of ids, so it can be written only once the row is there: "4/", "4/17/", "4/17/230/".
    unit.path = f"{parent.path if parent else ''}{unit.pk}/"
    unit.save(update_fields=["path"])
    UnitName.objects.create(unit=unit, name=name, valid_from=active_from, decision_number=decision_number)
    UnitPlacement.objects.create(unit=unit, parent=parent, valid_from=active_from, decision_number=decision_number)
    return unit


@transaction.atomic
def rename_unit(*, unit: Unit, name: str, on: date, decision_number: str = "") -> Unit:
    """Give the unit another name from that day on; the former name stays true of the days before. The same name again changes nothing.

    A change on the first day of the present name corrects that name instead. Locks the unit.

    :raises RenamedTooEarly: when the present name began after that day.
    """
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    name = clean(name)
    present = unit.names.get(valid_until__isnull=True)
    if name == present.name:
        return unit
    if on < present.valid_from:
        raise RenamedTooEarly
    if on == present.valid_from:
        unit.names.filter(pk=present.pk).update(name=name, decision_number=decision_number)
    else:
        unit.names.filter(pk=present.pk).update(valid_until=on)
        UnitName.objects.create(unit=unit, name=name, valid_from=on, decision_number=decision_number)
    unit.name, unit.search_key = name, _search_key(name, unit.code)
    unit.save(update_fields=["name", "search_key"])
    return unit


def change_unit(*, unit: Unit, code: str, type: UnitType, sector: str) -> Unit:
    """Correct what is not dated about a unit: its code, type and sector."""
    unit.code, unit.type, unit.sector = clean(code), type, sector
    unit.search_key = _search_key(unit.name, unit.code)
    unit.save(update_fields=["code", "type", "sector", "search_key"])
    return unit


def appoint_person(
    *, user, unit: Unit, kind: PostKind, valid_from: date, valid_until: date | None = None, full_time: bool = False, manner: str = "",
    decision_number: str = "",
) -> Post:
    """Put the person into a post of the unit, or return the post that began on that day already."""
    post, _created = Post.objects.get_or_create(
        user=user, unit=unit, kind=kind, valid_from=valid_from,
        defaults={"valid_until": valid_until, "full_time": full_time, "manner": manner, "decision_number": decision_number})
    return post


def grant_role(*, user, unit: Unit, role: str, now: datetime, by=None) -> RoleGrant:
    """Give the person a role over the unit and everything below it, or return the grant that stands.

    Whoever holds a role is staff: the office is offered to them, and a second factor is asked of them.
    """
    grant, _created = RoleGrant.objects.get_or_create(user=user, unit=unit, role=role, defaults={"granted_by": by, "granted_at": now})
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    return grant


def release_person(*, user, on: date) -> None:
    """End the person's posts on that day and take their roles away; posts that were to begin later, or begin on that day, never were."""
    with transaction.atomic():
        Post.objects.filter(user=user, valid_from__gte=on).delete()
        Post.objects.filter(user=user).exclude(valid_until__lte=on).update(valid_until=on)
        RoleGrant.objects.filter(user=user).delete()


def _search_key(name: str, code: str) -> str:
    return search_key(f"{name} {code}")[:250]
