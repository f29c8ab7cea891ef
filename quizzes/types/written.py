"""What the types share whose answer a person writes and a person marks: text as it is kept, and the rubric for the marker."""

import unicodedata
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.blocks import CleanRichTextBlock
from quizzes.grading.rubrics import Line, lines_of
from quizzes.types.base import Answer, Content, InvalidAnswer
from quizzes.types.choices import nfc
from quizzes.types.stem import StemType, key_of_item

_LINE_ENDS = str.maketrans({"\r": "\n", "\u2028": "\n", "\u2029": "\n"})


def clean_prose(text: Any, most: int) -> str:
    """Return what was written in the one way that equal texts share: NFC, one kind of line end, no control characters.

    :raises InvalidAnswer: when it is no text, or longer than `most` characters.
    """
    if not isinstance(text, str):
        raise InvalidAnswer
    # Neither a null byte nor half a surrogate pair can be stored by every database.
    lines = text.replace("\r\n", "\n").translate(_LINE_ENDS)
    kept = nfc("".join(letter for letter in lines if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs"))).strip()
    if len(kept) > most:
        raise InvalidAnswer(_("This text is too long: at most %(count)s characters. Shorten it and save again.") % {"count": most})
    return kept


class CriterionBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Criterion"), max_length=120)
    description = blocks.TextBlock(label=_("What earns these points"), max_length=1000, required=False)
    points = blocks.DecimalBlock(label=_("Points"), default=1, min_value=0, max_value=100, decimal_places=2)

    class Meta:
        icon = "tasks"
        label = _("Criterion")


class RubricType(StemType):
    """A type whose answers a person marks, by criteria whose points are shares of the question's own."""

    html_fields = ("stem", "model_answer")

    criteria = blocks.ListBlock(
        CriterionBlock(), label=_("Criteria for the marker"), min_num=0, max_num=12, default=[],
        help_text=_("The marker sees them, with their points, beside the answer."))
    shows_criteria = blocks.BooleanBlock(label=_("Show the criteria to the taker before"), required=False)
    model_answer = CleanRichTextBlock(
        label=_("Model answer"), required=False, features=["bold", "ol", "ul", "link"],
        help_text=_("For the marker; the taker sees it where right answers are shown."))

    def freeze(self, value: blocks.StructValue) -> Content:
        return {
            **super().freeze(value),
            "criteria": [
                {"key": key_of_item(item, number), "title": nfc(item.value["title"]), "description": nfc(item.value["description"] or ""),
                 "points": float(item.value["points"])}
                for number, item in enumerate(value["criteria"].bound_blocks)
            ],
            "shows_criteria": bool(value["shows_criteria"]),
            "model_answer": nfc(value["model_answer"].source) if value["model_answer"] else "",
        }

    def rubric(self, content: Content, answer: Answer) -> list[Line]:
        return lines_of(content.get("criteria") or [])

    def faults(self, value: blocks.StructValue) -> dict[str, str]:
        if value["criteria"] and not any(criterion["points"] for criterion in value["criteria"]):
            return {"criteria": _("Give points to at least one criterion.")}
        return {}
