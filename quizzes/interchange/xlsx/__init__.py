"""Questions in an Excel workbook: one a row, columns found by their Vietnamese headings."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import BinaryIO

from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from intake.cells import Book, Sheet
from quizzes.interchange.items import Item, Leave, Refused
from quizzes.interchange.xlsx.columns import COLUMNS, Columns, find_columns, no_headings
from quizzes.interchange.xlsx.rows import cells_of_item, item_of_row
from quizzes.interchange.xlsx.template import lay_out, template

__all__ = ["read", "template", "write"]

SHEET = "Câu hỏi"
MOST_ROWS = 1_048_575
# No text is taken for a formula, a number or an address; rows go to the disk as they come.
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}


def read(file: BinaryIO) -> Iterator[Item | Refused]:
    """Read the questions of every sheet that has the headings, one by one.

    :raises UnreadableFile: when the file is no workbook, or no sheet has the headings.
    """
    book = Book(file)
    seen = 0
    for sheet in book.sheets:
        rows = book.rows(sheet)
        if columns := find_columns(rows):
            seen += 1
            for found in _with_note((item_of_row(row, columns) for row in rows), columns):
                yield _in_sheet(found, sheet) if seen > 1 else found
    if not seen:
        raise no_headings()


def _with_note(found: Iterator[Item | Refused | None], columns: Columns) -> Iterator[Item | Refused]:
    """Pass on what was found; the first question says which columns were left unread."""
    note = columns.unknown and _("These columns are not known and were left unread: %(columns)s.") % {"columns": ", ".join(columns.unknown[:20])}
    for one in found:
        if note and isinstance(one, Item):
            one, note = replace(one, notes=(*one.notes, note)), ""
        if one is not None:
            yield one


def _in_sheet(found: Item | Refused, sheet: Sheet) -> Item | Refused:
    """Rows are counted anew in each sheet, so a reason from a further one says which."""
    if isinstance(found, Refused):
        return replace(found, reason=_("Sheet “%(sheet)s”: %(reason)s") % {"sheet": sheet.name, "reason": found.reason})
    return found


def write(items: Iterable[Item], out: BinaryIO, leave: Leave) -> None:
    """Write questions into a workbook as they come, every text as text: Excel neither runs nor changes it."""
    with Workbook(out, OPTIONS) as book:
        sheet = book.add_worksheet(SHEET)
        text = lay_out(book, sheet)
        row = 0
        for item in items:
            texts, reason = cells_of_item(item)
            if texts and row == MOST_ROWS:
                texts, reason = {}, _("A sheet of Excel holds no more rows.")
            if reason:
                leave(item, reason, bool(texts))
            if texts:
                row += 1
                for place, column in enumerate(COLUMNS):
                    if said := texts.get(column.name):
                        sheet.write_string(row, place, said, text)


