"""What the three types with options share: stem, options, answers of the shape {"chosen": [key, ...]}."""

from random import Random

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.blocks import CleanRichTextBlock
from cms.sanitise import plain_text
from quizzes.types.base import Answer, Content, InvalidAnswer, OptionBlock, QuestionType

STEM_FEATURES = ["bold", "ol", "ul", "link", "image"]


class ChoiceType(QuestionType):
    take_template = "quizzes/types/choices.html"
    review_template = "quizzes/types/choices_review.html"
    multiple = False

    stem = CleanRichTextBlock(label=_("Question"), features=STEM_FEATURES)
    options = blocks.ListBlock(OptionBlock(), label=_("Options"), min_num=2, max_num=10)

    def freeze(self, value: blocks.StructValue) -> Content:
        return {
            "stem": value["stem"].source,
            "options": [
                {"key": item.id[:8], "text": item.value["text"], "right": item.value["is_right"], "feedback": item.value["feedback"]}
                for item in value["options"].bound_blocks
            ],
        }

    def draw_order(self, content: Content, random: Random, *, shuffle: bool) -> list[str]:
        keys = [option["key"] for option in content["options"]]
        if shuffle:
            random.shuffle(keys)
        return keys

    def read_form(self, values: list[str]) -> Answer:
        chosen = [value for value in values if value]
        return {"chosen": chosen} if chosen else {}

    def clean_answer(self, content: Content, answer: Answer) -> Answer:
        if answer == {}:
            return {}
        chosen = answer.get("chosen") if isinstance(answer, dict) else None
        known = {option["key"] for option in content["options"]}
        if not isinstance(chosen, list) or not all(isinstance(key, str) and key in known for key in chosen):
            raise InvalidAnswer(_("This answer does not belong to this question. Reload the page and choose again."))
        if not self.multiple and len(chosen) > 1:
            raise InvalidAnswer(_("Choose one answer only."))
        return {"chosen": sorted(set(chosen))} if chosen else {}

    def clean(self, value):
        value = super().clean(value)
        right = sum(bool(option["is_right"]) for option in value["options"])
        errors = {}
        if right == 0:
            errors["options"] = ValidationError(_("Mark the right option."))
        elif right > 1 and not self.multiple:
            errors["options"] = ValidationError(_("Only one option can be right. Use “Several answers” instead."))
        if not plain_text(value["stem"].source):
            errors["stem"] = ValidationError(_("Write the question."))
        if errors:
            raise blocks.StructBlockValidationError(block_errors=errors)
        return value
