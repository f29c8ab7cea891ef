"""The list of learners as a workbook, in the form that union offices pass on: title rows, numbered lines, a total at the foot.

Keeps true: every text is written as text, so that a name beginning with "=" is a name and never a formula; days and numbers are days and
numbers, so that they sort and sum; rows go to the disk as they come, so that memory stays flat.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from training.selectors.learners import Row

DAY, MOMENT, PERCENT, NUMBER, TEXT, CENTRED = "day", "moment", "percent", "number", "text", "centred"
FORMATS = {
    DAY: {"num_format": "dd/mm/yyyy", "align": "center"},
    MOMENT: {"num_format": "dd/mm/yyyy hh:mm", "align": "center"},
    PERCENT: {"num_format": "0.0%", "align": "center"},
    NUMBER: {"num_format": "0", "align": "center"},
    TEXT: {"text_wrap": True},
    CENTRED: {"align": "center"},
}
ROW = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter", "border": 1}
HEADING_LINE = 5


@dataclass(frozen=True)
class Column:
    heading: str
    kind: str
    width: int


def columns() -> list[Column]:
    """Return the columns, in the language of the moment. Personal data without a reason (birth, telephone, e-mail) has none."""
    return [
        Column(_("No."), NUMBER, 6),
        Column(_("Full name"), TEXT, 26),
        Column(_("Post"), TEXT, 18),
        Column(_("Unit"), TEXT, 36),
        Column(_("Course"), TEXT, 38),
        Column(_("Enrolled on"), DAY, 13),
        Column(_("State"), CENTRED, 15),
        Column(_("Parts done"), NUMBER, 10),
        Column(_("Parts in all"), NUMBER, 10),
        Column(_("Finished on"), DAY, 13),
        Column(_("Result"), PERCENT, 10),
        Column(_("Certificate number"), CENTRED, 18),
        Column(_("State of the certificate"), CENTRED, 16),
        Column(_("Last visit"), MOMENT, 17),
    ]


def cells(number: int, row: Row) -> list:
    """Return the values of one line, None for an empty cell."""
    enrolment, completion, paper = row.enrolment, row.completion, row.certificate
    return [
        number, enrolment.user.full_name, row.post and row.post.kind.name, row.post and row.post.unit.name, enrolment.course.title,
        enrolment.enrolled_at, str(row.state.label), enrolment.steps_done, enrolment.steps_total, completion and completion.completed_at,
        completion and completion.fraction, paper and paper.register_number, paper and str(row.certificate_label), enrolment.last_seen_at,
    ]


def write_workbook(*, rows: Iterable[Row], out: BinaryIO, site: str, asked: str, now: datetime) -> int:
    """Write the workbook to the file and return how many lines it holds. `asked` says in words what the list was filtered by."""
    book = Workbook(out, {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "remove_timezone": True, "default_date_format": "dd/mm/yyyy"})
    book.set_properties({"title": _("List of learners"), "author": site, "created": timezone.localtime(now).replace(tzinfo=None)})
    sheet = book.add_worksheet(_("Learners"))
    table = columns()
    _lay_out(sheet, table)
    _write_head(book, sheet, table, site, asked, now)
    styles = {kind: book.add_format(ROW | style) for kind, style in FORMATS.items()}
    count = 0
    for count, row in enumerate(rows, start=1):
        for place, (column, value) in enumerate(zip(table, cells(count, row), strict=True)):
            _write_cell(sheet, HEADING_LINE + count, place, value, styles[column.kind])
    _write_foot(book, sheet, count, len(table))
    book.close()
    return count


def _lay_out(sheet: Worksheet, table: list[Column]) -> None:
    for place, column in enumerate(table):
        sheet.set_column(place, place, column.width)
    sheet.freeze_panes(HEADING_LINE + 1, 2)
    sheet.repeat_rows(HEADING_LINE)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&R&P/&N")


def _write_head(book: Workbook, sheet: Worksheet, table: list[Column], site: str, asked: str, now: datetime) -> None:
    end = len(table) - 1
    plain = {"font_name": "Times New Roman", "font_size": 11}
    centred = plain | {"align": "center", "valign": "vcenter"}
    sheet.merge_range(0, 0, 0, 3, "", book.add_format(plain | {"bold": True}))
    sheet.write_string(0, 0, site.upper(), book.add_format(plain | {"bold": True}))
    sheet.set_row(2, 24)
    _write_merged(sheet, 2, end, _("LIST OF LEARNERS"), book.add_format(centred | {"bold": True, "font_size": 15}))
    as_of = _("As of %(time)s") % {"time": f"{timezone.localtime(now):%H:%M, %d/%m/%Y}"}
    _write_merged(sheet, 3, end, f"{as_of}. {asked}".strip(), book.add_format(centred | {"italic": True}))
    sheet.set_row(HEADING_LINE, 32)
    heading = book.add_format(ROW | {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#E3EBF4"})
    for place, column in enumerate(table):
        sheet.write_string(HEADING_LINE, place, column.heading, heading)


def _write_merged(sheet: Worksheet, line: int, end: int, text: str, style) -> None:
    # Merged empty and then written: `merge_range` itself would guess at the kind of the text.
    sheet.merge_range(line, 0, line, end, "", style)
    sheet.write_string(line, 0, text, style)


def _write_foot(book: Workbook, sheet: Worksheet, count: int, width: int) -> None:
    sheet.autofilter(HEADING_LINE, 0, HEADING_LINE + max(count, 1), width - 1)
    total = book.add_format({"font_name": "Times New Roman", "font_size": 11, "bold": True})
    sheet.write_string(HEADING_LINE + count + 2, 1, _("Total: %(count)s") % {"count": count}, total)


def _write_cell(sheet: Worksheet, line: int, place: int, value, style) -> None:
    if value is None:
        sheet.write_blank(line, place, None, style)
    elif isinstance(value, str):
        sheet.write_string(line, place, value, style)
    elif isinstance(value, datetime):
        sheet.write_datetime(line, place, timezone.localtime(value).replace(tzinfo=None), style)
    else:
        sheet.write_number(line, place, value, style)
