"""Chainable filters over units, posts and roles."""

from datetime import date

from django.db import models
from django.db.models import Q


class DatedQuerySet(models.QuerySet):
    """Rows that hold from a day until, and not on, another day."""

    def on(self, day: date) -> "DatedQuerySet":
        """Keep the rows that hold on this day."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=day), valid_from__lte=day)


class UnitQuerySet(models.QuerySet):
    def under(self, unit) -> "UnitQuerySet":
        """Keep the unit and everything below it in today's tree."""
        return self.filter(path__startswith=unit.path)

    def visible_to(self, user) -> "UnitQuerySet":
        """Keep the units in whose subtree the person holds a role; a superuser sees all. One query more."""
        if user.is_superuser:
            return self
        paths = list(user.role_grants.values_list("unit__path", flat=True)) if user.is_authenticated else []
        wanted = Q(pk__in=[])
        for path in paths:
            wanted |= Q(path__startswith=path)
        return self.filter(wanted)


class PostQuerySet(DatedQuerySet):
    def under_roles_of(self, user, on: date) -> "PostQuerySet":
        """Keep the posts held that day in units under one of the person's roles: whose records the person may see. One query more."""
        units = self.model._meta.get_field("unit").related_model.objects.visible_to(user)
        return self.on(on).filter(unit__in=units)
