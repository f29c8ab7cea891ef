"""One person's record; revoking and reissuing with a reason."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certificates.enums import State
from certificates.models import Certificate
from learning import services as learning
from quizzes.models import Attempt
from quizzes.services import start_attempt, submit_attempt
from tests.factories import courses
from tests.factories import training as office

pytestmark = pytest.mark.same_everywhere

REASON = "Người học đề nghị, quyết định số 12."


@pytest.fixture
def at_desk(as_user, admin_a):
    return as_user(admin_a, HTTP_ACCEPT_LANGUAGE="en")


def record_url(user) -> str:
    return reverse("training:show-learner", args=[user.enrolments.get().uuid])


def change_url(what: str, certificate: Certificate) -> str:
    return reverse(f"books:{what}-certificate", args=[certificate.uuid])


def test_the_record_holds_steps_with_days_and_marks_but_no_answers(at_desk, hoa, now):
    course = courses.small_course(lessons=2)
    enrolment = learning.enrol_learner(user=hoa, course=course, now=now)
    lesson = course.get_descendants().get(slug="bai-1")
    learning.record_reading(enrolment=enrolment, page=lesson, now=now, read_to_end=True)
    quiz = course.get_descendants().get(slug="kiem-tra-1").specific.quiz
    attempt = start_attempt(quiz=quiz, user=hoa, context=enrolment.context, now=now)
    submit_attempt(attempt=attempt, now=now)
    page = at_desk.get(record_url(hoa)).content.decode()
    assert "read to the end 20/11/2026" in page
    assert "0/2" in page
    assert "0912 345 678" in page
    assert "Phiên đầu tiên bắt đầu chậm nhất khi nào" not in page
    assert "Ngày thứ 30" not in page


def test_attempts_outside_this_enrolment_are_not_in_it(at_desk, hoa, now):
    course = courses.small_course()
    enrolment = learning.enrol_learner(user=hoa, course=course, now=now)
    quiz = course.get_descendants().get(slug="kiem-tra-1").specific.quiz
    submit_attempt(attempt=start_attempt(quiz=quiz, user=hoa, context="practice", now=now), now=now)
    assert Attempt.objects.exclude(context=enrolment.context).exists()
    assert at_desk.get(record_url(hoa)).context["record"].attempts == []


def test_the_register_is_told_with_who_and_why(at_desk, hoa, admin_a):
    certificate = office.certified(hoa)
    at_desk.post(change_url("revoke", certificate), {"reason": REASON, "decision_number": "12/QĐ-CĐ"})
    page = at_desk.get(record_url(hoa)).content.decode()
    assert REASON in page
    assert "12/QĐ-CĐ" in page
    assert admin_a.full_name in page


def test_revoking_asks_first_and_changes_nothing_by_asking(at_desk, hoa):
    certificate = office.certified(hoa)
    response = at_desk.get(change_url("revoke", certificate))
    certificate.refresh_from_db()
    assert certificate.register_number in response.content.decode()
    assert certificate.state == State.VALID


@pytest.mark.parametrize("what", ["revoke", "reissue"])
def test_addresses_from_before_lead_to_the_register(at_desk, hoa, what):
    certificate = office.certified(hoa)
    response = at_desk.get(reverse(f"training:{what}-certificate", args=[certificate.uuid]))
    assert (response.status_code, response.url) == (302, change_url(what, certificate))


def test_after_revoking_the_public_page_says_so_to_a_stranger(at_desk, client, hoa):
    certificate = office.certified(hoa)
    response = at_desk.post(change_url("revoke", certificate), {"reason": REASON})
    assert (response.status_code, response.url) == (302, reverse("books:show-record", args=[certificate.uuid]))
    public = client.get(reverse("certificates:show-verification", args=[certificate.code])).content.decode()
    assert REASON in public
    assert "verdict--bad" in public


@pytest.mark.parametrize("reason", ["", "   ", "sai", "x" * 1001])
def test_without_a_proper_reason_nothing_happens_and_what_was_typed_stays(at_desk, hoa, reason):
    certificate = office.certified(hoa)
    response = at_desk.post(change_url("revoke", certificate), {"reason": reason, "decision_number": "12/QĐ-CĐ"})
    certificate.refresh_from_db()
    assert (response.status_code, certificate.state) == (422, State.VALID)
    assert 'value="12/QĐ-CĐ"' in response.content.decode()
    assert 'aria-invalid="true"' in response.content.decode()


def test_revoking_twice_says_that_it_is_done_already(at_desk, hoa):
    certificate = office.certified(hoa)
    at_desk.post(change_url("revoke", certificate), {"reason": REASON})
    response = at_desk.post(change_url("revoke", certificate), {"reason": "Bấm lại lần thứ hai."})
    assert response.status_code == 422
    assert "has been revoked already" in response.content.decode()
    assert "Bấm lại lần thứ hai." in response.content.decode()
    assert certificate.entries.filter(kind="revoked").count() == 1


def test_reissuing_puts_a_new_number_in_place_of_the_former(at_desk, hoa):
    former = office.certified(hoa)
    at_desk.post(change_url("reissue", former), {"reason": REASON})
    newest = Certificate.objects.get(replaces=former)
    former.refresh_from_db()
    assert (former.state, newest.state, newest.register_number) == (State.SUPERSEDED, State.VALID, "002/GCN-CĐ")
    page = at_desk.get(record_url(hoa)).content.decode()
    assert change_url("reissue", newest) in page
    assert change_url("reissue", former) not in page
    assert change_url("revoke", former) not in page


def test_reissuing_a_replaced_one_is_refused_in_words(at_desk, hoa):
    former = office.certified(hoa)
    at_desk.post(change_url("reissue", former), {"reason": REASON})
    response = at_desk.post(change_url("reissue", former), {"reason": REASON})
    assert response.status_code == 422
    assert Certificate.objects.filter(user=hoa).count() == 2


def test_a_reason_with_markup_is_shown_as_text(at_desk, hoa):
    certificate = office.certified(hoa)
    at_desk.post(change_url("revoke", certificate), {"reason": "<script>alert(1)</script> sai tên"})
    page = at_desk.get(record_url(hoa)).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_record_costs_the_same_however_much_is_in_it(at_desk, hoa, now):
    course = courses.small_course(lessons=6)
    enrolment = learning.enrol_learner(user=hoa, course=course, now=now)
    spent = []
    for slug in ("bai-1", "bai-2", "bai-3", "bai-4", "bai-5"):
        learning.record_reading(enrolment=enrolment, page=course.get_descendants().get(slug=slug), now=now, read_to_end=True)
        at_desk.get(record_url(hoa))
        with CaptureQueriesContext(connection) as queries:
            at_desk.get(record_url(hoa))
        spent.append(len(queries))
    assert len(set(spent)) == 1
    assert spent[0] <= 14


def test_an_unknown_record_is_not_found(at_desk):
    assert at_desk.get("/dao-tao/hoc-vien/00000000-0000-4000-8000-000000000000/").status_code == 404
