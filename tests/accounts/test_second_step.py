"""The second step: an app's code, recovery codes, and administrators who are led to set one up."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.factories.accounts import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.fixture
def must_have(settings):
    settings.ADMINS_NEED_SECOND_FACTOR = True


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def set_up_app(client: Client) -> str:
    """Show the password again, scan the picture, type the code; the secret comes back."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    return secret


def sign_in(client: Client, login: str = "an@example.org"):
    return client.post(reverse("account_login"), {"login": login, "password": PASSWORD, "next": "/quan-tri/"})


@pytest.mark.parametrize("address", ["/quan-tri/", "/quan-tri/pages/", "/dao-tao/"])
def test_an_administrator_without_a_second_step_is_led_to_set_one_up(must_have, administrator, as_user, address):
    client = as_user(administrator)

    response = client.get(address)

    assert (response.status_code, response.url) == (302, reverse("mfa_index") + "?required=1")
    page = client.get(response.url).content.decode()
    assert "notice--warn" in page
    assert reverse("mfa_activate_totp") in page


def test_an_administrator_sets_up_an_app_and_enters_with_its_code(must_have, administrator, as_user):
    secret = set_up_app(as_user(administrator))
    assert secret not in str(Authenticator.objects.get(type="totp").data)

    client = Client()
    assert sign_in(client).url == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    assert client.get(reverse("mfa_authenticate")).status_code == 200
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.context["form"].has_error("code", "incorrect_code")

    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).url == "/quan-tri/"
    assert client.get("/quan-tri/").status_code == 200


def test_a_code_is_good_once(administrator, as_user):
    secret = set_up_app(as_user(administrator))
    code = code_of(secret)
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client)
    assert first.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    cache.delete(f"allauth.mfa.totp.used?user={administrator.pk}&code={code}")

    assert second.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200
    assert "_auth_user_id" not in second.session


def test_a_recovery_code_lets_in_once(administrator, as_user):
    client = as_user(administrator)
    set_up_app(client)
    code = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"][0]
    assert code in client.get(reverse("mfa_download_recovery_codes")).content.decode()
    answers = []
    for browser in (Client(), Client()):
        sign_in(browser)
        answers.append(browser.post(reverse("mfa_authenticate"), {"code": code}).status_code)

    assert answers == [302, 200]


def test_wrong_codes_are_counted(administrator, as_user):
    set_up_app(as_user(administrator))
    client = Client()
    sign_in(client)
    for _ in range(6):
        response = client.post(reverse("mfa_authenticate"), {"code": "000000"})

    assert response.context["form"].has_error("code", "too_many_login_attempts")


def test_a_lost_secret_key_shuts_out_without_breaking(administrator, as_user, settings):
    secret = set_up_app(as_user(administrator))
    settings.SECRET_KEY = "another-key-" * 5
    client = Client()
    sign_in(client)

    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).status_code == 200


def test_a_replaced_secret_key_is_no_loss_while_the_old_one_is_kept(administrator, as_user, settings):
    secret = set_up_app(as_user(administrator))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-key-" * 5
    client = Client()
    sign_in(client)

    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).status_code == 302


def test_learners_pages_pay_nothing_for_the_rule(must_have, learner, administrator, as_user, django_assert_num_queries):
    for person in (learner, administrator):
        client = as_user(person)
        client.get(reverse("accounts:show-profile"))
        with django_assert_num_queries(4):
            assert client.get(reverse("accounts:show-profile")).status_code == 200


def test_no_second_step_is_asked_where_the_settings_do_not(administrator, as_user):
    assert as_user(administrator).get("/quan-tri/").status_code == 200


def test_somebody_with_an_unconfirmed_address_confirms_it_first(trainer, as_user):
    """Else a person could sign up with another's address and lock its owner out for ever."""
    client = as_user(trainer)
    client.get(reverse("account_email"))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    response = client.get(reverse("mfa_activate_totp"))

    assert response.url == reverse("mfa_index")


def test_the_pages_of_the_second_step_keep_the_strict_policy(administrator, as_user):
    client = as_user(administrator)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn"):
        page = client.get(reverse(name)).content.decode()
        assert "data:image" not in page
        assert " style=" not in page
        assert "<script>" not in page


def test_a_passkey_answer_that_is_nonsense_is_refused_kindly(client, administrator, as_user):
    signed_in = as_user(administrator)
    signed_in.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    for credential in ("", "{}", "[]", '"x"', "null", '{"response": {}}', "x" * 10_000):
        assert client.post(reverse("mfa_login_webauthn"), {"credential": credential}).url == reverse("account_login")
        signed_in.get(reverse("mfa_add_webauthn"))
        assert signed_in.post(reverse("mfa_add_webauthn"), {"credential": credential, "name": ""}).status_code == 200


# Whoever may enter the editor, and sessions that were begun before


@pytest.fixture
def editors_must_have(settings):
    settings.EDITORS_NEED_SECOND_FACTOR = True


@pytest.mark.django_db(transaction=True)
def test_a_trainer_without_a_second_step_is_led_to_set_one_up(editors_must_have, trainer, as_user):
    trainer.groups.add(Group.objects.get(name="Giảng viên"))
    client = as_user(trainer)

    assert client.get("/quan-tri/").url == reverse("mfa_index") + "?required=1"
    set_up_app(client)
    # Whoever has just set it up has shown it: no second question.
    assert client.get("/quan-tri/").status_code == 200


def test_learners_pay_nothing_for_it(editors_must_have, must_have, learner, as_user):
    answer = as_user(learner).get("/quan-tri/")
    assert answer.status_code in (302, 403) and "required" not in answer.url


@pytest.mark.parametrize("address", ["/quan-tri/", "/quan-tri/users/", "/dao-tao/can-bo/?q=mai"])
def test_a_session_that_was_begun_with_the_password_alone_shows_the_second_step_first(must_have, administrator, as_user, address):
    """Somebody who has the password, and signed in before the administrator set up the app, has its session and not its codes."""
    thief = as_user(administrator)
    secret = set_up_app(as_user(administrator))
    cache.clear()

    asked = thief.get(address)
    assert asked.status_code == 302 and asked.url.startswith(reverse("mfa_reauthenticate"))
    thief.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert thief.get(address).status_code == 302
    # The administrator's own old session goes on with a code, where it was.
    shown = thief.post(asked.url, {"code": code_of(secret)})
    assert shown.status_code == 302 and shown.url == address
    assert thief.get(address).status_code == 200
