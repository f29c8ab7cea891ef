"""Pairs to put together; there may be more on the right than fits. Answer: {"pairs": {left: right}}, as keys.

A right side is named by a digest of its words: equal words are one, and no key says which left side it belongs to.
"""

from hashlib import sha256
from random import Random
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from quizzes.grading.pairs import mark_pairs
from quizzes.types.base import Answer, Content, Fields, InvalidAnswer
from quizzes.types.choices import nfc
from quizzes.types.materials import MaterialsBlock, freeze_materials
from quizzes.types.parts import clean_parts, read_parts, write_parts
from quizzes.types.stem import StemType, key_of_item, state_of
from vietnamese.text import clean

# What a closed list shows on a small phone; longer words are written out above, with a letter each.
FITS = 28
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class PairBlock(blocks.StructBlock):
    left = blocks.CharBlock(label=_("Left"), max_length=300)
    right = blocks.CharBlock(label=_("What belongs to it"), max_length=200)
    feedback = blocks.CharBlock(label=_("Feedback when matched wrongly"), max_length=400, required=False)
    materials = MaterialsBlock(required=False, max_num=1)

    class Meta:
        icon = "link"
        label = _("Pair")


class Matching(StemType):
    name = "matching"
    take_template = "quizzes/types/matching.html"
    review_template = "quizzes/types/matching_review.html"

    pairs = blocks.ListBlock(
        PairBlock(), label=_("Pairs"), min_num=2, max_num=12, help_text=_("The same words on the right may belong to several on the left."))
    distractors = blocks.ListBlock(
        blocks.CharBlock(label=_("Belongs to none"), max_length=200), label=_("Also on the right, belonging to none"), default=[], max_num=12)

    def freeze(self, value: blocks.StructValue) -> Content:
        pairs = [
            {
                "key": key_of_item(item, number), "left": clean(item.value["left"]), "right": _key_of(item.value["right"]),
                "feedback": nfc(item.value["feedback"] or ""), "materials": freeze_materials(item.value.get("materials")),
            }
            for number, item in enumerate(value["pairs"].bound_blocks)
        ]
        rights = {_key_of(text): clean(text) for text in [*(pair["right"] for pair in value["pairs"]), *value["distractors"]]}
        return {**super().freeze(value), "pairs": pairs, "choices": [{"key": key, "text": text} for key, text in sorted(rights.items())]}

    def draw_order(self, content: Content, random: Random, *, shuffle: bool) -> list[str]:
        """Return the keys on the left, as written unless shuffled, then those on the right, shuffled always."""
        left, right = [pair["key"] for pair in content["pairs"]], [choice["key"] for choice in content["choices"]]
        if shuffle:
            random.shuffle(left)
        random.shuffle(right)
        return left + right

    def read_form(self, fields: Fields) -> Answer:
        return read_parts(fields, "pairs")

    def write_form(self, answer: Answer) -> Fields:
        return write_parts(answer, "pairs")

    def clean_answer(self, content: Content, answer: Answer) -> Answer:
        known = {choice["key"] for choice in content["choices"]} | {""}

        def clean_choice(said: Any) -> str:
            if not isinstance(said, str) or said not in known:
                raise InvalidAnswer
            return said

        return clean_parts(answer, "pairs", [pair["key"] for pair in content["pairs"]], clean_choice)

    def view(self, content: Content, order: list[str], answer: Answer) -> dict[str, Any]:
        """Return the pairs with what was said and what is right, and the choices, both in this taker's order."""
        texts = {choice["key"]: choice["text"] for choice in content["choices"]}
        said, pairs = answer.get("pairs", {}), {pair["key"]: pair for pair in content["pairs"]}
        choices = [(key, texts[key]) for key in order if key in texts]
        shown = [
            {**pairs[key], "said": said.get(key, ""), "said_text": texts.get(said.get(key, ""), ""), "right_text": texts[pairs[key]["right"]],
             "state": state_of(said.get(key) == pairs[key]["right"])}
            for key in order if key in pairs
        ]
        return {
            "pairs": shown, "choices": [{"key": key, "text": text, "letter": letter} for (key, text), letter in zip(choices, LETTERS, strict=False)],
            "is_long": any(len(text) > FITS for text in texts.values()),
        }

    def mark(self, content: Content, answer: Answer) -> float:
        return mark_pairs({pair["key"]: pair["right"] for pair in content["pairs"]}, answer.get("pairs", {}))

    def faults(self, value: blocks.StructValue) -> dict[str, str]:
        rights = {clean(pair["right"]) for pair in value["pairs"]}
        extra = [clean(text) for text in value["distractors"]]
        faults = {}
        if len({clean(pair["left"]) for pair in value["pairs"]}) < len(value["pairs"]):
            faults["pairs"] = _("Two on the left are the same.")
        elif len(rights | set(extra)) < 2:
            faults["pairs"] = _("Give at least two different choices on the right.")
        elif len(rights | set(extra)) > len(LETTERS):
            faults["distractors"] = _("Give fewer choices.")
        if rights & set(extra):
            faults["distractors"] = _("One of these belongs to a pair.")
        return faults

    class Meta:
        icon = "link"
        label = _("Matching")
        description = _("The taker chooses for each thing what belongs to it.")


def _key_of(text: str) -> str:
    return sha256(clean(text).encode()).hexdigest()[:8]
