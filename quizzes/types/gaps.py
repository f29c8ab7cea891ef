"""A text with gaps, to type in or to choose for from one list. Answer: {"gaps": {"g1": "…"}}, words in both cases."""

from random import Random
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.blocks import CleanRichTextBlock
from cms.sanitise import plain_text
from quizzes.grading.texts import is_same, mark_gaps
from quizzes.types.base import Answer, Content, Fields, InvalidAnswer
from quizzes.types.choices import nfc
from quizzes.types.gapped import has_broken_gaps, pieces_of, take_out, without_gaps
from quizzes.types.parts import clean_parts, read_parts, write_parts
from quizzes.types.stem import StemType, state_of
from quizzes.types.texts import MAX_TEXT, clean_text, comparing_block
from vietnamese.text import clean

# With MAX_TEXT letters in each, an answer stays within what is stored.
MAX_GAPS = 30
# An input inside a link could not be tapped, so there are none.
FEATURES = ["bold", "ol", "ul", "image"]


class Gaps(StemType):
    name = "gaps"
    take_template = "quizzes/types/gaps.html"
    review_template = "quizzes/types/gaps_review.html"
    html_fields = ("stem", "text")

    text = CleanRichTextBlock(
        label=_("Text with gaps"), features=FEATURES,
        help_text=_("Write each gap as [[right]], or [[right|also right]], in plain letters: “Phiên đầu trong [[30]] ngày.”"))
    filling = blocks.ChoiceBlock(
        label=_("How gaps are filled"), default="typed", choices=[("typed", _("Typed")), ("list", _("Chosen from one list of all words"))])
    comparing = comparing_block()
    distractors = blocks.ListBlock(
        blocks.CharBlock(label=_("Word"), max_length=MAX_TEXT), label=_("Also in the list, fitting no gap"), default=[], max_num=20)

    def words(self, value: blocks.StructValue) -> str:
        return f"{super().words(value)} {plain_text(without_gaps(value['text'].source))}".strip()

    def freeze(self, value: blocks.StructValue) -> Content:
        text, gaps = take_out(nfc(value["text"].source))
        is_list = value["filling"] == "list"
        return {
            **super().freeze(value), "text": text, "gaps": gaps, "filling": value["filling"],
            # Words of a list are compared with themselves.
            "comparing": "exact" if is_list else value["comparing"], "choices": _choices(gaps, value["distractors"]) if is_list else [],
        }

    def draw_order(self, content: Content, random: Random, *, shuffle: bool) -> list[str]:
        """Return the words of the list, always shuffled: written in order they would be the answer."""
        return random.sample(content["choices"], len(content["choices"]))

    def read_form(self, fields: Fields) -> Answer:
        said = read_parts(fields, "gaps").get("gaps", {})
        tidy = {gap: text for gap in said if (text := clean(said[gap]))}
        return {"gaps": tidy} if tidy else {}

    def write_form(self, answer: Answer) -> Fields:
        return write_parts(answer, "gaps")

    def clean_answer(self, content: Content, answer: Answer) -> Answer:
        def clean_gap(said: Any) -> str:
            text = clean_text(said)
            if text and content["filling"] == "list" and text not in content["choices"]:
                raise InvalidAnswer
            return text

        return clean_parts(answer, "gaps", [gap["key"] for gap in content["gaps"]], clean_gap)

    def view(self, content: Content, order: list[str], answer: Answer) -> dict[str, Any]:
        """Return the text in pieces, HTML or a gap with what was said and what is right, and the list in this taker's order."""
        said = answer.get("gaps", {})
        gaps = {
            gap["key"]: {
                **gap, "number": number, "said": said.get(gap["key"], ""), "shown": next(iter(gap["right"]), ""),
                "state": state_of(any(is_same(right, said.get(gap["key"], ""), content["comparing"]) for right in gap["right"])),
            }
            for number, gap in enumerate(content["gaps"], 1)
        }
        pieces = [piece if "html" in piece else {"gap": gaps[piece["gap"]]} for piece in pieces_of(content["text"]) if piece.get("gap", "g1") in gaps]
        return {"pieces": pieces, "gaps": list(gaps.values()), "choices": [text for text in order if text in content["choices"]]}

    def mark(self, content: Content, answer: Answer) -> float:
        said = answer.get("gaps", {})
        return mark_gaps([(gap["right"], said.get(gap["key"], "")) for gap in content["gaps"]], content["comparing"])

    def faults(self, value: blocks.StructValue) -> dict[str, str]:
        source = value["text"].source
        gaps = take_out(source)[1]
        if has_broken_gaps(source):
            return {"text": _("A gap is not closed, or has bold or another format inside. Write it as [[right]] in plain letters.")}
        if not 0 < len(gaps) <= MAX_GAPS:
            return {"text": _("Write at least one gap as [[right]], and at most 30.")}
        if not all(gap["right"] and max(map(len, gap["right"])) <= MAX_TEXT for gap in gaps):
            return {"text": _("A gap is empty or too long.")}
        return self._faults_of_list(value, gaps)

    def _faults_of_list(self, value: blocks.StructValue, gaps: list[dict]) -> dict[str, str]:
        rights = {text for gap in gaps for text in gap["right"]}
        if value["filling"] != "list":
            return {}
        if rights & {clean(text) for text in value["distractors"]}:
            return {"distractors": _("One of these fits a gap.")}
        if len(_choices(gaps, value["distractors"])) < 2:
            return {"distractors": _("Give at least two different choices.")}
        return {}

    class Meta:
        icon = "edit"
        label = _("Fill the gaps")
        description = _("The taker completes a text.")


def _choices(gaps: list[dict], distractors) -> list[str]:
    words = {text for gap in gaps for text in gap["right"]} | {clean(text) for text in distractors}
    return sorted(words - {""})
