"""A key of this machine's own for signing papers, and the settings file that names it: `demo_key.py [FOLDER]`. Runs inside `.venv`.

Nobody trusts it, and its name says so. What is there already is left alone; only its owner can read it.
"""

import datetime
import os
import secrets
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

NAME = "Lớp học Công đoàn (khóa thử)"
SETTINGS = """# Made by scripts/demo_key.py for trying things out: readers say that its signatures are intact, and by nobody known.
[default]
file = "demo.p12"
password_file = "demo.password"
"""


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / "var" / "pdf-signing")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings = folder / "pdf-signing.toml"
    if not settings.exists():
        password = secrets.token_urlsafe(24)
        for name, content in (("demo.p12", key_file(password)), ("demo.password", password.encode()), ("pdf-signing.toml", SETTINGS.encode())):
            write(folder / name, content)
    print(settings)


def key_file(password: str) -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
        # The demonstration has papers of some years ago, which are signed with their own day.
        .not_valid_before(now - datetime.timedelta(days=3650)).not_valid_after(now + datetime.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .sign(key, hashes.SHA256()))
    return pkcs12.serialize_key_and_certificates(b"demo", key, certificate, None, BestAvailableEncryption(password.encode()))


def write(path: Path, content: bytes) -> None:
    """Write what only its owner may read; a file that is there from an earlier, broken try is written over."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)


if __name__ == "__main__":
    main()
