"""What readers are told of papers that are still decided on."""

from django import template

from certificates.selectors.renewals import Awaiting, awaiting
from courses.models import CoursePage

register = template.Library()


@register.simple_tag(takes_context=True)
def awaited_for(context: dict, course: CoursePage) -> Awaiting | None:
    """Return what the person who is signed in is still to be given by decision for this course. At most five queries."""
    user = context["request"].user
    found = awaiting(user) if user.is_authenticated else []
    return next((row for row in found if row.completion.enrolment.course_id == course.pk), None)


@register.simple_tag(takes_context=True)
def awaited_papers(context: dict) -> list[Awaiting]:
    """Return whatever the person who is signed in is still to be given by decision. At most five queries."""
    return awaiting(context["request"].user)
