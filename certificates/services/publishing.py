"""What checkers without network need: all public keys, and a signed list of papers that are no longer what they were.

Keeps true: both are the same for everybody, are made at most once a minute, and name nobody: the list holds digests that only
somebody with the QR code can compare (docs/qr-format.md).
"""

import hashlib
import json
from datetime import UTC, datetime, timedelta

from django.core.cache import caches

from certificates import payload
from certificates.models import SigningKey
from certificates.selectors import ended_papers
from certificates.services.keys import KEYS_CACHE, note_key_in_use

LIST_CACHE = "published-revocations"
CACHE_SECONDS = 60
NEXT_LIST = timedelta(days=1)
_KEYS_FORMAT, _LIST_FORMAT = "lms-certificate-keys-1", "lms-revocations-1"
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


def published_keys(*, now: datetime) -> bytes:
    """Return all public keys as JSON, the earliest first; the present one is entered if it is new. One query, once a minute."""
    present = payload.fingerprint(payload.signing_key().public_key())
    # What was kept before the key was changed lacks the one that the list of revocations is signed with by now.
    if (kept := caches["default"].get(KEYS_CACHE)) and present.encode() in kept:
        return kept
    rows = list(SigningKey.objects.order_by("first_used_at", "pk"))
    if present not in {row.fingerprint for row in rows}:
        note_key_in_use(now=now)
        rows = list(SigningKey.objects.order_by("first_used_at", "pk"))
    made = _json({"format": _KEYS_FORMAT, "keys": [_key(row) for row in rows]})
    caches["default"].set(KEYS_CACHE, made, CACHE_SECONDS)
    return made


def published_revocations(*, now: datetime) -> bytes:
    """Return the list of ended papers as JSON, signed by the present key. One query, once a minute."""
    key = payload.signing_key()
    fingerprint = payload.fingerprint(key.public_key())
    name = f"{LIST_CACHE}:{fingerprint}"
    if kept := caches["default"].get(name):
        return kept
    sequence, digests = ended_papers()
    listed = {
        "format": _LIST_FORMAT, "sequence": sequence, "made_at": f"{now.astimezone(UTC):{_MOMENT}}",
        "next_at": f"{(now + NEXT_LIST).astimezone(UTC):{_MOMENT}}", **{kind: "".join(sorted(found)) for kind, found in digests.items()},
        "key": fingerprint}
    made = _json(listed | {"signature": key.sign(canonical(listed)).hex()})
    caches["default"].set(name, made, CACHE_SECONDS)
    return made


def canonical(listed: dict) -> bytes:
    """Return the bytes of a list that its signature stands over: one line for each part, in a fixed order."""
    names = ("format", "sequence", "made_at", "next_at", "revoked", "superseded", "ask", "key")
    return "".join(f"{listed[name]}\n" for name in names).encode()


def etag_of(document: bytes) -> str:
    return f'"{hashlib.sha256(document).hexdigest()[:32]}"'


def _key(row: SigningKey) -> dict:
    state = "compromised" if row.compromised_at else "retired" if row.retired_at else "active"
    return {
        "id": row.fingerprint[:4], "fingerprint": row.fingerprint, "public_key": row.public_key, "state": state,
        "first_used_at": _moment(row.first_used_at), "retired_at": _moment(row.retired_at), "compromised_at": _moment(row.compromised_at)}


def _moment(at: datetime | None) -> str | None:
    return at and f"{at.astimezone(UTC):{_MOMENT}}"


def _json(document: dict) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
