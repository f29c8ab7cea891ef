"""Keys in PKCS#12 files. The private key is loaded once: checking an RSA key anew costs ten times a signature."""

from asn1crypto import pkcs12 as asn1_pkcs12
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certificates.signing.configuration import Section
from certificates.signing.errors import KeyFileBroken, KeyFileMissing, KeyNotForSigning, WrongPassword
from certificates.signing.keys import UnitKey

_KINDS = (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey)


class _InMemory(Signer):
    """pyHanko's signer over a private key that is loaded already."""

    def __init__(self, private, certificate, others) -> None:
        store = SimpleCertificateStore()
        store.register_multiple(others)
        super().__init__(signing_cert=certificate, cert_registry=store)
        self.private = private

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return self.sign_raw(data, digest_algorithm)

    def sign_raw(self, data: bytes, digest_algorithm: str = "sha256") -> bytes:
        digest = {"sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}[digest_algorithm]()
        match self.private:
            case rsa.RSAPrivateKey():
                return self.private.sign(data, padding.PKCS1v15(), digest)
            case ec.EllipticCurvePrivateKey():
                return self.private.sign(data, ec.ECDSA(digest))
            case _:
                return self.private.sign(data)


def key_in_file(section: Section) -> UnitKey:
    """Load the key of a section that names a file.

    :raises SigningError: KeyFileMissing, SecretMissing, WrongPassword, KeyFileBroken or KeyNotForSigning.
    """
    try:
        data = section.file.read_bytes()
    except OSError as error:
        raise KeyFileMissing(section=section.name, file=section.file) from error
    password = section.secret.read().encode()
    try:
        private, certificate, others = pkcs12.load_key_and_certificates(data, password or None)
    except ValueError as error:
        # The library says the same of a wrong password and of a file that is something else.
        raise (WrongPassword if _is_pkcs12(data) else KeyFileBroken)(section=section.name, file=section.file) from error
    if private is None or certificate is None:
        raise KeyFileBroken(section=section.name, file=section.file)
    if not isinstance(private, _KINDS):
        raise KeyNotForSigning(section=section.name)
    signer = _InMemory(private, _as_asn1(certificate), [_as_asn1(each) for each in others])
    return UnitKey(section=section, certificate=certificate, signer=signer, raw=signer.sign_raw)


def _as_asn1(certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _is_pkcs12(data: bytes) -> bool:
    try:
        return asn1_pkcs12.Pfx.load(data, strict=True)["version"].native == "v3"
    except (ValueError, TypeError, KeyError):
        return False
