"""The cells of an Excel workbook, row by row, as text: what a person sees in them.

Read by our own few lines and not by a library: a workbook of five kilobytes whose last cell is XFD1048576 makes readers that lay out a whole
sheet ask for half a terabyte and takes the process down; and readers that hand out bare numbers turn an option "50%" into "0.5".
Memory is bounded by the words of the workbook, never by what it says of its size.
"""

import posixpath
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from django.utils.translation import gettext as _

from intake.archives import open_archive, open_member
from intake.decoding import kind_of
from intake.errors import MAX_BYTES, UnreadableFile
from intake.numbers import BUILT_IN, shown_number
from intake.safe_xml import elements

# Bytes of everything in a workbook, unpacked. The texts of fifty megabytes of questions, with room for their tags.
MOST_UNPACKED = 4 * MAX_BYTES
MOST_SHEETS = 200
MOST_COLUMNS = 16_384
_WORKBOOK = "xl/workbook.xml"
_ROW = b"<row "
_MERGED = re.compile(rb'mergeCell ref="([A-Z]{1,3})([0-9]{1,7}):[A-Z]{1,3}([0-9]{1,7})"')
# So many of them are kept: more than one a row of the longest list that is read.
_MOST_MERGED = 100_000
_PLACE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class Sheet:
    name: str
    part: str


@dataclass(frozen=True)
class SheetRow:
    """A row that is not empty: the texts of its cells by column, counted from 0, and which of them hold an error of Excel's."""

    number: int
    cells: dict[int, str]
    errors: frozenset[int] = field(default=frozenset())


class Book:
    """An open workbook."""

    def __init__(self, file: BinaryIO):
        """Open a workbook and read what all its sheets share.

        :raises UnreadableFile: when it is none.
        """
        self._archive = _opened(file)
        self.sheets: list[Sheet] = []
        self._is_1904 = False
        self._read_workbook()
        self._forms = _forms(self._archive)
        self._texts = _SharedTexts(self._archive, self._part("sharedStrings", "xl/sharedStrings.xml"))

    def rows(self, sheet: Sheet) -> Iterator[SheetRow]:
        """Go through the rows of a sheet that hold something."""
        latest = 0
        with open_member(self._archive, sheet.part, MOST_UNPACKED) as member:
            for element, _line in elements(member, ("row",), most_bytes=MOST_UNPACKED):
                said = element.get("r", "")
                latest = int(said) if said.isascii() and said.isdigit() and len(said) < 8 else latest + 1
                if (row := self._row(latest, element)).cells:
                    yield row

    def count_rows(self, sheet: Sheet) -> int:
        """Count the rows of a sheet without reading them: a bar of progress needs no more."""
        count, tail = 0, b""
        with open_member(self._archive, sheet.part, MOST_UNPACKED) as member:
            while chunk := member.read(1 << 16):
                piece = tail + chunk
                count += piece.count(_ROW)
                tail = piece[-len(_ROW) + 1:]
        return count

    def merged(self, sheet: Sheet) -> dict[tuple[int, int], int]:
        """Return the cells that are merged over several rows: the last row by first row and column. They stand behind all rows."""
        found: dict[tuple[int, int], int] = {}
        tail = b""
        with open_member(self._archive, sheet.part, MOST_UNPACKED) as member:
            while (chunk := member.read(1 << 16)) and len(found) < _MOST_MERGED:
                piece = tail + chunk
                for column, first, last in _MERGED.findall(piece):
                    if int(first) < int(last):
                        found[int(first), _column_of(f"{column.decode()}{int(first)}", 0)] = int(last)
                tail = piece[-64:]
        return found

    def _read_workbook(self) -> None:
        self._parts = _relations(self._archive, "xl/_rels/workbook.xml.rels")
        with open_member(self._archive, _WORKBOOK, MAX_BYTES) as member:
            for element, _line in elements(member, ("sheet", "workbookPr")):
                if element.tag == "workbookPr":
                    self._is_1904 = element.get("date1904", "") in ("1", "true")
                elif element.get("state", "visible") == "visible" and len(self.sheets) < MOST_SHEETS:
                    _kind, part = self._parts.get(element.get("id", ""), ("", ""))
                    if part in self._archive.NameToInfo:
                        self.sheets.append(Sheet(element.get("name", ""), part))

    def _part(self, kind: str, usual: str) -> str:
        return next((part for said, part in self._parts.values() if said == kind), usual)

    def _row(self, number: int, element: Element) -> SheetRow:
        cells: dict[int, str] = {}
        errors: set[int] = set()
        column = -1
        for cell in element.iterfind("c"):
            column = _column_of(cell.get("r", ""), column + 1)
            if column < MOST_COLUMNS and (text := self._text(cell).strip()):
                cells[column] = text
                if cell.get("t") == "e":
                    errors.add(column)
        return SheetRow(number, cells, frozenset(errors))

    def _text(self, cell: Element) -> str:
        said = cell.findtext("v") or ""
        match cell.get("t", "n"):
            case "s":
                return self._texts[said]
            case "inlineStr":
                return _words(cell.find("is"))
            case "b":
                return "TRUE" if said in ("1", "true") else "FALSE" if said else ""
            case "n" if said:
                return shown_number(said, self._forms.get(cell.get("s", ""), ""), is_1904=self._is_1904)
            case "d":
                return re.sub(r"^(\d{4})-(\d\d)-(\d\d)(T00:00:00(\.0*)?)?", r"\3/\2/\1", said)
        return _unescaped(said)


def column_letters(column: int) -> str:
    """Return the letters over a column, counted from 0: A, B … Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class _SharedTexts:
    """The texts that cells name by number, one after the other in one piece of memory: a million small strings would take ten times as much."""

    def __init__(self, archive: ZipFile, part: str):
        self._bytes, self._ends = bytearray(), array("Q")
        if part not in archive.NameToInfo:
            return
        with open_member(archive, part, MOST_UNPACKED) as member:
            for element, _line in elements(member, ("si",), most_bytes=MOST_UNPACKED):
                self._bytes += _words(element).encode("utf-8", "surrogatepass")
                self._ends.append(len(self._bytes))

    def __getitem__(self, said: str) -> str:
        if not (said.isascii() and said.isdigit() and len(said) < 10 and int(said) < len(self._ends)):
            return ""
        number = int(said)
        return self._bytes[self._ends[number - 1] if number else 0:self._ends[number]].decode("utf-8", "surrogatepass")


def _opened(file: BinaryIO) -> ZipFile:
    file.seek(0)
    head = file.read(1 << 16)
    if not head.startswith(b"PK"):
        kind = kind_of(head)
        message = _("This is no Excel workbook (.xlsx) but %(kind)s.") % {"kind": kind} if kind else _("This is no Excel workbook (.xlsx).")
        raise UnreadableFile(message, code="no_workbook")
    archive = open_archive(file, most_bytes=MOST_UNPACKED)
    if _WORKBOOK not in archive.NameToInfo:
        raise UnreadableFile(_("This is no Excel workbook (.xlsx). In Excel, choose Save as, Excel workbook."), code="no_workbook")
    return archive


def _relations(archive: ZipFile, name: str) -> dict[str, tuple[str, str]]:
    """Return the parts that the workbook is made of by their id: what each is, and where."""
    if name not in archive.NameToInfo:
        return {}
    with open_member(archive, name, MAX_BYTES) as member:
        return {
            element.get("Id", ""): (element.get("Type", "").rpartition("/")[2], posixpath.normpath(posixpath.join("/xl", element.get("Target", "")))[1:])
            for element, _line in elements(member, ("Relationship",))
        }


def _forms(archive: ZipFile) -> dict[str, str]:
    """Return the number format of each style of cells that has one, by the number of the style."""
    if "xl/styles.xml" not in archive.NameToInfo:
        return {}
    own: dict[str, str] = {}
    forms: dict[str, str] = {}
    with open_member(archive, "xl/styles.xml", MAX_BYTES) as member:
        for element, _line in elements(member, ("numFmt", "cellXfs")):
            if element.tag == "numFmt":
                own[element.get("numFmtId", "")] = element.get("formatCode", "")[:200]
            else:
                forms = {str(place): style.get("numFmtId", "") for place, style in enumerate(element.iterfind("xf"))}
    known = {**{str(number): form for number, form in BUILT_IN.items()}, **own}
    return {style: known[number] for style, number in forms.items() if number in known}


def _words(element: Element | None) -> str:
    """Return the words of a text with or without formats inside; how Japanese words are read aloud is left out."""
    if element is None:
        return ""
    runs = [element.find("t"), *(run.find("t") for run in element.iterfind("r"))]
    return _unescaped("".join(run.text or "" for run in runs if run is not None))


def _unescaped(text: str) -> str:
    """Characters that XML cannot hold stand as _x000D_, and so does what only looks like one (ECMA-376 part 1, 22.9.2.19)."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(escaped: re.Match) -> str:
    code = int(escaped[1], 16)
    # Half a pair of two is no character: nothing can store it.
    return "" if 0xD800 <= code <= 0xDFFF else chr(code)


def _column_of(place: str, otherwise: int) -> int:
    if not (found := _PLACE.fullmatch(place)):
        return otherwise
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return column - 1
