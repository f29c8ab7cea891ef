"""Courses taken elsewhere: proof that is what it says, answers that are given once, and by somebody else."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.services import erase_person
from learning.enums import StudyState
from learning.models import OutsideStudy
from learning.services import StudyFacts, correct_study, decide_study, enter_study, withdraw_study
from learning.services.errors import AnswerMissing, OwnStudy, ProofRefused, StudyDecided, StudyNotYours

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

NOW = datetime(2026, 11, 20, 7, 3, 22, tzinfo=UTC)
FACTS = StudyFacts(
    title="Bồi dưỡng nghiệp vụ công tác nữ công", organiser="Trường Đại học Công đoàn", ended_on=date(2026, 5, 20), begun_on=date(2026, 5, 18),
    form="Tập trung", hours=Decimal("24"), grade="Khá", paper_number="118/CN-ĐHCĐ")
TYPED = {
    "title": FACTS.title, "organiser": FACTS.organiser, "begun_on": "18/5/2026", "ended_on": "20/05/2026", "form": "Tập trung", "hours": "8,5",
    "grade": "Khá", "paper_number": "118/CN-ĐHCĐ"}
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF"


def proof(content: bytes = PDF, name: str = "chứng nhận.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def study(learner):
    return enter_study(user=learner, by=learner, facts=FACTS, proof=proof(), now=NOW)


def test_ones_own_waits_and_keeps_its_proof_under_a_name_of_ours(learner, study):
    assert (study.state, study.entered_by, study.decided_at, study.proof_name) == (StudyState.WAITING, learner, None, "chứng nhận.pdf")
    assert study.proof.read() == PDF
    assert "chứng" not in study.proof.name and study.proof.name.endswith(".pdf")


def test_a_second_tap_enters_nothing_twice(learner, study):
    assert enter_study(user=learner, by=learner, facts=FACTS, proof=proof(), now=NOW) == study
    assert OutsideStudy.objects.count() == 1


@pytest.mark.parametrize(("name", "content"), [
    ("giay.pdf", b"<html><script>alert(1)</script></html>"), ("giay.png", PDF), ("giay.jpg", b"GIF89a"), ("giay.html", b"<p>"), ("giay.svg", b"<svg/>"),
    ("giay.pdf.exe", PDF), ("giay", PDF), ("giay.pdf", b""), ("giay.pdf", PDF + b"0" * (10 * 1024 * 1024)),
])
def test_a_file_that_is_no_proof_is_refused_and_nothing_is_kept(learner, name, content):
    with pytest.raises(ProofRefused):
        enter_study(user=learner, by=learner, facts=FACTS, proof=proof(content, name), now=NOW)
    assert not OutsideStudy.objects.exists()


def test_an_administrator_enters_for_somebody_and_it_counts(learner, administrator):
    entered = enter_study(user=learner, by=administrator, facts=FACTS, now=NOW)
    assert (entered.state, entered.decided_by, entered.entered_by, bool(entered.proof)) == (StudyState.APPROVED, administrator, administrator, False)


def test_the_first_answer_counts(study, administrator, trainer):
    decide_study(study=study, approves=False, reason="Ảnh chụp mờ, không đọc được số giấy", by=administrator, now=NOW)
    with pytest.raises(StudyDecided):
        decide_study(study=study, approves=True, by=trainer, now=NOW)
    study.refresh_from_db()
    assert (study.state, study.reason, study.decided_by) == (StudyState.REFUSED, "Ảnh chụp mờ, không đọc được số giấy", administrator)


def test_nobody_answers_their_own_and_no_needs_a_reason(study, learner, administrator):
    with pytest.raises(OwnStudy):
        decide_study(study=study, approves=True, by=learner, now=NOW)
    with pytest.raises(AnswerMissing):
        decide_study(study=study, approves=False, reason=" ", by=administrator, now=NOW)
    study.refresh_from_db()
    assert study.is_waiting


def test_it_is_corrected_and_taken_back_only_while_it_waits(study, learner, outsider, administrator, django_capture_on_commit_callbacks):
    former, storage = study.proof.name, study.proof.storage
    with django_capture_on_commit_callbacks(execute=True):
        row = correct_study(study=study, by=learner, facts=StudyFacts(**{**FACTS.__dict__, "grade": "Giỏi"}), proof=proof(name="moi.pdf"))
    assert (row.grade, row.proof_name) == ("Giỏi", "moi.pdf") and not storage.exists(former)
    with pytest.raises(StudyNotYours):
        withdraw_study(study=study, by=outsider)
    decide_study(study=study, approves=True, by=administrator, now=NOW)
    for late in (lambda: withdraw_study(study=study, by=learner), lambda: correct_study(study=study, by=learner, facts=FACTS)):
        with pytest.raises(StudyDecided):
            late()
    assert OutsideStudy.objects.get().grade == "Giỏi"


def test_taking_back_deletes_the_file(study, learner, django_capture_on_commit_callbacks):
    name, storage = study.proof.name, study.proof.storage
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_study(study=study, by=learner)
    assert not OutsideStudy.objects.exists() and not storage.exists(name)


def test_of_an_erased_person_only_what_was_approved_stays_without_proof(study, learner, administrator, django_capture_on_commit_callbacks):
    decide_study(study=study, approves=True, by=administrator, now=NOW)
    other = enter_study(user=learner, by=learner, facts=StudyFacts("Tin học", "Trung tâm", date(2026, 1, 5)), proof=proof(), now=NOW)
    names = [study.proof.name, other.proof.name]
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(user=learner, by=administrator, now=NOW, reason="Theo đơn của người học")
    row = OutsideStudy.objects.get()
    assert (row.pk, bool(row.proof), row.proof_name, row.paper_number) == (study.pk, False, "", "")
    assert not [name for name in names if row.proof.storage.exists(name)]


# The learner's pages

def test_it_is_entered_on_the_page_as_people_type(as_user, learner):
    client = as_user(learner)
    response = client.post(reverse("learning:enter-study"), {**TYPED, "proof": proof()})
    assert response.url == reverse("learning:list-studies")
    study = OutsideStudy.objects.get()
    assert (study.begun_on, study.ended_on, study.hours) == (date(2026, 5, 18), date(2026, 5, 20), Decimal("8.5"))
    html = client.get(response.url).content.decode()
    assert study.organiser in html and reverse("learning:change-study", args=[study.uuid]) in html
    assert 'value="8,5"' in client.get(reverse("learning:change-study", args=[study.uuid])).content.decode()


@pytest.mark.parametrize("fault", [
    {"ended_on": "31/02/2026"}, {"ended_on": "01/01/2099"}, {"begun_on": "21/05/2026"}, {"title": ""}, {"hours": "-1"}, {"hours": "nhiều"}, {"ended_on": "20/05/0026"},
])
def test_what_cannot_be_is_said_beside_its_field(as_user, learner, fault):
    response = as_user(learner).post(reverse("learning:enter-study"), {**TYPED, **fault, "proof": proof()})
    assert response.status_code == 422 and 'aria-invalid="true"' in response.content.decode()
    assert not OutsideStudy.objects.exists()


def test_without_a_file_nothing_is_sent(as_user, learner):
    assert as_user(learner).post(reverse("learning:enter-study"), TYPED).status_code == 422


def test_the_proof_is_a_file_to_keep_and_opens_for_nobody_else(as_user, learner, outsider, study):
    response = as_user(learner).get(reverse("learning:download-proof", args=[study.uuid]))
    assert response["Content-Disposition"].startswith("attachment") and response["X-Content-Type-Options"] == "nosniff"
    assert (response["Content-Type"], b"".join(response.streaming_content)) == ("application/pdf", PDF)
    for name in ("download-proof", "change-study"):
        address = reverse(f"learning:{name}", args=[study.uuid])
        assert as_user(outsider).get(address).status_code == 404
        assert as_user(None).get(address).status_code == 302
    assert as_user(outsider).post(reverse("learning:withdraw-study", args=[study.uuid])).status_code == 404
    study.proof.storage.delete(study.proof.name)
    assert as_user(learner).get(reverse("learning:download-proof", args=[study.uuid])).status_code == 404


def test_the_answer_is_shown_and_the_form_is_closed(as_user, learner, administrator, study):
    decide_study(study=study, approves=False, reason="Thiếu trang hai", by=administrator, now=NOW)
    client = as_user(learner)
    html = client.get(reverse("learning:list-studies")).content.decode()
    assert "Thiếu trang hai" in html and administrator.full_name in html and "tag--bad" in html
    assert '<form class="flow study"' not in client.get(reverse("learning:change-study", args=[study.uuid])).content.decode()
    client.post(reverse("learning:change-study", args=[study.uuid]), {**TYPED, "title": "Khác"})
    assert OutsideStudy.objects.get().title == FACTS.title


def test_the_list_costs_the_same_with_1_and_30(as_user, learner, administrator, study, django_assert_num_queries):
    client = as_user(learner)
    client.get(reverse("learning:list-studies"))
    for day in range(1, 30):
        enter_study(user=learner, by=administrator, facts=StudyFacts(f"Lớp {day}", "Trường", date(2026, 4, day)), now=NOW)
    with django_assert_num_queries(3):
        assert client.get(reverse("learning:list-studies")).content.decode().count("<h2 class=\"h3\">") == 30
