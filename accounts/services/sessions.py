"""Ending what a person is signed in with, device by device or all at once.

Keeps true: every sign-in has its row (`allauth.usersessions`), so that nobody has to look through all sessions of the site for one person's.
"""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.enums import Act
from accounts.models import User
from accounts.selectors.devices import key_of
from accounts.services.log import note

# Stands in the log, which keeps one language.
_ONE, _OTHERS = "Đăng xuất một thiết bị", "Đăng xuất các thiết bị khác"


def end_session(*, user: User, key: str, but: str | None, now: datetime) -> bool:
    """End one of the person's own sessions, never the one in hand; say whether there was one. Safe to call twice.

    :param key: as the person's own list names it (`selectors.devices`).
    :param but: the key of the session in hand.
    """
    meant = [found for found in UserSession.objects.filter(user=user).values_list("session_key", flat=True) if key_of(found) == key]
    ended = _end(UserSession.objects.filter(session_key__in=meant), but)
    if ended:
        note(about=user, act=Act.CHANGED, by=user, now=now, subject=_ONE)
    return bool(ended)


def end_other_sessions(*, user: User, but: str | None, now: datetime | None = None) -> int:
    """End all sessions of the person but the one in hand, and return how many there were. With `now` it stands in their log. Safe to call twice."""
    ended = _end(UserSession.objects.filter(user=user), but)
    if ended and now:
        note(about=user, act=Act.CHANGED, by=user, now=now, subject=f"{_OTHERS}: {ended}")
    return ended


def _end(rows, but: str | None) -> int:
    with transaction.atomic():
        keys = list(rows.exclude(session_key=but or "").values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        UserSession.objects.filter(session_key__in=keys).delete()
    return len(keys)
