"""How far the options of a question have come, while its lines are gone through one by one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from quizzes.interchange.plain.fields import ends_options
from quizzes.interchange.plain.lines import Line
from quizzes.interchange.plain.options import letters_in


@dataclass
class Chain:
    """Letters that go up from A, counted from 0: the one that the latest line began with, and the last one within that line."""

    begun: int = -1
    reached: int = -1
    is_lower: bool | None = None
    # The answer was given: no option follows.
    is_closed: bool = False

    def add(self, line: Line) -> None:
        if self.is_next(line):
            self.begun, self.reached, self.is_lower = letters_in(line)
        self.is_closed = self.is_closed or ends_options(line, self.reached + 1)

    def is_next(self, line: Line) -> bool:
        """Say whether a line goes on with the options. What was taken for letters within the line before may have been none."""
        found = None if self.is_closed else letters_in(line)
        return found is not None and self.begun < found[0] <= self.reached + 1 and self.is_lower in (None, found[2])

    def is_over(self, letter: int) -> bool:
        """Say whether a letter cannot be meant as an option: the options are at their end, or it goes back behind them."""
        return self.is_closed or letter < self.begun


def next_questions(lines: Iterable[Line], number: re.Pattern[str]) -> list[int]:
    """Return which lines of a question begin another one: behind options, with a number, and options from A again after it."""
    begins, chain, candidate = [], Chain(), None
    for place, line in enumerate(lines):
        found = letters_in(line)
        if candidate is not None and found and found[0] == 0 and found[2] == chain.is_lower:
            begins.append(candidate)
            chain, candidate = Chain(), None
        elif chain.is_next(line):
            candidate = None
        elif candidate is None and chain.reached > 0 and number.match(line.text):
            candidate = place
        chain.add(line)
    return begins
