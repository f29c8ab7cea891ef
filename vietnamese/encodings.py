"""Old ways of writing Vietnamese: fonts that draw other letters as Vietnamese ones (TCVN3 or ABC: .VnTime; VNI: VNI-Times), and windows-1258.

Text in an old font is Unicode that means something else: "C«ng ®oµn" looks like "Công đoàn" in .VnTime only. Whether a text is such salad
is decided by its words: as what are more of them Vietnamese syllables?
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from vietnamese.syllables import is_cased_naturally, is_syllable

# The letters of TCVN 5712:1993 (VN3) in the order of their bytes, from 0xA1; "." is a byte without a letter.
_TCVN3_LETTERS = (
    "ĂÂÊÔƠƯĐăâêôơưđ......àảãáạ.ằẳẵắ.......ặầẩẫấậè.ẻẽéẹềểễếệìỉ...ĩíịò.ỏõóọồổỗốộờởỡớợù.ủũúụừửữứựỳỷỹýỵ"
)
_TCVN3 = {chr(0xA1 + place): letter for place, letter in enumerate(_TCVN3_LETTERS) if letter != "."}
# VNI writes a mark as a letter behind the vowel: one row of marks for plain vowels, one for those with a hat, one for ă.
_VNI_PLAIN = dict(zip("ùøûõï", "\u0301\u0300\u0309\u0303\u0323", strict=True))
_VNI_HAT = dict(zip("âáàåãä", ["\u0302", "\u0302\u0301", "\u0302\u0300", "\u0302\u0309", "\u0302\u0303", "\u0302\u0323"], strict=True))
_VNI_BREVE = dict(zip("êéèúüë", ["\u0306", "\u0306\u0301", "\u0306\u0300", "\u0306\u0309", "\u0306\u0303", "\u0306\u0323"], strict=True))
_VNI_ALONE = {"ñ": "đ", "ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
# The soft hyphen is the ư of TCVN3.
_WORD = re.compile("[A-Za-z\u00a1-\u024f\u0300-\u036f\u1ea0-\u1ef9]+")
# No word of any language that is asked about is longer; letters upon letters are not worth reading.
_LONGEST = 40
_SALAD_LETTER = re.compile("[\u00a1-\u00ff]")
_PLAIN_LETTER = re.compile("[A-Za-z]")
# "m×n" is a product, though TCVN3 would make it "mìn".
_PRODUCT = re.compile("[A-Za-z][×·][A-Za-z]")
# Quotes and signs may stand before a word; ®, § and the like do not, unless a font draws them as Đ.
_BEFORE = "\u00a1\u00a2\u00a3\u00a4\u00a9\u00ab\u00af\u00b0\u00b1\u00b4\u00b6\u00b7\u00b8\u00bb\u00bf"
_AFTER = _BEFORE + "\u00a5\u00a6\u00a7\u00a8\u00ac\u00ad\u00ae"


def _vni_pairs() -> dict[str, str]:
    pairs = dict(_VNI_ALONE)
    for vowels, marks in (("aeouyôö", _VNI_PLAIN), ("aeo", _VNI_HAT), ("a", _VNI_BREVE)):
        for vowel in vowels:
            pairs |= {vowel + sign: unicodedata.normalize("NFC", _VNI_ALONE.get(vowel, vowel) + mark) for sign, mark in marks.items()}
    return pairs


_VNI = _vni_pairs()
_VNI_PATTERN = re.compile("|".join(sorted(_VNI, key=len, reverse=True)) + "|[a-z]")


@dataclass
class Words:
    """How many words of a text are Vietnamese as they stand, how many only as an old font draws them, and how many as neither."""

    as_is: int = 0
    tcvn3: int = 0
    vni: int = 0
    neither: int = 0
    # The words that only an old font explains, two of them at most.
    old: frozenset[str] = frozenset()

    def font(self) -> str:
        """Return "TCVN3", "VNI" or "": the old font that explains more words than everything else does."""
        count, name = max((self.tcvn3, "TCVN3"), (self.vni, "VNI"))
        # One word alone, "µm", is no proof unless more than one of its letters speaks.
        is_clear = len(self.old) > 1 or any(map(_is_clear, self.old))
        return name if is_clear and count > self.as_is + self.neither else ""


def legacy_font_of(text: str) -> str:
    """Return the name of the old font that a text was typed in, "TCVN3" or "VNI"; "" when it is Unicode, whatever its language."""
    # Most texts have no word that an old font would explain; that is known much sooner than how many there are.
    return counted(words_of(text)).font() if has_old_words(text) else ""


def has_old_words(text: str) -> bool:
    """Say whether a text holds a word that is Vietnamese only as an old font draws it: what no text in an old font lacks."""
    return any(map(_is_old, set(_WORD.findall(text)))) if _SALAD_LETTER.search(text) else False


def words_of(text: str) -> Iterator[str]:
    """Give the words of a text that hold more than plain letters: those that tell how it is written."""
    words = (found.group() for found in _WORD.finditer(text))
    return (word for word in words if len(word) <= _LONGEST and not word.isascii())


def counted(words: Iterable[str]) -> Words:
    """Count the words of a text by what they can be read as."""
    found = Words()
    for word in words:
        is_as_is, is_tcvn3, is_vni = _readings(word)
        is_old = _is_old(word)
        found.as_is += is_as_is and not (is_tcvn3 or is_vni)
        found.tcvn3 += is_tcvn3 and is_old
        found.vni += is_vni and is_old
        found.neither += not (is_as_is or is_tcvn3 or is_vni) and any(map(str.isalpha, word))
        if is_old and len(found.old) < 2:
            found.old |= {word}
    return found


def single_byte_encoding(words: Iterable[str]) -> str:
    """Name how bytes that are no UTF-8 are written: "TCVN3", "VNI", "cp1258" or "cp1252".

    :param words: the words, each byte read as the letter of the same number (latin-1).
    """
    words = list(words)
    found = counted(words)
    as_1258, as_1252 = (sum(_readings(word)[0] for word in each) for each in (map(_as_cp1258, words), words))
    if found.font() and max(found.tcvn3, found.vni) > as_1258:
        return found.font()
    return "cp1258" if as_1258 > as_1252 else "cp1252"


@lru_cache(maxsize=20_000)
def _readings(word: str) -> tuple[bool, bool, bool]:
    """Say whether a word is a syllable as it stands, in TCVN3, in VNI."""
    bare = unicodedata.normalize("NFC", _without_signs(word))
    as_is = not bare.isascii() and is_cased_naturally(bare) and is_syllable(bare)
    return as_is, is_syllable(_from_tcvn3(word)), _SALAD_LETTER.search(word) is not None and is_syllable(_from_vni(word))


@lru_cache(maxsize=20_000)
def _is_old(word: str) -> bool:
    """Say whether a word is a witness for an old font.

    One that reads well as it stands is none: "bé", though TCVN3 would make it "bộ". Nor is one of signs only: "×" would be "ì".
    """
    if word.isascii() or len(word) > _LONGEST or not _PLAIN_LETTER.search(word) or _PRODUCT.fullmatch(word):
        return False
    is_as_is, is_tcvn3, is_vni = _readings(word)
    return (is_tcvn3 or is_vni) and not is_as_is


def _is_clear(word: str) -> bool:
    return len(_SALAD_LETTER.findall(word)) > 1 or not is_cased_naturally(_without_signs(word))


def _without_signs(word: str) -> str:
    """Take quotes and the like off both ends: «Công» is a word."""
    return word.lstrip(_BEFORE).rstrip(_AFTER)


def _from_tcvn3(word: str) -> str:
    """Read a word as TCVN3 draws it; "" when it has letters that TCVN3 has not."""
    letters = [_TCVN3.get(letter, letter) for letter in word]
    return "".join(letters) if all(old.isascii() or old in _TCVN3 for old in word) else ""


def _from_vni(word: str) -> str:
    """Read a word as VNI draws it; "" when it has letters that VNI has not, or a mark without its vowel."""
    lower = word.lower()
    pieces = _VNI_PATTERN.findall(lower)
    return "".join(_VNI.get(piece, piece) for piece in pieces) if sum(map(len, pieces)) == len(lower) else ""


def _as_cp1258(word: str) -> str:
    """Read the bytes of a word as windows-1258, letters and marks composed; "" when it cannot be."""
    try:
        return unicodedata.normalize("NFC", word.encode("latin-1").decode("cp1258"))
    except UnicodeError:
        return ""
