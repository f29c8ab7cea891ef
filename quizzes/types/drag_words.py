"""Words to put into the gaps of a text. The real control is one list per gap; script adds words that can be dragged."""

import re
from random import Random
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.blocks import CleanRichTextBlock
from quizzes.grading.pairs import mark_pairs
from quizzes.types.base import Answer, Content, Fields, InvalidAnswer
from quizzes.types.choices import nfc
from quizzes.types.parts import clean_parts, read_parts, write_parts
from quizzes.types.stem import StemType, key_of_item
from vietnamese.text import clean as tidy

# A gap counts only in the text itself: what stands inside a tag, quoted or not, is passed over with the tag.
_TAG_OR_GAP = re.compile(r"""<(?:"[^"]*"|'[^']*'|[^'">])*>|\[\[([1-9][0-9]?)\]\]""")


def pieces_of(html: str) -> list[tuple[str, str]]:
    """Cut a text at its gaps: (html, the gap after it), the last one without a gap. A number that comes again stays text."""
    pieces: list[tuple[str, str]] = []
    start, seen = 0, set()
    for match in _TAG_OR_GAP.finditer(html):
        gap = match.group(1)
        if gap and gap not in seen:
            pieces.append((html[start:match.start()], gap))
            start = match.end()
            seen.add(gap)
    return [*pieces, (html[start:], "")]


class DragWords(StemType):
    name = "drag_words"
    take_template = "quizzes/types/drag_words.html"
    review_template = "quizzes/types/drag_words_review.html"
    html_fields = ("stem", "text")

    # No links: a list inside one could not be tapped.
    text = CleanRichTextBlock(
        label=_("Text with gaps"), features=["bold", "ol", "ul", "image"],
        help_text=_("Write [[1]] where the first word belongs, [[2]] where the second, and so on."))
    answers = blocks.ListBlock(
        blocks.CharBlock(label=_("Word"), max_length=80), label=_("Right words"), min_num=1, max_num=20,
        help_text=_("In order: the first belongs into [[1]], the second into [[2]]."))
    distractors = blocks.ListBlock(
        blocks.CharBlock(label=_("Word"), max_length=80), label=_("Words that belong nowhere"), min_num=0, max_num=20, default=[])
    reusable = blocks.BooleanBlock(label=_("A word may be used several times"), required=False)

    def freeze(self, value: blocks.StructValue) -> Content:
        items = [*value["answers"].bound_blocks, *value["distractors"].bound_blocks]
        pairs = [(key_of_item(item, number), tidy(item.value)) for number, item in enumerate(items)]
        right, words, reusable = pairs[:len(value["answers"])], dict(pairs), bool(value["reusable"])
        if reusable:
            # The same word need not be offered twice.
            first = {text: key for key, text in reversed(words.items())}
            words = {key: text for key, text in words.items() if first[text] == key}
            right = [(first[text], text) for _key, text in right]
        return {
            **super().freeze(value), "text": nfc(value["text"].source), "reusable": reusable,
            "words": [{"key": key, "text": text} for key, text in words.items()],
            "right": {str(number): key for number, (key, _text) in enumerate(right, start=1)},
        }

    def draw_order(self, content: Content, random: Random, *, shuffle: bool) -> list[str]:
        """Always shuffled: the author's order is the answer."""
        keys = sorted(word["key"] for word in content["words"])
        random.shuffle(keys)
        return keys

    def read_form(self, fields: Fields) -> Answer:
        return read_parts(fields, "gaps")

    def write_form(self, answer: Answer) -> Fields:
        return write_parts(answer, "gaps")

    def clean_answer(self, content: Content, answer: Answer) -> Answer:
        keys = {"", *(word["key"] for word in content["words"])}

        def known(key: Any) -> str:
            if not isinstance(key, str) or key not in keys:
                raise InvalidAnswer
            return key

        return clean_parts(answer, "gaps", content["right"], known)

    def view(self, content: Content, order: list[str], answer: Answer) -> dict:
        """Return the words in this taker's order, and the text in pieces: html, and the gap after it with what was put there."""
        texts = {word["key"]: word["text"] for word in content["words"]}
        given = answer.get("gaps", {})
        pieces, number = [], 0
        for html, key in pieces_of(content["text"]):
            gap = None
            if key in content["right"]:
                number += 1
                gap = self._gap(number, key, given.get(key, ""), texts, content["right"][key])
            elif key:
                html += f"[[{key}]]"
            pieces.append({"html": html, "gap": gap})
        return {"words": [{"key": key, "text": texts[key]} for key in order if key in texts], "pieces": pieces}

    @staticmethod
    def _gap(number: int, key: str, given: str, texts: dict[str, str], right: str) -> dict:
        text = texts.get(given, "")
        return {"number": number, "key": key, "given": given, "text": text, "right": texts[right], "is_right": text == texts[right]}

    def mark(self, content: Content, answer: Answer) -> float:
        texts = {word["key"]: word["text"] for word in content["words"]}
        right = {gap: texts[key] for gap, key in content["right"].items()}
        return mark_pairs(right, {gap: texts.get(key, "") for gap, key in answer.get("gaps", {}).items()})

    def faults(self, value: blocks.StructValue) -> dict[str, str]:
        gaps = sorted(int(gap) for _html, gap in pieces_of(value["text"].source) if gap)
        count = len(value["answers"])
        if gaps == list(range(1, count + 1)):
            return {}
        return {"text": _("Write each gap once, from [[1]] to [[%(count)s]]: one for each right word.") % {"count": count}}

    class Meta:
        icon = "openquote"
        label = _("Words into a text")
        description = _("The taker puts words into the gaps of a text.")
