"""A statement that is true or false; the taker may be asked for a reason as well."""

from random import Random

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.blocks import CleanRichTextBlock
from cms.sanitise import plain_text
from quizzes.grading.choices import mark_one
from quizzes.grading.rubrics import CHOICE, REASON, Line, choice_and_reason, mark_choice_with_reason
from quizzes.types.base import Answer, Content, Fields, InvalidAnswer
from quizzes.types.choices import STEM_FEATURES, ChoiceType, nfc
from quizzes.types.materials import freeze_materials
from quizzes.types.written import clean_prose

MOST = 2000


class TrueFalse(ChoiceType):
    name = "true_false"
    take_template = "quizzes/types/true_false.html"
    review_template = "quizzes/types/true_false_review.html"

    stem = CleanRichTextBlock(label=_("Statement"), features=STEM_FEATURES)
    options = None
    is_true = blocks.BooleanBlock(label=_("The statement is true"), required=False)
    feedback = blocks.CharBlock(label=_("Feedback after the wrong choice"), max_length=400, required=False)
    asks_reason = blocks.BooleanBlock(label=_("Ask for a reason"), required=False)
    marks_reason = blocks.BooleanBlock(
        label=_("A person marks the reason"), required=False,
        help_text=_("Half the points for the right choice, half for its reason. Without this the reason is kept and earns nothing."))

    def freeze(self, value: blocks.StructValue) -> Content:
        """Option texts stay empty: the template writes "Đúng" and "Sai" in the reader's language."""
        is_true, feedback = bool(value["is_true"]), nfc(value["feedback"] or "")
        content = {
            "stem": nfc(value["stem"].source),
            "materials": freeze_materials(value.get("materials")),
            "multiple": False,
            "options": [
                {"key": "true", "text": "", "right": is_true, "feedback": "" if is_true else feedback},
                {"key": "false", "text": "", "right": not is_true, "feedback": feedback if is_true else ""},
            ],
        }
        # Only where it is asked for, so that questions without it keep the versions that they have.
        return content | {"asks_reason": True, "marks_reason": bool(value["marks_reason"])} if value["asks_reason"] else content

    def draw_order(self, content: Content, random: Random, *, shuffle: bool) -> list[str]:
        return ["true", "false"]

    def read_form(self, fields: Fields) -> Answer:
        reason = next((text for text in fields.get("reason", []) if text.strip()), "")
        return super().read_form(fields) | ({"reason": reason} if reason else {})

    def write_form(self, answer: Answer) -> Fields:
        return super().write_form(answer) | ({"reason": [answer["reason"]]} if "reason" in answer else {})

    def clean_answer(self, content: Content, answer: Answer) -> Answer:
        if not content.get("asks_reason"):
            return super().clean_answer(content, answer)
        if not isinstance(answer, dict) or set(answer) - {"chosen", "reason"}:
            raise InvalidAnswer
        reason = clean_prose(answer.get("reason", ""), MOST)
        chosen = super().clean_answer(content, {"chosen": answer.get("chosen", [])})
        return chosen | ({"reason": reason} if reason else {})

    def view(self, content: Content, order: list[str], answer: Answer) -> dict:
        return super().view(content, order, answer) | {"reason": answer.get("reason", ""), "most_characters": MOST}

    def mark(self, content: Content, answer: Answer) -> float | None:
        choice = self._mark_choice(content, answer)
        if not content.get("marks_reason"):
            return choice
        return mark_choice_with_reason(choice, has_reason=bool(answer.get("reason")))

    def rubric(self, content: Content, answer: Answer) -> list[Line]:
        if not content.get("marks_reason"):
            return []
        return choice_and_reason(self._mark_choice(content, answer), {CHOICE: str(_("The choice")), REASON: str(_("The reason"))})

    @staticmethod
    def _mark_choice(content: Content, answer: Answer) -> float:
        right = next(option["key"] for option in content["options"] if option["right"])
        return mark_one(right, (answer.get("chosen") or [""])[0])

    def clean(self, value):
        value = blocks.StructBlock.clean(self, value)
        errors = {}
        if not plain_text(value["stem"].source):
            errors["stem"] = ValidationError(_("Write the statement."))
        if value["marks_reason"] and not value["asks_reason"]:
            errors["asks_reason"] = ValidationError(_("Ask for the reason first, so that there is something to mark."))
        if errors:
            raise blocks.StructBlockValidationError(block_errors=errors)
        return value

    class Meta:
        icon = "check"
        label = _("True or false")
        description = _("The taker says whether a statement is true, and why if you ask.")
