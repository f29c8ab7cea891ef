"""A statement that is true or false."""

from random import Random

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.blocks import CleanRichTextBlock
from quizzes.grading.choices import mark_one
from quizzes.types.base import Answer, Content
from quizzes.types.choices import STEM_FEATURES, ChoiceType


class TrueFalse(ChoiceType):
    name = "true_false"

    stem = CleanRichTextBlock(label=_("Statement"), features=STEM_FEATURES)
    options = None
    is_true = blocks.BooleanBlock(label=_("The statement is true"), required=False)
    feedback = blocks.CharBlock(label=_("Feedback after the wrong choice"), max_length=400, required=False)

    def freeze(self, value: blocks.StructValue) -> Content:
        """Option texts stay empty: the template writes "Đúng" and "Sai" in the reader's language."""
        is_true = bool(value["is_true"])
        return {
            "stem": value["stem"].source,
            "options": [
                {"key": "true", "text": "", "right": is_true, "feedback": "" if is_true else value["feedback"]},
                {"key": "false", "text": "", "right": not is_true, "feedback": value["feedback"] if is_true else ""},
            ],
        }

    def draw_order(self, content: Content, random: Random, *, shuffle: bool) -> list[str]:
        return ["true", "false"]

    def mark(self, content: Content, answer: Answer) -> float:
        right = next(option["key"] for option in content["options"] if option["right"])
        return mark_one(right, (answer.get("chosen") or [""])[0])

    def clean(self, value):
        return blocks.StructBlock.clean(self, value)

    class Meta:
        icon = "check"
        label = _("True or false")
        description = _("The taker says whether a statement is true.")
