"""The typefaces of papers, and how wide their letters are: advance widths of the font, without kerning, as the paper is set."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock

import fontpkg_be_vietnam_pro
import fontpkg_source_serif_4
from fontTools.ttLib import TTFont

_POINTS = 72 / 25.4
# Papers are laid out in several threads, and a font reads its file bit by bit.
_READING = Lock()


@dataclass(frozen=True)
class Face:
    family: str
    folder: Path
    # By weight; the one file of a variable font stands at every weight.
    files: dict[int, str]
    # Optical sizes in points between which the letters of a variable font change.
    optical: tuple[int, int] | None = None


FACES = {
    "sans": Face(
        "Be Vietnam Pro", fontpkg_be_vietnam_pro.ROOT / "files",
        {400: "BeVietnamPro-Regular.ttf", 600: "BeVietnamPro-SemiBold.ttf", 700: "BeVietnamPro-Bold.ttf"}),
    "serif": Face(
        "Source Serif 4", fontpkg_source_serif_4.ROOT / "files", dict.fromkeys((400, 600, 700), "SourceSerif4[opsz,wght].ttf"), optical=(8, 60)),
}


class UnprintableLetter(ValueError):
    """A letter is in no font of the paper; leaving it out would print another name."""

    def __init__(self, letter: str, words: str) -> None:
        super().__init__(f"{letter!r} in {words!r}")
        self.letter, self.words = letter, words


def width_of(words: str, *, face: str, weight: int, size: float, tracking: float = 0) -> float:
    """Return how many millimetres the words are wide in letters of `size` millimetres.

    :raises UnprintableLetter: for a letter that the face does not have.
    """
    widths = _Widths.of(face, weight, _optical_size(FACES[face], size))
    return (sum(map(widths.of_letter, words)) if words else 0) * size + tracking * len(words)


def _optical_size(face: Face, size: float) -> float | None:
    if face.optical is None:
        return None
    # To a quarter of a point: coarser, and the widths would be off by more than a thousandth.
    return min(max(round(size * _POINTS * 4) / 4, face.optical[0]), face.optical[1])


class _Widths:
    """Widths in parts of the letter size, looked up once each."""

    def __init__(self, face: Face, weight: int, optical: float | None) -> None:
        with _READING:
            font = _font(face.folder / face.files[weight])
            self._names, self._unit = font.getBestCmap(), font["head"].unitsPerEm
            self._glyphs = font.getGlyphSet(location={"wght": weight, "opsz": optical} if optical else None)
        self._known: dict[str, float] = {}

    @staticmethod
    @cache
    def of(face: str, weight: int, optical: float | None) -> "_Widths":
        return _Widths(FACES[face], weight, optical)

    def of_letter(self, letter: str) -> float:
        if letter not in self._known:
            name = self._names.get(ord(letter))
            if name is None:
                raise UnprintableLetter(letter, letter)
            with _READING:
                self._known[letter] = self._glyphs[name].width / self._unit
        return self._known[letter]


@cache
def letters_of(face: str) -> frozenset[int]:
    """Return the code points that the face can print."""
    with _READING:
        return frozenset(_font(FACES[face].folder / FACES[face].files[400]).getBestCmap())


@cache
def _font(path: Path) -> TTFont:
    return TTFont(path, lazy=True)
