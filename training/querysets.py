"""Chainable filters over what the office keeps."""

from datetime import datetime

from django.db import models


class ExportQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ExportQuerySet":
        """Keep the person's own exports; nobody else's, not even for a superuser."""
        return self.filter(user=user) if user.is_authenticated else self.none()

    def older_than(self, moment: datetime) -> "ExportQuerySet":
        return self.filter(created_at__lt=moment)
