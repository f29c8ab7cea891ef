"""Verification codes: eight characters that people type from paper into a telephone (docs/adr/0023-codes-of-eight-characters.md).

Keeps true: no character can be taken for another (no 0 O 1 I L, no 5 S, 2 Z), Vietnamese keyboards turn none of them into an
accented letter (no vowels, D or W), and one wrong character or two exchanged ones are told without asking the register. Codes of
ten characters were given out before and stay what they are.
"""

import re
import secrets
import unicodedata

ALPHABET = "23456789BCFGHJKMNPQRTVX"
LENGTH = 8
LENGTHS = (LENGTH, 10)
_GROUPS = (slice(0, 4), slice(4, 8), slice(8, 10))
_NOT_CODE = re.compile(r"[^0-9A-Z]+")


def new_code() -> str:
    """Draw a code at random: seven characters (23⁷ = 3,404,825,447 of them) and the check character."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_character(body)


def check_character(body: str) -> str:
    """Return the character that makes the weighted sum of the whole code divisible by 23, as ISBN-10 does by 11.

    The weights run from the code's length down to 1; 23 is prime and larger, so any one wrong character and any two exchanged ones
    change the sum, at either length.
    """
    weights = range(len(body) + 1, 1, -1)
    total = sum(weight * ALPHABET.index(letter) for weight, letter in zip(weights, body, strict=True))
    return ALPHABET[-total % len(ALPHABET)]


def normalise(text: str) -> str:
    """Take typed text for a code: upper case, without spaces, dashes and dots; at most 40 characters are looked at."""
    return _NOT_CODE.sub("", unicodedata.normalize("NFKC", text[:40]).upper())


def is_well_formed(code: str) -> bool:
    """Say whether a normalised code can be one of ours."""
    return len(code) in LENGTHS and all(letter in ALPHABET for letter in code) and check_character(code[:-1]) == code[-1]


def shown(code: str) -> str:
    """Write a code as it is printed: "7K2M-9Q4T"; an older one "7K2M-9Q4T-XB"."""
    return "-".join(part for part in (code[group] for group in _GROUPS) if part)
