"""A holder's consent to be shown by name."""

from datetime import datetime

from django.db import transaction

from certificates.enums import CONSENT_NOW
from certificates.models import NameConsent

CONSENT_TEXT_VERSION = CONSENT_NOW


def give_name_consent(*, user, now: datetime) -> NameConsent:
    """Keep the holder's consent to show full name and grade on the verification page; giving it twice is giving it once.

    A consent to older words ends where the one to today's words begins; both stay on record.
    """
    with transaction.atomic():
        NameConsent.objects.standing().filter(user=user).exclude(text_version=CONSENT_TEXT_VERSION).update(withdrawn_at=now)
        consent, _created = NameConsent.objects.get_or_create(
            user=user, withdrawn_at=None, defaults={"text_version": CONSENT_TEXT_VERSION, "given_at": now})
    return consent


def withdraw_name_consent(*, user, now: datetime) -> None:
    """End the consent; the public page masks the name from the next request on. What was consented to, and until when, stays on record."""
    NameConsent.objects.standing().filter(user=user).update(withdrawn_at=now)
