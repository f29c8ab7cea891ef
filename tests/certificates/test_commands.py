"""The command line's doors: counts, refused rows by name, an exit code for scripts."""

import io

import pytest
from django.core.management import CommandError, call_command

from certificates import services
from certificates.models import Certificate
from tests.factories import certificates as factory
from tests.factories import courses

pytestmark = pytest.mark.django_db


def run(*args) -> tuple[str, str, bool]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*args, stdout=out, stderr=err)
    except CommandError:
        return out.getvalue(), err.getvalue(), False
    return out.getvalue(), err.getvalue(), True


@pytest.fixture
def certificate(learner):
    return factory.certificate(learner)


@pytest.fixture
def paper(certificate, tmp_path):
    path = tmp_path / "giay.pdf"
    path.write_bytes(certificate.pdf.open().read())
    return path


def test_issue_certificates_issues_what_is_missing(learner, outsider):
    course = courses.course()
    factory.certificate(learner, course)
    factory.completion(outsider, course)
    assert run("issue_certificates") == ("002/GCN-CĐ: Đỗ Văn Ngoài, Thương lượng tập thể\n1 issued, 0 refused\n", "", True)
    assert run("issue_certificates") == ("0 issued, 0 refused\n", "", True)


def test_issue_certificates_names_whom_it_refuses_and_fails(learner):
    factory.completion(learner)
    out, err, ok = run("issue_certificates")
    assert (out, ok) == ("0 issued, 1 refused\n", False)
    assert err.startswith("Nguyễn Thị Mai, Thương lượng tập thể: no_issuer.")


def test_verify_says_valid_for_the_file_as_issued(paper):
    out, err, ok = run("verify_certificate", str(paper))
    assert (ok, err) == (True, "")
    assert ": valid." in out and "001/GCN-CĐ" in out and out.endswith("1 checked, 0 not valid\n")


def test_verify_says_revoked_for_an_unchanged_file(certificate, paper, administrator, now):
    services.revoke_certificate(certificate=certificate, reason="Cấp nhầm", by=administrator, now=now)
    _out, err, ok = run("verify_certificate", str(paper))
    assert (ok, ": revoked." in err) == (False, True)


def test_verify_says_altered_when_one_byte_changed(paper):
    data = bytearray(paper.read_bytes())
    data[-10] ^= 1
    paper.write_bytes(bytes(data))
    _out, err, ok = run("verify_certificate", str(paper))
    assert (ok, ": altered." in err) == (False, True)


def test_verify_says_altered_for_a_paper_typeset_with_another_name(certificate, paper):
    certificate.snapshot["name"] = "Kẻ Giả Mạo"
    paper.write_bytes(services.typeset_again(certificate))
    assert ": altered." in run("verify_certificate", str(paper))[1]


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7 broken"])
def test_verify_says_unknown_for_another_file(content, tmp_path):
    path = tmp_path / "khac.pdf"
    path.write_bytes(content)
    assert ": unknown." in run("verify_certificate", str(path))[1]


def test_verify_says_unreadable_for_no_file(tmp_path):
    assert ": unreadable." in run("verify_certificate", str(tmp_path / "none.pdf"))[1]


def test_verify_takes_codes_and_several_papers(certificate, paper):
    out, err, ok = run("verify_certificate", certificate.code.lower(), "7K2M-9Q4T-X2", str(paper))
    assert ok is False
    assert out.splitlines()[0].startswith(f"{certificate.code.lower()}: valid. 001/GCN-CĐ, NGUYỄN T*** MAI")
    assert out.splitlines()[-1] == "3 checked, 1 not valid"
    assert err.startswith("7K2M-9Q4T-X2: unknown.")


def test_expire_certificates_counts(certificate):
    assert run("expire_certificates") == ("0 expired\n", "", True)
    Certificate.objects.update(valid_until="2020-01-01")
    assert run("expire_certificates") == ("1 expired\n", "", True)
