"""What somebody is signed in with: told in plain words, ended one by one or all at once, and by a new password."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils.translation import override

from accounts import services
from accounts.enums import SlipKind
from accounts.models import User
from accounts.selectors.devices import in_words
from accounts.services.slips import look_up_slip, make_slips, use_slip
from tests.factories import privacy
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db

LIST, END, OTHERS = (f"accounts:{name}" for name in ("list-devices", "end-device", "end-other-devices"))
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"


def signed_in(as_user, agent=IPHONE):
    client = as_user(None, HTTP_USER_AGENT=agent)
    assert client.post(reverse("account_login"), {"login": "0912345678", "password": PASSWORD}).status_code == 302
    return client


def is_in(client) -> bool:
    return client.get(reverse("learning:home")).status_code == 200


@pytest.mark.same_everywhere
@pytest.mark.parametrize(("agent", "words"), [
    (IPHONE, ("Safari", "iPhone")), (WINDOWS, ("Chrome", "Windows computer")), (f"{WINDOWS} Edg/130.0", ("Microsoft Edge", "Windows computer")),
    (f"{WINDOWS} coc_coc_browser/121.0", ("Cốc Cốc", "Windows computer")),
    ("Mozilla/5.0 (Linux; Android 13; SM-A145F) AppleWebKit/537.36 SamsungBrowser/23.0 Chrome/115 Mobile Safari/537.36", ("Samsung Internet", "Android telephone")),
    ("Mozilla/5.0 (Linux; Android 9; SM-T510) AppleWebKit/537.36 Chrome/120 Safari/537.36", ("Chrome", "Android tablet")),
    ("Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Version/4.0 Chrome/99 Mobile Safari/537.36 Zalo android/12", ("Zalo", "Android telephone")),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:120.0) Gecko/20100101 Firefox/120.0", ("Firefox", "Mac computer")),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0", ("Firefox", "Linux computer")),
    ("", ("Another browser", "Another device")), ("<script>" * 400, ("Another browser", "Another device")), ("curl/8", ("Another browser", "Another device")),
])
def test_a_user_agent_is_told_in_plain_words(agent, words):
    with override("en"):
        assert in_words(agent) == words


def test_the_list_marks_this_device_and_ends_one(learner, as_user):
    mine, other = signed_in(as_user), signed_in(as_user, WINDOWS)
    page = mine.get(reverse(LIST), headers={"accept-language": "en"})
    devices = page.context["devices"]
    assert [(device.browser, device.is_this) for device in devices] == [("Safari", True), ("Chrome", False)]
    for session in UserSession.objects.all():
        assert session.session_key not in page.content.decode()
    this, that = (device.key for device in devices)
    mine.post(reverse(END), {"key": this})
    assert is_in(mine), "one does not lock oneself out by a slip"
    mine.post(reverse(END), {"key": that})
    assert is_in(mine) and not is_in(other)
    assert mine.post(reverse(END), {"key": that}).status_code == 302
    assert learner.log_entries.get().act == "changed"


def test_nobody_ends_somebody_elses(learner, outsider, as_user):
    mine = signed_in(as_user)
    key = mine.get(reverse(LIST)).context["devices"][0].key
    as_user(outsider).post(reverse(END), {"key": key})
    assert is_in(mine)


def test_all_others_end_after_the_password(learner, outsider, as_user):
    mine, other, stranger = signed_in(as_user), signed_in(as_user, WINDOWS), as_user(outsider)
    assert mine.post(reverse(OTHERS), {"password": "sai"}).status_code == 422 and is_in(other)
    assert mine.post(reverse(OTHERS), {"password": PASSWORD}).status_code == 302
    assert (is_in(mine), is_in(other), is_in(stranger)) == (True, False, True)
    assert UserSession.objects.filter(user=learner).count() == 1


def test_a_new_password_ends_the_others_and_forgets_their_rows(learner, as_user):
    mine, other = signed_in(as_user), signed_in(as_user, WINDOWS)
    new = "mat-khau-hoan-toan-khac-88"
    mine.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new})
    learner.refresh_from_db()
    assert learner.check_password(new)
    assert (is_in(mine), is_in(other)) == (True, False)
    assert UserSession.objects.filter(user=learner).count() == Session.objects.count() == 1


def test_a_lost_second_step_and_a_slip_end_what_was_signed_in(learner, administrator, as_user, now):
    phone = signed_in(as_user)
    Authenticator.objects.create(user=learner, type=Authenticator.Type.TOTP, data={"secret": "x"})
    services.remove_second_factor(user=learner)
    assert not is_in(phone)
    phone = signed_in(as_user)
    made, = make_slips(people=[learner.pk], by=administrator, now=now, kind=SlipKind.RESET)
    use_slip(slip=look_up_slip(code=made.code, now=now).slip, password="mat-khau-khac-2027", now=now)
    assert not is_in(phone) and not UserSession.objects.exists()


def test_a_sign_in_from_before_has_its_row_once_the_page_is_opened(learner, as_user):
    client = as_user(learner)
    assert [device.is_this for device in client.get(reverse(LIST)).context["devices"]] == [True]


@pytest.mark.parametrize("way", ["all others", "new password"])
def test_what_was_signed_in_before_there_were_rows_ends_too(learner, as_user, way):
    mine, former = signed_in(as_user), signed_in(as_user, WINDOWS)
    UserSession.objects.filter(session_key=former.session.session_key).delete()
    assert is_in(former)
    if way == "all others":
        for _time in range(2):
            assert mine.post(reverse(OTHERS), {"password": PASSWORD}).status_code == 302
    else:
        mine.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": "mat-khau-hoan-toan-khac-88"})
    assert (is_in(mine), is_in(former)) == (True, False)
    assert [device.is_this for device in mine.get(reverse(LIST)).context["devices"]] == [True]
    if way == "all others":
        assert is_in(signed_in(as_user)), "the password is the same"


def test_ending_all_others_does_not_bring_a_former_password_back(learner, now):
    """Two doors at once: one has changed the password after the other has checked it."""
    seen, new = User.objects.get(pk=learner.pk), "mat-khau-hoan-toan-khac-88"
    learner.set_password(new)
    learner.save()
    services.end_all_others(user=seen, password=PASSWORD, but=None, now=now)
    learner.refresh_from_db()
    assert learner.check_password(new) and seen.get_session_auth_hash() != learner.get_session_auth_hash()


def test_ending_all_others_by_a_double_tap_keeps_the_device_in_hand(learner, now):
    first, second = User.objects.get(pk=learner.pk), User.objects.get(pk=learner.pk)
    for seen in (first, second):
        services.end_all_others(user=seen, password=PASSWORD, but=None, now=now)
    assert first.get_session_auth_hash() == second.get_session_auth_hash() != learner.get_session_auth_hash()


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_however_long(learner, as_user, django_assert_num_queries, count):
    client = signed_in(as_user)
    for _number in range(count):
        privacy.session_of(learner)
    client.get(reverse(LIST))
    with django_assert_num_queries(3):
        assert len(client.get(reverse(LIST)).context["devices"]) == count + 1
