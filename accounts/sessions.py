"""Sessions in the database, as Django's own engine keeps them; looking one up is a prepared statement, because every request does it."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseSession
from django.contrib.sessions.models import Session
from django.core.exceptions import SuspiciousOperation
from django.utils import timezone

from accounts.prepared import FirstRow

_ANY_KEY, _ANY_TIME = "0" * 32, timezone.make_aware(timezone.datetime(2001, 2, 3))
_VALID = FirstRow(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    (_ANY_KEY, Session._meta.get_field("session_key")), (_ANY_TIME, Session._meta.get_field("expire_date")))


class SessionStore(DatabaseSession):
    def _get_session_from_db(self):
        try:
            session = _VALID.get(self.session_key, timezone.now())
        except (ValueError, SuspiciousOperation):
            session = None
        if session is None:
            self._session_key = None
        return session
