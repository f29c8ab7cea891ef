"""What every type with a question in words begins with: the stem, and the materials beside it."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.list_block import ListValue

from cms.blocks import CleanRichTextBlock
from cms.sanitise import plain_text
from quizzes.types.base import Content, QuestionType
from quizzes.types.choices import STEM_FEATURES, nfc
from quizzes.types.materials import MaterialsBlock, freeze_materials


class StemType(QuestionType):
    stem = CleanRichTextBlock(label=_("Question"), features=STEM_FEATURES)
    materials = MaterialsBlock(required=False)

    def freeze(self, value: blocks.StructValue) -> Content:
        return {"stem": nfc(value["stem"].source), "materials": freeze_materials(value.get("materials"))}

    def clean(self, value):
        value = super().clean(value)
        faults = self.faults(value)
        if not plain_text(value["stem"].source):
            faults["stem"] = _("Write the question.")
        if faults:
            raise blocks.StructBlockValidationError(block_errors={name: ValidationError(fault) for name, fault in faults.items()})
        return value

    def faults(self, value: blocks.StructValue) -> dict[str, str]:
        """Return what the author has to mend before the question can be asked, by field."""
        return {}


def key_of_item(item: ListValue.ListChild, number: int) -> str:
    """Return the key of a row of a list: the same over every edit. A row that was never saved has no id yet: the editor's preview."""
    return (item.id or f"new-{number}")[:8]


def state_of(fraction: float) -> str:
    """Name what a fraction means to its reader: "right", "partly" or "wrong" (templates/quizzes/types/_line.html)."""
    if fraction >= 1:
        return "right"
    return "partly" if fraction > 0 else "wrong"
