"""One's own record: kept on errors, dates and numbers as typed, the language."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import accounts as people

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

PROFILE = {"full_name": "Nguyễn Thị Mai", "given_name": "", "phone": "0912 345 678", "date_of_birth": "", "gender": "", "language": "vi"}


def save(client: Client, **fields):
    return client.post(reverse("accounts:show-profile"), {**PROFILE, **fields})


def test_the_profile_belongs_to_who_is_signed_in(client):
    assert client.get(reverse("accounts:show-profile")).url.startswith(reverse("account_login"))


def test_the_profile_is_changed(learner, as_user):
    client = as_user(learner)
    response = save(client, full_name="Nguyễn Thị Tuyết Mai", phone="+84 987654321", date_of_birth="2/9/1985", gender="female", given_name="Tuyết Mai")

    assert response.url == reverse("accounts:show-profile")
    learner.refresh_from_db()
    assert (learner.full_name, learner.phone, learner.date_of_birth, learner.gender) == (
        "Nguyễn Thị Tuyết Mai", "+84987654321", date(1985, 9, 2), "female")
    assert learner.get_short_name() == "Tuyết Mai"
    page = client.get(response.url).content.decode()
    assert 'value="0987 654 321"' in page
    assert 'value="02/09/1985"' in page


@pytest.mark.parametrize("typed", ["21/11/1985", "21-11-1985", "21.11.1985", "21 11 1985", "21111985", " 21/11/1985 ", "21 tháng 11 năm 1985"])
def test_a_date_of_birth_is_taken_as_it_is_typed(learner, as_user, typed):
    save(as_user(learner), date_of_birth=typed)

    learner.refresh_from_db()
    assert learner.date_of_birth == date(1985, 11, 21)


@pytest.mark.parametrize("field, typed", [
    ("full_name", ""), ("full_name", "Mai 2"), ("full_name", "x" * 10_000), ("phone", "0912 345"), ("phone", "không có"),
    ("date_of_birth", "31/02/1985"), ("date_of_birth", "1985"), ("date_of_birth", "21/11/2985"), ("date_of_birth", "01/01/0001"),
    ("date_of_birth", "2111985"), ("date_of_birth", "x" * 10_000), ("gender", "khác"), ("language", "fr"), ("given_name", "<i>"),
])
def test_a_wrong_entry_is_named_and_everything_typed_is_kept(learner, as_user, field, typed):
    response = save(as_user(learner), **{"date_of_birth": "02/09/1985", field: typed})

    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    if field != "date_of_birth":
        assert 'value="02/09/1985"' in response.content.decode()
    learner.refresh_from_db()
    assert learner.date_of_birth is None


def test_a_wrong_entry_does_not_change_the_name_in_the_header(learner, as_user):
    response = save(as_user(learner), full_name="Tên Khác", phone="0912")

    assert response.wsgi_request.user.full_name == "Nguyễn Thị Mai"


def test_a_number_of_somebody_else_is_refused(learner, as_user):
    people.person("Trần Thị Bưởi", None, phone="0987654321")

    response = save(as_user(learner), phone="0987 654 321")

    assert response.context["form"].has_error("phone", "unique")


def test_the_only_way_in_cannot_be_emptied(as_user):
    person = people.person("Trần Thị Bưởi", None, phone="0987654321")

    response = save(as_user(person), full_name=person.full_name, phone="")

    assert response.context["form"].has_error("phone", "only_login")


def test_a_number_may_go_while_an_address_is_left(learner, as_user):
    save(as_user(learner), phone="")

    learner.refresh_from_db()
    assert (learner.phone, learner.email) == (None, "mai@example.org")


def test_the_language_of_the_profile_holds_from_the_next_page_on(learner, as_user):
    client = as_user(learner)
    save(client, language="en")

    assert '<html lang="en">' in client.get(reverse("accounts:show-profile")).content.decode()


def test_the_profile_asks_as_much_however_many_people_there_are(learner, as_user, django_assert_num_queries):
    for number in range(30):
        people.person("Trần Thị Bưởi", f"buoi{number}@example.org")
    client = as_user(learner)
    client.get(reverse("accounts:show-profile"))

    with django_assert_num_queries(4):
        client.get(reverse("accounts:show-profile"))


def test_a_stranger_chooses_a_language(client):
    response = client.post(reverse("accounts:set-language"), {"language": "en", "next": "/tai-khoan/login/"})

    assert response.url == "/tai-khoan/login/"
    assert '<html lang="en">' in client.get("/tai-khoan/login/").content.decode()


def test_a_chosen_language_is_kept_with_the_person(learner, as_user):
    as_user(learner).post(reverse("accounts:set-language"), {"language": "en"})

    assert User.objects.get(pk=learner.pk).language == "en"


@pytest.mark.parametrize("fields", [
    {"language": "fr"}, {}, {"language": "../../etc"}, {"language": "en", "next": "https://evil.example/"}, {"language": "en", "next": "//evil.example"},
])
def test_the_language_switch_stays_on_this_site_whatever_is_sent(learner, as_user, fields):
    response = as_user(learner).post(reverse("accounts:set-language"), fields)

    assert response.status_code == 302
    assert "evil" not in response.url


def test_the_language_switch_is_no_link(client):
    assert client.get(reverse("accounts:set-language")).status_code == 405
