"""Several right answers; partly right earns a part, wrong ticks cost."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from quizzes.grading.choices import mark_all_or_nothing, mark_several
from quizzes.types.base import Answer, Content
from quizzes.types.choices import ChoiceType


class SeveralAnswers(ChoiceType):
    name = "several_answers"
    multiple = True

    marking = blocks.ChoiceBlock(
        label=_("Marking"), default="partial", choices=[("partial", _("Partly right earns a part")), ("all", _("All or nothing"))])

    def freeze(self, value: blocks.StructValue) -> Content:
        return {**super().freeze(value), "marking": value["marking"]}

    def mark(self, content: Content, answer: Answer) -> float:
        right = [option["key"] for option in content["options"] if option["right"]]
        wrong = [option["key"] for option in content["options"] if not option["right"]]
        chosen = answer.get("chosen", [])
        if content.get("marking") == "all":
            return mark_all_or_nothing(right, chosen)
        return mark_several(right, wrong, chosen)

    class Meta:
        icon = "list-ul"
        label = _("Several answers")
        description = _("The taker ticks every option that is right.")
