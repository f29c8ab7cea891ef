"""Lists that are being written in the background.

Keeps true: an export belongs to one person and holds only what that person might see when it was written; its file lies in the
private storage and goes away after a few days.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from certificates.storage import private_storage
from training.enums import ExportState
from training.querysets import ExportQuerySet


class Export(models.Model):
    """A list that somebody asked for and that is too long to be written while they wait."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports")
    # The filters as they stand in an address: {"course": "thuong-luong", "sort": "-seen"}.
    filters = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=ExportState.choices, default=ExportState.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    file = models.FileField(storage=private_storage, upload_to="exports/%Y/%m/", max_length=200, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="export_done_at_most_total"),
            models.CheckConstraint(condition=~Q(state="done") | ~Q(file="") & Q(finished_at__isnull=False), name="export_done_has_file"),
        ]
        indexes = [models.Index(fields=["created_at"], name="export_by_day")]

    def __str__(self) -> str:
        return f"{self.user} ({self.created_at:%d/%m/%Y})"

    @property
    def fraction(self) -> float:
        """How far it is, from 0 to 1."""
        return self.done / self.total if self.total else 0.0

    @property
    def is_over(self) -> bool:
        return self.state in (ExportState.DONE, ExportState.FAILED)
