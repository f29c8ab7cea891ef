"""Folded names, remembered for a while: the same names, posts and words come in many rows, and each is compared many times."""

from functools import lru_cache

from vietnamese.text import search_key

# Longer ones are notes, which do not come again, and 20,000 of them would fill the memory.
_LONGEST = 200
_remembered = lru_cache(maxsize=20_000)(search_key)


def key_of(text: str) -> str:
    """Return the text as `search_key` folds it."""
    return _remembered(text) if len(text) <= _LONGEST else search_key(text)
