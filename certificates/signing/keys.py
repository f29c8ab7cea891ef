"""The keys of the units, loaded at first use and kept for the life of the process.

Keeps true: a key is only used when it belongs to its certificate; a token that refused a PIN is not asked again with the same one,
because tokens lock themselves after a few.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from django.conf import settings
from django.utils.timezone import localtime

from certificates.signing.configuration import DEFAULT, Section, sections_of
from certificates.signing.errors import CertificateExpired, CertificateNotYetValid, KeyMismatch, KeyNotForSigning, SigningError

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer

_TRIAL = b"Does this key belong to its certificate?"
_RSA_MAXIMUM_BYTES = 1024


@dataclass(frozen=True)
class UnitKey:
    """A key that is ready to sign. `raw` returns the bare signature over bytes, digested with SHA-256."""

    section: Section
    certificate: x509.Certificate
    signer: "Signer"
    raw: Callable[[bytes], bytes]
    # Ends what a token holds open.
    close: Callable[[], None] = lambda: None

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def subject(self) -> str:
        names = self.certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return str(names[0].value) if names else self.certificate.subject.rfc4514_string()

    @property
    def reserved_bytes(self) -> int:
        """Room for the signature in hexadecimal digits: certificates, two signatures' worth of RSA-8192, a time stamp with its chain."""
        certificates = sum(len(each.dump()) for each in [self.signer.signing_cert, *self.signer.cert_registry])
        needed = certificates + 2 * _RSA_MAXIMUM_BYTES + (20_000 if self.section.tsa else 0)
        return -(-2 * needed // 2048) * 2048

    def refuse_at(self, at: datetime) -> None:
        """Refuse a moment in which the certificate is not valid.

        :raises CertificateExpired:
        :raises CertificateNotYetValid:
        """
        ends, begins = self.certificate.not_valid_after_utc, self.certificate.not_valid_before_utc
        if at >= ends:
            raise CertificateExpired(section=self.section.name, day=f"{localtime(ends):%d/%m/%Y}")
        if at < begins:
            raise CertificateNotYetValid(section=self.section.name, day=f"{localtime(begins):%d/%m/%Y}")


class _Keys:
    """What was loaded from one state of the settings file; saving the file again begins anew."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.state: tuple | None = None
        self.sections: dict[str, Section] = {}
        self.loaded: dict[str, UnitKey] = {}

    def of(self, unit_code: str, path: Path) -> UnitKey | None:
        with self.lock:
            self._follow(path)
            section = self.sections.get(unit_code) or self.sections.get(DEFAULT)
            if section is None:
                return None
            if section.name not in self.loaded:
                self.loaded[section.name] = loaded(section)
            return self.loaded[section.name]

    def forget(self, key: UnitKey) -> None:
        with self.lock:
            if self.loaded.get(key.section.name) is key:
                self.loaded.pop(key.section.name).close()

    def _follow(self, path: Path) -> None:
        state = (path, path.stat().st_mtime_ns if path.exists() else 0)
        if state != self.state:
            for key in self.loaded.values():
                key.close()
            self.sections, self.loaded, self.state = {}, {}, None
            self.sections, self.state = sections_of(path), state


_KEYS = _Keys()


def settings_path() -> Path | None:
    """Return the file that PDF_SIGNING names; None where papers are not signed."""
    text = getattr(settings, "PDF_SIGNING", "")
    return Path(settings.BASE_DIR, text) if text else None


def key_of(unit_code: str) -> UnitKey | None:
    """Return the unit's key, or the default one; None where there is neither, so that papers stay unsigned.

    :raises SigningError: when there is one and it cannot be used; the class says why.
    """
    path = settings_path()
    return _KEYS.of(unit_code, path) if path else None


def forget(key: UnitKey) -> None:
    """Drop a key that failed, so that the next paper loads it anew: a token may have been pulled out and plugged in again."""
    _KEYS.forget(key)


def loaded(section: Section) -> UnitKey:
    """Load the key of a section and try it once against its certificate.

    :raises SigningError: the class says why it cannot be used.
    """
    # Each kind brings libraries of its own, and a token's may be missing.
    if section.file:
        from certificates.signing.keyfiles import key_in_file as load
    else:
        from certificates.signing.tokens import key_on_token as load
    key = load(section)
    try:
        check_use(section, key.certificate)
        _try(key)
    except SigningError:
        key.close()
        raise
    return key


def check_use(section: Section, certificate: x509.Certificate) -> None:
    """Refuse a certificate whose extensions do not let it sign documents.

    :raises KeyNotForSigning:
    """
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        raise KeyNotForSigning(section=section.name)


def _try(key: UnitKey) -> None:
    """Sign a few bytes and check them with the certificate's public key."""
    try:
        _verify(key.certificate.public_key(), key.raw(_TRIAL))
    except SigningError:
        raise
    except (InvalidSignature, ValueError, TypeError) as error:
        raise KeyMismatch(section=key.section.name) from error


def _verify(public, signature: bytes) -> None:
    match public:
        case rsa.RSAPublicKey():
            public.verify(signature, _TRIAL, padding.PKCS1v15(), hashes.SHA256())
        case ec.EllipticCurvePublicKey():
            public.verify(signature, _TRIAL, ec.ECDSA(hashes.SHA256()))
        case ed25519.Ed25519PublicKey():
            public.verify(signature, _TRIAL)
        case _:
            raise TypeError("kind of key")


