"""Taking a course once more: the next cycle, with steps and quiz attempts of its own."""

from datetime import datetime

from courses.models import CoursePage
from courses.selectors import outline_of
from learning.enums import Source
from learning.models import Enrolment
from learning.services.errors import CourseClosed, CourseEmpty


def start_cycle(*, user, course: CoursePage, now: datetime, source: str = Source.RENEWAL, at_least: int = 1) -> Enrolment:
    """Enrol the person anew in a course that they completed, or for the first time; a cycle that is under way is returned as it is.

    Steps begin empty and quiz attempts are counted anew, because both hang on the enrolment. What was done before stays. Of two
    requests at once the constraint "enrolled once a cycle" lets one in, and both return the same enrolment.

    :param at_least: the lowest number that the cycle may have; one below that is under way gives nothing new, and is left.
    :raises CourseClosed: when the course is not published.
    :raises CourseEmpty: when it has no lessons yet.
    """
    latest = Enrolment.objects.filter(user=user, course=course).select_related("completion").order_by("-cycle").first()
    if latest is not None and latest.cycle >= at_least and not hasattr(latest, "completion"):
        return latest
    if not course.live:
        raise CourseClosed
    steps = outline_of(course).steps
    if not steps:
        raise CourseEmpty
    enrolment, _created = Enrolment.objects.get_or_create(
        user=user, course=course, cycle=max(latest.cycle + 1 if latest else 1, at_least),
        defaults={"source": source, "enrolled_at": now, "steps_total": len(steps)})
    return enrolment
