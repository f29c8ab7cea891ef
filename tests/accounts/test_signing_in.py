"""Signing in: by number or address however typed, wrong passwords counted by person and by address, nobody found out."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import accounts as people
from tests.factories.accounts import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}


def sign_in(client: Client, login: str, password: str = PASSWORD, **fields):
    return client.post(reverse("account_login"), {"login": login, "password": password, **fields})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("login", [
    "0912 345 678", "0912.345.678", "+84 912345678", "84912345678", "+84 0912 345 678", "912345678", " 0912-345-678 ",
    "mai@example.org", "MAI@Example.ORG", " mai@example.org ",
])
def test_sign_in_takes_the_number_or_the_address_however_it_is_typed(client, learner, login):
    response = sign_in(client, login)

    assert (response.status_code, response.url) == (302, "/hoc-tap/")
    assert client.session["_auth_user_id"] == str(learner.pk)


@pytest.mark.parametrize("login", ["mai", "0912 345", "mai@", "0912 345 678 ext 5", "x" * 10_000])
def test_sign_in_says_how_a_login_looks_when_it_is_neither(client, learner, login):
    response = sign_in(client, login)

    assert response.status_code == 200
    assert response.context["form"].has_error("login", "invalid_login")
    assert not is_signed_in(client)


def test_sign_in_keeps_the_typed_login_and_never_the_password_when_the_password_is_wrong(client, learner):
    response = sign_in(client, "0912 345 678", "sai-mat-khau-bi-mat")
    page = response.content.decode()

    assert 'value="0912 345 678"' in page
    assert "sai-mat-khau-bi-mat" not in page
    assert 'id="id_password_error"' in page
    assert 'aria-invalid="true"' in page


def test_sign_in_asks_for_the_right_keyboards_and_works_as_a_plain_form(client):
    page = client.get(reverse("account_login")).content.decode()

    assert 'autocomplete="username"' in page
    assert 'inputmode="email"' in page
    assert 'autocomplete="current-password"' in page
    assert "<script>" not in page
    assert " style=" not in page
    assert "onclick" not in page


def test_wrong_passwords_are_counted_and_close_one_account_for_a_while(learner, trainer):
    """Four more tries, three more … then 429, even with the right password; everybody else signs in as before."""
    client = Client(**ENGLISH)
    told = [sign_in(client, "mai@example.org", "sai") for _ in range(4)]
    for left, response in zip((4, 3, 2, 1), told, strict=True):
        assert response.status_code == 200
        assert f"You can try {left} more times." in response.content.decode()

    closed = sign_in(client, "mai@example.org", "sai")
    assert closed.status_code == 429
    assert "Wait 15 minutes" in closed.content.decode()
    assert 'value="mai@example.org"' in closed.content.decode()

    assert sign_in(client, "mai@example.org").status_code == 429
    assert sign_in(Client(REMOTE_ADDR="198.51.100.7"), "mai@example.org").status_code == 429
    assert sign_in(Client(), "van@example.org").status_code == 302


def test_wrong_passwords_are_counted_together_for_both_names_of_an_account(learner, trainer):
    client = Client()
    for login in ("0912345678", "mai@example.org", "+84912345678", "MAI@example.org", "84912345678"):
        response = sign_in(client, login, "sai")

    assert response.status_code == 429
    assert sign_in(client, "0912 345 678").status_code == 429


def test_wrong_passwords_for_one_number_leave_other_numbers_alone(learner):
    """allauth's own count is shared by all telephone numbers."""
    people.person("Trần Thị Bưởi", None, phone="0987654321")
    for _ in range(5):
        sign_in(Client(), "0912345678", "sai")

    assert sign_in(Client(), "0912345678").status_code == 429
    assert sign_in(Client(), "0987 654 321").status_code == 302


def test_right_passwords_do_not_use_up_tries(learner):
    for _ in range(7):
        client = Client()
        assert sign_in(client, "0912345678").status_code == 302


def test_wrong_passwords_from_one_address_are_limited_too(settings, learner, trainer):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_failed": "5/15m/key,6/15m/ip"}
    for number in range(6):
        assert sign_in(Client(), f"nguoi{number}@example.org", "doan-mo").status_code == 200

    assert sign_in(Client(), "van@example.org").status_code == 429
    assert sign_in(Client(REMOTE_ADDR="198.51.100.7"), "van@example.org").status_code == 302


def test_a_flood_of_sign_ins_gets_a_page_of_the_site(settings, learner):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "2/m/ip"}
    for _ in range(2):
        sign_in(Client(), "0912345678")
    response = sign_in(Client(), "0912345678")

    assert response.status_code == 429
    assert 'class="door"' in response.content.decode()


def test_sign_in_answers_alike_for_known_and_unknown_people(learner):
    """The same words, the same number of tries: nobody learns here who has an account."""
    known, unknown = Client(**ENGLISH), Client(**ENGLISH)
    for _ in range(6):
        one = sign_in(known, "mai@example.org", "sai")
        other = sign_in(unknown, "khong-co@example.org", "sai")
        assert one.status_code == other.status_code
        assert one.context["form"].errors == other.context["form"].errors


def test_a_locked_account_is_told_so_only_with_the_right_password(client, learner):
    User.objects.update(is_active=False)

    assert sign_in(client, "mai@example.org", "sai").status_code == 200
    assert sign_in(client, "mai@example.org").url == reverse("account_inactive")
    assert client.get(reverse("account_inactive")).status_code == 200
    assert not is_signed_in(client)


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example", "https:evil.example"])
def test_sign_in_never_leads_to_another_site(client, learner, address):
    assert sign_in(client, "mai@example.org", next=address).url == "/hoc-tap/"


def test_sign_in_leads_on_to_a_page_of_this_site(client, learner):
    assert sign_in(client, "mai@example.org", next="/khoa-hoc/thuong-luong/").url == "/khoa-hoc/thuong-luong/"


def test_sign_in_goes_to_no_and_fro_for_a_learner_who_opened_the_editors_address(client, learner):
    client.force_login(learner)

    response = client.get(reverse("account_login"), {"next": "/quan-tri/"})

    assert (response.status_code, response.url) == (302, "/hoc-tap/")


def test_sign_in_lasts_as_long_as_was_asked(learner):
    kept, dropped = Client(), Client()
    sign_in(kept, "mai@example.org", remember="on")
    sign_in(dropped, "mai@example.org")

    assert kept.session.get_expiry_age() == 30 * 24 * 3600
    assert dropped.session.get_expire_at_browser_close()


def test_sign_out_asks_by_get_and_tells_that_it_is_done(learner):
    client = Client(**ENGLISH)
    client.force_login(learner)
    assert client.get(reverse("account_logout")).status_code == 200
    assert is_signed_in(client)

    response = client.post(reverse("account_logout"), follow=True)

    assert not is_signed_in(client)
    assert response.redirect_chain[0][0] == reverse("account_login")
    assert [str(message) for message in response.context["messages"]] == ["You have signed out."]


def test_a_changed_language_follows_the_person_to_the_next_device(learner):
    User.objects.filter(pk=learner.pk).update(language="en")
    client = Client(HTTP_ACCEPT_LANGUAGE="vi")

    response = sign_in(client, "mai@example.org")

    assert response.cookies["django_language"].value == "en"
    assert '<html lang="en">' in client.get(reverse("account_email")).content.decode()


def test_a_password_renewed_by_the_office_opens_the_account_at_once(learner, administrator):
    for _ in range(5):
        sign_in(Client(), "0912345678", "sai")
    office = Client()
    office.force_login(administrator)
    fields = {"full_name": learner.full_name, "phone": "0912345678", "email": "mai@example.org", "language": "vi", "is_active": "on"}
    office.post(reverse("wagtailusers_users:edit", args=[learner.pk]), {**fields, "password1": "moi-cap-2026-x", "password2": "moi-cap-2026-x"})

    assert sign_in(Client(), "0912345678", "moi-cap-2026-x").status_code == 302
    assert mail.outbox == []
