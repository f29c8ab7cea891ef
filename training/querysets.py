"""Chainable filters over what the office keeps."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from unions.models import Unit
from unions.powers import SEEING

if TYPE_CHECKING:
    from unions.selectors.scopes import Office


class ExportQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ExportQuerySet":
        """Keep the person's own exports; nobody else's, not even for a superuser."""
        return self.filter(user=user) if user.is_authenticated else self.none()

    def older_than(self, moment: datetime) -> "ExportQuerySet":
        return self.filter(created_at__lt=moment)


class _OfUnits(models.QuerySet):
    """Rows that a unit set or made, by a relation of that name."""

    def visible_to(self, user):
        """Keep what belongs to units whose people the person may see. One query more."""
        return self if user.is_superuser else self.filter(unit__in=Unit.objects.seen_by(user))

    def managed_by(self, user):
        """Keep what belongs to units whose people the person manages. One query more."""
        return self if user.is_superuser else self.filter(unit__in=Unit.objects.managed_by(user))


class _OfUnitsAndAbove(_OfUnits):
    def visible_to(self, user):
        """Keep what was set by units whose people one may see, and by the units above those: it holds here too. One query more."""
        if user.is_superuser:
            return self
        return self._of_paths(list(user.role_grants.filter(role__in=SEEING).values_list("unit__path", flat=True)) if user.is_authenticated else [])

    def seen_in(self, office: "Office"):
        """Keep the same for an office, whose roles were asked for at its door. No query more."""
        return self if office.sees_all else self._of_paths(office.paths)

    def _of_paths(self, paths: Sequence[str]):
        above = {int(part) for path in paths for part in path.split("/") if part}
        return self.filter(Q(unit__in=Unit.objects.under_paths(paths)) | Q(unit__in=above))


class TargetQuerySet(_OfUnitsAndAbove):
    """Targets of a unit and year."""

    def of_line(self, unit: Unit) -> "TargetQuerySet":
        """Keep the targets that hold in a unit: its own, and those of the units above it."""
        return self.filter(unit__in=[int(part) for part in unit.path.split("/") if part])


class SchemeQuerySet(_OfUnitsAndAbove):
    """Schemes of several years."""


class JoinCodeQuerySet(_OfUnits):
    """Codes to join by."""
