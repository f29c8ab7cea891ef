"""Erasing a person: nobody is left to be found, no door is left open, and what others keep points at a nameless row."""

import json
from datetime import UTC, date, datetime

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core import serializers
from django.urls import reverse
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from accounts import services
from accounts.models import User
from accounts.signals import person_erased
from tests.factories import unions
from tests.factories.accounts import PASSWORD
from unions.enums import Role
from unions.models import Post, RoleGrant

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

NOW = datetime(2026, 11, 20, 7, 3, 22, tzinfo=UTC)
WHY = "Đơn của chị Mai ngày 18/11/2026"


@pytest.fixture
def erase(administrator, django_capture_on_commit_callbacks):
    def erased(person, **fields):
        with django_capture_on_commit_callbacks(execute=True):
            return services.erase_person(**{"user": person, "by": administrator, "now": NOW, "reason": WHY, **fields})

    return erased


def words_about(person: User) -> str:
    """All that the database still says of the person, in the tables that name people."""
    rows = [*User.objects.filter(pk=person.pk), *EmailAddress.objects.filter(user=person), *ModelLogEntry.objects.all()]
    return json.dumps(json.loads(serializers.serialize("json", rows)), ensure_ascii=False)


def test_nothing_that_says_who_it_was_is_left(learner, administrator, erase):
    learner.date_of_birth, learner.gender, learner.given_name = date(1988, 2, 5), "female", "Thị Mai"
    learner.save()
    EmailAddress.objects.create(user=learner, email="mai@example.org", verified=True, primary=True)
    log(instance=learner, action="wagtail.edit", user=administrator)
    assert "Nguyễn Thị Mai" in words_about(learner)

    erase(learner)

    left = words_about(learner)
    for trace in ("Nguyễn", "Mai\"", "mai@example.org", "912345678", "1988", "female", "nguyen"):
        assert trace not in left, trace
    learner.refresh_from_db()
    assert (learner.full_name, learner.is_active, learner.is_erased, learner.has_usable_password()) == ("Người dùng đã xóa", False, True, False)
    assert not learner.is_staff and not learner.is_superuser


def test_no_door_is_left_open(learner, as_user, erase):
    phone, other, stranger = as_user(None), as_user(None), as_user(None)
    stranger.get("/")
    for client in (phone, other):
        client.post(reverse("account_login"), {"login": "0912345678", "password": PASSWORD})
    Authenticator.objects.create(user=learner, type=Authenticator.Type.TOTP, data={"secret": "x"})
    before = Session.objects.count()
    erase(learner)
    assert Session.objects.count() == before - 2
    for client in (phone, other):
        assert client.get(reverse("learning:home")).status_code == 302
    assert not Authenticator.objects.filter(user=learner).exists()
    for login in ("mai@example.org", "0912345678"):
        assert stranger.post(reverse("account_login"), {"login": login, "password": PASSWORD}).status_code == 200


def test_posts_end_and_roles_go(learner, erase):
    unit = unions.unit(active_from=date(2019, 1, 1))
    unions.post(learner, unit)
    unions.post(learner, unit, unions.post_kind("Phó chủ tịch", "deputy"), valid_from=date(2026, 12, 1))
    past = unions.post(learner, unit, unions.post_kind("Ủy viên", "member"), valid_from=date(2020, 1, 1), valid_until=date(2021, 1, 1))
    unions.role(learner, unit, Role.TRAINING_ADMIN)
    erase(learner)
    assert not RoleGrant.objects.filter(user=learner).exists()
    assert sorted(Post.objects.filter(user=learner).values_list("valid_until", flat=True)) == [date(2021, 1, 1), date(2026, 11, 20)]
    past.refresh_from_db()
    assert past.valid_until == date(2021, 1, 1)


def test_the_log_says_who_erased_and_why_and_not_whom(learner, administrator, erase):
    erase(learner)
    entry = ModelLogEntry.objects.get(action="accounts.erase")
    assert (entry.user, entry.label, entry.data["reason"]) == (administrator, "Người dùng đã xóa", WHY)


def test_erasing_again_keeps_the_first_reason(learner, erase):
    erase(learner)
    erase(learner, reason="Lần trước chưa xong")
    assert [entry.data["reason"] for entry in ModelLogEntry.objects.order_by("pk")] == [WHY, "Lần trước chưa xong"]


def test_floors_above_hear_of_it_after_commit_each_time(learner, administrator, erase, django_capture_on_commit_callbacks):
    heard = []

    def listen(sender, **kwargs):
        heard.append((kwargs["user"].pk, kwargs["by"], kwargs["reason"]))

    person_erased.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=False):
            services.erase_person(user=learner, by=administrator, now=NOW, reason=WHY)
        assert heard == []
        erase(learner)
    finally:
        person_erased.disconnect(listen)
    assert heard == [(learner.pk, administrator, WHY)]


def test_two_erased_people_do_not_meet(learner, outsider, erase):
    erase(learner)
    erase(outsider)
    assert User.objects.filter(full_name="Người dùng đã xóa").count() == 2


def test_a_reason_is_needed_and_nobody_erases_themselves(learner, administrator, erase):
    with pytest.raises(services.EraseReasonMissing):
        erase(learner, reason="  ")
    with pytest.raises(services.NotOneself):
        erase(administrator)
    learner.refresh_from_db()
    assert learner.full_name == "Nguyễn Thị Mai"


def test_the_former_address_and_number_are_free_again(learner, erase):
    erase(learner)
    again = User.objects.create_user(full_name="Nguyễn Thị Mai", email="mai@example.org", phone="+84912345678", password=PASSWORD)
    assert again.pk != learner.pk


# The page

def page_of(person) -> str:
    return reverse("wagtailusers_users:erase", args=[person.pk])


def test_administrators_erase_with_reason_and_typed_name(learner, administrator, as_user, django_capture_on_commit_callbacks):
    client = as_user(administrator)
    assert page_of(learner) in client.get(reverse("wagtailusers_users:edit", args=[learner.pk])).content.decode()
    assert client.get(page_of(learner)).status_code == 200
    for fields in ({"reason": WHY}, {"reason": WHY, "name": "Nguyễn Thị Mơ"}, {"reason": "", "name": "Nguyễn Thị Mai"}):
        assert client.post(page_of(learner), fields).status_code == 200
    learner.refresh_from_db()
    assert not learner.is_erased
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(page_of(learner), {"reason": WHY, "name": " nguyễn thị mai "}).status_code == 302
    learner.refresh_from_db()
    assert learner.is_erased


def test_nobody_else_gets_there_and_nobody_to_themselves(learner, trainer, administrator, as_user):
    unions.role(trainer, unions.unit())
    for person in (None, learner, trainer):
        assert as_user(person).post(page_of(learner), {"reason": WHY, "name": "Nguyễn Thị Mai"}).status_code in (302, 403)
    assert as_user(administrator).get(page_of(administrator)).status_code in (302, 403)
    learner.refresh_from_db()
    assert not learner.is_erased


def test_the_account_page_says_what_goes_and_what_stays(learner, as_user):
    html = as_user(learner, headers={"accept-language": "en"}).get(reverse("accounts:show-profile")).content.decode()
    assert "Have my data erased" in html and "What stays" in html
