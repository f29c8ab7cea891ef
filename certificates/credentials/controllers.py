"""Who issues, and with which keys: the profile of an issuer, which is its controller document too (Controlled Identifiers v1.0, 2.1).

Keeps true: a key that has ever signed stays published; one that is known to somebody else stays as well, marked, and vouches for nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from certificates import payload
from certificates.credentials.addresses import key_address, profile_address
from certificates.credentials.proofs import OPEN_BADGES, multikey, stamp
from certificates.models import Issuer, SigningKey

# Of the contexts that say what `assertionMethod` means, this is the one that every verifier carries.
_CONTROLLER = "https://www.w3.org/ns/did/v1"
_MULTIKEY = "https://w3id.org/security/multikey/v1"


@dataclass(frozen=True)
class PublishedKey:
    fingerprint: str
    public_key: bytes
    first_used_at: datetime | None = None
    retired_at: datetime | None = None
    compromised_at: datetime | None = None


def published_keys() -> list[PublishedKey]:
    """Return every key that signs or has signed, the oldest first. One query; the present one is among them before it is entered."""
    keys = [
        PublishedKey(row.fingerprint, bytes.fromhex(row.public_key), row.first_used_at, row.retired_at, row.compromised_at)
        for row in SigningKey.objects.order_by("first_used_at", "pk")]
    present = payload.signing_key().public_key()
    fingerprint = payload.fingerprint(present)
    if fingerprint not in [key.fingerprint for key in keys]:
        keys.append(PublishedKey(fingerprint, present.public_bytes_raw()))
    return keys


def present_key() -> PublishedKey:
    """Return the public half of the key that signs now, as it is entered. One query."""
    fingerprint = payload.fingerprint(payload.signing_key().public_key())
    return next(key for key in published_keys() if key.fingerprint == fingerprint)


def profile_of(issuer: Issuer) -> dict:
    """Return the profile of an issuer with its keys, as the verifier of a credential fetches it. One query."""
    keys = published_keys()
    return {
        "@context": [_CONTROLLER, _MULTIKEY, OPEN_BADGES],
        "id": profile_address(issuer),
        "type": ["Profile"],
        "name": issuer.name,
        "verificationMethod": [_method(issuer, key) for key in keys],
        "assertionMethod": [key_address(issuer, key.fingerprint) for key in keys if not key.compromised_at],
    }


def key_document(issuer: Issuer, fingerprint: str) -> dict | None:
    """Return one key of an issuer, or None when it has none of that fingerprint. One query.

    All issuers of a site sign with one key; each has an address of its own for it, since a verifier asks that the key name its issuer.
    """
    found = next((key for key in published_keys() if key.fingerprint == fingerprint), None)
    return {"@context": _MULTIKEY, **_method(issuer, found)} if found else None


def _method(issuer: Issuer, key: PublishedKey) -> dict:
    method = {
        "id": key_address(issuer, key.fingerprint), "type": "Multikey", "controller": profile_address(issuer),
        "publicKeyMultibase": multikey(key.public_key)}
    # Not `expires` for a retired key: what it signed before stays good.
    return method | ({"revoked": stamp(key.compromised_at)} if key.compromised_at else {})
