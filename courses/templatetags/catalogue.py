"""Courses, drawn on pages that may not know them; the body of a lesson, rendered once per revision."""

from collections.abc import Iterable
from datetime import date

from django import template
from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from cms.sanitise import plain_text
from cms.search.marking import mark_matches, snippet
from courses.models import LessonPage
from courses.receivers import LAWS_VERSION
from courses.selectors import address as address_of
from courses.selectors import open_courses as newest_open_courses

register = template.Library()

# What blocks keep beside the words a reader sees.
NO_WORDS = {"type", "id", "level", "kind", "name", "cell"}
# How long a changed law may stay unseen in a lesson on another process; this process drops its copies at once.
BODY_SECONDS = 600


@register.filter
def address(url_path: str) -> str:
    """Turn a page's path in the tree into its address, without a query."""
    return address_of(url_path)


@register.filter
def marked(text: str, query: str) -> SafeString:
    """Mark the words that were searched for, diacritics ignored."""
    return mark_matches(text, query)


@register.filter
def found_text(thing: LessonPage | str, query: str) -> SafeString:
    """Show the part of a lesson or a text in which the words were found, marked."""
    text = thing if isinstance(thing, str) else f"{thing.lead} {plain_text(' '.join(_texts(thing.body.raw_data)))}"
    return snippet(text, query)


def _texts(value) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, part in value.items() if key not in NO_WORDS for text in _texts(part)]
    return [text for part in value for text in _texts(part)] if isinstance(value, Iterable) else []


@register.inclusion_tag("courses/_open_courses.html")
def open_courses(limit: int = 6) -> dict:
    return {"courses": newest_open_courses(limit)}


@register.simple_tag(takes_context=True)
def lesson_body(context: dict, page: LessonPage) -> SafeString:
    """Render the lesson's blocks, or take them from the cache: one rendering per revision, language and day.

    The day is part of the key because citations say whether they are in force today.
    """
    request = context.get("request")
    if request is None or getattr(request, "is_preview", False) or not page.live_revision_id:
        return _render(page)
    laws = caches["pages"].get(LAWS_VERSION, 1)
    key = f"body:{page.pk}:{page.live_revision_id}:{laws}:{get_language()}:{_today():%Y%m%d}"
    body = caches["pages"].get(key)
    if body is None:
        body = _render(page)
        caches["pages"].set(key, str(body), BODY_SECONDS)
    return mark_safe(body)  # nosec B308, B703 # the body went through both gates when it was saved


def _today() -> date:
    return timezone.localdate()


def _render(page: LessonPage) -> SafeString:
    return render_to_string("courses/_body.html", {"page": page, "today": _today()})
