"""Where signing in leads: to a whole address of this site, or home."""

import pytest

from tests.factories.accounts import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.mark.parametrize(("next_page", "place"), [
    ("/khoa-hoc/", "/khoa-hoc/"), ("\x00", "/hoc-tap/"), ("%00", "/hoc-tap/"), ("https://evil.example/", "/hoc-tap/"), ("//evil.example", "/hoc-tap/"),
    ("khoa-hoc", "/hoc-tap/"), ("javascript:alert(1)", "/hoc-tap/"),
])
def test_next_is_an_address_of_this_site_or_home(learner, as_user, next_page, place):
    answer = as_user().post("/tai-khoan/login/", {"login": learner.email, "password": PASSWORD, "next": next_page})
    assert (answer.status_code, answer.url) == (302, place)


@pytest.mark.parametrize("name", ["-", "....", "''", "A", "1 2"])
def test_name_needs_letters(as_user, name):
    answer = as_user().post("/tai-khoan/signup/", {"full_name": name, "phone": "0912 345 679", "password1": "vuon-cay-ben-song-41"})
    assert answer.status_code == 200
    assert "full_name" in answer.context["form"].errors


def test_e_mail_that_is_too_long_is_told_at_its_field(as_user):
    answer = as_user().post("/tai-khoan/signup/", {
        "full_name": "Trần Thị Dài", "phone": "0912 345 679", "email": f"{'a' * 60}@{'b.' * 120}example.org", "password1": "vuon-cay-ben-song-41"})
    assert answer.status_code == 200
    assert "email" in answer.context["form"].errors
