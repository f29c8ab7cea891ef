"""Chainable filters over the register."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from unions.models import Post, Unit


class CertificateQuerySet(models.QuerySet):
    def visible_to(self, user) -> "CertificateQuerySet":
        """Keep one's own certificates, and those of people who hold a post in a unit under one's role. One query more for the roles."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        units = Unit.objects.visible_to(user)
        posts = Post.objects.filter(user=OuterRef("user"), valid_until__isnull=True, unit__in=units)
        return self.filter(Q(user=user) | Exists(posts))
