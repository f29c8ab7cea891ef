"""The statistics of a period as a workbook, a sheet for each grouping, in the form that union offices pass on.

Keeps true: every text is written as text, so that a name beginning with "=" is a name and never a formula. Words are Vietnamese: it goes to offices.
"""

from datetime import datetime
from tempfile import TemporaryFile
from typing import BinaryIO

from django.utils import timezone
from django.utils.translation import override
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from cms.selectors import site_frame_of
from training.enums import By
from training.selectors.statistics import ITSELF, Line, Period, Statistics, statistics_of

TITLES = {
    By.UNIT: "Đơn vị", By.FORM: "Hình thức", By.POST: "Chức vụ", By.SECTOR: "Khu vực", By.GENDER: "Giới tính", By.TOPIC: "Chuyên đề"}
HEADINGS = ["Số lượt", "Số người", "Lượt hoàn thành", "Giấy chứng nhận đã cấp"]
WIDTHS = [6, 52, 12, 12, 16, 18]
NOTE = (
    "Lượt: mỗi lần một người bắt đầu một khóa học, hoặc học một khóa ở nơi khác đã được duyệt. Người: mỗi người tính một lần. "
    "Người giữ nhiều chức vụ có mặt ở nhiều dòng, nên dòng tổng cộng được đếm lại, không phải phép cộng.")
HEAD = 5
FONT = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}


def book_of_statistics(*, period: Period, now: datetime) -> BinaryIO:
    """Write all groupings of the period, and return the open file. About nine statements a grouping, however many people."""
    out = TemporaryFile()  # noqa: SIM115 - the response that it goes into closes it
    book = Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    with override("vi"):
        site = site_frame_of("").name
        for by, title in TITLES.items():
            _write(book, book.add_worksheet(title), statistics_of(period, by), site, now)
    book.close()
    out.seek(0)
    return out


def _write(book: Workbook, sheet: Worksheet, found: Statistics, site: str, now: datetime) -> None:
    cell, strong = book.add_format(FONT | {"border": 1, "text_wrap": True}), book.add_format(FONT | {"border": 1, "bold": True, "text_wrap": True})
    _write_head(book, sheet, found, site, now)
    lines = [(number, name_of(line, found), line, cell) for number, line in enumerate(found.lines, start=1)]
    for place, (number, name, line, style) in enumerate([*lines, (None, "Tổng cộng", found.total, strong)], start=HEAD + 1):
        if number:
            sheet.write_number(place, 0, number, style)
        else:
            sheet.write_blank(place, 0, None, style)
        sheet.write_string(place, 1, name, style)
        for column, value in enumerate((line.attendances, line.people, line.completed, line.certificates), start=2):
            sheet.write_number(place, column, value, style)
    sheet.merge_range(HEAD + len(lines) + 3, 0, HEAD + len(lines) + 3, len(WIDTHS) - 1, "", book.add_format(FONT | {"text_wrap": True}))
    sheet.write_string(HEAD + len(lines) + 3, 0, NOTE)
    sheet.set_row(HEAD + len(lines) + 3, 48)


def _write_head(book: Workbook, sheet: Worksheet, found: Statistics, site: str, now: datetime) -> None:
    for place, width in enumerate(WIDTHS):
        sheet.set_column(place, place, width)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD)
    sheet.freeze_panes(HEAD + 1, 2)
    sheet.set_footer("&R&P/&N")
    strong, centred = book.add_format(FONT | {"bold": True}), FONT | {"align": "center"}
    period = found.period
    sheet.write_string(0, 0, site.upper(), strong)
    for line, text, style in (
        (2, "THỐNG KÊ ĐÀO TẠO, BỒI DƯỠNG", centred | {"bold": True, "font_size": 14}),
        (3, f"{period.unit.name}. Từ ngày {period.since:%d/%m/%Y} đến ngày {period.until:%d/%m/%Y}. Lập ngày {timezone.localtime(now):%d/%m/%Y}.", centred),
    ):
        sheet.merge_range(line, 0, line, len(WIDTHS) - 1, "", book.add_format(style))
        sheet.write_string(line, 0, text, book.add_format(style))
    heading = book.add_format(FONT | {"bold": True, "align": "center", "border": 1, "text_wrap": True, "bg_color": "#E3EBF4"})
    for place, text in enumerate(["STT", TITLES[By(found.by)], *HEADINGS]):
        sheet.write_string(HEAD, place, text, heading)
    sheet.set_row(HEAD, 32)


def name_of(line: Line, found: Statistics) -> str:
    """Return the name of a row on paper."""
    if found.by == By.UNIT and line.key == ITSELF:
        return f"{found.period.unit.name} (trực tiếp)"
    return line.name or {By.TOPIC: "Chuyên đề khác", By.SECTOR: "Không xếp khu vực"}.get(By(found.by), "Không nêu")
