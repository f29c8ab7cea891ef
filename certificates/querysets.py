"""Chainable filters over the register."""

from django.db import models
from django.db.models import Q


class CertificateQuerySet(models.QuerySet):
    def visible_to(self, user) -> "CertificateQuerySet":
        """Keep one's own certificates, and those of people who hold a post in a unit under one's role. One query more for the roles."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        paths = list(user.role_grants.values_list("unit__path", flat=True))
        seen = Q(user=user)
        for path in paths:
            seen |= Q(user__posts__unit__path__startswith=path, user__posts__valid_until__isnull=True)
        found = self.filter(seen)
        return found.distinct() if paths else found
