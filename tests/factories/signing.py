"""Keys for signing, as small as the test needs. Drawing an RSA key takes a while, so ask for them once a session."""

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

PASSWORD = "Mật khẩu 1"
BEGINS, ENDS = datetime(2026, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)


def rsa_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def elliptic_key():
    return ec.generate_private_key(ec.SECP256R1())


def certificate(key, name: str = "Công đoàn phường Tân Lập", *, of=None, begins=BEGINS, ends=ENDS, signs: bool = True, stamps: bool = False):
    """A self-signed certificate of the key, or one that holds the public key `of` another."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    usage = dict.fromkeys(
        ("data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False)
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key((of or key).public_key()).serial_number(1946)
        .not_valid_before(begins).not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=signs, content_commitment=signs, key_encipherment=not signs, **usage), critical=True))
    if stamps:
        builder = builder.add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return builder.sign(key, hashes.SHA256())


def key_file(key, signed, password: str = PASSWORD) -> bytes:
    return pkcs12.serialize_key_and_certificates(b"khoa", key, signed, None, BestAvailableEncryption(password.encode()))


def settings_file(folder: Path, key_data: bytes, *, section: str = "default", password: str = PASSWORD, more: str = "") -> Path:
    """Write the key, its password and the settings that name them; return the path for PDF_SIGNING."""
    (folder / "khoa.p12").write_bytes(key_data)
    (folder / "khoa.password").write_text(f"{password}\n")
    path = folder / "pdf-signing.toml"
    path.write_text(f'[{section}]\nfile = "khoa.p12"\npassword_file = "khoa.password"\n{more}')
    return path
