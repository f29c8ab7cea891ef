"""A GIFT file cut into its questions, line by line, as Moodle cuts it: a blank line ends a question, except between braces.

Moodle lets a blank line end a question even between braces. Here it may stand there, and whatever could be the beginning of the next
question – a brace that opens, a title, a category – shows that a brace was forgotten: only the question that forgot it is refused.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from quizzes.interchange.lines import MAX_LINE

MAX_LINES = 5000
MAX_COMMENTS = 100
CATEGORY = "$CATEGORY:"
_BRACE = re.compile(r"\\[\\{}]|[{}]")
_WITH_FACTS = re.compile(r"\[(?:id|tag|more):")
BEFORE, INSIDE, AFTER = range(3)


@dataclass(frozen=True)
class Block:
    """The lines of one question, or of what should have been one, each with its number; comments stand apart."""

    lines: list[tuple[int, str]]
    comments: list[str]
    # The line and the reason for which it cannot be one.
    fault: tuple[int, str] | None = None

    @property
    def text(self) -> str:
        return "\n".join(line for _number, line in self.lines)


@dataclass(frozen=True)
class Switch:
    """What follows stands in this category."""

    path: str


def blocks_of(lines: Iterable[tuple[int, str]]) -> Iterator[Block | Switch]:
    """Give the questions of a file one by one, as text, and the changes of category between them."""
    cutter = _Cutter()
    for number, line in lines:
        said = line.strip()
        if not said:
            yield from cutter.blank()
        elif said.startswith("//"):
            cutter.comment(said)
        elif said.startswith(CATEGORY) and cutter.may_switch:
            yield from cutter.end()
            yield Switch(said[len(CATEGORY):].strip())
        else:
            # How far a line stands in matters in program code.
            yield from cutter.text(number, line.rstrip() if cutter.lines else said)
    yield from cutter.end()


class _Cutter:
    def __init__(self):
        self._begin([], [])

    @property
    def may_switch(self) -> bool:
        return not self.lines or self.state != BEFORE

    def comment(self, line: str) -> None:
        """Keep a comment if it says anything of a question. It belongs to the line after it, should the question be cut there."""
        if len(self.comments) < MAX_COMMENTS and len(line) <= MAX_LINE and _WITH_FACTS.search(line):
            self.comments.append((len(self.lines), line))

    def blank(self) -> Iterator[Block]:
        if self.lines and self.state == INSIDE and not self.fault:
            self.paragraph = len(self.lines)
        else:
            yield from self.end()

    def text(self, number: int, line: str) -> Iterator[Block]:
        braces = (match for match in _BRACE.finditer(line) if len(match[0]) == 1)
        brace = next(braces, None)
        begins = line.lstrip().startswith("::") or (brace and brace[0] == "{")
        if begins and self.state == INSIDE and self.paragraph and not self.fault:
            self.fault = self._unclosed()
            yield self._cut(self.paragraph)
        elif begins and self.state == AFTER and self.closed:
            yield self._cut(self.closed)
        self._keep(number, line)
        while brace and not self.fault:
            self._turn(brace[0], number)
            self.closed = len(self.lines) if self.state == AFTER and brace.end() == len(line) else 0
            brace = next(braces, None)

    def end(self) -> Iterator[Block]:
        if self.lines and self.state == INSIDE:
            self.fault = self.fault or self._unclosed()
        if self.lines:
            yield self._cut(len(self.lines))
        self._begin([], [])

    def _begin(self, lines: list[tuple[int, str]], comments: list[tuple[int, str]]) -> None:
        self.lines, self.comments, self.state, self.fault = lines, comments, BEFORE, None
        self.size = sum(len(line) for _number, line in lines)
        # Where the paragraph begins that a blank line between braces made; after which line the braces were closed, if that ended it.
        self.paragraph = self.closed = self.opened = 0

    def _keep(self, number: int, line: str) -> None:
        self.size += len(line)
        if self.size <= MAX_LINE and len(self.lines) < MAX_LINES:
            self.lines.append((number, line))
            return
        self.fault = self.fault or (number, _("This question is too long to be one. A blank line after each question parts it from the next."))
        if not self.lines:
            self.lines.append((number, line[:200]))

    def _turn(self, brace: str, number: int) -> None:
        if self.state == BEFORE and brace == "{":
            self.state, self.opened = INSIDE, number
        elif self.state == INSIDE and brace == "}":
            self.state = AFTER
        else:
            self.fault = (number, self._why(brace))

    def _why(self, brace: str) -> str:
        if self.state == BEFORE:
            return _("A } stands here that no { opens. Write \\} for the sign itself.")
        if self.state == INSIDE:
            return _("A { stands among the answers. Write \\{ for the sign itself, or close the braces of the question before it.")
        return _("The answers have ended and another %(brace)s follows. Write \\%(brace)s for the sign itself.") % {"brace": brace}

    def _unclosed(self) -> tuple[int, str]:
        return self.opened, _("The { that opens here is never closed. Put a } after the last answer.")

    def _cut(self, place: int) -> Block:
        """Part with what stands before a place; what stands after it begins a question of its own."""
        block = Block(self.lines[:place], [line for at, line in self.comments if at < place or place == len(self.lines)], self.fault)
        rest = [(number, line.lstrip() if not at else line) for at, (number, line) in enumerate(self.lines[place:])]
        self._begin(rest, [(max(0, at - place), line) for at, line in self.comments if at >= place])
        return block
