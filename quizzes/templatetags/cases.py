"""What the templates of a case file need beside `asked.view`: its parts as questions of their own."""

from django import template

from quizzes.types.asked import Asked
from quizzes.types.case_file import Case

register = template.Library()


@register.filter
def case_of(asked: Asked) -> Case:
    """The case with its parts, each named under it."""
    return asked.type.case_of(asked)
