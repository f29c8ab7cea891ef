"""The mark of a whole attempt, from the fractions of its questions."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

# Thirds and sevenths do not add up to a whole in binary; nobody fails by a rounding error.
TOLERANCE = 1e-9
_MILLI = Decimal("0.001")


@dataclass(frozen=True)
class Total:
    points: Decimal
    max_points: Decimal
    fraction: float


def points_of(max_points: Decimal, fraction: float) -> Decimal:
    """Return the points that a fraction of a question earns, to three decimals."""
    return (max_points * Decimal(repr(fraction))).quantize(_MILLI)


def total_of(marks: Iterable[tuple[Decimal, float]]) -> Total:
    """Add up (maximum points, fraction) pairs: sum of maximum × fraction, divided by the sum of the maxima.

    The fraction of the whole is taken before points are rounded; it is 0 when there is nothing to earn.
    """
    marks = list(marks)
    max_points = sum((most for most, _fraction in marks), Decimal(0))
    earned = sum(float(most) * fraction for most, fraction in marks)
    fraction = min(1.0, max(0.0, earned / float(max_points))) if max_points else 0.0
    return Total(points_of(max_points, fraction), max_points, fraction)


def is_pass(fraction: float, pass_fraction: Decimal | float) -> bool:
    """Say whether the fraction reaches the pass mark; reaching it exactly is enough."""
    return fraction + TOLERANCE >= float(pass_fraction)
