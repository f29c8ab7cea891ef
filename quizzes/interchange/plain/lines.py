"""The lines of a text that trainers keep: what is written, and how it stands out. A line of a text file, or a paragraph of a Word document."""

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from tempfile import SpooledTemporaryFile
from typing import BinaryIO
from unicodedata import normalize

from quizzes.interchange.lines import lines_of

# Ways of standing out, the most telling first: a colour is chosen to say something, bold may be how all options are written.
STYLES = ("highlight", "red", "colour", "underline", "bold", "italic")
# No gap says more than one of eight letters; patterns that look for gaps would take their time with a million.
_WIDE = re.compile(r"\s{9,}")
_GAP = "\t       "
_MOST_IN_MEMORY = 1 << 20


@dataclass(frozen=True)
class Span:
    """From where to where a line stands out in some way."""

    start: int
    end: int
    styles: frozenset[str]


@dataclass(frozen=True)
class Line:
    """One line. `number` counts lines of a text file or paragraphs of a document, from 1."""

    number: int
    text: str
    spans: tuple[Span, ...] = ()
    # How deep a heading it is, where the document says so.
    heading: int = 0
    # Pictures cannot be read from a text; whoever loses one is told.
    has_picture: bool = False

    def part(self, start: int, end: int | None = None) -> "Line":
        """Return a piece of the line, standing out as before; space around it is taken off."""
        end = len(self.text) if end is None else end
        piece = self.text[start:end]
        start += len(piece) - len(piece.lstrip())
        piece = piece.strip()
        spans = tuple(Span(max(span.start - start, 0), min(span.end - start, len(piece)), span.styles) for span in self.spans)
        return Line(self.number, piece, tuple(span for span in spans if span.start < span.end), self.heading, self.has_picture)

    def styles(self) -> frozenset[str]:
        """Return in which ways most of the line stands out."""
        length = sum(not letter.isspace() for letter in self.text)
        return frozenset(style for style in STYLES if length and self._length_of(style) > 0.6 * length)

    def _length_of(self, style: str) -> int:
        return sum(not letter.isspace() for span in self.spans if style in span.styles for letter in self.text[span.start:span.end])


def narrowed(line: Line) -> Line:
    """Return the line with its endless gaps cut short."""
    gaps = list(_WIDE.finditer(line.text))
    if not gaps:
        return line

    starts = [gap.start() for gap in gaps]
    lost = [0, *accumulate(gap.end() - gap.start() - len(_GAP) for gap in gaps)]

    def place(old: int) -> int:
        behind = bisect_left(starts, old)
        within = max(gaps[behind - 1].end() - max(old, gaps[behind - 1].start() + len(_GAP)), 0) if behind else 0
        return old - lost[behind] + within

    spans = tuple(Span(place(span.start), place(span.end), span.styles) for span in line.spans)
    return replace(line, text=_WIDE.sub(_GAP, line.text), spans=spans)


def plain_letters(text: str) -> str:
    """Return a text with letters and marks composed, as the words that are looked for are; spaces are spaces."""
    return normalize("NFC", text).replace("\xa0", " ").replace("\ufeff", "")


class Kept:
    """Lines that are gone through a second time without reading the file again; what is much goes to the disk."""

    def __init__(self):
        # Closed when it is let go of.
        self._file = SpooledTemporaryFile(max_size=_MOST_IN_MEMORY, mode="w+", encoding="utf-8", errors="surrogatepass", newline="\n")  # noqa: SIM115

    def keep(self, lines: Iterable[Line]) -> Iterator[Line]:
        """Pass lines on and write them down."""
        for line in lines:
            spans = [(span.start, span.end, sorted(span.styles)) for span in line.spans]
            self._file.write(f"{json.dumps((line.number, line.text, spans, line.heading, line.has_picture))}\n")
            yield line

    def lines(self) -> Iterator[Line]:
        """Go through what was written down."""
        self._file.seek(0)
        for written in self._file:
            number, text, spans, heading, has_picture = json.loads(written)
            yield Line(number, text, tuple(Span(start, end, frozenset(styles)) for start, end, styles in spans), heading, has_picture)


def text_lines(file: BinaryIO) -> Iterator[Line]:
    """Go through the lines of a text file.

    :raises UnreadableFile: when it is no text.
    """
    for number, text in lines_of(file):
        yield narrowed(Line(number, plain_letters(text).rstrip()))
