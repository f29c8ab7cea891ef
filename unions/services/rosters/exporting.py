"""The list of cadres of a branch as a workbook with the offices' own headings, and an empty one to fill in.

Keeps true: what is written can be brought in again and changes nothing; a text is written as text, never as a formula; who exports is noted at
every person.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from tempfile import TemporaryFile
from typing import BinaryIO

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from accounts.enums import Act, Gender
from accounts.services import note_many
from unions.enums import Manner
from unions.models import Post, Unit
from unions.services.errors import RosterRefused

CHUNK = 1_000
# What somebody can wait for; a larger branch is exported unit by unit.
MOST_AT_ONCE = 10_000
TITLE = "DANH SÁCH CÁN BỘ CÔNG ĐOÀN"
_MANNERS = {Manner.ELECTED: "bầu", Manner.APPOINTED: "bổ nhiệm", Manner.DESIGNATED: "chỉ định"}
_FONT = {"font_name": "Times New Roman", "font_size": 11}
_BOXED = _FONT | {"valign": "vcenter", "border": 1}
# Read as the beginning of a formula by what the file may be saved as next.
_RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    heading: str
    width: int
    is_day: bool = False
    # Headings of two lines: what stands above this one, merged.
    above: str = ""


COLUMNS = (
    Column("STT", 6), Column("Họ và tên", 26), Column("Nam", 12, is_day=True, above="Ngày, tháng, năm sinh"),
    Column("Nữ", 12, is_day=True, above="Ngày, tháng, năm sinh"), Column("Ngày sinh", 12, is_day=True), Column("Giới tính", 9), Column("Chức vụ", 26),
    Column("Đơn vị", 36), Column("Mã đơn vị", 14), Column("Chuyên trách", 12), Column("Hình thức", 12), Column("Nhiệm kỳ", 12),
    Column("Từ ngày", 12, is_day=True), Column("Đến ngày", 12, is_day=True), Column("Số quyết định", 18), Column("Số điện thoại", 15),
    Column("Mã đoàn viên", 14), Column("Email", 26), Column("Ghi chú", 20),
)


def export_roster(*, unit: Unit, by, now: datetime) -> BinaryIO:
    """Write the posts that are held today in the unit and below it, one a line, and return the open file. Notes the export at every person.

    Five queries for each 1,000 lines.

    :raises RosterRefused: for more than 10,000 lines.
    """
    posts = _posts(unit, by, timezone.localdate(now))
    if posts[MOST_AT_ONCE:MOST_AT_ONCE + 1].exists():
        raise RosterRefused(_("This list is longer than %(most)s lines. Choose a unit further down.") % {"most": MOST_AT_ONCE}, code="too_long")
    out = TemporaryFile()  # noqa: SIM115 - the response that it goes into closes it
    people: set[int] = set()
    with _Roll(out, unit, now) as sheet:
        for number, post in enumerate(_lines(posts), start=1):
            people.add(post.user_id)
            sheet.line([number, *_cells(post)])
    note_many(about=sorted(people), act=Act.EXPORTED, by=by, now=now, subject=f"{TITLE.capitalize()}, {unit.name}")
    out.seek(0)
    return out


def template() -> io.BytesIO:
    """Return a workbook with the headings and nothing under them. Numbers and days are text there, so that no zero is lost."""
    out = io.BytesIO()
    with _Roll(out, None, None):
        pass
    out.seek(0)
    return out


def _posts(unit: Unit, by, on: date) -> QuerySet[Post]:
    units = Unit.objects.under(unit)
    if not by.is_superuser:
        units = units.seen_by(by)
    return Post.objects.on(on).filter(unit__in=units).order_by("unit__path", "kind__rank", "user__sort_key", "pk")


def _lines(posts: QuerySet[Post]) -> Iterator[Post]:
    """Go through the posts in order: all keys first, eight bytes each, so that the list is one moment's."""
    keys = list(posts.values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start:start + CHUNK]
        found = Post.objects.select_related("user", "unit", "kind").in_bulk(chunk)
        yield from (found[key] for key in chunk if key in found)


def _cells(post: Post) -> list:
    user = post.user
    born = user.date_of_birth or (str(user.birth_year) if user.birth_year else "")
    by_gender = [born if user.gender == gender else "" for gender in (Gender.MALE, Gender.FEMALE)]
    until = post.valid_until and post.valid_until - timedelta(days=1)
    return [
        user.full_name, *by_gender, "" if user.gender in (Gender.MALE, Gender.FEMALE) else born, {"male": "Nam", "female": "Nữ", "other": "Khác"}.get(user.gender, ""),
        post.kind.name, post.unit.name, post.unit.code, "x" if post.full_time else "", _MANNERS.get(post.manner, ""), post.term, post.valid_from, until or "",
        post.decision_number, user.phone_shown, user.member_code or "", user.email or "", ""]


class _Sheet:
    """Lines under the headings."""

    def __init__(self, sheet: Worksheet, begin: int, styles: dict):
        self._sheet, self._line, self._styles = sheet, begin, styles

    def line(self, values: list) -> None:
        for place, (column, value) in enumerate(zip(COLUMNS, values, strict=True)):
            self._cell(place, value, column)
        self._line += 1

    def _cell(self, place: int, value, column: Column) -> None:
        if isinstance(value, date):
            self._sheet.write_datetime(self._line, place, datetime.combine(value, time.min), self._styles["day"])
        elif isinstance(value, int):
            self._sheet.write_number(self._line, place, value, self._styles["text"])
        else:
            style = "quoted" if value.startswith(_RISKY) else "day" if column.is_day else "text"
            self._sheet.write_string(self._line, place, value, self._styles[style])


class _Roll:
    """A workbook with its headings, for as long as lines are written."""

    def __init__(self, out: BinaryIO, unit: Unit | None, now: datetime | None):
        self._book = Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
        if now is not None:
            self._book.set_properties({"title": TITLE, "created": timezone.localtime(now).replace(tzinfo=None)})
        self._unit, self._now = unit, now

    def __enter__(self) -> _Sheet:
        sheet = self._book.add_worksheet("Danh sách")
        # A cell that only looks like a formula stays a text, whatever the file is saved as.
        styles = {"text": _BOXED | {"text_wrap": True}, "day": _BOXED | {"num_format": "dd/mm/yyyy", "align": "center"}, "quoted": _BOXED | {"quote_prefix": True}}
        begin = self._head(sheet)
        return _Sheet(sheet, begin, {name: self._book.add_format(style) for name, style in styles.items()})

    def __exit__(self, *failure) -> None:
        self._book.close()

    def _head(self, sheet: Worksheet) -> int:
        """Write the titles and the two lines of headings; return the line below them."""
        bold = self._book.add_format(_FONT | {"bold": True})
        title = self._book.add_format(_FONT | {"bold": True, "font_size": 15})
        plain, column_text = self._book.add_format(_FONT), self._book.add_format(_FONT | {"num_format": "@"})
        for place, column in enumerate(COLUMNS):
            sheet.set_column(place, place, column.width, column_text if self._unit is None else None)
        lines = [(TITLE, title)]
        if self._unit is not None:
            on = f"Tính đến ngày {timezone.localdate(self._now):%d/%m/%Y}"
            lines = [(self._unit.name.upper(), bold), (TITLE, title), (on, plain)]
        for row, (text, style) in enumerate(lines):
            sheet.write_string(row, 0, text, style)
        self._headings(sheet, len(lines) + 1)
        sheet.set_landscape()
        sheet.set_paper(8 if self._unit is not None else 9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&CTrang &P/&N")
        return len(lines) + 3

    def _headings(self, sheet: Worksheet, line: int) -> None:
        style = self._book.add_format(_BOXED | {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#E3EBF4"})
        sheet.freeze_panes(line + 2, 2)
        sheet.repeat_rows(line, line + 1)
        # Line by line: what lies above was let go to the disk.
        above = ""
        for place, column in enumerate(COLUMNS):
            sheet.write_string(line, place, column.above if column.above and column.above != above else "" if column.above else column.heading, style)
            above = column.above
        for place, column in enumerate(COLUMNS):
            sheet.write_string(line + 1, place, column.heading if column.above else "", style)
