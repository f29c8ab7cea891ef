"""Beginning a course with one tap, for the first time or once more because it is required again."""

from datetime import datetime

from django.utils import timezone

from courses.models import CoursePage
from learning.models import Enrolment
from learning.selectors import enrolment_in
from learning.selectors.assignments import asked_of
from learning.services.cycles import start_cycle
from learning.services.enrolment import enrol_learner


def begin_course(*, user, course: CoursePage, now: datetime) -> Enrolment:
    """Enrol the person, or return the enrolment that stands; whoever completed the course, and of whom it is required again, takes it anew.

    :raises CourseClosed: when the course is not published.
    :raises CourseEmpty: when it has no lessons yet.
    """
    standing = enrolment_in(user, course.pk)
    is_complete = standing is not None and hasattr(standing, "completion")
    if is_complete and any(not one.needs_certificate for one in asked_of(user, timezone.localdate(now), course)):
        return start_cycle(user=user, course=course, now=now)
    return standing or enrol_learner(user=user, course=course, now=now)
