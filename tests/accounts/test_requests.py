"""What people ask about their data: by which day, answered in words, done or refused; and what a restriction does at once."""

from datetime import date

import pytest
from django.core import mail
from django.db import IntegrityError
from django.urls import reverse

from accounts.enums import ConsentPurpose, RequestKind, RequestState
from accounts.models import PrivacyRequest
from accounts.selectors.consents import may_be
from accounts.selectors.workdays import Deadlines, deadlines_of
from accounts.services import consents, requests
from accounts.services.errors import AnswerMissing, NotOwnRequest, RequestClosed
from certificates.services import give_name_consent
from tests.factories import training as office

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.mark.same_everywhere
@pytest.mark.parametrize(("kind", "made_on", "answer_by", "due_on"), [
    # A Monday; a Friday, over the weekend and the holiday on Tuesday; a Saturday; the same day before it was a holiday.
    (RequestKind.ACCESS, date(2026, 11, 16), date(2026, 11, 18), date(2026, 11, 26)),
    (RequestKind.ERASE, date(2026, 11, 20), date(2026, 11, 25), date(2026, 12, 10)),
    (RequestKind.RESTRICT, date(2026, 11, 28), date(2026, 12, 1), date(2026, 12, 13)),
    (RequestKind.CORRECT, date(2025, 11, 21), date(2025, 11, 25), date(2025, 12, 1)),
])
def test_days_by_which_it_is_answered_and_done(kind, made_on, answer_by, due_on):
    assert deadlines_of(kind, made_on) == Deadlines(answer_by, due_on)


def test_asking_twice_is_asking_once_and_a_closed_one_may_be_asked_again(learner, administrator, now):
    first = requests.ask(user=learner, kind=RequestKind.CORRECT, text="Tên sai.", now=now)
    assert requests.ask(user=learner, kind=RequestKind.CORRECT, text="Tên sai.", now=now) == first
    requests.answer_request(request=first, by=administrator, answer="Đã sửa.", state=RequestState.DONE, now=now)
    assert requests.ask(user=learner, kind=RequestKind.CORRECT, text="Lại sai.", now=now) != first


def test_of_two_taps_on_a_restriction_the_slower_one_finds_it_done(learner, now, monkeypatch):
    """The first tap is done with it between the moment in which the second is refused and the one in which it looks again."""
    first = requests.ask(user=learner, kind=RequestKind.RESTRICT, text="", now=now)

    def refused(**_fields):
        raise IntegrityError

    monkeypatch.setattr(PrivacyRequest.objects, "get_or_create", refused)
    assert requests.ask(user=learner, kind=RequestKind.RESTRICT, text="", now=now) == first


def test_what_the_office_answered_stays_when_the_request_is_taken_back(learner, administrator, now):
    request = requests.ask(user=learner, kind=RequestKind.CORRECT, text="Tên sai.", now=now)
    requests.answer_request(request=request, by=administrator, answer="Mất 3 ngày.", state=RequestState.ANSWERED, now=now)
    assert (requests.take_back(request=request, now=now), requests.take_back(request=request, now=now)) == (True, False)
    request.refresh_from_db()
    assert (request.state, request.answer) == ("done", "Mất 3 ngày.\nNgười yêu cầu đã rút lại.")


def test_an_answer_needs_words_is_told_once_and_stands_in_the_log(learner, administrator, now, django_capture_on_commit_callbacks):
    request = requests.ask(user=learner, kind=RequestKind.CORRECT, text="Tên sai.", now=now)

    def answer(**fields):
        with django_capture_on_commit_callbacks(execute=True):
            return requests.answer_request(**{
                "request": request, "by": administrator, "answer": "Mất 3 ngày.", "state": RequestState.ANSWERED, "now": now, **fields})

    with pytest.raises(AnswerMissing):
        answer(answer="  ")
    with pytest.raises(NotOwnRequest):
        answer(by=learner)
    assert (answer().state, answer().done_at, len(mail.outbox)) == ("answered", None, 1)
    assert "Mất 3 ngày" not in mail.outbox[0].body and "/tai-khoan/du-lieu/" in mail.outbox[0].body
    closed = answer(state=RequestState.REFUSED, answer="Tên đúng theo thẻ.")
    assert (closed.state, closed.handled_by, closed.done_at) == ("refused", administrator, now)
    with pytest.raises(RequestClosed):
        answer(answer="Thôi, đã sửa.", state=RequestState.DONE)
    assert learner.log_entries.count() == 3


def test_whoever_has_no_mailbox_is_answered_on_the_page(learner, administrator, now, django_capture_on_commit_callbacks):
    learner.email = None
    learner.save()
    request = requests.ask(user=learner, kind=RequestKind.COMPLAIN, text="Sao lâu vậy?", now=now)
    with django_capture_on_commit_callbacks(execute=True):
        requests.answer_request(request=request, by=administrator, answer="Xin lỗi.", state=RequestState.DONE, now=now)
    assert mail.outbox == []


def test_a_restriction_is_done_at_once_and_reaches_every_floor(learner, now, django_capture_on_commit_callbacks):
    paper = office.certified(learner)
    give_name_consent(user=learner, now=now)
    for purpose in (ConsentPurpose.RANKING, ConsentPurpose.REMINDERS):
        consents.give_consent(user=learner, purpose=purpose, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        requests.ask(user=learner, kind=RequestKind.RESTRICT, text="", now=now)
    paper.refresh_from_db()
    request = PrivacyRequest.objects.get()
    assert (request.state, bool(paper.hidden_at), learner.name_consents.filter(withdrawn_at=None).exists()) == ("done", True, False)
    assert not may_be(ConsentPurpose.RANKING, learner) and not may_be(ConsentPurpose.REMINDERS, learner)


def test_a_restriction_that_does_not_reach_a_floor_is_not_said_to_be_done(learner, now, monkeypatch):
    def broken(**_said):
        raise OSError("disk")

    monkeypatch.setattr("certificates.receivers.hide_all", broken)
    with pytest.raises(OSError, match="disk"):
        requests.ask(user=learner, kind=RequestKind.RESTRICT, text="", now=now)
    assert PrivacyRequest.objects.get().state == "open"


def test_a_restriction_holds_for_whoever_was_never_asked(learner, now):
    assert may_be(ConsentPurpose.REMINDERS, learner)
    requests.ask(user=learner, kind=RequestKind.RESTRICT, text="", now=now)
    assert not may_be(ConsentPurpose.REMINDERS, learner)
    consents.give_consent(user=learner, purpose=ConsentPurpose.REMINDERS, now=now)
    assert may_be(ConsentPurpose.REMINDERS, learner), "each part is the person's own to allow again"


# The doors

def test_nobody_takes_back_what_somebody_else_asked(learner, outsider, as_user, now):
    requests.ask(user=learner, kind=RequestKind.CORRECT, text="Tên sai.", now=now)
    as_user(outsider).post(reverse("accounts:take-back-request"), {"kind": "correct"})
    assert PrivacyRequest.objects.get().done_at is None


def test_the_page_sends_shows_and_takes_back(learner, as_user):
    client, page = as_user(learner), reverse("accounts:show-data")
    ask = reverse("accounts:ask-privacy")
    assert client.get(f"{ask}?loai=erase").status_code == 200
    assert client.post(ask, {"kind": "correct"}).status_code == 422, "a correction needs words"
    assert client.post(ask, {"kind": "everything"}).status_code == 422
    assert client.post(ask, {"kind": "correct", "text": "<b>Tên</b> sai"}).status_code == 302
    html = client.get(page).content.decode()
    assert "&lt;b&gt;Tên&lt;/b&gt; sai" in html
    client.post(reverse("accounts:take-back-request"), {"kind": "correct"})
    assert PrivacyRequest.objects.get().done_at is not None
    client.post(reverse("accounts:take-back-request"), {"kind": "correct"})


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_costs_the_same_however_much_was_asked(learner, as_user, now, django_assert_num_queries, count):
    days = deadlines_of(RequestKind.ACCESS, now.date())
    PrivacyRequest.objects.bulk_create(
        PrivacyRequest(user=learner, kind=RequestKind.ACCESS, made_at=now, done_at=now, state="done", answer_by=days.answer_by, due_on=days.due_on)
        for _number in range(count))
    client = as_user(learner)
    client.get(reverse("accounts:show-data"))
    with django_assert_num_queries(4):
        client.get(reverse("accounts:show-data"))
