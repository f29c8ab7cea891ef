"""Numbers and weights in GIFT. A dot is the decimal sign and nothing else: what a comma means nobody can know here, so it is refused."""

import re
from decimal import Context, Decimal

from django.utils.translation import gettext as _

from vietnamese.numbers import InvalidNumber, canonical

_EXACT = Context(prec=80)
_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE][+-]?\d{1,2})?", re.ASCII)
_WEIGHT = re.compile(r"%\s{0,9}(-?\d{1,3}(?:[.,]\d{0,10})?)\s{0,9}%", re.ASCII)
# What Moodle calls a third is 33.33333 %; our fractions have three decimals. Only weights of its list are taken by Moodle without a question.
_OF_MOODLE = {
    round(part / whole, 3): f"{100 * part / whole:.5f}".rstrip("0").rstrip(".")
    for part, whole in ((1, 3), (2, 3), (1, 6), (5, 6), (1, 7), (1, 8), (1, 9), (1, 1), (0, 1))
}


def read_weight(text: str) -> tuple[float | None, str]:
    """Return the weight in percent that a text begins with, None when it has none, and the rest of the text."""
    match = _WEIGHT.match(text)
    return (float(match[1].replace(",", ".")), text[match.end():]) if match else (None, text)


def say_weight(percent: float) -> str:
    """Write a weight as Moodle writes it: 50, 33.33333, -25."""
    return f"{percent:.5f}".rstrip("0").rstrip(".")


def say_fraction(fraction: float) -> str:
    """Write the part of the points, 0 to 1, that an answer earns, as a weight that Moodle knows."""
    return _OF_MOODLE.get(round(fraction, 3)) or say_weight(100 * fraction)


def to_fraction(percent: float) -> float:
    """Return the part of the points that a weight is, 0 to 1, with three decimals."""
    return min(1.0, max(0.0, round(percent / 100, 3)))


def to_number(text: str) -> Decimal:
    """Read a number with a dot for its decimals, as GIFT has it.

    :raises InvalidNumber: when it is none, or has more digits than any question needs.
    """
    if not _NUMBER.fullmatch(text.strip()):
        raise InvalidNumber(text[:60])
    return Decimal(text.strip())


def read_target(text: str) -> tuple[str, str]:
    """Return a number and by how much an answer may differ, of "3.14:0.01", "3.13..3.15" or "3.14".

    :raises InvalidNumber: when one of them is no number, or a range has no middle.
    """
    least, dots, most = text.partition("..")
    if dots:
        low, high = to_number(least), to_number(most)
        if low > high:
            raise InvalidNumber(text[:60])
        middle = _EXACT.divide(_EXACT.add(low, high), Decimal(2))
        return canonical(middle), canonical(_EXACT.subtract(high, middle))
    value, colon, tolerance = text.partition(":")
    off = to_number(tolerance) if colon else Decimal(0)
    if off < 0:
        raise InvalidNumber(text[:60])
    return canonical(to_number(value)), canonical(off)


def difference_of(value: str, percent: str) -> str:
    """Return how much so many percent of a number are.

    :raises InvalidNumber: when one of them is no number.
    """
    return canonical(abs(_EXACT.divide(_EXACT.multiply(to_number(value), to_number(percent)), Decimal(100))))


def reason_for(text: str) -> str:
    """Say what is wrong with a number that could not be read."""
    return _("“%(text)s” is no number here. Write it with a dot and without spaces: 3.14, 3.14:0.01 or 3.13..3.15.") % {"text": text.strip()[:60]}
