"""Chainable filters over units, posts, roles and what is done with them."""

from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Count, Q

from unions.powers import GOVERNING, MANAGING, SEEING


class DatedQuerySet(models.QuerySet):
    """Rows that hold from a day until, and not on, another day."""

    def on(self, day: date) -> "DatedQuerySet":
        """Keep the rows that hold on this day."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=day), valid_from__lte=day)


class UnitQuerySet(models.QuerySet):
    def under(self, unit) -> "UnitQuerySet":
        """Keep the unit and everything below it in today's tree."""
        return self.filter(path__startswith=unit.path)

    def under_paths(self, paths: Iterable[str]) -> "UnitQuerySet":
        """Keep the units at and below these places of today's tree."""
        return self.filter(_under(paths))

    def on(self, day: date) -> "UnitQuerySet":
        """Keep the units that are active on this day."""
        return self.filter(Q(active_until__isnull=True) | Q(active_until__gt=day), active_from__lte=day)

    def in_charge_of(self, user, roles: Iterable[str]) -> "UnitQuerySet":
        """Keep the units under one of these roles of the person; a superuser has charge of all. One query more for the roles."""
        if user.is_superuser:
            return self
        paths = user.role_grants.filter(role__in=roles).values_list("unit__path", flat=True) if user.is_authenticated else []
        return self.filter(_under(paths))

    def visible_to(self, user) -> "UnitQuerySet":
        """Keep the units in whose subtree the person holds any role; a superuser sees all. One query more.

        Units, not people: whose records one may see is `people_seen_by`.
        """
        if user.is_superuser:
            return self
        paths = user.role_grants.values_list("unit__path", flat=True) if user.is_authenticated else []
        return self.filter(_under(paths))

    def seen_by(self, user) -> "UnitQuerySet":
        """Keep the units whose people's records the person may see."""
        return self.in_charge_of(user, SEEING)

    def seen_or_merged_for(self, user) -> "UnitQuerySet":
        """Keep the units that `seen_by` keeps, and those elsewhere that were merged into one of these, or into one that was: whoever goes on with
        their work reads what they left. A unit that was parted among several left it to the one above. Two queries more, one more a generation.
        """
        if user.is_superuser:
            return self
        paths = list(user.role_grants.filter(role__in=SEEING).values_list("unit__path", flat=True)) if user.is_authenticated else []
        return self.filter(_under(paths) | Q(pk__in=self._merged_into(paths))) if paths else self.none()

    def _merged_into(self, paths: list[str]) -> set[int]:
        went = self.model._meta.get_field("successors").remote_field.through.objects
        parted = went.values("from_unit").annotate(heirs=Count("to_unit")).filter(heirs__gt=1)
        merged = went.exclude(from_unit__in=parted.values("from_unit"))
        within = self.model._default_manager.under_paths(paths)
        found: set[int] = set()
        latest = set(merged.filter(to_unit__in=within).exclude(from_unit__in=within).values_list("from_unit", flat=True))
        while latest - found:
            found |= latest
            latest = set(merged.filter(to_unit__in=latest).values_list("from_unit", flat=True))
        return found

    def managed_by(self, user) -> "UnitQuerySet":
        """Keep the units whose people the person may enrol, import and give slips to."""
        return self.in_charge_of(user, MANAGING)

    def governed_by(self, user) -> "UnitQuerySet":
        """Keep the units that the person may rename, move, split, merge and close."""
        return self.in_charge_of(user, GOVERNING)


def _under(paths: Iterable[str]) -> Q:
    return reduce(or_, (Q(path__startswith=path) for path in paths), Q(pk__in=[]))


class UnitPathQuerySet(DatedQuerySet):
    def under_paths(self, paths: Iterable[str]) -> "UnitPathQuerySet":
        """Keep the stretches at and below these places."""
        return self.filter(_under(paths))


class PostQuerySet(DatedQuerySet):
    def under_roles_of(self, user, on: date) -> "PostQuerySet":
        """Keep the posts held that day in units under a role that lets the person see people's records. One query more."""
        units = self.model._meta.get_field("unit").related_model.objects.seen_by(user)
        return self.on(on).filter(unit__in=units)


class _OfUnits(models.QuerySet):
    """Rows that belong to a unit by a relation of that name."""

    def _units(self) -> UnitQuerySet:
        return self.model._meta.get_field("unit").related_model.objects.all()

    def visible_to(self, user):
        """Keep what belongs to units whose people the person may see. One query more."""
        return self if user.is_superuser else self.filter(unit__in=self._units().seen_by(user))

    def managed_by(self, user):
        """Keep what belongs to units whose people the person manages. One query more."""
        return self if user.is_superuser else self.filter(unit__in=self._units().managed_by(user))


class RoleGrantQuerySet(_OfUnits):
    """Roles over units."""


class RosterImportQuerySet(_OfUnits):
    """Lists of people that are brought in."""


class UnitChangeQuerySet(models.QuerySet):
    def visible_to(self, user) -> "UnitChangeQuerySet":
        """Keep changes of units that the person may see. One query more."""
        if user.is_superuser:
            return self
        units = self.model._meta.get_field("units").related_model.objects.visible_to(user)
        return self.filter(units__in=units).distinct()
