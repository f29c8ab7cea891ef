"""What a person is signed in with, in words that need no computer knowledge."""

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import User

# In this order: many a browser names others in its own name. What is not here is "another browser".
_BROWSERS = (
    ("zalo", "Zalo"), (r"fban|fbav", "Facebook"), (r"coc_coc", "Cốc Cốc"), (r"edg(?:e|a|ios)?/", "Microsoft Edge"), (r"opr/|opera|opios", "Opera"),
    (r"samsungbrowser", "Samsung Internet"), (r"ucbrowser", "UC Browser"), (r"yabrowser", "Yandex"), (r"firefox|fxios", "Firefox"),
    (r"chrome|crios|chromium", "Chrome"), (r"version/[\d.]+.*safari", "Safari"),
)
_DEVICES = (
    (r"ipad", _("iPad")), (r"iphone|ipod", _("iPhone")), (r"android.*mobile", _("Android telephone")), (r"android", _("Android tablet")),
    (r"windows phone", _("Telephone")), (r"windows", _("Windows computer")), (r"mac os x|macintosh", _("Mac computer")), (r"cros", _("Chromebook")),
    (r"linux|x11", _("Linux computer")),
)
_MOST = 500


@dataclass(frozen=True)
class Device:
    """One sign-in that still holds; `key` names it and gives nothing of its session away."""

    key: str
    browser: str
    device: str
    since: datetime
    is_this: bool


def devices_of(user: User, this: str | None, now: datetime) -> list[Device]:
    """Return what the person is signed in with now, this device first, then the latest. One query.

    :param this: the key of the session in hand.
    """
    held = UserSession.objects.filter(alive(now), user=user).order_by("-created_at", "-pk")
    found = [_device(row, this) for row in held]
    return sorted(found, key=lambda device: not device.is_this)


def alive(now: datetime) -> Exists:
    """Return a condition on rows of sign-ins: their session still holds."""
    return Exists(Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now))


def dead_sign_ins(now: datetime) -> QuerySet[UserSession]:
    """Return the rows of sign-ins whose session is gone or over."""
    return UserSession.objects.filter(~alive(now))


def in_words(user_agent: str) -> tuple[str, str]:
    """Return the browser and the device that a user agent names, in plain words. No query."""
    said = user_agent[:_MOST].lower()
    browser = next((name for pattern, name in _BROWSERS if re.search(pattern, said)), _("Another browser"))
    device = next((name for pattern, name in _DEVICES if re.search(pattern, said)), _("Another device"))
    return str(browser), str(device)


def key_of(session_key: str) -> str:
    """Return the name of a sign-in for a form: nobody gets from it to the session. No query."""
    return salted_hmac("accounts.devices", session_key, algorithm="sha256").hexdigest()[:32]


def _device(row: UserSession, this: str | None) -> Device:
    browser, device = in_words(row.user_agent)
    return Device(key_of(row.session_key), browser, device, row.created_at, row.session_key == this)
