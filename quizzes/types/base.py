"""The interface of a question type: what an answer is, how it is drawn and what fraction it earns."""

from random import Random
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

Answer = dict[str, Any]
Content = dict[str, Any]


class InvalidAnswer(Exception):
    """The answer does not have the shape of its question's type."""

    code = "invalid_answer"


class QuestionType(blocks.StructBlock):
    """A StreamField block that also knows how to freeze, draw, read and mark. Everything but `freeze` works on plain JSON."""

    name: ClassVar[str]
    take_template: ClassVar[str]
    review_template: ClassVar[str]

    def freeze(self, value: blocks.StructValue) -> Content:
        """Turn the block's value into the plain JSON that attempts are taken with."""
        raise NotImplementedError

    def draw_order(self, content: Content, random: Random, *, shuffle: bool) -> list[str]:
        """Return the keys of the options in the order in which this taker sees them."""
        raise NotImplementedError

    def read_form(self, values: list[str]) -> Answer:
        """Turn the values of a plain HTML form into an answer; none means no answer, {}."""
        raise NotImplementedError

    def clean_answer(self, content: Content, answer: Answer) -> Answer:
        """Check the shape of an answer that came over the wire.

        :raises InvalidAnswer: when it names what the question does not hold, or is no answer of this type.
        """
        raise NotImplementedError

    def mark(self, content: Content, answer: Answer) -> float:
        """Return the fraction from 0 to 1 that the answer earns; {} earns 0."""
        raise NotImplementedError


class OptionBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("Option"), max_length=400)
    is_right = blocks.BooleanBlock(label=_("Right"), required=False)
    feedback = blocks.CharBlock(label=_("Feedback when chosen"), max_length=400, required=False)

    class Meta:
        icon = "radio-full"
        label = _("Option")
