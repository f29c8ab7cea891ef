"""What a receipt says: a code for people, and a digest that proves which answers were received."""

import hashlib
import json
import secrets
from collections.abc import Iterable
from typing import Any

# Without 0 and O, 1 and I, which people mistake for each other.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def canonical(value: Any) -> str:
    """Write plain JSON in the one way that equal values share.

    :raises ValueError: when it holds what JSON does not know, such as NaN.
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def receipt_code() -> str:
    """Make a new code such as "BN-4F7Q-2K": six characters by chance, a thousand million possible ones."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(6))
    return f"BN-{letters[:4]}-{letters[4:]}"


def tidy_code(typed: str) -> str:
    """Turn a code as people type it into the stored one: case, spaces and dashes do not matter."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())
    letters = letters.removeprefix("BN")
    return f"BN-{letters[:4]}-{letters[4:]}"


def answers_digest(attempt: str, answers: Iterable[tuple[int, str, dict]]) -> str:
    """Return the SHA-256 over an attempt's answers: (position, digest of the question's version, answer), in order of position."""
    return hashlib.sha256(canonical([attempt, sorted(answers, key=lambda answer: answer[0])]).encode()).hexdigest()
