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


def end_all_others(*, user: User, password: str, but: str | None, now: datetime) -> int:
    """End whatever else the person is signed in with, that of before there were rows too, and return how many of those that have one. Locks the person.

    Their password is stored under a new salt, and a session holds only with the stored password that it was begun with: whoever keeps the session in
    hand gives it the new `get_session_auth_hash` of `user`. Safe to call twice.

    :param password: the person's own, just checked against `user`.
    """
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=user.pk)
        if row.password == user.password:
            row.set_password(password)
            row.save(update_fields=["password"])
        # Tapped twice, it has its new salt. Another password has ended the sessions already, that in hand too, and must not be undone.
        if row.check_password(password):
            user.password = row.password
        return end_other_sessions(user=user, but=but, now=now)


def _end(rows, but: str | None) -> int:
    with transaction.atomic():
        keys = list(rows.exclude(session_key=but or "").values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        UserSession.objects.filter(session_key__in=keys).delete()
    return len(keys)
