"""Coverage of a target as a workbook, in the form that union offices pass on: the unit at the top left, title rows, a total row; names on a sheet of
their own when they are asked for.

Keeps true: every text is written as text, so that a name beginning with "=" is a name and never a formula. Words are Vietnamese: it goes to offices.
"""

from collections.abc import Sequence
from datetime import datetime
from tempfile import TemporaryFile
from typing import BinaryIO

from django.utils import timezone
from django.utils.translation import override
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from accounts.enums import Act
from accounts.services import note_many
from certificates.services.sheets import Column, write_cell
from training.enums import Tree
from training.selectors.coverage import Figures
from training.selectors.coverage_pages import Level, Missing, Wish, level_of, missing_of, number_missing
from training.services.errors import TooManyNames
from training.wording import goal_of, share_of
from unions.selectors.scopes import Office

NAMES_AT_MOST = 5000
COLUMNS = [
    Column("STT", 6), Column("Đơn vị", 52), Column("Tổng số cán bộ", 12), Column("Đã hoàn thành", 12), Column("Đang học", 11),
    Column("Còn thiếu", 11), Column("Tỷ lệ %", 10), Column("Lượt", 10)]
NAMES = [Column("STT", 6), Column("Họ và tên", 30), Column("Chức vụ", 26), Column("Đơn vị", 52), Column("Ghi chú", 20)]
TOTAL = "Tổng cộng"
# People of several units count once in the total: it is not the sum of the column.
NOTE = (
    "Tổng số cán bộ, đã hoàn thành, đang học, còn thiếu: tính theo người, mỗi người một lần dù giữ nhiều chức vụ; vì vậy dòng tổng cộng có thể nhỏ hơn "
    "tổng các dòng. Lượt: số lần học của những người đó, không cộng vào số người. Người chưa đăng nhập lần nào được tính là còn thiếu.")
FONT = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
_FILE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def book_of_coverage(*, office: Office, wish: Wish, now: datetime, with_names: bool = False) -> BinaryIO:
    """Write the units right below with their figures, and the names of whoever is missing when they are asked for; return the open file.

    Names are only of people whom the office sees today; each is noted as exported.

    :raises TooManyNames: above NAMES_AT_MOST.
    """
    if with_names and (count := number_missing(wish, now)) > NAMES_AT_MOST:
        raise TooManyNames(count)
    with override("vi"):
        level = level_of(office, wish, now)
    out = TemporaryFile()  # noqa: SIM115 - the response that it goes into closes it
    book = Workbook(out, _FILE)
    book.set_properties({"title": wish.target.title, "author": level.name})
    _write_units(book, book.add_worksheet("Độ phủ"), wish, level, now)
    if with_names:
        people, others = missing_of(office, wish, now)
        _write_names(book, book.add_worksheet("Người còn thiếu"), wish, level, people, others)
        note_many(about=[person.user_id for person in people], act=Act.EXPORTED, by=office.user, now=now, subject=wish.target.title)
    book.close()
    out.seek(0)
    return out


def above_of(level: Level) -> list[str]:
    """Return the lines at the top left: the unit above, if the office sees it, and the unit."""
    return [*[crumb.name.upper() for crumb in level.crumbs[-1:]], level.name.upper()]


def about_of(wish: Wish, level: Level, now: datetime) -> list[str]:
    """Return the lines under the title: the target, its goal, the day, and of when the figures are."""
    coverage, target = level.coverage, wish.target
    tree = ", theo cơ cấu đơn vị của ngày đó" if wish.tree == Tree.THEN else ""
    lines = [target.title, f"Chỉ tiêu năm {target.year}: {goal_of(target)}, hạn {target.due_on:%d/%m/%Y}. Tính đến ngày {wish.on:%d/%m/%Y}{tree}."]
    if coverage.is_waiting and coverage.counted_on:
        lines.append(f"Số liệu ngày {coverage.counted_on:%d/%m/%Y}; số liệu mới đang được tính.")
    elif coverage.is_waiting:
        lines.append("Số liệu đang được tính, chưa đủ.")
    elif coverage.counted_at:
        lines.append(f"Số liệu tính lúc {timezone.localtime(coverage.counted_at):%H:%M ngày %d/%m/%Y}.")
    return lines


def numbers_of(figures: Figures) -> list:
    """Return the cells of one row after its name; the share of nobody is empty."""
    return [figures.people, figures.done, figures.under_way, figures.missing, share_of(figures), figures.attendances]


def _write_units(book: Workbook, sheet: Worksheet, wish: Wish, level: Level, now: datetime) -> None:
    line = _write_head(book, sheet, above_of(level), "BÁO CÁO TÌNH HÌNH THỰC HIỆN CHỈ TIÊU ĐÀO TẠO, BỒI DƯỠNG", about_of(wish, level, now), COLUMNS)
    cell, strong = book.add_format(FONT | {"border": 1, "text_wrap": True}), book.add_format(FONT | {"border": 1, "bold": True, "text_wrap": True})
    share, strong_share = (book.add_format(FONT | {"border": 1, "num_format": "0.0", "bold": bold}) for bold in (False, True))
    rows = [(number, row.name, numbers_of(row.figures), cell, share) for number, row in enumerate(level.rows, start=1)]
    rows.append((None, TOTAL if level.rows else level.name, numbers_of(level.coverage.own), strong, strong_share))
    for place, (number, name, numbers, style, percent) in enumerate(rows, start=line + 1):
        for column, value in enumerate([number, name, *numbers]):
            write_cell(sheet, place, column, value, percent if COLUMNS[column].heading == "Tỷ lệ %" else style)
    _write_note(book, sheet, line + len(rows) + 2, NOTE, len(COLUMNS))


def _write_names(book: Workbook, sheet: Worksheet, wish: Wish, level: Level, people: Sequence[Missing], others: int) -> None:
    line = _write_head(
        book, sheet, above_of(level), "DANH SÁCH NGƯỜI CÒN THIẾU", [wish.target.title, f"Tính đến ngày {wish.on:%d/%m/%Y}. {len(people)} người."], NAMES)
    cell = book.add_format(FONT | {"border": 1, "text_wrap": True})
    for number, person in enumerate(people, start=1):
        for column, value in enumerate([number, person.name, person.post, person.unit, ""]):
            write_cell(sheet, line + number, column, value, cell)
    if others:
        _write_note(book, sheet, line + len(people) + 2, f"Ngoài ra còn {others} người nay không còn thuộc đơn vị.", len(NAMES))


def _write_head(book: Workbook, sheet: Worksheet, above: Sequence[str], title: str, about: Sequence[str], columns: Sequence[Column]) -> int:
    """Write what stands above the table and return the line of its headings."""
    strong, centred = book.add_format(FONT | {"bold": True}), FONT | {"align": "center", "text_wrap": True}
    big, plain = book.add_format(centred | {"bold": True, "font_size": 14}), book.add_format(centred)
    for line, text in enumerate(above):
        sheet.write_string(line, 0, text, strong)
    for line, (text, style) in enumerate([(title, big), *((text, plain) for text in about)], start=len(above) + 1):
        # Merged empty and then written: `merge_range` itself would guess at the kind of the text.
        sheet.merge_range(line, 0, line, len(columns) - 1, "", style)
        sheet.write_string(line, 0, text, style)
        sheet.set_row(line, 32 if len(text) > 90 else 18)
    line = len(above) + len(about) + 3
    heading = book.add_format(FONT | {"bold": True, "align": "center", "border": 1, "text_wrap": True, "bg_color": "#E3EBF4"})
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(line, place, column.heading, heading)
    sheet.set_row(line, 32)
    _lay_out(sheet, line)
    return line


def _lay_out(sheet: Worksheet, line: int) -> None:
    sheet.freeze_panes(line + 1, 2)
    sheet.repeat_rows(line)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&CTrang &P/&N")


def _write_note(book: Workbook, sheet: Worksheet, line: int, text: str, width: int) -> None:
    style = book.add_format(FONT | {"text_wrap": True, "italic": True})
    sheet.merge_range(line, 0, line, width - 1, "", style)
    sheet.write_string(line, 0, text, style)
    sheet.set_row(line, 48)
