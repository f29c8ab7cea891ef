"""Marks for answers that are numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

# More than the digits of an answer times those of a percentage: nothing is ever rounded.
_PRECISION = 120


@dataclass(frozen=True)
class Target:
    """A number that is accepted: how far from it an answer may be, and the fraction, 0 to 1, that it then earns."""

    value: Decimal
    tolerance: Decimal = Decimal(0)
    is_percent: bool = False
    fraction: float = 1.0


def is_near(said: Decimal, target: Target) -> bool:
    """Say whether |said - value| is at most the tolerance, or at most |value| × tolerance / 100; the edge counts."""
    with localcontext(prec=_PRECISION):
        allowed = abs(target.value) * target.tolerance / 100 if target.is_percent else target.tolerance
        return abs(said - target.value) <= allowed


def best_target(targets: Sequence[Target], said: Decimal) -> int | None:
    """Return the place of the target that the number earns most with, the earlier of equals; None when it is near none."""
    places = [place for place, target in enumerate(targets) if is_near(said, target)]
    return max(places, key=lambda place: targets[place].fraction, default=None)


def mark_number(targets: Sequence[Target], said: Decimal) -> float:
    """Give the fraction of the best target that the number is near to, or 0 (Moodle's "numerical")."""
    place = best_target(targets, said)
    return 0.0 if place is None else min(1.0, max(0.0, targets[place].fraction))
