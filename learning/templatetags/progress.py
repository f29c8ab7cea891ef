"""Progress, drawn on pages that know nothing of it."""

from hashlib import blake2b

from django import template
from django.core.cache import caches
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from courses.models import CoursePage, QuizPage
from courses.selectors import Step
from learning.selectors import Place, enrolment_by_context, enrolment_in, place_of
from learning.selectors.assignments import Asked, asked_of
from quizzes.selectors import QuizStanding, standing_in

register = template.Library()

# Nothing of a drawing ages: what it is made of is its key.
DRAWN_SECONDS = 3600


@register.simple_tag(takes_context=True)
def place_in_course(context: dict, course: CoursePage) -> Place:
    """Return where the reader stands in this course. At most three queries."""
    request: HttpRequest = context["request"]
    return place_of(course, enrolment_in(request.user, course.pk))


@register.simple_tag(takes_context=True)
def asked_in_course(context: dict, course: CoursePage) -> Asked | None:
    """Return what is required of the reader in this course and not yet met. One query; none for strangers."""
    user = context["request"].user
    return next(iter(asked_of(user, timezone.localdate(), course)), None) if user.is_authenticated else None


@register.simple_tag(takes_context=True)
def place_in_step(context: dict, page) -> Place:
    """Return where the reader stands, seen from a module, lesson or quiz page.

    Two queries after the gate, which found the enrolment; kept on the request, because the frame and the body both ask.
    """
    request: HttpRequest = context["request"]
    if not hasattr(request, "place_in_step"):
        enrolment = getattr(request, "enrolment", None)
        course = enrolment.course if enrolment else CoursePage.objects.ancestor_of(page).get()
        request.place_in_step = place_of(course, enrolment, current_page=page.pk)
    return request.place_in_step


@register.simple_tag
def drawn(name: str, place: Place, **more: bool) -> SafeString:
    """Draw a part of a page that is made of a place alone, or take the drawing from the cache: everybody who stands there sees the same."""
    words = " ".join(sorted(word for word, holds in more.items() if holds))
    # Hashed, because titles may hold what a key may not.
    key = blake2b(f"{name}:{words}:{get_language()}:{place.mark}".encode(), digest_size=20).hexdigest()
    drawing = caches["pages"].get(f"drawn:{key}") if place.outline.digest else None
    if drawing is None:
        drawing = str(render_to_string(name, {"place": place, **more}))
        caches["pages"].set(f"drawn:{key}", drawing, DRAWN_SECONDS)
    return mark_safe(drawing)  # nosec B308, B703 # drawn by a template of ours


@register.simple_tag(takes_context=True)
def quiz_standing(context: dict, page: QuizPage) -> QuizStanding:
    """Return what the reader has done with this page's quiz: attempts made and left, the one in progress, the best result."""
    enrolment = getattr(context["request"], "enrolment", None)
    return standing_in(quiz=page.quiz, user=context["request"].user, context=enrolment.context if enrolment else "")


@register.simple_tag
def place_of_attempt(attempt) -> dict:
    """Return the course and the step that an attempt belongs to, for the way back; empty when it belongs to none."""
    enrolment = enrolment_by_context(attempt.context)
    if enrolment is None:
        return {}
    place = place_of(enrolment.course, enrolment)
    step: Step | None = next((step for step in place.outline.steps if step.quiz_id == attempt.quiz_id), None)
    return {"place": place, "step": step, "after": place.outline.around(step.page_id)[2] if step else None}
