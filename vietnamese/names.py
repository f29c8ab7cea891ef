"""People's names: family, middle, given; the given name, the last word, is called and sorted first (domain facts, 6.2)."""

import unicodedata

from vietnamese.text import clean

_LETTERS = "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# Tones in Vietnamese alphabetical order: level, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_LETTER_MARKS = {"\u0306", "\u0302", "\u031b"}
_CODES = "bcdefghijklmnopqrstuvwxyz"


def given_name(full_name: str) -> str:
    """Return the last word of the name, or an empty string."""
    words = full_name.split()
    return words[-1] if words else ""


def sort_key(full_name: str, given: str = "") -> str:
    """Build the stored key that puts names in Vietnamese alphabetical order: given name, then family, then middle names.

    The key holds lower-case ASCII letters only, so that it sorts alike under every database and collation.

    :param given: the given name where it is not the last word (two syllables, or a foreign name that begins with it).
    """
    words = clean(full_name).lower().split()
    if not words:
        return ""
    last, rest = _split_given(words, clean(given).lower().split())
    parts = [" ".join(last), rest[0] if rest else "", " ".join(rest[1:])]
    return "a".join(_word_key(part) for part in parts)[:400]


def _split_given(words: list[str], given: list[str]) -> tuple[list[str], list[str]]:
    """Take the given name out of the words; a given name that is not among them counts as none."""
    for start in range(len(words) - len(given), -1, -1) if given else ():
        if words[start:start + len(given)] == given:
            return given, words[:start] + words[start + len(given):]
    return words[-1:], words[:-1]


def _word_key(word: str) -> str:
    letters, tones = [], []
    for letter in unicodedata.normalize("NFC", word):
        base, tone = _split_tone(letter)
        place = _LETTERS.find(base)
        if place >= 0:
            letters.append(_CODES[1 + place // 20] + _CODES[place % 20])
            tones.append(_CODES[tone])
        elif base == " ":
            letters.append("bb")
    return "".join(letters) + "a" + "".join(tones)


def _split_tone(letter: str) -> tuple[str, int]:
    tone, kept = 0, []
    for part in unicodedata.normalize("NFD", letter):
        if part in _TONES:
            tone = _TONES[part]
        elif not unicodedata.combining(part) or part in _LETTER_MARKS:
            kept.append(part)
    return unicodedata.normalize("NFC", "".join(kept)), tone
