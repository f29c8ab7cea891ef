"""Codes to join a contest: chosen by an author, called out in a room, typed on a telephone.

Keeps true: neither case nor spaces, dashes and marks matter, and what looks alike on paper is taken for the same.
"""

import re

from vietnamese.text import fold

LENGTH = 20
_NOT_CODE = re.compile(r"[^0-9A-Z]+")
# What is written down by hand: the letter and the digit cannot be told apart.
LOOKALIKES = {"O": "0", "I": "1"}


def normalise(text: str) -> str:
    """Take typed text for a code: upper case, no marks, no spaces and dashes; a Vietnamese keyboard may have made LUẬT of LUAATJ."""
    return _NOT_CODE.sub("", fold(text[:4 * LENGTH]).upper())[:LENGTH]


def alike(code: str) -> str:
    """Write a normalised code in the one way that all codes share which look like it."""
    return code.translate(str.maketrans(LOOKALIKES))
