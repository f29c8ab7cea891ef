"""Signing up by number or address, proving an address, a forgotten password, changing the address."""

import re
from smtplib import SMTPException

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.models import User
from tests.factories import accounts as people
from tests.factories.accounts import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

MAI = {"full_name": "Nguyễn Thị Mai", "phone": "0912 345 678", "email": "", "password1": "lua-vang-2026"}


def sign_up(client: Client, **fields):
    return client.post(reverse("account_signup"), {**MAI, **fields})


def link_in(letter) -> str:
    """The address in a letter, without the site's own name."""
    return re.search(r"http://testserver(/\S+)", letter.body)[1]


def open_reset_link(client: Client, letter, password: str):
    form_address = client.get(link_in(letter)).url
    return client.post(form_address, {"password1": password})


def test_sign_up_by_number_enters_at_once(client):
    response = sign_up(client)

    assert (response.status_code, response.url) == (302, "/hoc-tap/")
    person = User.objects.get()
    assert (person.full_name, person.phone, person.email, person.language) == ("Nguyễn Thị Mai", "+84912345678", None, "vi")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert mail.outbox == []

    again = Client()
    answer = again.post(reverse("account_login"), {"login": "+84 912345678", "password": "lua-vang-2026"})
    assert answer.status_code == 302


def test_sign_up_by_address_waits_for_the_mailbox_and_goes_on_from_its_link(client):
    response = sign_up(client, phone="", email="Mai@Example.org", next="/khoa-hoc/")

    assert response.url == reverse("account_email_verification_sent")
    assert "_auth_user_id" not in client.session
    assert client.get(response.url).status_code == 200
    [letter] = mail.outbox
    assert letter.to == ["mai@example.org"]

    elsewhere = Client()
    refused = elsewhere.post(reverse("account_login"), {"login": "mai@example.org", "password": "lua-vang-2026"})
    assert refused.url == reverse("account_email_verification_sent")

    assert client.get(link_in(letter)).status_code == 200
    entered = client.post(link_in(letter))
    assert entered.url == "/khoa-hoc/"
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)
    assert elsewhere.post(reverse("account_login"), {"login": "mai@example.org", "password": "lua-vang-2026"}).url == "/hoc-tap/"


def test_sign_up_by_both_enters_at_once_and_the_address_counts_when_it_is_proved(client):
    response = sign_up(client, email="mai@example.org")

    assert response.url == "/hoc-tap/"
    person = User.objects.get()
    assert person.email is None
    [letter] = mail.outbox

    client.post(link_in(letter))

    person.refresh_from_db()
    assert person.email == "mai@example.org"
    assert "mai" in person.search_key


def test_a_mistyped_address_lets_nobody_into_the_account(client):
    """The stranger who owns the mistyped mailbox asks for a new password and gets none."""
    sign_up(client, email="nguoi-la@example.org")
    mail.outbox.clear()

    Client().post(reverse("account_reset_password"), {"email": "nguoi-la@example.org"})

    assert "/password/reset/key/" not in mail.outbox[0].body


def test_sign_up_with_a_known_address_looks_like_any_other(learner):
    """The page is the same; only the mailbox learns that there is an account."""
    new, known = Client(), Client()
    answers = [sign_up(new, phone="", email="moi@example.org"), sign_up(known, phone="", email="MAI@example.org")]

    assert [answer.url for answer in answers] == [reverse("account_email_verification_sent")] * 2
    told = [[str(message).replace(address, "…") for message in client.get(answers[0].url).context["messages"]]
            for client, address in ((new, "moi@example.org"), (known, "mai@example.org"))]
    assert told[0] == told[1] != []
    assert User.objects.filter(email="mai@example.org").count() == 1
    assert [letter.to for letter in mail.outbox] == [["moi@example.org"], ["mai@example.org"]]
    assert reverse("account_reset_password") in mail.outbox[1].body


def test_sign_up_with_a_known_address_and_a_new_number_takes_nothing_over(client, learner):
    response = sign_up(client, phone="0987654321", email="mai@example.org")

    assert response.url == "/hoc-tap/"
    newcomer = User.objects.get(phone="+84987654321")
    client.post(link_in(mail.outbox[0]))
    newcomer.refresh_from_db()
    learner.refresh_from_db()
    assert (newcomer.email, learner.email) == (None, "mai@example.org")


def test_sign_up_says_openly_that_a_number_is_taken(client, learner):
    response = sign_up(client, phone="84912345678", email="moi@example.org")

    assert response.status_code == 200
    assert response.context["form"].has_error("phone", "phone_taken")
    assert 'value="Nguyễn Thị Mai"' in response.content.decode()
    assert User.objects.count() == 1


def test_sign_up_twice_at_once_makes_one_account(client, monkeypatch):
    """The second request has passed the form before the first has saved."""
    first_save = services.register_person

    def slow_save(**fields):
        first_save(**fields)
        return first_save(**fields)

    monkeypatch.setattr(services, "register_person", slow_save)
    response = sign_up(client)

    assert response.status_code == 200
    assert response.context["form"].has_error("phone")
    assert User.objects.count() == 1


@pytest.mark.parametrize("field, value", [
    ("full_name", ""), ("full_name", "   "), ("full_name", "Trúng thưởng http://evil.example"), ("full_name", "<b>Mai</b>"), ("full_name", "x" * 10_000),
    ("phone", "0912 345 67"), ("phone", "gọi cho Mai"), ("phone", ""), ("email", "mai@"), ("email", "x" * 10_000),
    ("password1", ""), ("password1", "ngan"), ("password1", "12345678"), ("password1", "nguyễn thị mai"), ("password1", "password"),
])
def test_sign_up_names_the_field_that_is_wrong_and_keeps_the_rest(client, field, value):
    response = sign_up(client, **{"email": "", field: value})

    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert User.objects.count() == 0
    assert "lua-vang-2026" not in response.content.decode()


def test_sign_up_takes_a_name_that_comes_in_pieces_or_with_double_spaces(client):
    sign_up(client, full_name="  Nguyê\u0303n   Thi\u0323 \u200bMai ")

    assert User.objects.get().full_name == "Nguyễn Thị Mai"


def test_sign_up_is_closed_when_the_office_says_so(client, settings):
    settings.SIGN_UP_OPEN = False

    assert sign_up(client).status_code == 200
    assert User.objects.count() == 0
    assert reverse("account_signup") not in client.get(reverse("account_login")).content.decode()


def test_sign_up_keeps_what_was_typed_when_the_mail_server_is_dead(client, monkeypatch):
    def dead(*args, **kwargs):
        raise SMTPException("no")

    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", dead)
    response = sign_up(client, email="mai@example.org")

    assert response.url == "/hoc-tap/"
    assert User.objects.count() == 1


def test_a_forgotten_password_is_renewed_by_a_link_that_works_once(learner):
    client = Client()
    asked = client.post(reverse("account_reset_password"), {"email": "MAI@example.org"})
    assert asked.url == reverse("account_reset_password_done")
    [letter] = mail.outbox
    assert letter.to == ["mai@example.org"]

    assert open_reset_link(client, letter, "ngon-den-khuya-2026").status_code == 302
    learner.refresh_from_db()
    assert learner.check_password("ngon-den-khuya-2026")
    assert EmailAddress.objects.get(user=learner).verified

    again = Client().get(link_in(letter))
    assert again.context["token_fail"]
    assert again.status_code == 200


def test_a_new_password_ends_the_sessions_of_other_devices(learner, as_user):
    thief = as_user(learner)
    client = Client()
    client.post(reverse("account_reset_password"), {"email": "mai@example.org"})
    open_reset_link(client, mail.outbox[0], "ngon-den-khuya-2026")

    assert thief.get(reverse("accounts:show-profile")).status_code == 302


def test_asking_for_a_new_password_tells_nobody_who_has_an_account(learner):
    answers = [Client().post(reverse("account_reset_password"), {"email": email}, follow=True) for email in ("mai@example.org", "la@example.org")]

    assert answers[0].redirect_chain == answers[1].redirect_chain
    assert answers[0].content.decode().count("<p") == answers[1].content.decode().count("<p")
    assert "/password/reset/key/" in mail.outbox[0].body
    assert "/password/reset/key/" not in mail.outbox[1].body


def test_asking_for_a_new_password_by_number_leads_to_the_manager_whether_it_is_known_or_not(client, learner):
    for number in ("0912 345 678", "0987654321"):
        response = client.post(reverse("account_reset_password"), {"email": number})
        assert response.context["form"].has_error("email", "phone")
        assert number in response.content.decode()
    assert mail.outbox == []


def test_asking_again_and_again_for_a_new_password_is_stopped(client, learner):
    codes = [client.post(reverse("account_reset_password"), {"email": "mai@example.org"}).status_code for _ in range(6)]

    assert codes == [302] * 5 + [429]
    assert len(mail.outbox) == 5


def test_links_in_letters_lead_to_the_site_whatever_host_was_asked(learner):
    Client(HTTP_HOST="evil.example").post(reverse("account_reset_password"), {"email": "mai@example.org"})

    assert "evil.example" not in mail.outbox[0].body
    assert "http://testserver/tai-khoan/" in mail.outbox[0].body


def test_letters_speak_the_readers_language_and_come_from_the_site(learner, trainer):
    User.objects.filter(pk=trainer.pk).update(language="en")
    for email in ("mai@example.org", "van@example.org"):
        Client(HTTP_ACCEPT_LANGUAGE="vi").post(reverse("account_reset_password"), {"email": email})
    vietnamese, english = mail.outbox

    assert english.subject == "A new password"
    assert english.body.startswith("Hello,")
    assert english.body.rstrip().endswith("Lớp học Công đoàn\nhttp://testserver")
    assert english.from_email.startswith("Lớp học Công đoàn <")
    assert "&" not in vietnamese.body


def confirmed(client: Client) -> Client:
    """A browser that has just shown its password again."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def test_a_changed_address_replaces_the_old_one_when_its_mailbox_answers(learner, as_user):
    client = confirmed(as_user(learner))
    client.post(reverse("account_email"), {"email": "mai.moi@example.org", "action_add": ""})
    learner.refresh_from_db()
    assert learner.email == "mai@example.org"
    [letter] = [letter for letter in mail.outbox if letter.to == ["mai.moi@example.org"]]

    client.post(link_in(letter))

    learner.refresh_from_db()
    assert learner.email == "mai.moi@example.org"
    assert list(EmailAddress.objects.filter(user=learner).values_list("email", "verified")) == [("mai.moi@example.org", True)]


def test_an_address_is_changed_only_by_who_shows_the_password_again(learner, as_user):
    response = as_user(learner).post(reverse("account_email"), {"email": "ke-trom@example.org", "action_add": ""})

    assert response.url.startswith(reverse("account_reauthenticate"))
    assert mail.outbox == []


@pytest.mark.parametrize("typed", ["mai@example.org", "MAI@example.org", "khong phai", ""])
def test_changing_to_the_same_or_a_wrong_address_is_refused_beside_the_field(learner, as_user, typed):
    response = confirmed(as_user(learner)).post(reverse("account_email"), {"email": typed, "action_add": ""})

    assert response.status_code == 200
    assert "email" in response.context["form"].errors


def test_the_only_name_of_an_account_cannot_be_given_up(trainer, as_user):
    """An account that an office made by e-mail alone, its address never confirmed."""
    client = confirmed(as_user(trainer))
    client.get(reverse("account_email"))
    client.post(reverse("account_email"), {"email": "van@example.org", "action_remove": ""})
    client.post(reverse("account_email"), {"email": "van.moi@example.org", "action_add": ""})
    client.post(reverse("account_email"), {"email": "van.moi@example.org", "action_remove": ""})

    trainer.refresh_from_db()
    assert trainer.email == "van@example.org"


def test_somebody_elses_address_cannot_be_confirmed(learner, trainer, as_user):
    client = confirmed(as_user(learner))
    client.post(reverse("account_email"), {"email": "van@example.org", "action_add": ""})

    client.post(link_in(mail.outbox[-1]))

    learner.refresh_from_db()
    assert learner.email == "mai@example.org"


def test_an_account_made_by_an_office_enters_without_confirming(client, trainer):
    assert client.post(reverse("account_login"), {"login": "van@example.org", "password": PASSWORD}).url == "/hoc-tap/"


def test_a_password_is_changed_with_the_old_one_and_this_device_stays_signed_in(learner, as_user):
    client, other = as_user(learner), as_user(learner)
    wrong = client.post(reverse("account_change_password"), {"oldpassword": "sai", "password1": "ngon-den-khuya-2026"})
    assert "oldpassword" in wrong.context["form"].errors

    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": "ngon-den-khuya-2026"})

    learner.refresh_from_db()
    assert learner.check_password("ngon-den-khuya-2026")
    assert client.get(reverse("accounts:show-profile")).status_code == 200
    assert other.get(reverse("accounts:show-profile")).status_code == 302
    assert mail.outbox[0].to == ["mai@example.org"]


def test_a_number_is_proved_by_a_code_where_a_sender_is_set(client, settings):
    sent = []
    settings.SMS_SENDER = f"{__name__}.post_text"
    settings.ACCOUNT_PHONE_VERIFICATION_ENABLED = True
    post_text.sent = sent
    response = sign_up(client)
    assert "_auth_user_id" not in client.session
    code = re.search(r"\b[A-Z0-9]{3,4}-?[A-Z0-9]{3,4}\b", sent[0][1])[0]

    response = client.post("/tai-khoan/phone/verify/", {"code": code, "action": "verify"})

    assert sent[0][0] == "+84912345678"
    assert response.status_code in (302, 200)


def post_text(*, phone: str, text: str) -> None:
    post_text.sent.append((phone, text))


def test_people_with_the_same_wish_get_accounts_of_their_own():
    people.person("Trần Thị Bưởi", None, phone="0987654321")
    people.person("Trần Thị Bưởi", None, phone="0987654322")

    assert User.objects.filter(email=None).count() == 2
