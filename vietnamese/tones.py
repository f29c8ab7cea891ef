"""Tones apart from letters: taken off (à becomes a; ă, â, ê, ô, ơ, ư and đ stay), or put where two ways of spelling meet (hoà, hòa)."""

import unicodedata

# Huyền, sắc, ngã, hỏi, nặng, as combining marks.
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_VOWELS = frozenset("aeiouyAEIOUY")


def without_tones(text: str) -> str:
    """Take the five tone marks off and leave every letter what it is: "thỏa ước đời" becomes "thoa ươc đơi"."""
    bare = "".join(mark for mark in unicodedata.normalize("NFD", text) if mark not in _TONES)
    return unicodedata.normalize("NFC", bare)


def settle_tones(text: str) -> str:
    """Write the tone of each group of vowels on its first one, so that "hoà" and "hòa", "thuý" and "thúy" become one string."""
    settled: list[str] = []
    vowels: list[str] = []
    tones = ""
    for letter in _letters(unicodedata.normalize("NFD", text)):
        if letter[0] in _VOWELS:
            vowels.append("".join(mark for mark in letter if mark not in _TONES))
            tones += "".join(mark for mark in letter if mark in _TONES)
            continue
        settled += [*vowels[:1], tones, *vowels[1:], letter]
        vowels, tones = [], ""
    settled += [*vowels[:1], tones, *vowels[1:]]
    return unicodedata.normalize("NFC", "".join(settled))


def _letters(decomposed: str) -> list[str]:
    """Cut a decomposed text into letters, each with the marks that belong to it."""
    letters: list[str] = []
    for sign in decomposed:
        if letters and unicodedata.combining(sign):
            letters[-1] += sign
        else:
            letters.append(sign)
    return letters
