"""Enrolling in a course."""

from collections.abc import Collection
from datetime import datetime

from courses.models import CoursePage
from courses.selectors import outline_of
from learning.enums import Source
from learning.models import Enrolment
from learning.services.errors import CourseClosed, CourseEmpty

CHUNK = 1000


def enrol_learner(*, user, course: CoursePage, now: datetime, source: str = Source.SELF) -> Enrolment:
    """Enrol the person, or return the enrolment that stands; two requests at once make one.

    :raises CourseClosed: when the course is not published.
    :raises CourseEmpty: when it has no lessons yet.
    """
    standing = Enrolment.objects.filter(user=user, course=course).order_by("-cycle").first()
    if standing:
        return standing
    if not course.live:
        raise CourseClosed
    steps = outline_of(course).steps
    if not steps:
        raise CourseEmpty
    enrolment, _created = Enrolment.objects.get_or_create(
        user=user, course=course, cycle=1, defaults={"source": source, "enrolled_at": now, "steps_total": len(steps)})
    return enrolment


def enrol_many(*, people: Collection[int], course: CoursePage, now: datetime, source: str = Source.OFFICE) -> list[int]:
    """Enrol many people by their ids, and return those who are newly enrolled; an enrolment that is not completed stands.

    Whoever completed the course is enrolled in its next cycle: leave out whose completion still counts. Two queries for each 1,000 people.

    :raises CourseClosed: when the course is not published.
    :raises CourseEmpty: when it has no lessons yet.
    """
    if not course.live:
        raise CourseClosed
    steps = outline_of(course).steps
    if not steps:
        raise CourseEmpty
    people, new = list(people), []
    for start in range(0, len(people), CHUNK):
        chunk = people[start:start + CHUNK]
        rows = Enrolment.objects.filter(course=course, user__in=chunk).order_by("cycle").values_list("user", "cycle", "completion")
        latest = {user: (cycle, completion) for user, cycle, completion in rows}
        cycles = {pk: latest[pk][0] + 1 if pk in latest else 1 for pk in chunk if pk not in latest or latest[pk][1] is not None}
        Enrolment.objects.bulk_create(
            [Enrolment(user_id=pk, course=course, cycle=cycle, source=source, enrolled_at=now, steps_total=len(steps)) for pk, cycle in cycles.items()],
            ignore_conflicts=True)
        new += cycles
    return new
