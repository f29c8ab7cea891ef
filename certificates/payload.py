"""The signed payload in the QR code, so that a telephone can check a paper with no network (docs/adr/0011-signed-payload-in-the-qr-code.md).

Layout, big endian: version (1 byte, 1), key id (2, the first of SHA-256 over the public key), day of issue (2, days since 2000-01-01),
name digest (8, the first of SHA-256 over code and name), register number (UTF-8), Ed25519 signature (64) over PREFIX, code and all before.
Written as decimal digits behind a leading 1: QR codes pack digits most tightly, and they need no escaping in an address.
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

VERSION = 1
PREFIX = b"lms-certificate-1\0"
_EPOCH = date(2000, 1, 1)
_SIGNATURE_BYTES = 64
_HEAD_BYTES = 13


class BadPayload(Exception):
    """The digits were not signed by us for this code, or were changed since."""


@dataclass(frozen=True)
class Payload:
    key_id: bytes
    issued_on: date
    name_digest: bytes
    register_number: str


def sign(*, code: str, register_number: str, issued_on: date, name: str) -> str:
    """Return the digits that go behind the # of the address in the QR code."""
    key = signing_key()
    days = (issued_on - _EPOCH).days.to_bytes(2, "big")
    head = bytes([VERSION]) + key_id(key.public_key()) + days + name_digest(code, name)
    body = head + register_number.encode()
    return str(int.from_bytes(b"\x01" + body + key.sign(PREFIX + code.encode() + body), "big"))


def read(digits: str, *, code: str, public_key: Ed25519PublicKey) -> Payload:
    """Check the digits against the code and a public key, and return what they say.

    :raises BadPayload: when the digits are none of ours, belong to another code, or one of them was changed.
    """
    if not (digits.isascii() and digits.isdigit() and len(digits) < 400):
        raise BadPayload("digits")
    number = int(digits)
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    body, signature = data[1:-_SIGNATURE_BYTES], data[-_SIGNATURE_BYTES:]
    if len(body) <= _HEAD_BYTES or data[0] != 1 or body[0] != VERSION or body[1:3] != key_id(public_key):
        raise BadPayload("form")
    try:
        public_key.verify(signature, PREFIX + code.encode() + body)
    except InvalidSignature as error:
        raise BadPayload("signature") from error
    return Payload(body[1:3], _EPOCH + timedelta(days=int.from_bytes(body[3:5], "big")), body[5:_HEAD_BYTES], body[_HEAD_BYTES:].decode())


def name_digest(code: str, name: str) -> bytes:
    """Digest the name in capitals; the code is the salt, so that equal names on two papers differ."""
    return hashlib.sha256(f"{code}\0{clean(name).upper()}".encode()).digest()[:8]


def key_id(public_key: Ed25519PublicKey) -> bytes:
    return hashlib.sha256(public_key.public_bytes_raw()).digest()[:2]


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
