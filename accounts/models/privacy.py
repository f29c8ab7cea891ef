"""What a person has agreed to, what they have asked of us, and what was deleted because its time was over."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import ConsentPurpose, RequestKind, RequestState


class Consent(models.Model):
    """A person's yes to one purpose, in which words, when, and when it was taken back (Law 91/2025/QH15, Art. 9). Rows are only added and ended."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=ConsentPurpose.choices)
    # Of the words that were shown; docs keep them.
    text_version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(fields=["user", "purpose"], condition=Q(withdrawn_at=None), name="consent_stands_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_purpose_display()}"


class PrivacyRequest(models.Model):
    """What a person asks to be done with their data, and what came of it (Law 91/2025/QH15, Art. 4; Decree 356/2025, Art. 5)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="privacy_requests")
    kind = models.CharField(_("what is asked"), max_length=20, choices=RequestKind.choices)
    text = models.TextField(_("in your own words"), blank=True)
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.OPEN)
    made_at = models.DateTimeField()
    # To say that it is dealt with, and to have done it.
    answer_by = models.DateField()
    due_on = models.DateField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("request about personal data")
        verbose_name_plural = _("requests about personal data")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], condition=Q(done_at=None), name="privacy_request_open_once"),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="privacy_request_due")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"


class RetentionRun(models.Model):
    """One run of the job that deletes what has been kept long enough, or that only counts it."""

    at = models.DateTimeField()
    # None: the clock.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_dry_run = models.BooleanField(default=False)
    # {"looks": 120}: how many rows of each class of data were (or would be) deleted.
    counts = models.JSONField(default=dict)
    seconds = models.FloatField(default=0)
    error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("deletion run")
        verbose_name_plural = _("deletion runs")
        indexes = [models.Index(fields=["-at"], name="retention_run_latest")]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y}"
