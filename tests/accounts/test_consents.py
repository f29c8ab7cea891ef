"""What people agree to: each by itself, in words that are kept, taken back as easily; and the notice that is shown once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import ConsentPurpose
from accounts.models import Consent, User
from accounts.selectors.consents import has_seen_notice, may_be
from accounts.services import consents
from accounts.wording import CONSENT_NOW, CONSENT_WORDS, NOTICE_DUE
from tests.factories.accounts import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

SIGN_UP = {"full_name": "Lý Thị Hoa", "phone": "0987654321", "password1": "bong-sen-no-som-88"}


def standing(person) -> set[str]:
    return set(Consent.objects.filter(user=person, withdrawn_at=None).values_list("purpose", flat=True))


@pytest.mark.same_everywhere
def test_the_words_of_each_purpose_are_kept_by_version():
    assert {purpose for purpose, version in CONSENT_WORDS if version == CONSENT_NOW} == set(ConsentPurpose.values)


def test_given_twice_is_given_once_and_older_words_end_where_newer_begin(learner, now):
    old = Consent.objects.create(user=learner, purpose=ConsentPurpose.RANKING, text_version="2025-01", given_at=now)
    new = consents.give_consent(user=learner, purpose=ConsentPurpose.RANKING, now=now)
    assert consents.give_consent(user=learner, purpose=ConsentPurpose.RANKING, now=now) == new
    old.refresh_from_db()
    assert (old.withdrawn_at, new.text_version) == (now, CONSENT_NOW)
    assert consents.withdraw_consent(user=learner, purpose=ConsentPurpose.RANKING, now=now)
    assert not consents.withdraw_consent(user=learner, purpose=ConsentPurpose.RANKING, now=now)


def test_silence_of_somebody_who_was_asked_is_a_no(learner, now):
    assert may_be(ConsentPurpose.RANKING, learner)
    consents.acknowledge_notice(user=learner, now=now, agreed=[ConsentPurpose.REMINDERS])
    assert (may_be(ConsentPurpose.REMINDERS, learner), may_be(ConsentPurpose.RANKING, learner)) == (True, False)


def test_signing_up_shows_the_notice_and_ticks_nothing(client):
    page = client.get(reverse("account_signup")).content.decode()
    assert reverse("accounts:show-notice") in page and "checked" not in page
    client.post(reverse("account_signup"), SIGN_UP)
    assert standing(User.objects.get(phone="+84987654321")) == {"notice"}
    assert NOTICE_DUE not in client.session


def test_what_is_ticked_at_the_sign_up_is_agreed_to(client):
    client.post(reverse("account_signup"), {**SIGN_UP, "reminders": "on"})
    assert standing(User.objects.get(phone="+84987654321")) == {"notice", "reminders"}


def test_whoever_never_saw_it_is_shown_it_after_the_next_sign_in_until_one_tap(learner, client):
    sign_in, home = reverse("account_login"), reverse("learning:home")
    client.post(sign_in, {"login": "0912345678", "password": PASSWORD})
    assert "thong-bao-du-lieu" in client.get(home).content.decode()
    response = client.post(reverse("accounts:acknowledge-notice"), {"next": home})
    assert (response.status_code, response.url, has_seen_notice(learner)) == (302, home, True)
    assert "thong-bao-du-lieu" not in client.get(home).content.decode()
    client.logout()
    client.post(sign_in, {"login": "0912345678", "password": PASSWORD})
    assert NOTICE_DUE not in client.session


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "", "/\\evil.example"])
def test_the_tap_leads_nowhere_else(learner, as_user, target):
    assert as_user(learner).post(reverse("accounts:acknowledge-notice"), {"next": target}).url == reverse("learning:home")


def test_nobody_pays_a_query_for_it_on_a_page(learner, client, now):
    client.post(reverse("account_login"), {"login": "0912345678", "password": PASSWORD})
    client.get(reverse("learning:home"))
    with CaptureQueriesContext(connection) as due:
        assert "thong-bao-du-lieu" in client.get(reverse("learning:home")).content.decode()
    client.post(reverse("accounts:acknowledge-notice"))
    with CaptureQueriesContext(connection) as seen:
        client.get(reverse("learning:home"))
    assert len(due) == len(seen) and not any("accounts_consent" in query["sql"] for query in [*due, *seen])


def test_the_page_gives_and_takes_back(learner, as_user):
    client, save = as_user(learner), reverse("accounts:set-consents")
    client.post(save, {"ranking": "on", "reminders": "on"})
    assert standing(learner) == {"ranking", "reminders"}
    client.post(save, {"reminders": "on"})
    assert standing(learner) == {"reminders"}
    assert client.get(reverse("accounts:show-data")).context["form"]["reminders"].initial is True


def test_the_notice_is_open_to_everybody(client):
    assert client.get(reverse("accounts:show-notice")).status_code == 200
