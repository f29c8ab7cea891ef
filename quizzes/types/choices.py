"""What the three types with options share: stem, options, answers of the shape {"chosen": [key, ...]}."""

import unicodedata
from random import Random

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.blocks import CleanRichTextBlock
from cms.sanitise import plain_text
from quizzes.types.base import Answer, Content, Fields, InvalidAnswer, OptionBlock, QuestionType
from quizzes.types.materials import MaterialsBlock, freeze_materials

STEM_FEATURES = ["bold", "ol", "ul", "link", "image"]


def nfc(text: str) -> str:
    """Compose letters and marks: what was pasted from a Mac is stored like everything else."""
    return unicodedata.normalize("NFC", text)


class ChoiceType(QuestionType):
    take_template = "quizzes/types/choices.html"
    review_template = "quizzes/types/choices_review.html"
    multiple = False

    stem = CleanRichTextBlock(label=_("Question"), features=STEM_FEATURES)
    materials = MaterialsBlock(required=False)
    options = blocks.ListBlock(OptionBlock(), label=_("Options"), min_num=2, max_num=10)

    def freeze(self, value: blocks.StructValue) -> Content:
        return {
            "stem": nfc(value["stem"].source),
            "materials": freeze_materials(value.get("materials")),
            "multiple": self.multiple,
            "options": [
                {
                    # An option that was never saved has no id yet: the editor's preview of a new question.
                    "key": (item.id or f"new-{number}")[:8], "text": nfc(item.value["text"]), "right": bool(item.value["is_right"]),
                    "feedback": nfc(item.value["feedback"] or ""), "materials": freeze_materials(item.value.get("materials")),
                }
                for number, item in enumerate(value["options"].bound_blocks)
            ],
        }

    def draw_order(self, content: Content, random: Random, *, shuffle: bool) -> list[str]:
        keys = [option["key"] for option in content["options"]]
        if shuffle:
            random.shuffle(keys)
        return keys

    def read_form(self, fields: Fields) -> Answer:
        chosen = [value for value in fields.get("", []) if value]
        return {"chosen": chosen} if chosen else {}

    def write_form(self, answer: Answer) -> Fields:
        return {"": answer.get("chosen", [])}

    def clean_answer(self, content: Content, answer: Answer) -> Answer:
        if answer == {}:
            return {}
        chosen = answer.get("chosen") if isinstance(answer, dict) else None
        known = {option["key"] for option in content["options"]}
        if not isinstance(chosen, list) or not all(isinstance(key, str) and key in known for key in chosen):
            raise InvalidAnswer
        chosen = sorted(set(chosen))
        if not self.multiple and len(chosen) > 1:
            raise InvalidAnswer(_("Choose one answer only."))
        return {"chosen": chosen} if chosen else {}

    def view(self, content: Content, order: list[str], answer: Answer) -> dict:
        """Return the options in order, and the right ones that were not chosen."""
        chosen = set(answer.get("chosen", []))
        options = {option["key"]: {**option, "chosen": option["key"] in chosen} for option in content["options"]}
        shown = [options[key] for key in order if key in options]
        return {"options": shown, "missed": [option for option in shown if option["right"] and not option["chosen"]]}

    def clean(self, value):
        value = super().clean(value)
        errors = {}
        if fault := self._fault_of([bool(option["is_right"]) for option in value["options"]]):
            errors["options"] = ValidationError(fault)
        if not plain_text(value["stem"].source):
            errors["stem"] = ValidationError(_("Write the question."))
        if errors:
            raise blocks.StructBlockValidationError(block_errors=errors)
        return value

    def _fault_of(self, right: list[bool]) -> str | None:
        if not any(right):
            return _("Mark the right option.")
        if not self.multiple and sum(right) > 1:
            return _("Only one option can be right. Use “Several answers” instead.")
        if self.multiple and all(right):
            return _("Add an option that is not right, so that ticking everything earns nothing.")
        return None
