"""The public halves of the keys that sign QR codes: registered on first use, retired by the next key, or marked as known to others.

Keeps true: whatever key has signed is published for ever, so that its papers can be checked; a key that is known to others signs no more.
"""

import time
from datetime import datetime
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.cache import caches
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from certificates import payload
from certificates.models import SigningKey
from certificates.services.errors import KeyCompromised, KeyInUse, UnknownKey

# A process looks again after this long, so that no running one goes on with a key that was marked as known to others.
_LOOK_AGAIN_SECONDS = 60
# Where the published list of keys is kept; forgotten whenever a key changes.
KEYS_CACHE = "published-keys"
_seen: dict[str, float] = {}


def note_key_in_use(*, now: datetime) -> str:
    """Enter the key that CERTIFICATE_SIGNING_KEY stands for, if it is new, and retire the one before it. Return its fingerprint.

    One query a minute and process. Two processes that come with a new key at once enter it once.

    :raises KeyCompromised: when the key is marked as known to others.
    """
    public = payload.signing_key().public_key()
    fingerprint = payload.fingerprint(public)
    if time.monotonic() - _seen.get(fingerprint, float("-inf")) < _LOOK_AGAIN_SECONDS:
        return fingerprint
    key = SigningKey.objects.filter(fingerprint=fingerprint).first() or _enter(public, fingerprint, now)
    if key.compromised_at:
        raise KeyCompromised
    # Only once it is written for good: a transaction that is rolled back takes the entry with it.
    transaction.on_commit(partial(_seen.__setitem__, fingerprint, time.monotonic()))
    return fingerprint


def _enter(public: Ed25519PublicKey, fingerprint: str, now: datetime) -> SigningKey:
    with transaction.atomic():
        key, is_new = SigningKey.objects.get_or_create(
            fingerprint=fingerprint, defaults={"public_key": public.public_bytes_raw().hex(), "first_used_at": now})
        if is_new:
            former = SigningKey.objects.filter(retired_at__isnull=True).exclude(pk=key.pk)
            former.update(retired_at=Greatest(F("first_used_at"), now))
            _forget_published()
    return key


def retire_key(*, fingerprint: str, now: datetime) -> SigningKey:
    """Note that the key signs no more; what it signed before stays good. Retiring twice is retiring once.

    :param fingerprint: or the beginning of it.
    :raises UnknownKey: when no key, or more than one, begins like this.
    :raises KeyInUse: when it is the key that signs at present.
    """
    with transaction.atomic():
        key = _key(fingerprint)
        if key.fingerprint == payload.fingerprint(payload.signing_key().public_key()):
            raise KeyInUse
        if key.retired_at is None:
            key.retired_at = max(now, key.first_used_at)
            key.save(update_fields=["retired_at"])
            _forget_published()
    return key


def mark_key_compromised(*, fingerprint: str, since: datetime, note: str, now: datetime) -> SigningKey:
    """Note that others know the key: checkers without network trust nothing that it signed, and it signs no more. Never taken back.

    :param since: when it became known to others; of two calls the earlier moment stays.
    :raises UnknownKey: when no key, or more than one, begins like this.
    """
    with transaction.atomic():
        key = _key(fingerprint)
        key.compromised_at = min(since, key.compromised_at or since)
        key.retired_at = key.retired_at or max(now, key.first_used_at)
        key.note = note[:200] or key.note
        key.save(update_fields=["compromised_at", "retired_at", "note"])
        _forget_published()
    _seen.pop(key.fingerprint, None)
    return key


def _key(beginning: str) -> SigningKey:
    found = list(SigningKey.objects.select_for_update().filter(fingerprint__startswith=beginning.lower())[:2])
    if len(beginning) < 8 or len(found) != 1:
        raise UnknownKey
    return found[0]


def _forget_published() -> None:
    transaction.on_commit(partial(caches["default"].delete, KEYS_CACHE))
