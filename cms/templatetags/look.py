"""Template tags of the look: icons, bound words, dates. Built into every template."""

from django import template

register = template.Library()
