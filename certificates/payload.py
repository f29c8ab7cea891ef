"""The signed payload in the QR code, so that a telephone can check a paper with no network (docs/qr-format.md has every byte).

Layout, big endian: version (1 byte, 2), key id (2, the first of SHA-256 over the public key), day of issue (2, days since 2000-01-01),
first day without (2, the same; 0 for none), name digest (8, the first of SHA-256 over code and name), register number (UTF-8),
Ed25519 signature (64) over prefix, code, a zero byte and all before. Version 1 has no first day without and no zero byte. Written as
decimal digits behind a leading 1: QR codes pack digits most tightly, and they need no escaping in an address.
"""

import hashlib
import os
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from vietnamese.text import clean

VERSION = 2
_EPOCH = date(2000, 1, 1)
_SIGNATURE_BYTES = 64
# Bytes before the register number, by version.
_HEAD_BYTES = {1: 13, 2: 15}
_LONGEST = 400


class BadPayload(Exception):
    """The digits were not signed by us for this code, or were changed since."""


@dataclass(frozen=True)
class Payload:
    key_id: bytes
    issued_on: date
    name_digest: bytes
    register_number: str
    # The first day on which the paper is valid no more; papers of version 1 do not say.
    valid_until: date | None = None


def sign(*, code: str, register_number: str, issued_on: date, name: str, valid_until: date | None = None) -> str:
    """Return the digits that go behind the # of the address in the QR code."""
    key = signing_key()
    dates = _days(issued_on) + (_days(valid_until) if valid_until else bytes(2))
    body = bytes([VERSION]) + key_id(key.public_key()) + dates + name_digest(code, name) + register_number.encode()
    return str(int.from_bytes(b"\x01" + body + key.sign(_signed(code, body)), "big"))


def read(digits: str, *, code: str, public_key: Ed25519PublicKey) -> Payload:
    """Check the digits against the code and a public key, and return what they say.

    :raises BadPayload: when the digits are none of ours, belong to another code, or one of them was changed.
    """
    data = _data(digits)
    body, signature = data[1:-_SIGNATURE_BYTES], data[-_SIGNATURE_BYTES:]
    if len(data) < 2 or len(body) <= _HEAD_BYTES.get(data[1], _LONGEST) or data[0] != 1 or body[1:3] != key_id(public_key):
        raise BadPayload("form")
    try:
        public_key.verify(signature, _signed(code, body))
    except InvalidSignature as error:
        raise BadPayload("signature") from error
    head, number = body[:_HEAD_BYTES[body[0]]], body[_HEAD_BYTES[body[0]]:]
    ends = int.from_bytes(head[5:7], "big") if body[0] > 1 else 0
    return Payload(head[1:3], _day(int.from_bytes(head[3:5], "big")), head[-8:], number.decode(), _day(ends) if ends else None)


def _data(digits: str) -> bytes:
    if not (digits.isascii() and digits.isdigit() and len(digits) < _LONGEST) or digits.startswith("0"):
        raise BadPayload("digits")
    number = int(digits)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _signed(code: str, body: bytes) -> bytes:
    """What the signature stands over; every kind of thing that the key signs begins with a prefix of its own."""
    return b"lms-certificate-%d\0" % body[0] + code.encode() + (b"\0" if body[0] > 1 else b"") + body


def _days(day: date) -> bytes:
    return (day - _EPOCH).days.to_bytes(2, "big")


def _day(days: int) -> date:
    return _EPOCH + timedelta(days=days)


def name_digest(code: str, name: str) -> bytes:
    """Digest the name in capitals; the code is the salt, so that equal names on two papers differ."""
    return hashlib.sha256(f"{code}\0{clean(name).upper()}".encode()).digest()[:8]


def key_id(public_key: Ed25519PublicKey) -> bytes:
    return bytes.fromhex(fingerprint(public_key))[:2]


def fingerprint(public_key: Ed25519PublicKey) -> str:
    return hashlib.sha256(public_key.public_bytes_raw()).hexdigest()


def revocation_digest(code: str, digits: str) -> bytes:
    """Digest a paper for the list of revocations, from what its QR code says.

    The digits hold a signature that nobody can guess. The code alone could be found by trying all codes against the list.
    """
    return hashlib.sha256(f"lms-revocation-1\0{code}\0{digits}".encode()).digest()[:8]


def signing_key() -> Ed25519PrivateKey:
    """Return the key derived from CERTIFICATE_SIGNING_KEY; a development machine without one makes its own in VAR_DIR.

    :raises ImproperlyConfigured: in production without the setting.
    """
    secret = getattr(settings, "CERTIFICATE_SIGNING_KEY", "")
    if not secret:
        if not (settings.DEBUG or settings.TESTING):
            raise ImproperlyConfigured("Set CERTIFICATE_SIGNING_KEY: at least 40 random characters, kept for as long as certificates are.")
        secret = _development_secret(settings.VAR_DIR)
    return _derived_key(secret)


@cache
def _derived_key(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"certificate signing\0" + secret.encode()).digest())


def _development_secret(folder: Path) -> str:
    path = Path(folder) / "certificate-signing-key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # O_EXCL: of two processes that start at once, one writes and the other reads.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(os.urandom(32).hex())
    except FileExistsError:
        pass
    return path.read_text()
