"""Saying yes to one purpose, taking it back, and acknowledging the notice. Rows are added and ended, never changed or deleted."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.enums import ConsentPurpose
from accounts.models import Consent, User
from accounts.selectors.consents import ASKED
from accounts.wording import CONSENT_NOW


def give_consent(*, user: User, purpose: str, now: datetime) -> Consent:
    """Keep the person's yes to the words of today; giving it twice is giving it once.

    A yes to older words ends where the one to today's begins; both stay on record (Law 91/2025/QH15, Art. 9).
    """
    standing = Consent.objects.filter(user=user, purpose=purpose, withdrawn_at=None)
    with transaction.atomic():
        standing.exclude(text_version=CONSENT_NOW).update(withdrawn_at=now)
        consent, _created = Consent.objects.get_or_create(
            user=user, purpose=purpose, withdrawn_at=None, defaults={"text_version": CONSENT_NOW, "given_at": now})
    return consent


def withdraw_consent(*, user: User, purpose: str, now: datetime) -> bool:
    """End the person's yes; say whether there was one. It takes effect at once, and is as easy as giving it. Safe to call twice."""
    return bool(Consent.objects.filter(user=user, purpose=purpose, withdrawn_at=None).update(withdrawn_at=now))


def acknowledge_notice(*, user: User, now: datetime, agreed: Iterable[str] = ()) -> None:
    """Note that the person was shown how their data are used, and what they agreed to in the same breath, each by itself.

    Safe to call twice: what was not ticked takes nothing back.
    """
    with transaction.atomic():
        give_consent(user=user, purpose=ConsentPurpose.NOTICE, now=now)
        for purpose in ASKED:
            if purpose in agreed:
                give_consent(user=user, purpose=purpose, now=now)


def set_consents(*, user: User, agreed: Iterable[str], now: datetime) -> None:
    """Bring what the person agrees to in step with what is ticked: each box stands for one purpose, and an empty one takes its yes back."""
    wanted = set(agreed)
    with transaction.atomic():
        for purpose in ASKED:
            if purpose in wanted:
                give_consent(user=user, purpose=purpose, now=now)
            else:
                withdraw_consent(user=user, purpose=purpose, now=now)
