"""What a holder agreed to, and who looked at a holder's record."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from certificates.enums import ConsentText, LookKind
from certificates.models.register import Certificate
from certificates.querysets import ConsentQuerySet


class NameConsent(models.Model):
    """A holder's consent to show the full name on the verification page (Law 91/2025/QH15, Art. 9): who, when, to which words."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="name_consents")
    text_version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(withdrawn_at__isnull=True), name="name_consent_one_standing"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.given_at:%d/%m/%Y})"

    @property
    def words(self) -> str:
        """What was agreed to, in the reader's language; nothing for a version that this programme does not know."""
        return str(dict(ConsentText.choices).get(self.text_version, ""))


class Look(models.Model):
    """Somebody looked at a certificate's record: who (nobody is named for the public page), where, when. Kept a year.

    A question for a code that nobody holds is noted as well, without a certificate, so that both answers cost the same.
    """

    certificate = models.ForeignKey(Certificate, on_delete=models.CASCADE, null=True, blank=True, related_name="looks")
    kind = models.CharField(max_length=8, choices=LookKind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["certificate", "-at"], name="look_at_certificate"),
            models.Index(fields=["at"], name="look_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.certificate}: {self.get_kind_display()}"
