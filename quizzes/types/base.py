"""The interface of a question type: what an answer is, how it is drawn and what fraction it earns."""

from collections.abc import Callable
from random import Random
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.sanitise import plain_text
from quizzes.grading.rubrics import Line
from quizzes.types.materials import MaterialsBlock

Answer = dict[str, Any]
Content = dict[str, Any]
# What a form says to one question, by part: {"": ["a1"]} comes from inputs named like the question, {"left.b": ["c"]} from "<name>.left.b".
Fields = dict[str, list[str]]


class InvalidAnswer(Exception):
    """The answer does not have the shape of its question's type; the message says what to do."""

    code = "invalid_answer"
    message = _("This answer does not belong to this question. Reload the page and choose again.")

    def __str__(self) -> str:
        return str(self.args[0] if self.args else self.message)


class QuestionType(blocks.StructBlock):
    """A StreamField block that also knows how to freeze, draw, read and mark.

    Everything but `words` and `freeze` works on plain JSON. `take_template` draws the inputs inside the page's form, each named
    `asked.name` or, for a part, `asked.name` + "." + the part's key; `review_template` draws what was answered and what is right. Both are given
    `asked` (quizzes.types.asked.Asked); the second also `shows` (quizzes.grading.review.Shown) and `previewed`.
    """

    name: ClassVar[str]
    take_template: ClassVar[str]
    review_template: ClassVar[str]
    # Which values of the frozen content are rich text: links and pictures in them are written out when a version is made.
    html_fields: ClassVar[tuple[str, ...]] = ("stem",)
    # A survey item is asked but earns nothing.
    earns_points: ClassVar[bool] = True
    # The answer names files that were uploaded before, each as {"file": uuid, "name", "size"} in "files".
    takes_files: ClassVar[bool] = False
    # How long an answer may be, in characters of its JSON.
    max_length: ClassVar[int] = 8000

    def words(self, value: blocks.StructValue) -> str:
        """Return the question as plain text, for lists and for search."""
        return plain_text(value["stem"].source)

    def freeze(self, value: blocks.StructValue) -> Content:
        """Turn the block's value into the plain JSON that attempts are taken with; rich text stays as it is stored."""
        raise NotImplementedError

    def written_out(self, content: Content, write: Callable[[str], str]) -> Content:
        """Return the content with its rich text passed through `write`, which cleans it and writes links and pictures out."""
        return {**content, **{name: write(content[name]) for name in self.html_fields if content.get(name)}}

    def draw_order(self, content: Content, random: Random, *, shuffle: bool) -> list[str]:
        """Return the keys of the options in the order in which this taker sees them; a type without options has none."""
        return []

    def read_form(self, fields: Fields) -> Answer:
        """Turn what a form says into an answer; nothing said means no answer, {}."""
        raise NotImplementedError

    def write_form(self, answer: Answer) -> Fields:
        """Return the fields that `read_form` would read as this answer: how a page is brought to the newest answer."""
        raise NotImplementedError

    def clean_answer(self, content: Content, answer: Answer) -> Answer:
        """Check the shape of an answer that came over the wire, and write it in the one way that equal answers share.

        :raises InvalidAnswer: when it names what the question does not hold, or is no answer of this type.
        """
        raise NotImplementedError

    def view(self, content: Content, order: list[str], answer: Answer) -> dict[str, Any]:
        """Return what the two templates need beside the content: its parts in this taker's order, with what was chosen."""
        return {}

    def mark(self, content: Content, answer: Answer) -> float | None:
        """Return the fraction from 0 to 1 that the answer earns; {} earns 0. None: a person has to mark it."""
        raise NotImplementedError

    def rubric(self, content: Content, answer: Answer) -> list[Line]:
        """Return what a person gives the points for, and what the type has given already; no lines: a mark as a whole."""
        return []


class OptionBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("Option"), max_length=400)
    is_right = blocks.BooleanBlock(label=_("Right"), required=False)
    feedback = blocks.CharBlock(label=_("Feedback when chosen"), max_length=400, required=False)
    materials = MaterialsBlock(required=False, max_num=2)

    class Meta:
        icon = "radio-full"
        label = _("Option")
