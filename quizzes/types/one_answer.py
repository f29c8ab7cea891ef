"""One right answer among several options."""

from django.utils.translation import gettext_lazy as _

from quizzes.grading.choices import mark_one
from quizzes.types.base import Answer, Content
from quizzes.types.choices import ChoiceType


class OneAnswer(ChoiceType):
    name = "one_answer"

    def mark(self, content: Content, answer: Answer) -> float:
        right = next((option["key"] for option in content["options"] if option["right"]), "")
        return mark_one(right, (answer.get("chosen") or [""])[0])

    class Meta:
        icon = "radio-full"
        label = _("One answer")
        description = _("The taker chooses one of several options.")
