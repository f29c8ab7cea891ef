"""An answer in the taker's own words, marked by a person."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from quizzes.grading.rubrics import word_count
from quizzes.types.base import Answer, Content, Fields, InvalidAnswer
from quizzes.types.written import RubricType, clean_prose

# Characters of the text; as JSON it may be somewhat longer.
MOST = 20_000


class Essay(RubricType):
    name = "essay"
    take_template = "quizzes/types/essay.html"
    review_template = "quizzes/types/essay_review.html"
    max_length = 24_000

    least_words = blocks.IntegerBlock(
        label=_("Words, at least"), required=False, min_value=1, max_value=4000,
        help_text=_("Shown to the taker with a running count. A shorter or longer text is taken too; the marker decides."))
    most_words = blocks.IntegerBlock(label=_("Words, at most"), required=False, min_value=1, max_value=4000)

    def freeze(self, value: blocks.StructValue) -> Content:
        return {**super().freeze(value), "least_words": value["least_words"], "most_words": value["most_words"]}

    def read_form(self, fields: Fields) -> Answer:
        text = next((text for text in fields.get("", []) if text.strip()), "")
        return {"text": text} if text else {}

    def write_form(self, answer: Answer) -> Fields:
        return {"": [answer.get("text", "")]}

    def clean_answer(self, content: Content, answer: Answer) -> Answer:
        if not isinstance(answer, dict) or set(answer) - {"text"}:
            raise InvalidAnswer
        text = clean_prose(answer.get("text", ""), MOST)
        return {"text": text} if text else {}

    def view(self, content: Content, order: list[str], answer: Answer) -> dict:
        text = answer.get("text", "")
        return {"text": text, "words": word_count(text), "most_characters": MOST}

    def mark(self, content: Content, answer: Answer) -> float | None:
        return None if answer else 0.0

    def faults(self, value: blocks.StructValue) -> dict[str, str]:
        faults, least, most = super().faults(value), value["least_words"], value["most_words"]
        if least and most and least > most:
            faults["most_words"] = _("This must not be less than the smallest number of words.")
        return faults

    class Meta:
        icon = "edit"
        label = _("Essay")
        description = _("The taker writes a text; a person marks it by your criteria.")
