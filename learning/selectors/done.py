"""Who has done a course by a day: completed it here, or taken it elsewhere with an approved proof that counts as it."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from learning.enums import StudyState
from learning.models import Completion, OutsideStudy


def completions_by(courses: Iterable[int], on: date, since: date | None = None):
    """Return the completions of these courses until that day, and since another; a later change of the rules takes none away."""
    found = Completion.objects.filter(enrolment__course__in=courses, completed_at__lt=midnight(on + timedelta(days=1)))
    return found.filter(completed_at__gte=midnight(since)) if since else found


def studies_by(courses: Iterable[int], on: date, since: date | None = None):
    """Return the approved courses taken elsewhere that count as one of these and ended until that day, and since another."""
    found = OutsideStudy.objects.filter(counts_as__in=courses, state=StudyState.APPROVED, ended_on__lte=on)
    return found.filter(ended_on__gte=since) if since else found


def who_has_done(courses: Iterable[int], on: date, since: date | None = None) -> Iterator[tuple[int, int]]:
    """Yield (person, course) of everybody who has done one of these courses by that day, some more than once. Two queries, read in chunks."""
    courses = list(courses)
    yield from completions_by(courses, on, since).values_list("enrolment__user", "enrolment__course").iterator(chunk_size=5000)
    yield from studies_by(courses, on, since).values_list("user", "counts_as").iterator(chunk_size=5000)


def midnight(day: date) -> datetime:
    """Return the moment at which the day begins where the office is."""
    return timezone.make_aware(datetime.combine(day, time.min))
