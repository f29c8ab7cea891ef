"""A few words, typed; compared with the accepted ones as strictly as the author says. Answer: {"text": "…"}."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from quizzes.grading.texts import best_match, mark_text
from quizzes.types.base import Answer, Content, Fields, InvalidAnswer
from quizzes.types.choices import nfc
from quizzes.types.stem import StemType, state_of
from quizzes.types.texts import MAX_TEXT, clean_text, comparing_block, fraction_block, said_in
from vietnamese.text import clean


class AcceptedTextBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("Answer"), max_length=MAX_TEXT)
    fraction = fraction_block()
    feedback = blocks.CharBlock(label=_("Feedback"), max_length=400, required=False)

    class Meta:
        icon = "pilcrow"
        label = _("Answer")


class ShortAnswer(StemType):
    name = "short_answer"
    take_template = "quizzes/types/short_answer.html"
    review_template = "quizzes/types/short_answer_review.html"

    accepted = blocks.ListBlock(
        AcceptedTextBlock(), label=_("Accepted answers"), min_num=1, max_num=30,
        help_text=_("Every wording that earns something. The first one with all the points is shown as the right answer."))
    comparing = comparing_block()

    def freeze(self, value: blocks.StructValue) -> Content:
        accepted = [
            {"text": clean(item["text"]), "fraction": float(item["fraction"]), "feedback": nfc(item["feedback"] or "")}
            for item in value["accepted"]
        ]
        return {**super().freeze(value), "accepted": accepted, "comparing": value["comparing"]}

    def read_form(self, fields: Fields) -> Answer:
        text = said_in(fields)
        return {"text": text} if text else {}

    def write_form(self, answer: Answer) -> Fields:
        return {"": [answer["text"]]} if answer else {}

    def clean_answer(self, content: Content, answer: Answer) -> Answer:
        if answer == {}:
            return {}
        if not isinstance(answer, dict) or set(answer) != {"text"}:
            raise InvalidAnswer
        text = clean_text(answer["text"])
        return {"text": text} if text else {}

    def view(self, content: Content, order: list[str], answer: Answer) -> dict:
        """Return what was said, what it is worth, the accepted answer that it is, and the right one to show."""
        text, accepted = answer.get("text", ""), content["accepted"]
        place = best_match(_earning(content), text, content["comparing"])
        return {
            "text": text, "state": state_of(self.mark(content, answer)), "matched": None if place is None else accepted[place],
            "accepted": [{**item, "state": state_of(item["fraction"])} for item in accepted],
            "right": next((item["text"] for item in accepted if item["fraction"] >= 1), ""),
        }

    def mark(self, content: Content, answer: Answer) -> float:
        return mark_text(_earning(content), answer.get("text", ""), content["comparing"])

    def faults(self, value: blocks.StructValue) -> dict[str, str]:
        if not any(item["fraction"] == 1 for item in value["accepted"]):
            return {"accepted": _("Give at least one answer all the points (1).")}
        if not all(clean(item["text"]) for item in value["accepted"]):
            return {"accepted": _("Write every answer with letters or digits.")}
        return {}

    class Meta:
        icon = "pilcrow"
        label = _("Short answer")
        description = _("The taker types a few words.")


def _earning(content: Content) -> list[tuple[str, float]]:
    return [(item["text"], item["fraction"]) for item in content["accepted"]]
