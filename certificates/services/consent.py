"""A holder's consent to be shown by name."""

from datetime import datetime

from certificates.models import NameConsent

# The words of the consent on "My certificates"; a change of the words is a new version.
CONSENT_TEXT_VERSION = "2026-11"


def give_name_consent(*, user, now: datetime) -> NameConsent:
    """Keep the holder's consent to show full name and grade on the verification page; giving it twice is giving it once."""
    consent, _created = NameConsent.objects.get_or_create(
        user=user, withdrawn_at=None, defaults={"text_version": CONSENT_TEXT_VERSION, "given_at": now})
    return consent


def withdraw_name_consent(*, user, now: datetime) -> None:
    """End the consent; the public page masks the name from the next request on. What was consented to, and until when, stays on record."""
    NameConsent.objects.filter(user=user, withdrawn_at__isnull=True).update(withdrawn_at=now)
