"""Several right answers; how a partly right one is marked is the author's choice."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from quizzes.grading.choices import mark_ticks
from quizzes.types.base import Answer, Content
from quizzes.types.choices import ChoiceType

MARKINGS = [
    ("partial", _("Partly right earns a part; wrong ticks cost")),
    ("lenient", _("Partly right earns a part; wrong ticks cost nothing")),
    ("all", _("All or nothing")),
]


class SeveralAnswers(ChoiceType):
    name = "several_answers"
    multiple = True

    marking = blocks.ChoiceBlock(label=_("Marking"), default="partial", choices=MARKINGS)

    def freeze(self, value: blocks.StructValue) -> Content:
        return {**super().freeze(value), "marking": value["marking"]}

    def mark(self, content: Content, answer: Answer) -> float:
        right = [option["key"] for option in content["options"] if option["right"]]
        wrong = [option["key"] for option in content["options"] if not option["right"]]
        return mark_ticks(content.get("marking", "partial"), right, wrong, answer.get("chosen", []))

    class Meta:
        icon = "list-ul"
        label = _("Several answers")
        description = _("The taker ticks every option that is right.")
