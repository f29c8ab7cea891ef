"""How words are made to fit a box: smaller on their lines, then broken over more lines, then smaller still, until they do."""

from dataclasses import dataclass

from certificates.layout.faces import width_of

# From baseline to baseline, in letter sizes: Ễ above and Ộ below never touch (the look's rule for headings).
LINE = 1.36
# What stands over and under a baseline, marks included.
ABOVE, BELOW = 1.04, 0.32
_STEP = 0.94
_BROKEN_BELOW = 0.25
# Lines are set a hair narrower than their box: rounding must not push a word down.
_PART_OF_WIDTH = 0.995


@dataclass(frozen=True)
class Style:
    face: str = "sans"
    weight: int = 400
    # Letter size and extra space between letters at that size, millimetres.
    size: float = 4.4
    tracking: float = 0
    # How far lines shrink before they are broken, as a part of the size.
    shrink_to: float = 0.75


@dataclass(frozen=True)
class Fitted:
    lines: tuple[str, ...]
    size: float

    @property
    def height(self) -> float:
        return height_of(len(self.lines), self.size)


def height_of(count: int, size: float) -> float:
    return ((count - 1) * LINE + ABOVE + BELOW) * size if count else 0


def fit(paragraphs: list[str], *, width: float, height: float, style: Style) -> Fitted:
    """Break and shrink the paragraphs so that they stand within `width` × `height` millimetres.

    The largest size at which every paragraph keeps its own line wins, down to `style.shrink_to`; else the largest from there downwards
    at which they fit broken at spaces. A word is broken only when it would have to be smaller than a quarter of its size.
    """
    for size in _sizes(style.size, style.size * style.shrink_to):
        if height_of(len(paragraphs), size) <= height and all(_width(line, size, style) <= width for line in paragraphs):
            return Fitted(tuple(paragraphs), size)
    size = style.size * style.shrink_to
    while True:
        lines = tuple(line for paragraph in paragraphs for line in _broken(paragraph, width, size, style))
        is_whole = size < style.size * _BROKEN_BELOW or all(_width(word, size, style) <= width for line in paragraphs for word in line.split(" "))
        if (is_whole and height_of(len(lines), size) <= height) or size < 0.2:
            return Fitted(lines, size)
        size *= _STEP


def tracking_of(style: Style, size: float) -> float:
    """Return the space between letters: it shrinks with them."""
    return style.tracking * size / style.size


def _sizes(largest: float, least: float) -> list[float]:
    found = [largest]
    while found[-1] * _STEP > least:
        found.append(found[-1] * _STEP)
    return [*found, least] if found[-1] > least else found


def _width(line: str, size: float, style: Style) -> float:
    return width_of(line, face=style.face, weight=style.weight, size=size, tracking=tracking_of(style, size)) / _PART_OF_WIDTH


def _broken(paragraph: str, width: float, size: float, style: Style) -> list[str]:
    lines, line = [], ""
    for word in paragraph.split(" "):
        longer = f"{line} {word}" if line else word
        if _width(longer, size, style) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *whole, line = _pieces(word, width, size, style)
        lines += whole
    return [*lines, line]


def _pieces(word: str, width: float, size: float, style: Style) -> list[str]:
    """Cut a word that is wider than its line into pieces that are not; one letter at least a piece."""
    pieces, piece = [], ""
    for letter in word:
        if piece and _width(piece + letter, size, style) > width:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]
