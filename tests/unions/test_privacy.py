"""Requests about personal data in the office: who sees and answers them, what is overdue, and erasing who asked for it."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.enums import RequestKind
from accounts.models import PrivacyRequest
from accounts.selectors.requests import version_of
from accounts.services import requests
from accounts.services.errors import AnsweredMeanwhile
from tests.factories import training as office
from tests.factories import unions
from unions.enums import Role
from unions.selectors.privacy import requests_page
from unions.selectors.scopes import office_of
from unions.services.errors import NotYourPerson
from unions.services.privacy import erase_on_request

pytestmark = pytest.mark.django_db

LIST = "/dao-tao/du-lieu/"


@pytest.fixture
def stage(now):
    province = office.province()
    person = office.person("Đinh Thị Uyển", province.company_a, email="uyen@example.org")
    admins = {name: office.officer(f"Quản Trị {name}", unit, role) for name, unit, role in (
        ("A", province.ward_a, Role.SYSTEM_ADMIN), ("B", province.ward_b, Role.SYSTEM_ADMIN), ("T", province.ward_a, Role.TRAINING_ADMIN))}
    return person, admins, province


def at(person, kind=RequestKind.ERASE, name="show-request") -> str:
    return reverse(f"privacy:{name}", args=[person.uuid, kind])


def test_who_governs_the_persons_unit_answers_and_nobody_else(stage, as_user, now):
    person, admins, _province = stage
    requests.ask(user=person, kind=RequestKind.CORRECT, text="Sai tên.", now=now)
    place = at(person, RequestKind.CORRECT)
    assert [as_user(admins[name]).get(LIST).status_code for name in "ABT"] == [200, 200, 403]
    assert [as_user(admins[name]).get(place).status_code for name in "ABT"] == [200, 404, 403]
    assert as_user(person).get(LIST).status_code == 403 and as_user(None).get(LIST).status_code == 302
    answer = {"state": "done", "answer": "Đã sửa tên."}
    assert as_user(admins["B"]).post(place, answer).status_code == 404
    assert as_user(admins["A"]).post(place, {"state": "done", "answer": " "}).status_code == 422
    assert as_user(admins["A"]).post(place, answer).status_code == 302
    found = PrivacyRequest.objects.get()
    assert (found.state, found.answer, found.handled_by) == ("done", "Đã sửa tên.", admins["A"])
    acts = list(person.log_entries.order_by("pk").values_list("act", "by__full_name"))
    assert ("looked", "Quản Trị A") in acts and ("changed", "Quản Trị A") in acts


def opened(client, place) -> dict:
    """What the page in the browser would send along."""
    return {"seen": client.get(place).context["seen"]}


def test_of_two_officers_the_slower_is_told_who_answered_and_keeps_their_words(stage, as_user, now):
    person, admins, province = stage
    admins["C"] = office.officer("Quản Trị C", province.ward_a, Role.SYSTEM_ADMIN)
    requests.ask(user=person, kind=RequestKind.CORRECT, text="Sai tên.", now=now)
    place = at(person, RequestKind.CORRECT)
    first, second = as_user(admins["A"]), as_user(admins["C"], headers={"accept-language": "en"})
    of_first, of_second = opened(first, place), opened(second, place)
    assert first.post(place, of_first | {"state": "answered", "answer": "Mất 3 ngày."}).status_code == 302
    mine = {"state": "refused", "answer": "Tên đúng theo thẻ."}
    told = second.post(place, of_second | mine)
    html, entry = told.content.decode(), person.log_entries.filter(act="changed").latest("pk")
    assert told.status_code == 422 and f"Quản Trị A answered this request at {timezone.localtime(entry.at):%H:%M %d/%m/%Y}" in html
    assert "Mất 3 ngày." in html and told.context["form"]["answer"].value() == mine["answer"] and told.context["form"]["state"].value() == "refused"
    found = PrivacyRequest.objects.get()
    assert (found.state, found.answer, found.handled_by) == ("answered", "Mất 3 ngày.", admins["A"])
    assert second.post(place, {"seen": told.context["seen"], **mine}).status_code == 302, "now they have read it"
    third = first.post(place, opened(first, place) | {"state": "done", "answer": "Đã sửa rồi."})
    html = third.content.decode()
    assert third.status_code == 422 and "Quản Trị C" in html and "Đã sửa rồi." in html, "closed, and nothing that was typed is lost"
    found.refresh_from_db()
    assert (found.state, found.handled_by) == ("refused", admins["C"])


def test_a_page_of_another_request_or_of_the_last_release_overwrites_nothing(stage, as_user, now):
    person, admins, _province = stage
    client, place = as_user(admins["A"]), at(person, RequestKind.CORRECT)
    former = requests.ask(user=person, kind=RequestKind.CORRECT, text="Sai tên.", now=now)
    seen = opened(client, place)
    requests.take_back(request=former, now=now)
    requests.ask(user=person, kind=RequestKind.CORRECT, text="Sai ngày sinh.", now=now)
    answer = {"state": "done", "answer": "Đã sửa tên."}
    assert client.post(place, seen | answer).status_code == 422
    assert client.post(place, answer | {"state": "answered"}).status_code == 302, "without a word of what it showed"
    assert client.post(place, answer).status_code == 422
    assert PrivacyRequest.objects.get(done_at=None).state == "answered"


def test_nobody_is_erased_over_an_answer_that_the_eraser_has_not_read(stage, as_user, now):
    person, admins, _province = stage
    request = requests.ask(user=person, kind=RequestKind.ERASE, text="", now=now)
    client, place = as_user(admins["A"]), at(person, name="erase-person")
    typed = opened(client, place) | {"reason": "Theo đơn ngày 18/11/2026", "name": person.full_name}
    requests.answer_request(request=request, by=admins["B"], answer="Chờ xác minh.", state="answered", now=now)
    told = client.post(place, typed)
    person.refresh_from_db()
    assert told.status_code == 422 and told.context["form"]["reason"].value() == typed["reason"] and not person.is_erased
    with pytest.raises(AnsweredMeanwhile):
        erase_on_request(request=request, by=admins["A"], reason="Theo đơn", now=now, seen=typed["seen"])
    assert told.context["seen"] == version_of(PrivacyRequest.objects.get())
    assert client.post(place, typed | {"seen": told.context["seen"]}).status_code == 302


def test_ones_own_request_is_not_ones_own_to_answer(stage, as_user, now):
    _person, admins, province = stage
    unions.post(admins["A"], province.company_a)
    requests.ask(user=admins["A"], kind=RequestKind.CORRECT, text="Sai tên.", now=now)
    assert as_user(admins["A"]).get(at(admins["A"], RequestKind.CORRECT)).status_code == 404


def test_overdue_ones_stand_on_top(stage, now):
    person, admins, province = stage
    late, soon = office.person("Trễ Hạn", province.company_a), office.person("Còn Hạn", province.company_a)
    requests.ask(user=soon, kind=RequestKind.CORRECT, text="x", now=now)
    requests.ask(user=person, kind=RequestKind.ACCESS, text="", now=now - timedelta(days=1))
    requests.ask(user=late, kind=RequestKind.ERASE, text="", now=now - timedelta(days=30))
    page = requests_page(office_of(admins["A"]), 1, now.date())
    assert [(line.request.user.full_name, line.is_late) for line in page.lines] == [
        ("Trễ Hạn", True), ("Đinh Thị Uyển", False), ("Còn Hạn", False)]
    assert (page.open, page.late) == (3, 1)


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_however_long(stage, now, django_assert_num_queries, count):
    _person, admins, province = stage
    for number in range(count):
        requests.ask(user=office.person(f"Người Số {number}", province.company_a), kind=RequestKind.ACCESS, text="", now=now)
    found = office_of(admins["A"])
    with django_assert_num_queries(4):
        assert len(requests_page(found, 1, now.date()).lines) == count


def test_erasing_shows_what_stays_and_why_first_and_tells_the_person(stage, as_user, now, django_capture_on_commit_callbacks):
    person, admins, _province = stage
    office.certified(person)
    requests.ask(user=person, kind=RequestKind.ERASE, text="Tôi nghỉ việc.", now=now)
    client, place = as_user(admins["A"]), at(person, name="erase-person")
    html = client.get(place).content.decode()
    assert "Điều 14" in html and "Giấy chứng nhận trong sổ gốc" in html and "Họ tên, e-mail" in html
    assert as_user(admins["B"]).get(place).status_code == 404
    assert client.post(place, {"reason": "Theo đơn ngày 18/11/2026", "name": "Ai Đó"}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(place, {"reason": "Theo đơn ngày 18/11/2026", "name": "đinh thị uyển"}).status_code == 302
    person.refresh_from_db()
    request = PrivacyRequest.objects.get()
    assert person.is_erased and [letter.to for letter in mail.outbox] == [["uyen@example.org"]]
    assert (request.state, request.text, request.answer, request.handled_by) == ("done", "", "Theo đơn ngày 18/11/2026", admins["A"])
    # Nobody can sign in to read more: all of it stands in the letter.
    letter = mail.outbox[0].body
    for words in ("Đinh Thị Uyển", "Theo đơn ngày 18/11/2026", "- Họ tên, e-mail", "- Giấy chứng nhận trong sổ gốc: số, họ tên, nội dung và tệp PDF (1). ", "Điều 14"):
        assert words in letter, words
    assert "http" not in letter and "/tai-khoan/" not in letter
    assert client.get(place).status_code in (403, 404)


def test_an_address_that_was_never_proved_is_told_nothing_of_the_erasure(stage, now, django_capture_on_commit_callbacks):
    """It may be a stranger's, and the letter names the person; when it goes out there is no row left that says so."""
    person, admins, _province = stage
    EmailAddress.objects.create(user=person, email=person.email, verified=False, primary=True)
    request = requests.ask(user=person, kind=RequestKind.ERASE, text="", now=now)
    with django_capture_on_commit_callbacks(execute=True):
        erase_on_request(request=request, by=admins["A"], reason="Theo đơn", now=now)
    person.refresh_from_db()
    assert person.is_erased and mail.outbox == []


def test_whose_rights_reach_further_is_not_erased_from_below(stage, now):
    person, admins, province = stage
    unions.role(person, province.top, Role.SYSTEM_ADMIN)
    request = requests.ask(user=person, kind=RequestKind.ERASE, text="", now=now)
    with pytest.raises(NotYourPerson):
        erase_on_request(request=request, by=admins["A"], reason="Theo đơn", now=now)
    request.refresh_from_db()
    assert request.state == "open"


def test_the_page_that_erases_is_shut_for_other_requests_and_for_whose_rights_reach_further(stage, as_user, now):
    person, admins, province = stage
    client = as_user(admins["A"])
    requests.ask(user=person, kind=RequestKind.CORRECT, text="Sai tên.", now=now)
    requests.ask(user=person, kind=RequestKind.ERASE, text="", now=now)
    assert client.get(at(person, RequestKind.CORRECT, "erase-person")).status_code == 403
    assert client.get(at(person, name="erase-person")).status_code == 200
    unions.role(person, province.top, Role.SYSTEM_ADMIN)
    assert client.get(at(person, name="erase-person")).status_code == 403


def test_a_correction_leads_the_office_to_where_it_is_corrected(stage, as_user, now):
    person, admins, _province = stage
    requests.ask(user=person, kind=RequestKind.CORRECT, text="Tên trên giấy sai.", now=now)
    html = as_user(admins["A"]).get(at(person, RequestKind.CORRECT)).content.decode()
    assert reverse("people:change-person", args=[person.uuid]) in html and reverse("books:list-records") in html
