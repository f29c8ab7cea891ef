"""What the marks of people come to: one marker's newest, the mean of two, or what a third person decided. Plain Python, no clock.

Where a quiz asks for two markers, nobody is both of them, the second one marks without knowing of the first mark, and what both have
given stands: from then on only somebody else changes it, by a decision.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

# What an answer still waits for (quizzes.enums.Settling has the words).
FIRST, SECOND, DECISION = "first", "second", "decision"
# What a person may do next with an answer: give a mark beside others, or one that counts alone.
MARK, DECIDE = "mark", "decide"
# Two marks that lie 0.1 apart do so in binary too.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Given:
    """A mark that a person gave, as a fraction from 0 to 1. `by` is whatever tells people apart."""

    by: Hashable
    fraction: float
    decides: bool = False


def markers_of(given: Sequence[Given]) -> list[Hashable]:
    """Return who gave marks beside others, in the order of their first one; whoever only decided is none of them."""
    return list(dict.fromkeys(mark.by for mark in given if not mark.decides))


def counting(given: Sequence[Given], *, needs_second: bool) -> list[Given]:
    """Return the marks whose mean is the result, were there to be one now; `given` stands in the order in which it came in.

    One marker: the newest mark, whoever gave it. Two markers: the newest decision alone, or else the newest mark of each marker. There
    can be three or more of them, when the quiz asked for two markers only after others had marked; then all of them count alike.
    """
    if not needs_second:
        return list(given[-1:])
    decisions = [mark for mark in given if mark.decides]
    newest = {mark.by: mark for mark in given if not mark.decides}
    return decisions[-1:] or [newest[by] for by in markers_of(given)]


def settle(given: Sequence[Given], *, needs_second: bool, tolerance: float) -> float | None:
    """Return the fraction that the marks come to; None while the answer waits for a second marker or for a decision.

    Two markers, and any number above two: the mean of the newest mark of each, where the highest and the lowest lie at most `tolerance`
    apart (a fraction of the whole; lying exactly that far apart is still agreement). A decision counts alone, however far apart they lie.
    """
    marks = counting(given, needs_second=needs_second)
    if not marks:
        return None
    fractions = [mark.fraction for mark in marks]
    if needs_second and not marks[0].decides and (len(marks) == 1 or max(fractions) - min(fractions) > tolerance + _ROUNDING):
        return None
    return min(1.0, sum(fractions) / len(fractions))


def waits_for(markers: int, *, needs_second: bool) -> str:
    """Return what an answer without a result waits for, by how many people have marked it."""
    if not needs_second or not markers:
        return FIRST
    return SECOND if markers == 1 else DECISION


def turn_of(by: Hashable, given: Sequence[Given], *, has_result: bool, needs_second: bool) -> str:
    """Return what this person may do next: MARK, DECIDE, or "" for nothing.

    With two markers a person may correct their own mark until the second one has come. An answer that has its result already, or that
    two have marked, is changed by a decision; those two cannot take it.
    """
    if not needs_second:
        return MARK
    markers = markers_of(given)
    if len(markers) > 1 and by in markers:
        return ""
    return DECIDE if has_result or len(markers) > 1 else MARK


def visible_to(by: Hashable, given: Sequence[Given], *, has_result: bool, needs_second: bool) -> list[bool]:
    """Say of each mark whether this person may know of it: all, once nobody else will mark without knowing; until then only their own."""
    is_open = not needs_second or has_result or len(markers_of(given)) > 1
    return [is_open or mark.by == by for mark in given]
