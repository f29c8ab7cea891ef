"""Enrolling in a course."""

from datetime import datetime

from courses.models import CoursePage
from courses.selectors import outline_of
from learning.enums import Source
from learning.models import Enrolment
from learning.services.errors import CourseClosed, CourseEmpty


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
