"""Verification codes: eight characters that people type from paper into a telephone (docs/adr/0023-codes-of-eight-characters.md).

How their characters are chosen and checked is `accounts.codes`. Codes of ten characters were given out before and stay what they are.
"""

import re

from accounts import codes
from accounts.codes import ALPHABET, check_character, normalise, shown

LENGTH = 8
LENGTHS = (LENGTH, 10)
_ADDRESS = re.compile(r"/xac-minh/([^/?#\s]+)")

__all__ = ["ALPHABET", "LENGTH", "LENGTHS", "check_character", "code_in", "is_well_formed", "new_code", "normalise", "shown"]


def new_code() -> str:
    """Draw a code at random: seven characters (23⁷ = 3,404,825,447 of them) and the check character."""
    return codes.new_code(LENGTH)


def code_in(typed: str) -> str:
    """Take what was typed or pasted for a code, normalised; of a whole address, as telephones read it from a QR code, the code in it."""
    found = _ADDRESS.search(typed[:1000])
    return normalise(found[1] if found else typed)


def is_well_formed(code: str) -> bool:
    """Say whether a normalised code can be one of ours."""
    return codes.is_well_formed(code, LENGTHS)
