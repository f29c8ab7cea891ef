"""Writes on roles."""

from datetime import datetime

from unions.models import RoleGrant, Unit


def grant_role(*, user, unit: Unit, role: str, now: datetime, by=None) -> RoleGrant:
    """Give the person a role over the unit and everything below it, or return the grant that stands.

    Whoever holds a role is staff: the office is offered to them, and a second factor is asked of them.
    """
    grant, _created = RoleGrant.objects.get_or_create(user=user, unit=unit, role=role, defaults={"granted_by": by, "granted_at": now})
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    return grant
