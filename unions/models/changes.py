"""What decisions did to units: told once, taken back within a day as a whole or not at all."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from unions.enums import ChangeKind
from unions.models.units import Unit
from unions.querysets import UnitChangeQuerySet


class UnitChange(models.Model):
    """One decision about units (rename, move, split, merge, close, a list of moves) with what it did, row by row, so that it can be undone."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=ChangeKind.choices)
    effective_on = models.DateField(_("in force from"))
    reason = models.CharField(_("reason"), max_length=500)
    decision_number = models.CharField(_("decision number"), max_length=60, blank=True)
    # Whom it is about: shown to whoever sees one of them.
    units = models.ManyToManyField(Unit, related_name="changes")
    # What was asked for, and numbers of what it did: {"posts": 812, "units": 14}.
    asked = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    # {"steps": […], "seal": "…"} as `unions.services.changes.ledger` writes and reads it; emptied when it can no longer be undone.
    rows = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = UnitChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of units")
        verbose_name_plural = _("changes of units")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="unit_change_has_reason")]
        indexes = [models.Index(fields=["-at"], name="unit_change_by_day")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.effective_on:%d/%m/%Y})"
