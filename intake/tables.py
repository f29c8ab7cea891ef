"""A file as tables of rows, whatever it is: sheets of a workbook, or one table of values between commas, semicolons or tabs."""

import csv
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from intake.cells import MOST_COLUMNS, Book, Sheet, SheetRow
from intake.decoding import open_text
from intake.errors import UnreadableFile

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
# How the directory of an encrypted workbook names its content (MS-OFFCRYPTO 2.3.4.4), in UTF-16.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SEPARATORS = ",;\t|"
_SAMPLE = 1 << 14


@dataclass(frozen=True)
class Table:
    """One sheet; `size` is about how many rows it has."""

    name: str
    size: int
    _source: "_Workbook | _Values"
    _sheet: Sheet | None

    def rows(self) -> Iterator[SheetRow]:
        """Go through the rows that hold something, from the first."""
        return self._source.rows(self._sheet)

    def merged(self) -> dict[tuple[int, int], int]:
        """Return the cells that are merged over several rows: the last row by first row and column."""
        return self._source.merged(self._sheet)


def tables_of(file: BinaryIO) -> list[Table]:
    """Open a file and return its visible sheets.

    :raises UnreadableFile: when it is neither a workbook (.xlsx) nor text with separated values, is protected or is written with an old font.
    """
    file.seek(0)
    head = file.read(8)
    if head.startswith(_OLD_OFFICE):
        raise _old_office(file)
    if head.startswith(b"PK"):
        return _Workbook(file).tables()
    return _Values(file).tables()


class _Workbook:
    def __init__(self, file: BinaryIO):
        self._book = Book(file)

    def tables(self) -> list[Table]:
        return [Table(sheet.name, self._book.count_rows(sheet), self, sheet) for sheet in self._book.sheets]

    def rows(self, sheet: Sheet) -> Iterator[SheetRow]:
        return self._book.rows(sheet)

    def merged(self, sheet: Sheet) -> dict[tuple[int, int], int]:
        return self._book.merged(sheet)


class _Values:
    """A file of separated values. What it is separated by is told by its first lines: Excel in Vietnam writes semicolons."""

    def __init__(self, file: BinaryIO):
        self._file = file
        with open_text(file) as text:
            sample = text.read(_SAMPLE)
        lines = sample.splitlines()[:40]
        self._separator = max(_SEPARATORS, key=lambda sign: sum(line.count(sign) for line in lines))

    def tables(self) -> list[Table]:
        size = 0
        with open_text(self._file) as text:
            size = sum(1 for _line in text)
        return [Table("CSV", size, self, None)]

    def rows(self, sheet: None) -> Iterator[SheetRow]:
        with open_text(self._file) as text:
            reader = csv.reader(text, delimiter=self._separator)
            for number in itertools.count(1):
                try:
                    values = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    raise UnreadableFile(_("Line %(line)s cannot be read as a line of a table.") % {"line": number}, code="csv", line=number) from error
                if cells := {place: value.strip() for place, value in enumerate(values[:MOST_COLUMNS]) if value.strip()}:
                    yield SheetRow(number, cells)

    def merged(self, sheet: None) -> dict[tuple[int, int], int]:
        return {}


def _old_office(file: BinaryIO) -> UnreadableFile:
    file.seek(0)
    tail = b""
    while chunk := file.read(1 << 20):
        if _ENCRYPTED in tail + chunk:
            return UnreadableFile(
                _("This file is protected with a password. In Excel take the password off, then Save as .xlsx."), code="protected")
        tail = chunk[-len(_ENCRYPTED):]
    return UnreadableFile(_("This is an old Excel file (.xls). In Excel choose Save as and the type Excel workbook (.xlsx)."), code="xls")
