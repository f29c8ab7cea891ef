"""A case and the questions about it, kept together. Each part is a question of another type, which does all the work for it."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.blocks import CleanRichTextBlock
from quizzes import types
from quizzes.grading.rubrics import Line
from quizzes.grading.weights import weighted_mean
from quizzes.types.asked import Asked
from quizzes.types.base import Answer, Content, Fields, InvalidAnswer, QuestionType
from quizzes.types.choices import STEM_FEATURES, nfc
from quizzes.types.stem import StemType

NAME = "case_file"


class CaseQuestionsBlock(blocks.StreamBlock):
    """The questions of a case: each of another type, with its weight.

    Built when it is first asked for, since the types are still being found when the case file itself is.
    """

    @property
    def child_blocks(self) -> dict[str, blocks.Block]:
        known = getattr(types, "TYPES", None)
        if known is None:
            return {}
        if self._built is None:
            self._built = {name: _weighted(name, kind) for name, kind in known.items() if _may_stand_in_a_case(kind)}
        return self._built

    @child_blocks.setter
    def child_blocks(self, _given: dict[str, blocks.Block]) -> None:
        self._built = None


def _may_stand_in_a_case(kind: QuestionType) -> bool:
    return kind.name != NAME and not kind.takes_files and kind.earns_points


def _weighted(name: str, kind: QuestionType) -> blocks.StructBlock:
    # A block of its own: a block knows the one name that it has where it stands.
    block = blocks.StructBlock(
        [("question", type(kind)(label=_("Question"))),
         ("weight", blocks.DecimalBlock(
             label=_("Weight"), default=1, min_value=0, max_value=100, decimal_places=2,
             help_text=_("Twice the weight, twice the share of the points.")))],
        label=kind.label, icon=kind.meta.icon)
    block.set_name(name)
    return block


@dataclass(frozen=True)
class CasePart:
    """One question of a case, as its taker is asked it."""

    asked: Asked
    # Of the whole question's points, in percent; and what was earned of the part, None before a person has marked it.
    share: float
    fraction: float | None

    @property
    def is_right(self) -> bool:
        return self.fraction is not None and self.fraction >= 1 - 1e-9

    @property
    def is_wrong(self) -> bool:
        return self.fraction == 0.0


@dataclass(frozen=True)
class Case:
    # Stands in the legend instead of the whole text.
    heading: Asked
    parts: list[CasePart]


class CaseFile(StemType):
    name = NAME
    take_template = "quizzes/types/case_file.html"
    review_template = "quizzes/types/case_file_review.html"
    max_length = 40_000

    title = blocks.CharBlock(label=_("Title of the case"), max_length=160)
    stem = CleanRichTextBlock(label=_("The case"), features=STEM_FEATURES)
    questions = CaseQuestionsBlock(label=_("Questions about it"), min_num=2, max_num=8)

    def words(self, value: blocks.StructValue) -> str:
        return f"{value['title']}. {super().words(value)}"

    def freeze(self, value: blocks.StructValue) -> Content:
        """A part's key names its type too: so a form can be read without the content."""
        parts = []
        for number, part in enumerate(value["questions"]):
            kind, key = part.block_type, (part.id or f"new-{number}")[:8]
            parts.append({
                "key": f"{key}-{kind}", "type": kind, "weight": float(part.value["weight"] or 0),
                "content": types.type_of(kind).freeze(part.value["question"])})
        return {**super().freeze(value), "title": nfc(value["title"]), "parts": parts}

    def written_out(self, content: Content, write: Callable[[str], str]) -> Content:
        parts = [
            {**part, "content": types.type_of(part["type"]).written_out(part["content"], write)} for part in content["parts"]]
        return {**super().written_out(content, write), "parts": parts}

    def draw_order(self, content: Content, random: Random, *, shuffle: bool) -> list[str]:
        """Return "part:option" for each option of each part; the parts themselves keep their order, since one may build on another."""
        return [
            f"{part['key']}:{key}"
            for part in content["parts"]
            for key in types.type_of(part["type"]).draw_order(part["content"], random, shuffle=shuffle)
        ]

    def read_form(self, fields: Fields) -> Answer:
        of_parts: dict[str, Fields] = {}
        for name, values in fields.items():
            key, _dot, part = name.partition(".")
            if key:
                of_parts.setdefault(key, {})[part] = values
        answers = {key: _type_in(key).read_form(part) for key, part in sorted(of_parts.items())}
        answers = {key: answer for key, answer in answers.items() if answer}
        return {"parts": answers} if answers else {}

    def write_form(self, answer: Answer) -> Fields:
        return {
            f"{key}.{part}".removesuffix("."): values
            for key, sub in answer.get("parts", {}).items()
            for part, values in _type_in(key).write_form(sub).items()
        }

    def clean_answer(self, content: Content, answer: Answer) -> Answer:
        if answer == {}:
            return {}
        answers = answer.get("parts") if isinstance(answer, dict) and set(answer) == {"parts"} else None
        parts = {part["key"]: part for part in content["parts"]}
        if not isinstance(answers, dict) or not set(answers) <= set(parts):
            raise InvalidAnswer
        cleaned = {
            key: types.type_of(parts[key]["type"]).clean_answer(parts[key]["content"], answers[key]) for key in sorted(answers)}
        cleaned = {key: sub for key, sub in cleaned.items() if sub}
        return {"parts": cleaned} if cleaned else {}

    def mark(self, content: Content, answer: Answer) -> float | None:
        return weighted_mean((part["weight"], fraction) for part, fraction in _marked(content, answer))

    def rubric(self, content: Content, answer: Answer) -> list[Line]:
        """Return a line for each part, those that their types have marked with what they earned; none when no part needs a person."""
        marked, total = _marked(content, answer), sum(part["weight"] for part in content["parts"])
        if not total or all(fraction is not None for _part, fraction in marked):
            return []
        return [
            Line(part["key"], str(_("Part %(number)s") % {"number": number}), "", part["weight"] / total, given=fraction)
            for number, (part, fraction) in enumerate(marked, start=1)
        ]

    def case_of(self, asked: Asked) -> Case:
        """Return the parts of a case as questions of their own, each named under it, with its own order and answer."""
        content, total = asked.content, sum(part["weight"] for part in asked.content["parts"]) or 1
        orders, answers = _orders(asked.order), asked.answer.get("parts", {})
        parts = [
            CasePart(
                Asked(
                    number, types.type_of(part["type"]), part["content"], orders.get(part["key"], []), answers.get(part["key"], {}),
                    name=f"{asked.name}.{part['key']}"),
                100 * part["weight"] / total, fraction)
            for number, (part, fraction) in enumerate(_marked(content, asked.answer), start=1)
        ]
        return Case(Asked(asked.position, self, {"stem": str(escape(content["title"]))}, [], {}, name=asked.name), parts)

    def faults(self, value: blocks.StructValue) -> dict[str, str]:
        if not any(part.value["weight"] for part in value["questions"]):
            return {"questions": _("Give a weight to at least one question.")}
        return {}

    class Meta:
        icon = "folder-open-1"
        label = _("Case file")
        description = _("One case, several questions about it, asked together.")
        form_layout = ["title", "stem", "materials", "questions"]


def _type_in(key: str) -> QuestionType:
    kind = types.TYPES.get(key.partition("-")[2])
    if kind is None or not _may_stand_in_a_case(kind):
        raise InvalidAnswer
    return kind


def _marked(content: Content, answer: Answer) -> list[tuple[dict[str, Any], float | None]]:
    answers = answer.get("parts", {})
    return [(part, types.type_of(part["type"]).mark(part["content"], answers.get(part["key"], {}))) for part in content["parts"]]


def _orders(order: list[str]) -> dict[str, list[str]]:
    orders: dict[str, list[str]] = {}
    for key in order:
        part, _colon, option = key.partition(":")
        orders.setdefault(part, []).append(option)
    return orders
