"""Courses taken elsewhere in the office: seen by those of the unit, answered by its administrators, once, and by nobody for themselves."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from learning.enums import StudyState
from learning.models import OutsideStudy
from learning.services import StudyFacts, correct_study, decide_study, enter_study
from tests.factories import training as office
from tests.factories import unions

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

NOW = datetime(2026, 11, 20, 7, 3, 22, tzinfo=UTC)
LIST = reverse("training:list-studies")


def study_of(person, title: str = "Nữ công cơ sở", **fields) -> OutsideStudy:
    facts = StudyFacts(title=title, organiser="Trường Đại học Công đoàn", ended_on=date(2026, 5, 20), **fields)
    return enter_study(user=person, by=person, facts=facts, proof=SimpleUploadedFile("a.pdf", b"%PDF-1.7"), now=NOW)


def page_of(study) -> str:
    return reverse("training:show-study", args=[study.uuid])


def answer(client, study, what: str = "approve", reason: str = ""):
    return client.post(page_of(study), {"answer": what, "reason": reason})


def test_each_office_sees_its_own_people(as_user, admin_a, hoa, binh, outsider):
    ours, theirs = study_of(hoa), study_of(binh, "Lớp của phường B")
    client = as_user(admin_a)
    html = client.get(LIST).content.decode()
    assert hoa.full_name in html and "Lớp của phường B" not in html
    assert client.get(page_of(ours)).status_code == 200
    proof = reverse("training:download-proof", args=[ours.uuid])
    assert client.get(proof)["Content-Disposition"].startswith("attachment")
    for address in (page_of(theirs), reverse("training:download-proof", args=[theirs.uuid])):
        assert client.get(address).status_code == 404
    assert as_user(hoa).get(LIST).status_code == as_user(outsider).get(page_of(ours)).status_code == as_user(outsider).get(proof).status_code == 403
    assert answer(client, theirs).status_code == 404
    theirs.refresh_from_db()
    assert theirs.is_waiting


def test_an_administrator_approves_or_refuses_with_a_reason(as_user, admin_a, hoa):
    first, second, client = study_of(hoa), study_of(hoa, "Tin học"), as_user(admin_a)
    assert answer(client, first).url == LIST
    assert answer(client, second, "refuse").status_code == 422
    assert answer(client, second, "perhaps").status_code == 422
    assert answer(client, second, "refuse", "Thiếu trang hai").status_code == 302
    assert dict(OutsideStudy.objects.values_list("title", "state")) == {"Nữ công cơ sở": "approved", "Tin học": "refused"}
    assert OutsideStudy.objects.get(title="Tin học").reason == "Thiếu trang hai"


def test_the_second_of_two_answers_is_told_so(as_user, admin_a, administrator, hoa):
    study, client = study_of(hoa), as_user(admin_a)
    client.get(page_of(study))
    decide_study(study=study, approves=True, by=administrator, now=NOW)
    response = answer(client, study, "refuse", "Thiếu trang hai")
    study.refresh_from_db()
    assert (response.status_code, study.state) == (422, StudyState.APPROVED)


def test_what_was_corrected_since_it_was_looked_at_is_shown_before_it_is_answered(as_user, admin_a, hoa):
    study, client = study_of(hoa, hours=Decimal(4)), as_user(admin_a)
    seen = client.get(page_of(study)).context["seen"]
    correct_study(study=study, by=hoa, facts=StudyFacts(title=study.title, organiser=study.organiser, ended_on=study.ended_on, hours=Decimal(400)))
    sent = {"answer": "approve", "seen": seen}
    response = client.post(page_of(study), sent)
    html = response.content.decode()
    study.refresh_from_db()
    assert (response.status_code, study.is_waiting) == (422, True)
    assert "<dd>400</dd>" in html and f'name="seen" value="{response.context["seen"]}"' in html
    assert client.post(page_of(study), {**sent, "seen": response.context["seen"]}).status_code == 302
    study.refresh_from_db()
    assert study.state == StudyState.APPROVED


def test_a_viewer_looks_and_does_not_answer(as_user, viewer_a, hoa):
    study, client = study_of(hoa), as_user(viewer_a)
    assert 'name="answer"' not in client.get(page_of(study)).content.decode()
    assert answer(client, study).status_code == 403
    study.refresh_from_db()
    assert study.is_waiting


def test_nobody_answers_their_own(as_user, admin_a, administrator, province):
    unions.post(admin_a, province.ward_a)
    for person in (admin_a, administrator):
        study = study_of(person)
        client = as_user(person)
        assert 'name="answer"' not in client.get(page_of(study)).content.decode()
        assert answer(client, study).status_code == 403
        study.refresh_from_db()
        assert study.is_waiting


def test_what_waits_comes_first_and_others_are_found(as_user, admin_a, hoa):
    waiting, done = study_of(hoa), study_of(hoa, "Tin học")
    client = as_user(admin_a)
    answer(client, done)
    assert [row.study for row in client.get(LIST).context["roll"].rows] == [waiting]
    assert [row.study for row in client.get(LIST, {"state": "approved"}).context["roll"].rows] == [done]
    assert len(client.get(LIST, {"state": "all", "q": "dang hoa"}).context["roll"].rows) == 2
    assert client.get(LIST, {"state": "all", "q": "khong ai"}).context["roll"].rows == []
    assert client.get(LIST, {"state": "lạ", "trang": "x"}).status_code == 200


def test_the_list_costs_the_same_with_1_and_30(as_user, admin_a, province, hoa):
    study_of(hoa)
    client = as_user(admin_a)
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    for number in range(29):
        study_of(office.person(f"Trần Thị Lan {number}", province.company_a))
    with CaptureQueriesContext(connection) as thirty:
        assert len(client.get(LIST).context["roll"].rows) == 30
    assert len(one) == len(thirty) <= 12


TYPED = {"title": "Nữ công", "organiser": "Trường Đại học Công đoàn", "ended_on": "20/05/2026"}


@pytest.mark.parametrize("typed", ["hoa@example.org", "HOA@example.org ", "0912 345 678"])
def test_an_administrator_enters_one_for_somebody_of_the_unit(as_user, admin_a, hoa, typed):
    response = as_user(admin_a).post(reverse("training:enter-study"), {**TYPED, "person": typed})
    study = OutsideStudy.objects.get()
    assert response.url == page_of(study)
    assert (study.user, study.state, study.entered_by, study.decided_by) == (hoa, StudyState.APPROVED, admin_a, admin_a)


def test_a_second_click_enters_nothing_twice_and_brings_a_forgotten_proof(as_user, admin_a, hoa):
    client, typed = as_user(admin_a), {**TYPED, "person": "hoa@example.org"}
    for proof in ({}, {}, {"proof": SimpleUploadedFile("a.pdf", b"%PDF-1.7")}, {"proof": SimpleUploadedFile("b.pdf", b"%PDF-1.7")}):
        assert client.post(reverse("training:enter-study"), {**typed, **proof}).status_code == 302
    assert OutsideStudy.objects.get().proof_name == "a.pdf"


@pytest.mark.parametrize("typed", ["binh@example.org", "0987 654 321", "khong@example.org", "", "abc"])
def test_not_for_others_nor_for_nobody(as_user, admin_a, hoa, binh, typed):
    assert as_user(admin_a).post(reverse("training:enter-study"), {**TYPED, "person": typed}).status_code == 422
    assert not OutsideStudy.objects.exists()


def test_not_for_oneself_and_not_by_a_viewer(as_user, admin_a, viewer_a, province, hoa):
    unions.post(admin_a, province.ward_a)
    assert as_user(admin_a).post(reverse("training:enter-study"), {**TYPED, "person": admin_a.email}).status_code == 422
    assert as_user(viewer_a).post(reverse("training:enter-study"), {**TYPED, "person": "hoa@example.org"}).status_code == 422
    assert not OutsideStudy.objects.exists()


def test_the_record_of_a_person_leads_to_the_form_with_their_address(as_user, admin_a, hoa, binh):
    client = as_user(admin_a)
    page = reverse("training:enter-study")
    assert 'value="hoa@example.org"' in client.get(page, {"nguoi": hoa.uuid}).content.decode()
    for chosen in (binh.uuid, "x", ""):
        assert "binh@example.org" not in client.get(page, {"nguoi": chosen}).content.decode()
    assert f"nguoi={hoa.uuid}" in client.get(reverse("training:show-learner", args=[office.enrolled(hoa).uuid])).content.decode()
