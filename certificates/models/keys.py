"""The public halves of the keys that sign QR codes and credentials. The private ones stand in the environment, never here."""

from django.db import models
from django.db.models import F, Q


class SigningKey(models.Model):
    """An Ed25519 key that signs or has signed; published for ever, so that old papers can be checked."""

    # SHA-256 of the raw public key, hex.
    fingerprint = models.CharField(max_length=64, unique=True)
    # 32 bytes, hex.
    public_key = models.CharField(max_length=64)
    first_used_at = models.DateTimeField()
    # Signs no more from here on; what it signed before stays good.
    retired_at = models.DateTimeField(null=True, blank=True)
    # Known to somebody else from here on: nothing that it signed counts by itself any more, only the register does.
    compromised_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(retired_at__isnull=True) | Q(retired_at__gte=F("first_used_at")), name="key_retired_after_use"),
        ]

    def __str__(self) -> str:
        return self.fingerprint[:16]
