"""What both formats of Moodle share, GIFT and XML: paths of categories, parts of the points, and numbers with a dot."""

import re
from collections.abc import Iterable
from decimal import Context, Decimal

from vietnamese.numbers import InvalidNumber, canonical

BLANK = " \t\r\n"
_EXACT = Context(prec=80)
_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE][+-]?\d{1,2})?", re.ASCII)
# A slash alone parts two names; a slash within a name is written twice.
_SLASH = re.compile(r"(?<!/)/(?!/)")
# Where in Moodle the tree stands: of a course, of the whole site … Here it stands below the bank.
_CONTEXT = re.compile(r"\$\w{1,40}\$")
# What Moodle calls a third is 33.33333 %; our fractions have three decimals. Only weights of its list are taken by Moodle without a question.
_OF_MOODLE = {
    round(part / whole, 3): f"{100 * part / whole:.5f}".rstrip("0").rstrip(".")
    for part, whole in ((1, 3), (2, 3), (1, 6), (5, 6), (1, 7), (1, 8), (1, 9), (1, 1), (0, 1))
}


def read_path(path: str) -> tuple[str, ...]:
    """Return the names on a path, outermost first, without what only Moodle has: the context, and the root that every context has."""
    names = [name.replace("//", "/").strip(BLANK) for name in _SLASH.split(path.strip(BLANK))]
    if names and _CONTEXT.fullmatch(names[0]):
        names = names[1:]
    names = names[1:] if names[:1] == ["top"] else names
    return tuple(name for name in names if name)


def say_path(names: Iterable[str]) -> str:
    """Write the names of categories, outermost first, as a path: "$course$/top/Luật Lao động/Nghỉ phép"."""
    return "/".join(["$course$", "top", *map(_escaped, names)])


def _escaped(name: str) -> str:
    escaped = name.replace("/", "//")
    # Three slashes together would part nothing.
    return f"{' ' if escaped.startswith('/') else ''}{escaped}{' ' if escaped.endswith('/') else ''}"


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
    """Read a number with a dot for its decimals.

    :raises InvalidNumber: when it is none, or has more digits than any question needs.
    """
    if not _NUMBER.fullmatch(text.strip()):
        raise InvalidNumber(text[:60])
    return Decimal(text.strip())


def difference_of(value: str, percent: str) -> str:
    """Return how much so many percent of a number are: Moodle knows differences only.

    :raises InvalidNumber: when one of them is no number.
    """
    return canonical(abs(_EXACT.divide(_EXACT.multiply(to_number(value), to_number(percent)), Decimal(100))))
