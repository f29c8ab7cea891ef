"""Lists of the office as workbooks.

Keeps true: every text is written as text, so that a name beginning with "=" is a name and never a formula; rows go to the disk as they
come, so that memory stays flat.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

_FONT = {"font_name": "Times New Roman", "font_size": 11}
_CELL = _FONT | {"valign": "vcenter", "border": 1, "text_wrap": True}


@dataclass(frozen=True)
class Column:
    heading: str
    width: int


def write_sheet(
    out: BinaryIO, *, name: str, title: str, above: Sequence[str], about: Sequence[str], columns: Sequence[Column], rows: Iterable[Sequence],
) -> int:
    """Write a sheet with a head, a row of headings that each printed page repeats, and numbered pages; return how many rows it holds.

    :param above: the lines of the issuing unit, at the top left.
    :param about: lines under the title.
    :param rows: text, numbers or nothing.
    """
    book = Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"title": title})
    sheet = book.add_worksheet(name)
    line = _write_head(book, sheet, [*above, ""], title, about, len(columns) - 1)
    _lay_out(book, sheet, line, columns)
    cell, count = book.add_format(_CELL), 0
    for count, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            write_cell(sheet, line + count, place, value, cell)
    book.close()
    return count


def write_cell(sheet: Worksheet, line: int, place: int, value, style) -> None:
    """Write one cell as what it is: nothing, a number, or text that stays text."""
    if value is None or value == "":
        sheet.write_blank(line, place, None, style)
    elif isinstance(value, int | float):
        sheet.write_number(line, place, value, style)
    else:
        sheet.write_string(line, place, value, style)


def _write_head(book: Workbook, sheet: Worksheet, above: Sequence[str], title: str, about: Sequence[str], end: int) -> int:
    """Write the lines above the table and return the line of its headings."""
    strong, centred = book.add_format(_FONT | {"bold": True}), _FONT | {"align": "center", "valign": "vcenter"}
    head, plain = book.add_format(centred | {"bold": True, "font_size": 15}), book.add_format(centred)
    for line, text in enumerate(above):
        sheet.write_string(line, 0, text, strong)
    for line, (text, style) in enumerate([(title, head), *((text, plain) for text in about)], start=len(above)):
        # Merged empty and then written: `merge_range` itself would guess at the kind of the text.
        sheet.merge_range(line, 0, line, end, "", style)
        sheet.write_string(line, 0, text, style)
    return len(above) + len(about) + 2


def _lay_out(book: Workbook, sheet: Worksheet, line: int, columns: Sequence[Column]) -> None:
    heading = book.add_format(_CELL | {"bold": True, "align": "center", "bg_color": "#E3EBF4"})
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(line, place, column.heading, heading)
    sheet.freeze_panes(line + 1, 2)
    sheet.repeat_rows(line)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&CTrang &P/&N")
