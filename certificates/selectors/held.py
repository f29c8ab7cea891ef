"""Who holds a valid certificate of a course on a day."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, Subquery

from certificates.enums import Entry, State
from certificates.models import Certificate, RegisterEntry
from learning.selectors.done import midnight

# With these a paper ends before its time; who was given another one in its place has that one from the same moment on.
_ENDINGS = (Entry.REVOKED, Entry.SUPERSEDED)


def valid_on(courses: Iterable[int], on: date, since: date | None = None):
    """Return the certificates of these courses that were valid at the end of that day, issued since another; those of a former register too.

    A paper that was replaced counts until it was: should the one in its place be revoked, its holder has none.
    """
    ended = midnight(on + timedelta(days=1))
    found = _papers(courses, ended).filter(~Exists(_endings(ended)), Q(valid_until__isnull=True) | Q(valid_until__gt=on))
    return found.filter(issued_at__gte=midnight(since)) if since else found


def _papers(courses: Iterable[int], ended: datetime):
    # Of what a former register calls expired without saying when, nobody can say that it was valid on any day.
    expired_some_day = Q(state=State.EXPIRED, valid_until__isnull=True)
    return Certificate.objects.filter(~expired_some_day, course__in=courses, user__isnull=False, issued_at__lt=ended)


def _endings(ended: datetime):
    return RegisterEntry.objects.filter(certificate=OuterRef("pk"), kind__in=_ENDINGS, at__lt=ended)


def who_holds(courses: Iterable[int], on: date, since: date | None = None) -> Iterator[tuple[int, int]]:
    """Yield (person, course) of everybody who held a valid certificate of one of these courses that day. One query, read in chunks."""
    yield from valid_on(list(courses), on, since).values_list("user", "course").iterator(chunk_size=5000)


def spans_held(courses: Iterable[int], on: date):
    """Return (person, course, issued, revoked or replaced or None, first day that it is no longer valid or None) of the certificates that were issued
    until that day, as one query not yet read: whoever looks at several days fetches them once and judges each day as `valid_on` does.
    """
    ended = midnight(on + timedelta(days=1))
    over = _endings(ended).order_by("at").values("at")[:1]
    return _papers(list(courses), ended).annotate(over_at=Subquery(over)).values_list("user", "course", "issued_at", "over_at", "valid_until")
