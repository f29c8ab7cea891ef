"""The command line's doors: counts, refused rows by name, an exit code for scripts."""

import io

import pytest
from django.core.management import CommandError, call_command

from certificates import services, typesetting
from certificates.models import Certificate, IssueRun, RegisterEntry
from tests.factories import certificates as factory
from tests.factories import courses

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


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


def test_issue_certificates_leaves_courses_by_decision_to_their_lists(learner, outsider):
    factory.issuer()
    course = courses.course(issuing="decision")
    for person in (learner, outsider):
        factory.completion(person, course)
    assert run("issue_certificates") == ("0 issued, 0 refused\n", "", True)
    decided = ["issue_certificates", "--course", "thuong-luong", "--decision", "15/QĐ-CĐ", "--decided-on", "19/11/2024"]
    assert run(*decided) == (
        "001/GCN-CĐ: Nguyễn Thị Mai, Thương lượng tập thể\n002/GCN-CĐ: Đỗ Văn Ngoài, Thương lượng tập thể\n2 issued, 0 refused\n", "", True)
    assert set(RegisterEntry.objects.values_list("decision_number", flat=True)) == {"15/QĐ-CĐ"}
    assert run(*decided) == ("0 issued, 0 refused\n", "", True)


def test_issue_certificates_by_decision_names_whom_it_refuses_and_fails(learner, monkeypatch):
    factory.issuer()
    factory.completion(learner, courses.course(issuing="decision"))
    monkeypatch.setattr(typesetting, "typeset_paper", lambda *args, **kwargs: 1 / 0)
    out, err, ok = run("issue_certificates", "--course", "thuong-luong", "--decision", "15/QĐ-CĐ", "--decided-on", "19/11/2024")
    assert (out, ok) == ("0 issued, 1 refused\n", False)
    assert err.startswith("1. Nguyễn Thị Mai: ")


@pytest.mark.parametrize("wrong", [
    ["--course", "khong-co"], ["--decision", "15"], ["--course", "thuong-luong", "--decision", "15"],
    ["--course", "thuong-luong", "--decision", "15", "--decided-on", "2026"],
    ["--course", "thuong-luong", "--decision", "15", "--decided-on", "19/11/2999"],
    ["--course", "thuong-luong", "--decision", "15", "--decided-on", "19/11/2024", "--issuer", "KHONG"],
    ["--course", "thuong-luong", "--decision", "15", "--decided-on", "19/11/2024", "--by", "ai@example.org"]])
def test_issue_certificates_refuses_what_it_does_not_understand(learner, wrong):
    factory.issuer()
    factory.completion(learner, courses.course(issuing="decision"))
    assert run("issue_certificates", *wrong)[2] is False
    assert (Certificate.objects.count(), IssueRun.objects.count()) == (0, 0)


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


def test_verify_says_whose_signature_is_valid(learner, signs, tmp_path):
    path = tmp_path / "giay.pdf"
    path.write_bytes(factory.certificate(learner).pdf.open().read())
    assert "Công đoàn phường Tân Lập" in run("verify_certificate", str(path))[0]


def test_issue_certificates_says_what_is_wrong_with_the_key(learner, signs):
    signs(password="khác")
    factory.issuer()
    factory.completion(learner)
    _out, err, ok = run("issue_certificates")
    assert (ok, Certificate.objects.count()) == (False, 0)
    assert "signing_wrong_password" in err


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
def test_verify_says_unreadable_for_what_is_no_pdf(content, tmp_path):
    path = tmp_path / "khac.pdf"
    path.write_bytes(content)
    assert ": unreadable." in run("verify_certificate", str(path))[1]


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
