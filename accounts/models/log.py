"""Who changed or looked at whose record. The person may read what stands here about them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import Act
from accounts.querysets import LogEntryQuerySet


class LogEntry(models.Model):
    """One act of somebody on the record of a person. Only added to; looks are forgotten after a year, the rest is kept."""

    about = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="log_entries", verbose_name=_("about"))
    # None: the system itself, or somebody without an account.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by"))
    act = models.CharField(_("what was done"), max_length=20, choices=Act.choices)
    # What it was done with, in words of that day: "Chủ tịch, CĐCS Công ty may Hòa Bình"; never a secret, a code or a password.
    subject = models.CharField(max_length=300, blank=True)
    # {"phone": ["old", "new"]}
    changes = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()

    objects = LogEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the log")
        verbose_name_plural = _("log")
        indexes = [models.Index(fields=["about", "-at"], name="log_about_person"), models.Index(fields=["act", "at"], name="log_by_act")]

    def __str__(self) -> str:
        return f"{self.about}: {self.get_act_display()}"
