"""A statement that is true or false."""

from random import Random

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.blocks import CleanRichTextBlock
from cms.sanitise import plain_text
from quizzes.grading.choices import mark_one
from quizzes.types.base import Answer, Content
from quizzes.types.choices import STEM_FEATURES, ChoiceType, nfc
from quizzes.types.materials import freeze_materials


class TrueFalse(ChoiceType):
    name = "true_false"

    stem = CleanRichTextBlock(label=_("Statement"), features=STEM_FEATURES)
    options = None
    is_true = blocks.BooleanBlock(label=_("The statement is true"), required=False)
    feedback = blocks.CharBlock(label=_("Feedback after the wrong choice"), max_length=400, required=False)

    def freeze(self, value: blocks.StructValue) -> Content:
        """Option texts stay empty: the template writes "Đúng" and "Sai" in the reader's language."""
        is_true, feedback = bool(value["is_true"]), nfc(value["feedback"] or "")
        return {
            "stem": nfc(value["stem"].source),
            "materials": freeze_materials(value.get("materials")),
            "multiple": False,
            "options": [
                {"key": "true", "text": "", "right": is_true, "feedback": "" if is_true else feedback},
                {"key": "false", "text": "", "right": not is_true, "feedback": feedback if is_true else ""},
            ],
        }

    def draw_order(self, content: Content, random: Random, *, shuffle: bool) -> list[str]:
        return ["true", "false"]

    def mark(self, content: Content, answer: Answer) -> float:
        right = next(option["key"] for option in content["options"] if option["right"])
        return mark_one(right, (answer.get("chosen") or [""])[0])

    def clean(self, value):
        value = blocks.StructBlock.clean(self, value)
        if not plain_text(value["stem"].source):
            raise blocks.StructBlockValidationError(block_errors={"stem": ValidationError(_("Write the statement."))})
        return value

    class Meta:
        icon = "check"
        label = _("True or false")
        description = _("The taker says whether a statement is true.")
