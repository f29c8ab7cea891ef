"""Slips with a one-time code: one use, one at a time, no way into accounts that may more; the first sign-in of people without e-mail."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import codes
from accounts.enums import Act, SlipKind
from accounts.models import LogEntry, SignInSlip, User
from accounts.services.errors import MemberCodeTaken, NoSignInName, NoSlipFor, PhoneTaken, SlipSpent
from accounts.services.slips import LENGTH, cancel_slip, digest_of, look_up_slip, make_slips, use_slip
from tests.factories import accounts as people
from tests.factories.accounts import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}
NEW = "lua-vang-2026"
PAGE = reverse("accounts:use-slip")
NEXT = reverse("accounts:set-slip-password")


@pytest.fixture
def bare():
    """Whom a list only names: no telephone, no e-mail, no code, no password."""
    person = User(full_name="Trần Thị Bưởi")
    person.set_unusable_password()
    person.save()
    return person


def slip_for(person, by, now=None, kind=SlipKind.FIRST) -> str:
    [made] = make_slips(people=[person.pk], by=by, now=now or timezone.now(), kind=kind)
    return made.code


def used(code, now, **fields) -> User:
    return use_slip(slip=look_up_slip(code=code, now=now).slip, password=NEW, now=now, **fields)


def acts_on(person) -> list[str]:
    return list(LogEntry.objects.filter(about=person).order_by("pk").values_list("act", flat=True))


# Codes

def test_a_code_is_well_formed_and_understood_however_it_is_typed():
    code = codes.new_code(LENGTH)
    typed = f" {codes.shown(code).lower().replace('-', ' – ')} "

    assert codes.understood(typed) == code
    assert codes.is_well_formed(code, (LENGTH,))
    assert codes.understood("S2ZO-0DĐq") == "522QQQQQ"


def test_every_single_wrong_character_is_told_without_the_database():
    code = codes.new_code(LENGTH)
    wrong = [code[:at] + letter + code[at + 1:] for at in range(LENGTH) for letter in codes.ALPHABET if letter != code[at]]

    assert not [text for text in wrong if codes.is_well_formed(text, (LENGTH,))]


# Making

def test_a_slip_is_told_once_and_stored_as_a_digest(bare, administrator, now):
    [made] = make_slips(people=[bare.pk], by=administrator, now=now)

    slip = SignInSlip.objects.get()
    assert (slip.user, slip.kind, slip.made_by) == (bare, "first", administrator)
    assert slip.digest == digest_of(made.code)
    assert made.code not in str(SignInSlip.objects.values().get())
    assert timezone.localtime(slip.expires_at).strftime("%H:%M %d/%m/%Y") == "00:00 21/12/2026"
    assert acts_on(bare) == [Act.SLIP_MADE]
    assert made.code not in str(list(LogEntry.objects.values()))


def test_a_new_slip_takes_the_place_of_the_former_one(bare, administrator, now):
    first = slip_for(bare, administrator, now)
    second = slip_for(bare, administrator, now, SlipKind.RESET)

    assert look_up_slip(code=first, now=now).slip is None
    assert look_up_slip(code=second, now=now).slip.kind == "reset"
    assert timezone.localtime(SignInSlip.objects.last().expires_at).strftime("%d/%m/%Y") == "24/11/2026"
    assert acts_on(bare) == [Act.SLIP_MADE, Act.SLIP_CANCELLED, Act.SLIP_MADE]


def test_a_slip_that_has_run_out_makes_room_for_a_new_one_without_a_word(bare, administrator, now):
    slip_for(bare, administrator, now - timedelta(days=60))
    assert slip_for(bare, administrator, now)
    assert acts_on(bare) == [Act.SLIP_MADE, Act.SLIP_MADE]


@pytest.mark.parametrize("lift", [
    lambda person: User.objects.filter(pk=person.pk).update(is_active=False),
    lambda person: User.objects.filter(pk=person.pk).update(is_staff=True),
    lambda person: User.objects.filter(pk=person.pk).update(is_superuser=True),
    lambda person: person.groups.add(Group.objects.create(name="Biên tập")),
    lambda person: person.user_permissions.add(Permission.objects.first()),
])
def test_no_slip_opens_an_account_that_is_closed_or_may_more_than_a_learner(bare, learner, administrator, now, lift):
    code = slip_for(bare, administrator, now)
    found = look_up_slip(code=code, now=now).slip
    lift(bare)

    with pytest.raises(NoSlipFor):
        make_slips(people=[learner.pk, bare.pk], by=administrator, now=now)
    with pytest.raises(SlipSpent):
        use_slip(slip=found, password=NEW, phone="+84912345679", now=now)
    assert SignInSlip.objects.count() == 1
    bare.refresh_from_db()
    assert not bare.has_usable_password()


def test_many_slips_cost_no_query_for_each(administrator, now, django_assert_num_queries):
    crowd = [people.person(f"Người {number}", f"n{number}@example.org").pk for number in range(12)]
    with django_assert_num_queries(7):
        assert len({slip.code for slip in make_slips(people=crowd[:1], by=administrator, now=now)}) == 1
    with django_assert_num_queries(7):
        assert [slip.user_id for slip in make_slips(people=crowd[1:], by=administrator, now=now)] == crowd[1:]


# Using

def test_a_slip_opens_once(bare, administrator, now):
    code = slip_for(bare, administrator, now)
    held = look_up_slip(code=code, now=now).slip
    person = used(code, now, phone="+84912345679")

    assert person.check_password(NEW)
    assert (person.phone, person.phone_verified_at) == ("+84912345679", None)
    assert look_up_slip(code=code, now=now).slip is None
    with pytest.raises(SlipSpent):
        use_slip(slip=held, password="cua-nguoi-khac-2026", phone="+84912345670", now=now)
    bare.refresh_from_db()
    assert bare.check_password(NEW)
    assert acts_on(bare) == [Act.SLIP_MADE, Act.SLIP_USED, Act.CHANGED]


def test_unknown_used_cancelled_and_run_out_cost_the_same(bare, learner, outsider, administrator, now, django_assert_num_queries):
    spent, cancelled, old = slip_for(bare, administrator, now), slip_for(learner, administrator, now), slip_for(outsider, administrator, now - timedelta(days=40))
    used(spent, now, member_code="CD0001")
    assert cancel_slip(user=learner, by=administrator, now=now)
    assert not cancel_slip(user=learner, by=administrator, now=now)

    for code in (codes.new_code(LENGTH), spent, cancelled, old):
        with django_assert_num_queries(1):
            assert look_up_slip(code=code, now=now).slip is None


def test_a_slip_of_a_former_secret_key_opens_while_that_key_is_kept(bare, administrator, now, settings):
    code, former = slip_for(bare, administrator, now), settings.SECRET_KEY
    settings.SECRET_KEY = "another-key-of-at-least-forty-characters-here"
    assert look_up_slip(code=code, now=now).slip is None
    settings.SECRET_KEY_FALLBACKS = [former]
    assert look_up_slip(code=code, now=now).slip


def test_a_name_to_sign_in_by_is_needed_and_must_be_free(bare, learner, administrator, now):
    people.person("Lý Văn Có", "co@example.org", member_code="CD77")
    code = slip_for(bare, administrator, now)

    for fields, refused in (({}, NoSignInName), ({"phone": learner.phone}, PhoneTaken), ({"member_code": "CD77"}, MemberCodeTaken)):
        with pytest.raises(refused):
            used(code, now, **fields)
    assert look_up_slip(code=code, now=now).slip
    assert not SignInSlip.objects.filter(used_at__isnull=False).exists()


# The whole way, on a telephone

def scan(client: Client, code: str):
    return client.get(reverse("accounts:scan-slip", args=[codes.shown(code)]))


def test_first_sign_in_of_somebody_with_nothing_but_a_slip(bare, administrator):
    code, phone = slip_for(bare, administrator), Client(**ENGLISH)

    answer = scan(phone, code)
    assert (answer.status_code, answer.url) == (302, NEXT)
    page = phone.get(NEXT)
    assert "Trần Thị Bưởi" in page.content.decode()
    assert code not in page.content.decode()
    assert page["Cache-Control"].startswith("max-age=0, no-cache, no-store")

    nameless = phone.post(NEXT, {"password": NEW})
    assert (nameless.status_code, nameless.context["form"].has_error("phone", "no_sign_in_name")) == (422, True)
    weak = phone.post(NEXT, {"phone": "0912 345 679", "password": "12345678"})
    assert (weak.status_code, "0912 345 679" in weak.content.decode()) == (422, True)

    done = phone.post(NEXT, {"phone": "0912 345 679", "password": NEW}, follow=True)
    assert done.redirect_chain[-1][0] == "/hoc-tap/"
    assert [str(message) for message in done.context["messages"]] == [
        "Next time, sign in with 0912\u00a0345\u00a0679 and the password that you have just chosen."]
    assert phone.session["_auth_user_id"] == str(bare.pk)

    again = Client()
    assert again.post(reverse("account_login"), {"login": "0912345679", "password": NEW}).url == "/hoc-tap/"
    assert Client().get(reverse("accounts:scan-slip", args=[code])).status_code == 422


def test_typing_the_code_does_the_same_and_looking_uses_nothing_up(bare, administrator):
    code = slip_for(bare, administrator)
    for _preview in range(3):
        assert scan(Client(), code).url == NEXT

    phone = Client()
    assert phone.get(PAGE).status_code == 200
    assert phone.post(PAGE, {"code": codes.shown(code).lower()}).url == NEXT
    assert SignInSlip.objects.get().used_at is None
    assert phone.post(NEXT, {"member_code": "cd 0007", "password": NEW}).status_code == 422
    assert phone.post(NEXT, {"member_code": "cd0007", "password": NEW}).url == "/hoc-tap/"
    assert Client().post(reverse("account_login"), {"login": "cd0007", "password": NEW}).url == "/hoc-tap/"


def test_an_address_typed_beside_a_slip_signs_in_and_resets_nothing_until_it_is_proved(bare, administrator):
    phone = Client(**ENGLISH)
    scan(phone, slip_for(bare, administrator))
    assert phone.post(NEXT, {"email": "Buoi@Example.org", "password": NEW}).url == "/hoc-tap/"

    bare.refresh_from_db()
    assert bare.email is None
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("buoi@example.org", False)]
    [letter] = mail.outbox
    other = Client()
    assert other.post(reverse("account_login"), {"login": "buoi@example.org", "password": NEW}).url == "/hoc-tap/"
    Client().post(reverse("account_reset_password"), {"email": "buoi@example.org"})
    assert [sent.body for sent in mail.outbox[1:] if "/password/reset/key/" in sent.body] == []

    phone.post(re.search(r"http://testserver(/\S+)", letter.body)[1])
    bare.refresh_from_db()
    assert bare.email == "buoi@example.org"


def test_a_number_or_an_address_of_somebody_else_is_told_and_nothing_typed_is_lost(bare, learner, administrator):
    phone = Client(**ENGLISH)
    scan(phone, slip_for(bare, administrator))

    taken = phone.post(NEXT, {"phone": "0912 345 678", "password": NEW})
    assert taken.status_code == 422
    assert "already has an account" in str(taken.context["form"].errors["phone"])
    assert phone.post(NEXT, {"email": "mai@example.org", "password": NEW}).context["form"].errors.keys() == {"email"}
    assert phone.post(NEXT, {"phone": "0912 345 679", "password": NEW}).url == "/hoc-tap/"


def test_a_reset_slip_ends_other_sessions_and_keeps_the_names(learner, administrator):
    stolen = Client()
    stolen.force_login(learner)
    phone = Client(**ENGLISH)
    scan(phone, slip_for(learner, administrator, kind=SlipKind.RESET))
    page = phone.get(NEXT).content.decode()
    assert "0912 345 678 / mai@example.org" in page
    assert 'name="phone"' not in page

    assert phone.post(NEXT, {"password": NEW, "phone": "0999999999"}).url == "/hoc-tap/"
    learner.refresh_from_db()
    assert learner.phone == "+84912345678"
    assert stolen.get("/hoc-tap/").status_code == 302


def test_the_second_step_stays_asked(learner, administrator):
    TOTP.activate(learner, generate_totp_secret())
    phone = Client()
    scan(phone, slip_for(learner, administrator))

    assert phone.post(NEXT, {"password": NEW}).url == reverse("mfa_authenticate")
    assert "_auth_user_id" not in phone.session


def test_somebody_else_who_is_signed_in_is_told_to_sign_out_first(bare, outsider, administrator, as_user):
    code, client = slip_for(bare, administrator), as_user(outsider)
    scan(client, code)
    page = client.post(NEXT, {"phone": "0912345679", "password": NEW})

    assert (page.status_code, page.templates[0].name) == (200, "accounts/slip_other.html")
    assert SignInSlip.objects.get().used_at is None
    client.post(reverse("account_logout"))
    assert client.get(NEXT).url == PAGE
    scan(client, code)
    assert client.post(NEXT, {"phone": "0912345679", "password": NEW}).url == "/hoc-tap/"


def test_a_slip_in_hand_is_forgotten_after_a_quarter_of_an_hour(bare, administrator, monkeypatch):
    client = Client()
    scan(client, slip_for(bare, administrator))
    later = timezone.now() + timedelta(minutes=16)
    monkeypatch.setattr("accounts.views.timezone.now", lambda: later)

    assert client.get(NEXT).url == PAGE


def test_tries_that_were_used_up_are_forgiven(learner, administrator):
    for _ in range(5):
        Client().post(reverse("account_login"), {"login": "0912345678", "password": "sai"})
    phone = Client()
    scan(phone, slip_for(learner, administrator, kind=SlipKind.RESET))
    phone.post(NEXT, {"password": NEW})

    assert Client().post(reverse("account_login"), {"login": "0912345678", "password": NEW}).status_code == 302


# Guessing

def test_guesses_are_counted_by_address_and_slips_of_the_finger_are_not(bare, administrator, monkeypatch):
    monkeypatch.setattr("accounts.throttling.RATES", {"slip": "300/m/ip", "slip_miss": "3/h/ip", "slip_miss_in_all": "5/h/key", "slip_spent": "9/h/ip", "slip_spent_in_all": "9/h/key"})
    code = slip_for(bare, administrator)
    wrong = code[:-1] + next(letter for letter in codes.ALPHABET if letter != code[-1])

    def guess(address="10.0.0.1", text=None) -> int:
        return Client().post(PAGE, {"code": text or codes.new_code(LENGTH)}, REMOTE_ADDR=address).status_code

    assert [guess(text=wrong) for _ in range(5)] == [422] * 5
    assert [guess() for _ in range(4)] == [422, 422, 422, 429]
    assert guess(text=code) == 429
    assert guess("10.0.0.2", code) == 302
    assert [guess("10.0.0.2") for _ in range(3)] == [422, 422, 429]
    assert guess("10.0.0.3", code) == 429


@pytest.mark.parametrize("text", ["", "   ", "x" * 100_000, "\x00", "7K2M-9Q4T", "<script>", "ẳẵặ", "%00", "-" * 30])
def test_any_nonsense_gets_the_form_again(text):
    assert Client().post(PAGE, {"code": text}).status_code == 422


# The member code as a name

@pytest.mark.parametrize(("stored", "typed"), [("CD-0012.345", "cd-0012.345"), ("0123456789", "0123456789"), ("0912345679", "0912345679"), ("079123456789", "079123456789")])
def test_a_member_code_signs_in_even_when_it_reads_like_a_number(stored, typed, client):
    person = people.person("Trần Thị Bưởi", None, member_code=stored)

    assert client.post(reverse("account_login"), {"login": typed, "password": PASSWORD}).url == "/hoc-tap/"
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_number_that_somebody_has_is_never_another_ones_member_code(learner, client):
    people.person("Trần Thị Bưởi", None, member_code="0912345678")
    client.post(reverse("account_login"), {"login": "0912345678", "password": PASSWORD})

    assert client.session["_auth_user_id"] == str(learner.pk)


def test_a_member_code_shares_the_persons_tries_and_unknown_ones_are_answered_alike():
    people.person("Trần Thị Bưởi", None, member_code="CD0007", phone="+84912345679")
    known, unknown = Client(**ENGLISH), Client(**ENGLISH)
    for _ in range(5):
        one = known.post(reverse("account_login"), {"login": "CD0007", "password": "sai"})
        other = unknown.post(reverse("account_login"), {"login": "CD0008", "password": "sai"})
        assert (one.status_code, one.context["form"].errors) == (other.status_code, other.context["form"].errors)

    assert Client().post(reverse("account_login"), {"login": "0912345679", "password": PASSWORD}).status_code == 429


def test_somebody_with_only_a_member_code_can_show_again_that_it_is_them(client):
    people.person("Trần Thị Bưởi", None, member_code="CD0007")
    client.post(reverse("account_login"), {"login": "CD0007", "password": PASSWORD})

    assert client.post(reverse("account_reauthenticate"), {"password": "sai"}).status_code == 200
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302


def test_a_forgotten_password_without_an_address_leads_to_the_unit(client):
    page = client.post(reverse("account_reset_password"), {"email": "CD0007"})

    assert page.context["form"].has_error("email", "phone")
    assert PAGE in page.content.decode()
