"""Numbers and weights in GIFT. A dot is the decimal sign and nothing else: what a comma means nobody can know here, so it is refused."""

import re
from decimal import Context, Decimal

from django.utils.translation import gettext as _

from quizzes.interchange.moodle import to_number
from vietnamese.numbers import InvalidNumber, canonical

_EXACT = Context(prec=80)
_WEIGHT = re.compile(r"%\s{0,9}(-?\d{1,3}(?:[.,]\d{0,10})?)\s{0,9}%", re.ASCII)


def read_weight(text: str) -> tuple[float | None, str]:
    """Return the weight in percent that a text begins with, None when it has none, and the rest of the text."""
    match = _WEIGHT.match(text)
    return (float(match[1].replace(",", ".")), text[match.end():]) if match else (None, text)


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


def reason_for(text: str) -> str:
    """Say what is wrong with a number that could not be read."""
    return _("“%(text)s” is no number here. Write it with a dot and without spaces: 3.14, 3.14:0.01 or 3.13..3.15.") % {"text": text.strip()[:60]}
