"""Marks that a person gives: by a rubric, and for a reason beside a choice. And how long a text is."""

from collections.abc import Iterable
from decimal import Decimal

Points = Decimal | float


def word_count(text: str) -> int:
    """Count the words of a text, as word processors do: runs of anything but white space (in Vietnamese, syllables)."""
    return len(text.split())


def rubric_fraction(marks: Iterable[tuple[Points, Points]]) -> float:
    """Turn (most points, points given) of each criterion into a fraction: sum of points given / sum of the most.

    What is given counts from 0 to the criterion's own most. A rubric without points earns 0.
    """
    pairs = [(float(most), min(float(most), max(0.0, float(given)))) for most, given in marks]
    total = sum(most for most, _given in pairs)
    return sum(given for _most, given in pairs) / total if total else 0.0


def mark_choice_with_reason(choice: float, *, has_reason: bool) -> float | None:
    """Mark a choice whose reason a person marks too: half for the choice, half for the reason.

    A wrong choice earns 0, whatever the reason. A right one without a reason earns 0.5. A right one with a reason: None, since a
    person has to read it; `with_reason` then gives the whole.
    """
    if choice <= 0:
        return 0.0
    return None if has_reason else 0.5


def with_reason(reason: float) -> float:
    """Give the mark of a right choice whose reason earned this fraction: 0.5 + 0.5 × reason."""
    return 0.5 + 0.5 * min(1.0, max(0.0, reason))
