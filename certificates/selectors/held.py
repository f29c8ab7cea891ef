"""Who holds a valid certificate of a course on a day."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from certificates.enums import Entry
from certificates.models import Certificate, RegisterEntry
from learning.selectors.done import midnight


def valid_on(courses: Iterable[int], on: date, since: date | None = None):
    """Return the certificates of these courses that were valid at the end of that day, issued since another; those of a former register too.

    A paper that was replaced counts as long as it stood: its holder has the new one from the same moment on.
    """
    ended = midnight(on + timedelta(days=1))
    revoked = RegisterEntry.objects.filter(certificate=OuterRef("pk"), kind=Entry.REVOKED, at__lt=ended)
    found = Certificate.objects.filter(
        ~Exists(revoked), Q(valid_until__isnull=True) | Q(valid_until__gt=on), course__in=courses, user__isnull=False, issued_at__lt=ended)
    return found.filter(issued_at__gte=midnight(since)) if since else found


def who_holds(courses: Iterable[int], on: date, since: date | None = None) -> Iterator[tuple[int, int]]:
    """Yield (person, course) of everybody who held a valid certificate of one of these courses that day. One query, read in chunks."""
    yield from valid_on(list(courses), on, since).values_list("user", "course").iterator(chunk_size=5000)
