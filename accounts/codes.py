"""Codes that people type from paper or off a wall into a telephone: of slips, of classes, of certificates. Plain Python.

Keeps true: no character can be taken for another (no 0 O 1 I L, no 5 S, 2 Z), Vietnamese keyboards turn none of them into an
accented letter (no vowels, D or W), and one wrong character or two exchanged ones are told without asking the database.
"""

import re
import secrets
import unicodedata

ALPHABET = "23456789BCFGHJKMNPQRTVX"
_NOT_CODE = re.compile(r"[^0-9A-Z]+")
# What is misread of the characters that there are.
_MEANT = str.maketrans({"S": "5", "Z": "2", "O": "Q", "0": "Q", "D": "Q", "Đ": "Q"})


def new_code(length: int) -> str:
    """Draw a code at random: all but the last character, which checks them."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(length - 1))
    return body + check_character(body)


def check_character(body: str) -> str:
    """Return the character that makes the weighted sum of the whole code divisible by 23, as ISBN-10 does by 11.

    The weights run from the code's length down to 1; 23 is prime and larger, so any one wrong character and any two exchanged ones
    change the sum, at any length below 23.
    """
    weights = range(len(body) + 1, 1, -1)
    total = sum(weight * ALPHABET.index(letter) for weight, letter in zip(weights, body, strict=True))
    return ALPHABET[-total % len(ALPHABET)]


def normalise(text: str) -> str:
    """Take typed text for a code: upper case, without spaces, dashes and dots; at most 40 characters are looked at."""
    return _NOT_CODE.sub("", unicodedata.normalize("NFKC", text[:40]).upper())


def understood(text: str) -> str:
    """The same, with characters that no code holds taken for those that they are misread from ("5" for "S")."""
    return normalise(unicodedata.normalize("NFKC", text[:40]).upper().translate(_MEANT))


def is_well_formed(code: str, lengths: tuple[int, ...]) -> bool:
    """Say whether a normalised code can be one of ours."""
    return len(code) in lengths and all(letter in ALPHABET for letter in code) and check_character(code[:-1]) == code[-1]


def shown(code: str) -> str:
    """Write a code as it is printed, in groups of four: "7K2M-9Q4T-BCFG"."""
    return "-".join(code[start:start + 4] for start in range(0, len(code), 4))
