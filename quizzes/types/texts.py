"""What the types with typed answers share: the switch for comparing, the fraction of an accepted answer, one line of text."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from quizzes.types.base import InvalidAnswer
from vietnamese.text import clean

# In letters after tidying. What comes in may be longer, decomposed; much longer is no answer.
MAX_TEXT = 200
_MAX_RAW = 4 * MAX_TEXT


def comparing_block() -> blocks.ChoiceBlock:
    """Ask how what was typed is compared with what is right (quizzes.grading.texts)."""
    return blocks.ChoiceBlock(
        label=_("Comparing"), default="case",
        choices=[
            ("exact", _("Exactly as written")),
            ("case", _("Ignore capitals and spaces")),
            ("tones", _("Also ignore tone marks (hòa = hoa)")),
            ("diacritics", _("Ignore all diacritics (đơn = don)")),
        ],
        help_text=_("How letters are encoded never counts; nor, except for “exactly”, where the tone stands (hoà, hòa)."))


def fraction_block() -> blocks.DecimalBlock:
    """Ask for the part of the points, from 0 to 1, that an accepted answer earns."""
    return blocks.DecimalBlock(
        label=_("Part of the points"), default=1, min_value=0, max_value=1, max_digits=4, decimal_places=3,
        help_text=_("1 is right, 0.5 is half right, 0 is wrong with a feedback of its own."))


def said_in(fields: dict[str, list[str]], part: str = "") -> str:
    """Return what a text field of a form says, tidied; an empty string when it says nothing."""
    return clean(next(iter(fields.get(part, [])), ""))


def clean_text(said: Any) -> str:
    """Tidy what was typed into one line.

    :raises InvalidAnswer: when it is no text, or longer than any answer.
    """
    if not isinstance(said, str) or len(said) > _MAX_RAW:
        raise InvalidAnswer
    tidy = clean(said)
    if len(tidy) > MAX_TEXT:
        raise InvalidAnswer(_("This answer is too long. Shorten it."))
    return tidy
