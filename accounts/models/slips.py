"""Slips with a one-time code: the way in for people without e-mail, printed by the office of their unit.

Keeps true: the code itself is not stored; a person has one slip that opens at a time; one that was used, has run out or was replaced opens nothing.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import SlipKind
from accounts.querysets import SignInSlipQuerySet


class SignInSlip(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="slips")
    kind = models.CharField(max_length=8, choices=SlipKind.choices, default=SlipKind.FIRST)
    # HMAC-SHA-256 of the code under the site's secret key, in hex.
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = SignInSlipQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in slip")
        verbose_name_plural = _("sign-in slips")
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(used_at__isnull=True, cancelled_at__isnull=True), name="one_open_slip"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="slip_expires_later"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.made_at:%d/%m/%Y})"
