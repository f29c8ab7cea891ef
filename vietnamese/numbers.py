"""Numbers as they are written in Vietnam: 1.234,5. Read forgivingly, by one rule; written in one way.

The rule: spaces group thousands. A comma is the decimal sign, unless there are several (1,234,567) or a dot comes after it
(1,234.5). Dots that cut the digits into threes group thousands (1.234 is one thousand two hundred and thirty-four; so is
1.234.567 what it looks like); any other single dot is the decimal sign (3.5, 0.125, 1234.567). A number that fits none is refused.
"""

import re
from decimal import Context, Decimal

from vietnamese.text import clean

# Nobody types more, and nothing that people count needs more.
MAX_DIGITS = 30
MAX_LENGTH = 60
_EXACT = Context(prec=2 * MAX_DIGITS)
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_SIGNED = re.compile(r"([+-]?) ?([\d., ]+)", re.ASCII)
_FORMS = [re.compile(form, re.ASCII) for form in (
    r"(?P<whole>[1-9]\d{0,2}(?P<by>[. ])\d{3}(?:(?P=by)\d{3})*)(?:,(?P<part>\d*))?",
    r"(?P<whole>[1-9]\d{0,2}(?P<by>[, ])\d{3}(?:(?P=by)\d{3})*)\.(?P<part>\d*)",
    r"(?P<whole>[1-9]\d{0,2}(?:,\d{3}){2,})(?P<part>)",
    r"(?P<whole>\d+)(?:[.,](?P<part>\d*))?",
    r"(?P<whole>)[.,](?P<part>\d+)",
)]
_NOT_DIGIT = re.compile(r"\D")


class InvalidNumber(ValueError):
    """The text is no number that could be meant."""


def to_decimal(text: str) -> Decimal:
    """Read a number as people type it: "1.234,5", "1234,5", "1 234,5", "1,234.5", "-3", "3.5".

    :raises InvalidNumber: when it is none, has an exponent, or more than MAX_DIGITS digits.
    """
    signed = _SIGNED.fullmatch(clean(text).translate(_DASHES)) if len(text) <= MAX_LENGTH else None
    found = signed and next((match for form in _FORMS if (match := form.fullmatch(signed.group(2)))), None)
    if not found:
        raise InvalidNumber(text[:MAX_LENGTH])
    whole, part = _NOT_DIGIT.sub("", found["whole"]), found["part"] or ""
    if len(whole) + len(part) > MAX_DIGITS:
        raise InvalidNumber(text)
    return Decimal(f"{signed.group(1)}{whole or 0}.{part or 0}")


def canonical(number: Decimal) -> str:
    """Write the number in the one way that equal numbers share: no exponent, no zeros at the end, no minus before zero."""
    written = format(number.normalize(_EXACT), "f")
    return "0" if not number else written


def shown(number: Decimal) -> str:
    """Write the number as it is read in Vietnam: 1.234,5."""
    whole, _, part = canonical(abs(number)).partition(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{'-' if number < 0 else ''}{grouped}{',' if part else ''}{part}"
