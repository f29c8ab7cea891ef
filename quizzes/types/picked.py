"""What of an answer can be counted over many takers, type by type: options chosen, typed answers, parts got right.

A type that is not named here counts nothing; one that is new names itself with `offered.register` and `picked.register`.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import singledispatch

from quizzes.types.base import Answer, Content, QuestionType
from quizzes.types.choices import ChoiceType
from quizzes.types.drag_words import DragWords
from quizzes.types.matching import Matching
from quizzes.types.numeric import Numeric
from quizzes.types.ordering import Ordering
from quizzes.types.short_answer import ShortAnswer
from quizzes.types.survey_item import SurveyItem
from vietnamese.numbers import shown
from vietnamese.text import clean

# What is counted: which of the offered options, what was typed, or which of the parts were right.
OPTIONS, ANSWERS, PARTS, NOTHING = "options", "answers", "parts", ""
# Of a typed answer so much is kept to tell it from others.
MOST = 120


@dataclass(frozen=True)
class Pick:
    """One thing that is counted. `right` is None where nothing is right or wrong."""

    key: str
    text: str
    right: bool | None


def counted_by(kind: QuestionType) -> str:
    """Return what is counted of answers of this type."""
    if isinstance(kind, ChoiceType | SurveyItem):
        return OPTIONS
    if isinstance(kind, ShortAnswer | Numeric):
        return ANSWERS
    return PARTS if isinstance(kind, Matching | Ordering | DragWords) else NOTHING


def chance_of(kind: QuestionType, content: Content) -> float:
    """Return what guessing earns on average where one of several options is right: 1 / options; 0 for all other questions."""
    options = content.get("options") or []
    is_one_of = isinstance(kind, ChoiceType) and not content.get("multiple") and not content.get("marks_reason")
    return 1 / len(options) if is_one_of and options else 0.0


@singledispatch
def offered(kind: QuestionType, content: Content) -> list[Pick]:
    """Return what can be counted of every answer to this question, in the author's order; typed answers are not known beforehand."""
    return []


@singledispatch
def picked(kind: QuestionType, content: Content, answer: Answer) -> list[str]:
    """Return the keys of what is counted of this answer."""
    return []


@offered.register
def _(kind: ChoiceType, content: Content) -> list[Pick]:
    return [Pick(option["key"], option["text"], option["right"]) for option in content["options"]]


@picked.register
def _(kind: ChoiceType, content: Content, answer: Answer) -> list[str]:
    return answer.get("chosen", [])


@offered.register
def _(kind: SurveyItem, content: Content) -> list[Pick]:
    return [Pick(option["key"], option["text"], None) for option in content["options"]]


@picked.register
def _(kind: SurveyItem, content: Content, answer: Answer) -> list[str]:
    return answer.get("chosen", [])


@picked.register
def _(kind: ShortAnswer, content: Content, answer: Answer) -> list[str]:
    text = clean(answer.get("text", "")).casefold()[:MOST]
    return [text] if text else []


@picked.register
def _(kind: Numeric, content: Content, answer: Answer) -> list[str]:
    return [answer["number"]] if "number" in answer else []


@offered.register
def _(kind: Matching, content: Content) -> list[Pick]:
    texts = {choice["key"]: choice["text"] for choice in content["choices"]}
    return [Pick(pair["key"], f"{pair['left']} → {texts.get(pair['right'], '')}", True) for pair in content["pairs"]]


@picked.register
def _(kind: Matching, content: Content, answer: Answer) -> list[str]:
    said = answer.get("pairs", {})
    return [pair["key"] for pair in content["pairs"] if said.get(pair["key"]) == pair["right"]]


@offered.register
def _(kind: Ordering, content: Content) -> list[Pick]:
    return [Pick(item["key"], f"{number}. {item['text']}", True) for number, item in enumerate(content["items"], start=1)]


@picked.register
def _(kind: Ordering, content: Content, answer: Answer) -> list[str]:
    places = answer.get("places", {})
    return [item["key"] for number, item in enumerate(content["items"], start=1) if places.get(item["key"]) == number]


@offered.register
def _(kind: DragWords, content: Content) -> list[Pick]:
    texts = {word["key"]: word["text"] for word in content["words"]}
    return [Pick(gap, f"[{gap}] {texts.get(key, '')}", True) for gap, key in content["right"].items()]


@picked.register
def _(kind: DragWords, content: Content, answer: Answer) -> list[str]:
    texts = {word["key"]: word["text"] for word in content["words"]}
    said = answer.get("gaps", {})
    return [gap for gap, key in content["right"].items() if gap in said and texts.get(said[gap]) == texts.get(key)]


@singledispatch
def judged(kind: QuestionType, content: Content, key: str) -> Pick:
    """Return a typed answer as it is read, and whether it earns something."""
    return Pick(key, key, None)


@judged.register
def _(kind: ShortAnswer, content: Content, key: str) -> Pick:
    return Pick(key, key, kind.mark(content, {"text": key}) > 0)


@judged.register
def _(kind: Numeric, content: Content, key: str) -> Pick:
    return Pick(key, shown(Decimal(key)), kind.mark(content, {"typed": key, "number": key}) > 0)
