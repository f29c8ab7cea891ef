"""The paragraphs of a Word document as lines: numbers that Word only draws, tables row by row, what was deleted left out.

Read by our own few lines: what is needed is little, and automatic numbers, which libraries do not give, are half of it. Nothing outside
the document is ever opened.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from django.utils.translation import gettext as _

from intake.archives import open_archive, open_member
from intake.errors import MAX_BYTES, UnreadableFile
from intake.safe_xml import elements
from quizzes.interchange.docx.styles import NO_LOOK, Look, Numbering, Style, is_on, look_of, numberings, styles
from quizzes.interchange.plain.lines import Line, Span, narrowed, plain_letters

DOCUMENT = "word/document.xml"
# Pictures take most of a document and are not unpacked.
MOST_UNPACKED = 8 * MAX_BYTES
MOST_TEXT = 2 * MAX_BYTES
_LEFT_OUT = {"del", "moveFrom", "Fallback", "pPr", "rPr", "instrText", "delText", "delInstrText", "tblPr", "trPr", "tcPr", "sectPr", "rt"}
_SIGNS = {"tab": "\t", "noBreakHyphen": "-", "softHyphen": "\xad", "ptab": "\t"}


class _Text:
    """A paragraph while it is read: its lines, each with how its words look."""

    def __init__(self):
        self.lines: list[tuple[list[str], list[Span]]] = []
        self.has_picture = False
        self.begin_line()

    def begin_line(self) -> None:
        self._letters: list[str] = []
        self._spans: list[Span] = []
        self._length = 0
        self.lines.append((self._letters, self._spans))

    def add(self, text: str, look: Look) -> None:
        text = plain_letters(text)
        if look.styles and text:
            self._spans.append(Span(self._length, self._length + len(text), look.styles))
        self._letters.append(text)
        self._length += len(text)


def document_lines(file: BinaryIO) -> Iterator[Line]:
    """Go through the paragraphs of a Word document, line by line; a row of a table whose cells hold one line each is one line with tabs.

    :raises UnreadableFile: when it is none.
    """
    archive = open_archive(file, most_bytes=MOST_UNPACKED)
    if DOCUMENT not in archive.NameToInfo:
        raise UnreadableFile(_("This is no Word document (.docx). In Word, choose Save as, Word document."), code="no_document")
    return _Reading(archive).lines()


class _Reading:
    def __init__(self, archive: ZipFile):
        self._archive = archive
        self._styles: dict[str, Style] = styles(archive)
        self._numbering: Numbering = numberings(archive)
        self._paragraphs = 0

    def lines(self) -> Iterator[Line]:
        with open_member(self._archive, DOCUMENT, MOST_TEXT) as member:
            for element, _line in elements(member, ("p", "tr"), most_depth=200, most_bytes=MOST_TEXT):
                yield from self._row(element) if element.tag == "tr" else self._paragraph(element)

    def _paragraph(self, element: Element) -> Iterator[Line]:
        self._paragraphs += 1
        number, inner = self._paragraphs, []
        properties = element.find("pPr")
        style = self._style_of(properties)
        text = _Text()
        if label := self._label(properties, style):
            mark = None if properties is None else properties.find("rPr")
            text.add(label, style.look.under(look_of(mark, self._styles)))
            text.add(" ", NO_LOOK)
        self._walk(element, text, style.look, inner)
        for letters, spans in text.lines:
            yield narrowed(Line(number, "".join(letters), tuple(spans), style.heading, text.has_picture)).part(0)
        for paragraph in inner:
            yield from self._paragraph(paragraph)

    def _row(self, element: Element) -> Iterator[Line]:
        """Cells with one line each are read side by side; a cell with a whole question in it is read line by line."""
        cells = [[line for paragraph in _paragraphs_in(cell) for line in self._paragraph(paragraph) if line.text or line.has_picture]
                 for cell in _cells_of(element)]
        if all(len(cell) < 2 for cell in cells):
            if filled := [cell[0] for cell in cells if cell]:
                yield _side_by_side(filled)
            return
        for place, cell in enumerate(cells):
            # The number of a question often has a cell of its own.
            if place == 0 and len(cell) == 1 and cell[0].text.strip(" .").isdigit() and len(cells) > 1 and cells[1]:
                cells[1][0] = _joined(replace(cell[0], text=f"{cell[0].text.strip(' .')}. "), cells[1][0])
            else:
                yield from cell

    def _style_of(self, properties: Element | None) -> Style:
        named = None if properties is None else properties.find("pStyle")
        return self._styles.get("" if named is None else named.get("val", ""), self._styles[""])

    def _label(self, properties: Element | None, style: Style) -> str:
        """Return what Word draws before a numbered paragraph; every one is counted, in order."""
        numbered = None if properties is None else properties.find("numPr")
        number, level = style.numbering
        if numbered is not None:
            said, depth = numbered.find("numId"), numbered.find("ilvl")
            number = number if said is None else said.get("val", "")
            level = level if depth is None else depth.get("val", "0")
        return self._numbering.next_label(number, level)

    def _walk(self, element: Element, text: _Text, look: Look, inner: list[Element]) -> None:
        for child in element:
            match child.tag:
                case "r":
                    self._run(child, text, look, inner)
                case "t":
                    text.add((child.text or "").replace("\n", " "), look)
                case "txbxContent":
                    inner.extend(_paragraphs_in(child))
                case "br" | "cr":
                    text.begin_line()
                case "blip" | "imagedata":
                    text.has_picture = True
                case name if name in _SIGNS:
                    text.add(_SIGNS[name], look)
                case name if name not in _LEFT_OUT:
                    self._walk(child, text, look, inner)

    def _run(self, run: Element, text: _Text, look: Look, inner: list[Element]) -> None:
        properties = run.find("rPr")
        if properties is not None and is_on(properties.find("vanish")):
            return
        self._walk(run, text, look.under(look_of(properties, self._styles)), inner)


def _paragraphs_in(element: Element) -> Iterator[Element]:
    """Go through the paragraphs of a cell or a box, those of tables within it too, but not those within paragraphs."""
    for child in element:
        if child.tag == "p":
            yield child
        elif child.tag not in _LEFT_OUT:
            yield from _paragraphs_in(child)


def _cells_of(row: Element) -> Iterator[Element]:
    for child in row:
        if child.tag == "tc":
            yield child
        elif child.tag in ("sdt", "sdtContent", "ins", "customXml", "smartTag"):
            yield from _cells_of(child)


def _joined(left: Line, right: Line) -> Line:
    moved = tuple(Span(span.start + len(left.text), span.end + len(left.text), span.styles) for span in right.spans)
    return replace(right, text=left.text + right.text, spans=left.spans + moved, has_picture=left.has_picture or right.has_picture)


def _side_by_side(cells: list[Line]) -> Line:
    row = cells[0]
    for cell in cells[1:]:
        row = _joined(replace(row, text=f"{row.text}\t"), cell)
    return row
