"""What lists of courses show of the register."""

from django import template
from django.utils import timezone

from certificates import selectors
from certificates.models import Certificate
from certificates.selectors.holding import Shelf, shelf_of

register = template.Library()


@register.simple_tag(takes_context=True)
def certificates_by_course(context) -> dict[int, Certificate]:
    """Return the valid certificates of the person who is signed in, by course id. One query a page."""
    user = context["request"].user
    return selectors.certificates_by_course(user) if user.is_authenticated else {}


@register.filter
def of_course(certificates: dict[int, Certificate], course_id: int) -> Certificate | None:
    return certificates.get(course_id)


@register.simple_tag(takes_context=True)
def shelf(context) -> Shelf:
    """Return the valid papers of the person who is signed in, by course id, and those that end soon or ended lately. One query a page."""
    user = context["request"].user
    return shelf_of(user, timezone.localdate()) if user.is_authenticated else Shelf({}, [])
