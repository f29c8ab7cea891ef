"""Keys on PKCS#11 tokens, with SoftHSM standing in for one that is plugged in."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typst
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from certificates import signing
from certificates.signing import checks, errors, tokens
from certificates.signing.keys import key_of
from certificates.signing.reading import signatures_of
from tests.factories import signing as keys

AT = datetime(2026, 11, 20, 7, 3, 22, tzinfo=UTC)
PIN, TOKEN, LABEL = "4321", "cong-doan", "khoa-ky"
PLACES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so")


@pytest.fixture(scope="session")
def module() -> str:
    found = next((place for place in PLACES if Path(place).exists()), None)
    if not (found and shutil.which("softhsm2-util")):
        pytest.skip("SoftHSM is not installed (Debian: apt install softhsm2)")
    return found


@pytest.fixture(scope="session")
def token(module, rsa_key, tmp_path_factory):
    """A token with the session's key and its certificate; the library reads where tokens lie when it is first loaded."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SOFTHSM2_CONF", str(settings))
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--so-pin", "12345678", "--pin", PIN], check=True, capture_output=True)
        _fill(module, rsa_key)
        yield module


def _fill(module: str, key) -> None:
    import pkcs11
    from pkcs11.util.rsa import decode_rsa_private_key
    from pkcs11.util.x509 import decode_x509_certificate

    private = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    shared = {pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.LABEL: LABEL, pkcs11.Attribute.ID: b"1"}
    with pkcs11.lib(module).get_token(token_label=TOKEN).open(rw=True, user_pin=PIN) as session:
        session.create_object({
            **decode_rsa_private_key(private), **shared, pkcs11.Attribute.PRIVATE: True, pkcs11.Attribute.SIGN: True,
            pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False})
        session.create_object({**decode_x509_certificate(keys.certificate(key).public_bytes(Encoding.DER)), **shared})


@pytest.fixture
def on_token(token, settings, tmp_path):
    def write(*, pin: str = PIN, **changes: str) -> None:
        said = {"module": token, "token": TOKEN, "certificate": LABEL, "pin_file": "pin", **changes}
        (tmp_path / "pin").write_text(pin)
        (tmp_path / "tokens.toml").write_text("[default]\n" + "".join(f'{name} = "{value}"\n' for name, value in said.items()))
        settings.PDF_SIGNING = str(tmp_path / "tokens.toml")

    return write


@pytest.fixture(scope="session")
def paper() -> bytes:
    return typst.compile(b"= Paper", format="pdf")


def sign(paper: bytes) -> signing.SignedPaper:
    return signing.sign_paper(paper, unit_code="TL", at=AT)


def test_a_token_signs_as_the_file_with_the_same_key_does(paper, on_token, signs, settings):
    from_file = sign(paper)
    on_token()
    from_token = sign(paper)
    assert signatures_of(from_token.pdf)[0].is_whole
    assert (from_token.fingerprint, signatures_of(from_token.pdf)[0].subject) == (from_file.fingerprint, "Công đoàn phường Tân Lập")


def test_a_wrong_pin_is_asked_of_the_token_once(paper, on_token, monkeypatch):
    on_token(pin="1111")
    with pytest.raises(errors.WrongPin):
        sign(paper)

    def asked_again(*args):
        raise AssertionError("the token was asked again")

    monkeypatch.setattr(tokens, "_session", asked_again)
    with pytest.raises(errors.WrongPin):
        sign(paper)
    monkeypatch.undo()
    on_token()
    assert sign(paper).fingerprint


@pytest.mark.parametrize(("changes", "error"), [
    ({"token": "nobody"}, errors.TokenMissing), ({"certificate": "nobody"}, errors.TokenObjectMissing), ({"key": "nobody"}, errors.TokenObjectMissing),
    ({"module": "/usr/lib/none.so"}, errors.TokenLibraryMissing), ({"pin_file": "none"}, errors.SecretMissing),
])
def test_what_is_not_there_is_named(paper, on_token, changes, error):
    on_token(**changes)
    with pytest.raises(error):
        sign(paper)


def test_check_reads_the_certificate_without_logging_in(on_token):
    on_token(pin="2222")
    assert checks.check_keys() == []
    on_token(token="nobody")
    assert [(each.level, each.id) for each in checks.check_keys()] == [(30, "certificates.signing_token_missing")]
    on_token()
    assert checks.check_keys_by_signing() == []


def test_a_token_that_was_pulled_out_is_found_again(paper, on_token):
    on_token()
    first = sign(paper).pdf
    key_of("TL").close()
    with pytest.raises(errors.TokenMissing):
        sign(paper)
    assert sign(paper).pdf == first
