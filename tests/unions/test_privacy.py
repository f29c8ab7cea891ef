"""Requests about personal data in the office: who sees and answers them, what is overdue, and erasing who asked for it."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from accounts.enums import RequestKind
from accounts.models import PrivacyRequest
from accounts.services import requests
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
