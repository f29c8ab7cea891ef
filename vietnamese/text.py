"""Folding: the one way in which text is compared, at index time and at query time alike.

"Thỏa ước", "Thoả ước", "thoa uoc" and their NFD forms fold to the same string, so tone placement and đ/d need no rule of their own.
"""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^\w]+")
_D = str.maketrans("đĐ", "dD")
# Old keyboards and fonts write the Icelandic eth or the African d where Vietnamese has đ; on screen nobody can tell.
_FALSE_D = str.maketrans("ÐðƉɖ", "ĐđĐđ")


def fold(text: str) -> str:
    """Strip all diacritics, turn đ into d and lower the case; the number of letters stays the same for NFC input."""
    decomposed = unicodedata.normalize("NFD", text.translate(_FALSE_D).translate(_D))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", bare).lower()


def search_key(text: str) -> str:
    """Fold, and turn every run of other characters than letters and digits into one space: what LIKE is run against."""
    return _NOT_WORD.sub(" ", fold(text)).strip()


def clean(text: str) -> str:
    """Bring to NFC, without control characters and with single spaces: how names and titles are stored."""
    composed = unicodedata.normalize("NFC", text).translate(_FALSE_D)
    visible = "".join(letter for letter in composed if unicodedata.category(letter)[0] != "C" or letter in "\t\n ")
    # Composed once more: an invisible sign may have stood between a letter and its mark.
    return unicodedata.normalize("NFC", _SPACES.sub(" ", visible).strip())
