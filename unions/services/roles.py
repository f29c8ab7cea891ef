"""Writes on roles.

Keeps true: whoever gives a role holds one, over that unit or above it, that may give it (`unions.powers`); nobody serves themselves; whoever
holds a role is staff, so that a second factor is asked of them, and whoever holds none any more is not.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import override

from accounts.enums import Act
from accounts.models import User
from accounts.services import note
from unions.enums import Role
from unions.models import RoleGrant, Unit
from unions.selectors.roles import roles_to_give
from unions.services.errors import NotOwnRole, PersonNotActive, RoleNotYours, UnitNotActive


@transaction.atomic
def give_role(*, user: User, unit: Unit, role: str, by: User, now: datetime) -> RoleGrant:
    """Give the person a role over the unit and everything below it, or return the grant that stands. Locks both people, the lower key first.

    :raises NotOwnRole: when somebody would give it to themselves (an administrator of the whole site may).
    :raises RoleNotYours: when no role of the giver over the unit or above may give it.
    :raises UnitNotActive: when the unit was closed.
    :raises PersonNotActive: when the account is closed.
    """
    user, by = _locked(user, by)
    _check(user, unit, role, by)
    unit = Unit.objects.get(pk=unit.pk)
    if unit.active_until is not None:
        raise UnitNotActive(unit)
    if not user.is_active:
        raise PersonNotActive
    if grant := RoleGrant.objects.filter(user=user, unit=unit, role=role).first():
        return grant
    grant = grant_role(user=user, unit=unit, role=role, by=by, now=now)
    note(about=user, act=Act.ROLE_GIVEN, by=by, now=now, subject=_in_words(grant))
    return grant


@transaction.atomic
def take_role(*, user: User, unit: Unit, role: str, by: User, now: datetime) -> bool:
    """Take the role away from the person, and say whether it was there. Locks both people, the lower key first.

    :raises NotOwnRole, RoleNotYours: as for `give_role`.
    """
    user, by = _locked(user, by)
    _check(user, unit, role, by)
    grant = RoleGrant.objects.select_related("unit").filter(user=user, unit=unit, role=role).first()
    if grant is None:
        return False
    grant.delete()
    keep_staff_flag(user=user)
    note(about=user, act=Act.ROLE_TAKEN, by=by, now=now, subject=_in_words(grant))
    return True


def grant_role(*, user: User, unit: Unit, role: str, now: datetime, by: User | None = None) -> RoleGrant:
    """Give the person a role over the unit and everything below it, or return the grant that stands; for whoever sets up a site.

    Asks nobody's leave and writes nothing into the log: pages call `give_role`.
    """
    grant, _created = RoleGrant.objects.get_or_create(user=user, unit=unit, role=role, defaults={"granted_by": by, "granted_at": now})
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    return grant


def keep_staff_flag(*, user: User) -> None:
    """Let somebody whose last role went be no staff, unless a group or right of the editor still makes them so."""
    stays = user.is_superuser or user.role_grants.exists() or user.groups.exists() or user.user_permissions.exists()
    if user.is_staff and not stays:
        user.is_staff = False
        user.save(update_fields=["is_staff"])


def keep_staff_flags(*, people: Collection[int]) -> None:
    """Let whoever of these people holds a role be staff, and whoever holds none any more be as `keep_staff_flag` says. Two queries, and some for each who leaves."""
    named = User.objects.filter(pk__in=people)
    holders = RoleGrant.objects.filter(user__in=people).values("user")
    named.filter(pk__in=holders, is_staff=False).update(is_staff=True)
    for user in named.filter(is_staff=True).exclude(pk__in=holders):
        keep_staff_flag(user=user)


def _locked(user: User, by: User) -> tuple[User, User]:
    rows = {row.pk: row for row in User.objects.select_for_update().filter(pk__in=[user.pk, by.pk]).order_by("pk")}
    return rows[user.pk], rows[by.pk]


def _check(user: User, unit: Unit, role: str, by: User) -> None:
    if by.is_superuser:
        return
    if user.pk == by.pk:
        raise NotOwnRole
    if role not in roles_to_give(by, unit):
        raise RoleNotYours


def _in_words(grant: RoleGrant) -> str:
    with override("vi"):
        return f"{Role(grant.role).label}, {grant.unit.name}"
