"""Signatures in papers: valid for readers that nobody here wrote, the same bytes twice, and nothing issued when the key fails."""

import hashlib
import io
import shutil
import subprocess
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pypdf
import pytest
import typst
from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.checks import run_checks
from page import validate_pdf

from certificates import services, signing
from certificates.models import Certificate, RegisterEntry, Series
from certificates.signing import checks, errors
from certificates.signing.reading import signatures_of
from tests.factories import certificates as factory
from tests.factories import courses
from tests.factories import signing as keys

pytestmark = pytest.mark.same_everywhere

AT = datetime(2026, 11, 20, 7, 3, 22, tzinfo=UTC)


@pytest.fixture(scope="session")
def paper() -> bytes:
    """An archival, tagged PDF from the typesetting engine; what stands on it does not matter here."""
    source = b'#set document(title: "Paper")\n#set text(lang: "vi")\n= Paper'
    return typst.compile(source, format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=AT)


def sign(pdf: bytes, at: datetime = AT) -> signing.SignedPaper:
    return signing.sign_paper(pdf, unit_code="TL", at=at)


# Signed papers

def test_without_a_key_papers_stay_as_they_are(paper, settings):
    settings.PDF_SIGNING = ""
    assert sign(paper) == signing.SignedPaper(paper, "")


def test_signature_is_valid_covers_the_file_and_says_who(paper, signs, rsa_key):
    signed = sign(paper)
    found, = signatures_of(signed.pdf)
    assert (found.is_whole, found.subject, found.has_time_stamp) == (True, "Công đoàn phường Tân Lập", False)
    certificate = keys.certificate(rsa_key).public_bytes(Encoding.DER)
    assert signed.fingerprint == found.fingerprint == hashlib.sha256(certificate).hexdigest()


def test_same_paper_key_and_moment_give_the_same_bytes_behind_the_typeset_ones(paper, signs):
    first = sign(paper).pdf
    assert sign(paper).pdf == first
    assert first.startswith(paper)
    assert sign(paper, AT.replace(hour=8)).pdf != first


@pytest.fixture
def failures(tmp_path):
    """`failures(pdf, profile)` asks a validator that nobody here wrote."""

    def ask(pdf: bytes, profile: str) -> list[str]:
        path = tmp_path / "asked.pdf"
        path.write_bytes(pdf)
        return [str(each) for each in validate_pdf(str(path), profile=profile).failures]

    return ask


@pytest.mark.parametrize("profile", ["2a", "ua1"])
def test_signed_paper_is_archival_and_accessible_still(paper, signs, failures, profile):
    assert failures(paper, profile) == failures(sign(paper).pdf, profile) == []


def test_pdfsig_says_valid_and_sees_a_changed_byte(paper, signs, tmp_path):
    if not shutil.which("pdfsig"):
        pytest.skip("pdfsig is not installed (Debian: apt install poppler-utils)")
    path = tmp_path / "paper.pdf"

    def verdict(data: bytes) -> str:
        path.write_bytes(data)
        return subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout

    signed = sign(paper).pdf
    said = verdict(signed)
    assert "Signature is Valid" in said and "Total document signed" in said and "ETSI.CAdES.detached" in said
    at = signed.index(b"/Lang")
    assert "Signature is Valid" not in verdict(signed[:at + 7] + b"w" + signed[at + 8:])


def test_signature_states_moment_reason_and_place_and_certifies(paper, signs):
    signs(more='reason = "Cấp giấy"\nlocation = "Tân Lập"\n')
    reader = pypdf.PdfReader(io.BytesIO(sign(paper).pdf))
    stated = reader.trailer["/Root"]["/AcroForm"]["/Fields"][0]["/V"]
    assert (stated["/M"], stated["/Reason"], stated["/Location"]) == ("D:20261120070322Z", "Cấp giấy", "Tân Lập")
    # Nothing may be changed after the issuer (ISO 32000-1, 12.8.2.2).
    assert stated["/Reference"][0]["/TransformParams"]["/P"] == 1


def test_elliptic_keys_sign_too(paper, signs):
    key = keys.elliptic_key()
    signs(keys.key_file(key, keys.certificate(key)))
    assert signatures_of(sign(paper).pdf)[0].is_whole


def test_each_unit_signs_with_its_own_key(paper, signs, key_data):
    signs(section="HB")
    assert sign(paper).fingerprint == ""
    assert signing.sign_paper(paper, unit_code="HB", at=AT).fingerprint != ""


def test_certificate_of_the_register_names_its_signature(learner, signs):
    row = factory.certificate(learner)
    stored = row.pdf.open().read()
    found, = signatures_of(stored)
    assert (found.is_whole, row.signed_with) == (True, found.fingerprint)
    assert row.pdf_sha256 == hashlib.sha256(stored).hexdigest()
    assert row.typeset_sha256 == hashlib.sha256(services.typeset_again(row)).hexdigest()


# Keys that fail: nothing is issued

@pytest.mark.parametrize(("make", "code"), [
    (lambda signs, key: signs(password="khác"), "signing_wrong_password"),
    (lambda signs, key: signs(b"no key"), "signing_key_broken"),
    (lambda signs, key: signs(keys.key_file(key, keys.certificate(key, ends=datetime(2026, 11, 1, tzinfo=UTC)))), "signing_expired"),
    (lambda signs, key: signs(keys.key_file(key, keys.certificate(key, begins=datetime(2026, 12, 1, tzinfo=UTC)))), "signing_not_yet"),
    (lambda signs, key: signs(keys.key_file(key, keys.certificate(key, signs=False))), "signing_key_use"),
    (lambda signs, key: signs(more='tsa = "http://127.0.0.1:9/"\n'), "signing_time_stamp"),
    (lambda signs, key: signs(more='tsr = "http://127.0.0.1:9/"\n'), "signing_settings"),
])
def test_a_key_that_fails_issues_nothing_and_says_why(learner, signs, rsa_key, make, code):
    make(signs, rsa_key)
    factory.issuer()
    done = factory.completion(learner)
    with pytest.raises(services.CertificateError) as refused:
        services.issue_certificate(user=learner, course=done.enrolment.course, completion=done, now=factory.NOW)
    assert refused.value.code == code
    assert refused.value.message
    assert (Certificate.objects.count(), RegisterEntry.objects.count(), Series.objects.filter(taken__gt=0).count()) == (0, 0, 0)


def test_a_mended_key_signs_without_a_restart_and_takes_the_first_number(learner, signs):
    signs(password="khác")
    factory.issuer()
    done = factory.completion(learner, courses.course())
    with pytest.raises(services.CertificateError):
        services.issue_certificate(user=learner, course=done.enrolment.course, completion=done, now=factory.NOW)
    signs()
    row = services.issue_certificate(user=learner, course=done.enrolment.course, completion=done, now=factory.NOW)
    assert (row.number, bool(row.signed_with)) == (1, True)


def test_a_key_that_is_not_its_certificates_is_refused(paper, signs, rsa_key, monkeypatch):
    other = keys.elliptic_key()
    strange = keys.certificate(rsa_key, of=other)
    from certificates.signing import keyfiles

    monkeypatch.setattr(keyfiles.pkcs12, "load_key_and_certificates", lambda data, password: (rsa_key, strange, []))
    with pytest.raises(errors.KeyMismatch):
        sign(paper)


def test_missing_files_are_named(paper, signs, tmp_path):
    (tmp_path / "khoa.password").unlink()
    with pytest.raises(errors.SecretMissing, match=r"khoa\.password"):
        sign(paper)
    (tmp_path / "khoa.p12").unlink()
    with pytest.raises(errors.KeyFileMissing, match=r"khoa\.p12"):
        sign(paper)
    (tmp_path / "pdf-signing.toml").unlink()
    with pytest.raises(errors.SettingsWrong, match=r"pdf-signing\.toml"):
        sign(paper)


def test_password_may_stand_in_the_environment(paper, signs, tmp_path, monkeypatch):
    (tmp_path / "pdf-signing.toml").write_text('[default]\nfile = "khoa.p12"\npassword_env = "PDF_PASSWORD"\n')
    with pytest.raises(errors.SecretMissing, match="PDF_PASSWORD"):
        sign(paper)
    monkeypatch.setenv("PDF_PASSWORD", keys.PASSWORD)
    assert sign(paper).fingerprint


@pytest.mark.parametrize("text", [
    "", "default = 1", "[default]\n", "[default]\nfile = 1\n", "[default]\nfile = 'a'\nmodule = 'b'\n", "[default]\nfile = 'a'\npin_env = 'P'\n",
    "[default]\nmodule = 'a'\ntoken = 'b'\n", "[default]\nfile = 'a'\ntsa = 'ftp://x'\n", "[default]\nfile = 'a'\ntsa_seconds = 0\n", "[default",
    "[default]\nfile = 'a'\npassword_env = 'A'\npassword_file = 'B'\n",
])
def test_settings_that_are_not_understood_are_refused(paper, signs, tmp_path, text):
    (tmp_path / "pdf-signing.toml").write_text(text)
    with pytest.raises(errors.SettingsWrong):
        sign(paper)


def test_what_is_no_pdf_is_not_signed(signs):
    with pytest.raises(errors.SigningError):
        sign(b"no paper")


# Time stamps

class _Server(BaseHTTPRequestHandler):
    answer = None

    def do_POST(self):
        asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        body = type(self).answer(asked)
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    """A time-stamp server on the loopback; the test says what it answers."""
    handler = type("Handler", (_Server,), {})
    with HTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=[0.01], daemon=True)
        thread.start()
        yield handler, f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def stamping(rsa_key):
    from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

    certificate = keys.certificate(rsa_key, "Dấu thời gian", stamps=True)
    private = rsa_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return DummyTimeStamper(
        asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER)), asn1_keys.PrivateKeyInfo.load(private), fixed_dt=AT)


def test_a_time_stamp_server_makes_b_t(paper, signs, server, stamping, failures):
    handler, url = server
    handler.answer = lambda asked: stamping.request_tsa_response(asked).dump()
    signs(more=f'tsa = "{url}"\n')
    signed = sign(paper).pdf
    found, = signatures_of(signed)
    assert (found.is_whole, found.has_time_stamp) == (True, True)
    assert failures(signed, "2a") == []


@pytest.mark.parametrize("body", [b"", b"no stamp", b"<html>"])
def test_a_time_stamp_server_that_answers_nonsense_stops_the_signature(paper, signs, server, body):
    handler, url = server
    handler.answer = lambda asked: body
    signs(more=f'tsa = "{url}"\n')
    with pytest.raises(errors.TimeStampFailed, match=r"127\.0\.0\.1"):
        sign(paper)


def test_a_stamp_of_something_else_stops_the_signature(paper, signs, server, stamping):
    handler, url = server

    def of_something_else(asked):
        asked["message_imprint"]["hashed_message"] = b"\0" * 32
        return stamping.request_tsa_response(asked).dump()

    handler.answer = of_something_else
    signs(more=f'tsa = "{url}"\n')
    with pytest.raises(errors.TimeStampFailed):
        sign(paper)


# manage.py check

def said() -> list[tuple[int, str]]:
    return [(each.level, each.id) for each in checks.check_keys()]


def test_check_is_silent_without_keys_and_with_a_good_one(settings, signs):
    assert said() == []
    settings.PDF_SIGNING = ""
    assert said() == []


def test_check_stops_on_wrong_settings_and_warns_of_what_time_brings(settings, signs, rsa_key):
    signs(password="khác")
    assert said() == [(40, "certificates.signing_wrong_password")]
    told = run_checks(tags=["certificates"], include_deployment_checks=True)
    assert [each.id for each in told] == ["certificates.signing_wrong_password"]
    settings.PDF_SIGNING = "/nowhere/signing.toml"
    told = run_checks(tags=["certificates"], include_deployment_checks=True)
    assert [each.id for each in told] == ["certificates.signing_settings"]
    signs(keys.key_file(rsa_key, keys.certificate(rsa_key, ends=datetime(2026, 2, 1, tzinfo=UTC))))
    assert said() == [(30, "certificates.signing_expired")]
