"""A question as one taker is asked it: what the templates of every type are given."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from quizzes.types.base import Answer, Content, QuestionType

_BLOCKS = re.compile(r"<(p|ul|ol|h[1-6]|img|figure|table|blockquote|div)\b")
_ONE_PARAGRAPH = re.compile(r"\s*<p[^>]*>((?:(?!<p\b).)*)</p>\s*", re.DOTALL)


@dataclass(frozen=True)
class Cited:
    """A place in the law as it stood when the question was asked."""

    document: str
    place: str
    url: str
    in_force_from: date | None
    in_force_until: date | None

    @classmethod
    def of(cls, data: dict) -> "Cited":
        begins, ends = (date.fromisoformat(data[key]) if data.get(key) else None for key in ("in_force_from", "in_force_until"))
        return cls(data["document"], data["place"], data["url"], begins, ends)


@dataclass(frozen=True)
class Asked:
    """A question as it was drawn for this taker."""

    position: int
    type: QuestionType
    content: Content
    order: list[str]
    answer: Answer
    # What its inputs are called; another name where several questions share a page or a case.
    name: str = "answer"

    @property
    def view(self) -> dict[str, Any]:
        return self.type.view(self.content, self.order, self.answer)

    @property
    def citations(self) -> list["Cited"]:
        return [Cited.of(data) for data in self.content.get("citations", [])]

    @property
    def stem_line(self) -> str:
        """The stem without its paragraph when it is a single one, so that it may stand in a legend; else nothing."""
        match = _ONE_PARAGRAPH.fullmatch(self.content["stem"])
        line = match.group(1) if match else self.content["stem"]
        return "" if _BLOCKS.search(line) else line
