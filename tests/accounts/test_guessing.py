"""Guessing passwords: one account from everywhere, many accounts from one place; and nobody else is shut out by it."""

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories.accounts import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

OFFICE, ELSEWHERE = "203.0.113.7", "198.51.100.7"
MOST = 20


def sign_in(client: Client, login: str, password: str = PASSWORD):
    return client.post(reverse("account_login"), {"login": login, "password": password})


def guess(login: str, times: int, address: str = ELSEWHERE, each_from_another: bool = False) -> set[int]:
    return {
        sign_in(Client(REMOTE_ADDR=f"198.18.{number // 250}.{number % 250}" if each_from_another else address), login, f"sai-{number}").status_code
        for number in range(times)}


@pytest.fixture(autouse=True)
def one_fifth(settings):
    """The product's rules with a fifth of its numbers, counted in memory: what holds for a hundred people holds for twenty."""
    assert settings.ACCOUNT_RATE_LIMITS["login_failed"] == "5/15m/key,100/d/key,100/15m/ip"
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_failed": f"5/15m/key,20/d/key,{MOST}/15m/ip"}
    settings.CACHES = {**settings.CACHES, "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "guessing"}}
    caches["default"].clear()


@pytest.fixture
def many():
    """The people of one office: more than may mistype their passwords there within a quarter of an hour."""
    hashed = make_password(PASSWORD)
    return User.objects.bulk_create([
        User(full_name=f"Người {number}", phone=f"+8490{number:07d}", password=hashed) for number in range(MOST + 5)])


def test_an_office_signs_in_while_somebody_in_it_guesses_one_account(learner, many):
    """However many guesses at one account: they use up five tries of the address, and all the others come in."""
    assert 429 in guess("0912345678", 2 * MOST, OFFICE)
    half = len(many) // 2
    first = [sign_in(Client(REMOTE_ADDR=OFFICE), person.phone).status_code for person in many[:half]]
    guess("0912345678", MOST, OFFICE)
    second = [sign_in(Client(REMOTE_ADDR=OFFICE), person.phone).status_code for person in many[half:]]

    assert {*first, *second} == {302}


def test_guessing_at_many_accounts_from_one_address_ends(many):
    answers = [sign_in(Client(REMOTE_ADDR=OFFICE), person.phone, "mat-khau-hay-gap").status_code for person in many]

    assert set(answers[:MOST]) == {200}
    assert set(answers[MOST:]) == {429}
    assert sign_in(Client(REMOTE_ADDR=ELSEWHERE), many[0].phone).status_code == 302


def test_addresses_that_a_socket_for_both_kinds_writes_as_ipv6_are_counted_one_by_one(many):
    """::ffff:203.0.113.7 is 203.0.113.7; the first 64 bits, by which IPv6 is counted, are the same for all of these."""
    for person in many:
        sign_in(Client(REMOTE_ADDR=f"::ffff:{OFFICE}"), person.phone, "mat-khau-hay-gap")

    assert sign_in(Client(REMOTE_ADDR=OFFICE), many[0].phone).status_code == 429
    assert sign_in(Client(REMOTE_ADDR=f"::ffff:{ELSEWHERE}"), many[0].phone).status_code == 302


def test_guessing_at_one_account_from_many_addresses_ends(learner):
    assert guess("mai@example.org", 12, each_from_another=True) == {200, 429}
    assert sign_in(Client(REMOTE_ADDR="192.0.2.1"), "mai@example.org").status_code == 429


def test_more_guesses_a_day_than_a_hundred_are_never_made(learner, monkeypatch):
    """However patient: five in a quarter of an hour would be 480 a day."""
    clock = [1_800_000_000.0]
    monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: clock[0])
    for _quarter in range(4):
        guess("mai@example.org", 5)
        clock[0] += 15 * 60 + 1
    assert sign_in(Client(), "mai@example.org").status_code == 429
    clock[0] += 24 * 3600
    assert sign_in(Client(), "mai@example.org").status_code == 302


def test_the_person_comes_in_on_a_device_of_theirs_while_others_guess(learner):
    phone = Client(REMOTE_ADDR=OFFICE)
    assert sign_in(phone, "0912345678").status_code == 302
    phone.post(reverse("account_logout"))
    guess("0912345678", 8, each_from_another=True)

    assert sign_in(Client(REMOTE_ADDR=OFFICE), "0912345678").status_code == 429
    assert sign_in(phone, "0912345678").status_code == 302


def test_the_person_comes_in_on_a_device_of_theirs_while_their_office_is_shut_out(learner, many):
    phone = Client(REMOTE_ADDR=OFFICE)
    sign_in(phone, "0912345678")
    phone.post(reverse("account_logout"))
    for person in many:
        sign_in(Client(REMOTE_ADDR=OFFICE), person.phone, "mat-khau-hay-gap")

    assert sign_in(Client(REMOTE_ADDR=OFFICE), "0912345678").status_code == 429
    assert sign_in(phone, "0912345678").status_code == 302


def test_a_device_is_no_way_around_the_count(learner, trainer):
    """A thief on a known device has five tries like anybody; and a device that is known for one person is none for another."""
    phone = Client()
    sign_in(phone, "0912345678")
    phone.post(reverse("account_logout"))
    assert [sign_in(phone, "0912345678", "sai").status_code for _ in range(6)] == [200] * 4 + [429] * 2
    guess("van@example.org", 6, each_from_another=True)
    assert sign_in(phone, "van@example.org").status_code == 429


@pytest.mark.parametrize("cookie", ["", "x", "." * 50, "0" * 48, "ß" * 48, "a.b.c", "0" * 5000])
def test_a_made_up_device_is_none(learner, cookie):
    client = Client()
    client.cookies["device"] = cookie
    guess("0912345678", 6, each_from_another=True)
    assert sign_in(client, "0912345678").status_code == 429


def test_a_device_is_forgotten_with_the_password(learner):
    phone = Client()
    sign_in(phone, "0912345678")
    phone.post(reverse("account_logout"))
    learner.set_password("gio thoi qua doi tram")
    learner.save()
    guess("0912345678", 6, each_from_another=True)

    assert sign_in(phone, "0912345678", "gio thoi qua doi tram").status_code == 429


def test_a_shared_computer_knows_the_five_who_used_it_last_and_names_nobody(many):
    client = Client()
    for person in many[:6]:
        sign_in(client, person.phone)
        client.post(reverse("account_logout"))
    cookie = client.cookies["device"]

    assert len(cookie.value.split(".")) == 5
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/"
    for person in many[:6]:
        assert person.phone not in cookie.value and str(person.pk) not in cookie.value.split(".")


def test_a_session_that_exists_goes_on_while_others_guess(learner, as_user):
    here = as_user(learner)
    guess("0912345678", 8, each_from_another=True)

    assert here.get("/hoc-tap/").status_code == 200
    assert here.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302


def test_a_session_has_five_tries_of_the_password_too(learner, as_user):
    """Whoever finds a telephone that is signed in must not find out the password on it."""
    here = as_user(learner)
    for _ in range(5):
        here.post(reverse("account_reauthenticate"), {"password": "sai"})
    here.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    assert not [record for record in here.session.get("account_authentication_methods", []) if record.get("reauthenticated")]


def test_the_office_opens_an_account_that_others_have_shut(learner, administrator, as_user):
    """A new password by the office lets in at once, from anywhere."""
    guess("0912345678", 8, each_from_another=True)
    fields = {"full_name": learner.full_name, "email": learner.email, "phone": "0912345678", "language": "vi", "is_active": "on",
              "password1": "gio thoi qua doi tram", "password2": "gio thoi qua doi tram"}
    as_user(administrator).post(reverse("wagtailusers_users:edit", args=[learner.pk]), fields)

    assert sign_in(Client(), "0912345678", "gio thoi qua doi tram").status_code == 302


@pytest.mark.parametrize("door", ["/quan-tri/login/", "/_util/login/"])
def test_no_other_door_asks_for_a_password(learner, door):
    """Wagtail brings two pages of its own for signing in, without a count of tries and without the second step."""
    User.objects.filter(pk=learner.pk).update(member_code="CD0007")
    for login in ("CD0007", "mai@example.org", "+84912345678"):
        client = Client()
        answer = client.post(f"{door}?next=/hoc-tap/", {"username": login, "password": PASSWORD})
        assert (answer.status_code, answer.url) == (302, "/tai-khoan/login/?next=/hoc-tap/")
        assert "_auth_user_id" not in client.session
    assert Client().get("/quan-tri/password_reset/").status_code == 404


def test_a_letter_for_a_new_password_is_answered_alike_for_known_and_unknown(learner):
    known, unknown = (Client().post(reverse("account_reset_password"), {"email": email}) for email in ("mai@example.org", "khong-co@example.org"))

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert len(mail.outbox) == 2
