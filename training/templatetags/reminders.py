"""Reminders of the office on pages that know nothing of it."""

from django import template
from django.utils import timezone

from training.selectors.reminders import Shown, reminders_of

register = template.Library()


@register.simple_tag(takes_context=True)
def office_reminders(context: dict) -> list[Shown]:
    """Return what the person who is signed in is reminded of and has not done yet. One query a page, six at most for whoever is reminded."""
    user = context["request"].user
    return reminders_of(user, timezone.now()) if user.is_authenticated else []
