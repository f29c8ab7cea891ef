"""People as the office sees them: Vietnamese order, look-up without diacritics, nobody lifted above the one who edits."""

import random
import unicodedata

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from accounts.models import User
from tests.factories import accounts as people
from tests.factories import unions as units
from tests.factories.accounts import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

NEW = {"full_name": "Đặng Thị Ước", "phone": "0987 654 321", "email": "", "language": "vi", "password1": "giay-phat-2026", "password2": "giay-phat-2026"}


@pytest.fixture
def office(administrator, as_user):
    return as_user(administrator)


@pytest.fixture
def clerk(db):
    """Somebody who may manage people and is no administrator."""
    person = people.person("Phạm Văn Thư", "thu@example.org")
    group = Group.objects.create(name="Quản lý học viên")
    group.permissions.set(Permission.objects.filter(codename__in=["access_admin", "add_user", "change_user", "delete_user"]))
    person.groups.add(group)
    return person


def test_names_are_stored_composed_with_single_spaces():
    person = people.person(unicodedata.normalize("NFD", "  Nguyễn   Thị Hòa\u00a0"), "hoa@example.org")

    assert person.full_name == "Nguyễn Thị Hòa"


def test_whom_a_list_only_names_has_an_account_without_a_way_in():
    mai = people.person("Nguyễn Thị Mai", None)
    assert (mai.email, mai.phone, mai.member_code, mai.get_username()) == (None, None, None, "")


def test_people_are_listed_in_vietnamese_order(office, administrator):
    names = ["Nguyễn Thị An", "Lê Bình", "Nguyễn Văn Cường", "Trần Dũng", "Hoàng Đức", "Đỗ Thị Hoa", "Bùi Thị Hòa", "Ngô Thị Ơn", "Vũ Uyên", "Lý Ước", "Phan Xuân"]
    shuffled = random.Random(2026).sample(names, len(names))
    for number, name in enumerate(shuffled):
        people.person(name, f"nguoi{number}@example.org")

    listed = [person.full_name for person in office.get(reverse("wagtailusers_users:index")).context["users"]]

    assert [name for name in listed if name != administrator.full_name] == names
    assert listed.index("Nguyễn Thị An") < listed.index("Trần Văn Ân") < listed.index("Lê Bình")


@pytest.mark.parametrize("typed", ["dang uoc", "ĐẶNG", "ước đặng", "0987 654 321", "+84987", "987654", "uoc@example", unicodedata.normalize("NFD", "Ước")])
def test_people_are_found_without_diacritics(office, learner, typed):
    people.person("Đặng Thị Ước", "uoc@example.org", phone="0987654321")

    found = office.get(reverse("wagtailusers_users:index"), {"q": typed}).context["users"]

    assert [person.full_name for person in found] == ["Đặng Thị Ước"]


def test_the_list_asks_as_much_for_many_people_as_for_few(office, django_assert_max_num_queries):
    def ask() -> int:
        with django_assert_max_num_queries(100) as asked:
            office.get(reverse("wagtailusers_users:index"))
        return len(asked)

    people.person("Nguyễn Thị Mai", "nguoi@example.org")
    ask()
    few = ask()
    for number in range(15):
        people.person("Nguyễn Thị Mai", f"nguoi{number}@example.org")

    assert ask() == few


def test_the_office_makes_accounts_by_number_alone(office, client):
    assert office.get(reverse("wagtailusers_users:add")).status_code == 200
    for phone in ("0987 654 321", "0987 654 322"):
        assert office.post(reverse("wagtailusers_users:add"), {**NEW, "phone": phone}).status_code == 302

    assert client.post(reverse("account_login"), {"login": "0987654321", "password": "giay-phat-2026"}).url == "/hoc-tap/"


@pytest.mark.parametrize("fields, wrong", [
    ({"full_name": ""}, "full_name"), ({"phone": "123"}, "phone"), ({"phone": ""}, "__all__"), ({"phone": "0912345678"}, "phone"),
    ({"email": "mai@example.org"}, "email"), ({"password2": "khac"}, "password2"), ({"date_of_birth": "hôm qua"}, "date_of_birth"),
])
def test_the_office_is_told_what_is_wrong_with_a_new_person(office, learner, fields, wrong):
    response = office.post(reverse("wagtailusers_users:add"), {**NEW, **fields})

    assert response.status_code == 200
    assert wrong in response.context["form"].errors


def test_the_office_changes_an_address_and_the_old_mailbox_opens_nothing_any_more(office, learner):
    EmailAddress.objects.create(user=learner, email="mai@example.org", primary=True, verified=True)
    page = office.get(reverse("wagtailusers_users:edit", args=[learner.pk])).content.decode()
    assert 'value="0912 345 678"' in page
    fields = {"full_name": learner.full_name, "phone": "0912345678", "email": "mai.moi@example.org", "language": "vi", "is_active": "on"}

    office.post(reverse("wagtailusers_users:edit", args=[learner.pk]), fields)

    learner.refresh_from_db()
    assert (learner.email, learner.check_password(PASSWORD)) == ("mai.moi@example.org", True)
    assert not EmailAddress.objects.filter(email="mai@example.org").exists()


def test_a_clerk_lifts_nobody_above_themselves(clerk, as_user, learner, administrator):
    client = as_user(clerk)
    fields = {"full_name": learner.full_name, "phone": "0912345678", "email": "mai@example.org", "language": "vi", "is_active": "on"}

    client.post(reverse("wagtailusers_users:edit", args=[learner.pk]), {**fields, "is_superuser": "on", "is_staff": "on"})
    client.post(reverse("wagtailusers_users:add"), {**NEW, "is_superuser": "on"})
    taken = client.post(reverse("wagtailusers_users:edit", args=[administrator.pk]), {**fields, "password1": "chiem-quyen-2026", "password2": "chiem-quyen-2026"})

    assert set(User.objects.filter(is_superuser=True)) == {administrator}
    assert not User.objects.filter(is_staff=True).exclude(pk=administrator.pk).exists()
    assert taken.status_code in (302, 403)
    administrator.refresh_from_db()
    assert administrator.check_password(PASSWORD)


@pytest.mark.parametrize("right", ["staff", "group", "role"])
def test_a_clerk_touches_nobody_who_has_rights(clerk, as_user, trainer, right):
    """A password or an address of theirs would be a door to all that they may."""
    if right == "staff":
        User.objects.filter(pk=trainer.pk).update(is_staff=True)
    elif right == "group":
        trainer.groups.add(Group.objects.get(name="Giảng viên"))
    else:
        units.role(trainer, units.unit(), "system_admin")
    fields = {"full_name": trainer.full_name, "phone": "", "email": "ke-gian@example.org", "language": "vi", "is_active": "on"}

    answer = as_user(clerk).post(
        reverse("wagtailusers_users:edit", args=[trainer.pk]), {**fields, "password1": "chiem-quyen-2026", "password2": "chiem-quyen-2026"})

    trainer.refresh_from_db()
    assert answer.status_code in (302, 403)
    assert (trainer.email, trainer.check_password(PASSWORD)) == ("van@example.org", True)


def test_a_clerk_gives_no_rights_to_one_or_to_many(clerk, as_user, learner):
    client, group = as_user(clerk), Group.objects.get(name="Người duyệt")
    fields = {"full_name": learner.full_name, "phone": "0912345678", "email": "mai@example.org", "language": "vi", "is_active": "on", "groups": [group.pk]}
    client.post(reverse("wagtailusers_users:edit", args=[learner.pk]), fields)
    client.post(f"/quan-tri/bulk/accounts/user/assign_role/?id={learner.pk}", {"role": group.pk})
    client.post(f"/quan-tri/bulk/accounts/user/set_active_state/?id={learner.pk}", {"mark_as_active": ""})

    learner.refresh_from_db()
    assert (list(learner.groups.all()), learner.is_active) == ([], True)


def test_the_office_takes_away_a_lost_second_step(office, trainer):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(trainer, generate_totp_secret())
    fields = {"full_name": trainer.full_name, "email": "van@example.org", "phone": "", "language": "vi", "is_active": "on"}

    office.post(reverse("wagtailusers_users:edit", args=[trainer.pk]), {**fields, "lost_second_factor": "on"})

    assert not trainer.authenticator_set.exists()


def test_the_editors_account_page_leaves_the_address_to_the_profile(clerk, as_user):
    """Wagtail's own panel would change it without proof or password."""
    client = as_user(clerk)
    page = client.get("/quan-tri/account/").content.decode()
    assert "name_email-email" not in page

    client.post("/quan-tri/account/", {"name_email-email": "ke-trom@example.org", "name_email-first_name": "x", "name_email-last_name": "y"})

    clerk.refresh_from_db()
    assert clerk.email == "thu@example.org"
