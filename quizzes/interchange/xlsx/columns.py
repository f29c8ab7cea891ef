"""The columns of the Excel template: what each is called, by which other names it is known, and which of them a sheet has."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from intake.cells import SheetRow, column_letters
from intake.errors import UnreadableFile
from quizzes.interchange.items import excerpt_of
from vietnamese.text import search_key

LETTERS = "ABCDEFGHIJKL"
# Titles may stand above the headings.
MOST_ROWS_ABOVE = 20
REQUIRED = ("stem", "answer")


@dataclass(frozen=True)
class Column:
    """A column of the template. `others` are further names, folded, under which trainers know it."""

    name: str
    heading: str
    width: int
    others: tuple[str, ...] = ()


def option(letter: str) -> str:
    """Return the name of the column with the option of this letter."""
    return f"option {letter}"


def feedback(letter: str) -> str:
    """Return the name of the column with the feedback on the option of this letter."""
    return f"feedback {letter}"


COLUMNS = (
    Column("code", "Mã", 12, ("ma cau hoi", "ma cau", "ma so", "code")),
    Column("category", "Chủ đề", 22, ("danh muc", "chuyen de", "chuong", "phan", "category")),
    Column("kind", "Loại", 15, ("loai cau hoi", "dang cau hoi", "dang", "kieu", "kieu cau hoi", "type", "question type")),
    Column("stem", "Câu hỏi", 60, ("noi dung cau hoi", "noi dung", "de bai", "question", "question text", "stem")),
    *(Column(option(letter), f"Phương án {letter}", 28) for letter in LETTERS),
    Column("answer", "Đáp án", 16, (
        "dap an dung", "phuong an dung", "cau tra loi dung", "tra loi dung", "ket qua", "answer", "correct answer", "right answer", "da")),
    Column("explanation", "Giải thích", 45, ("huong dan", "giai thich dap an", "loi giai", "goi y", "explanation")),
    Column("difficulty", "Độ khó", 12, ("muc do", "muc do kho", "difficulty", "level")),
    Column("tags", "Thẻ", 18, ("tu khoa", "nhan", "tags", "tag")),
    Column("topic", "Bài học", 18, ("bai", "on lai", "topic", "lesson")),
    Column("citations", "Căn cứ pháp lý", 30, ("can cu", "can cu phap luat", "co so phap ly", "vien dan", "citations", "legal basis")),
    Column("text", "Đoạn văn", 45, ("doan van co cho trong", "van ban", "text", "text with gaps")),
    Column("distractors", "Phương án nhiễu", 24, ("nhieu", "distractors")),
    Column("unit", "Đơn vị", 10, ("don vi tinh", "unit")),
    Column("comparing", "Cách so", 18, ("so sanh", "cach so sanh", "comparing")),
    Column("marking", "Cách chấm", 20, ("cham diem", "marking")),
    Column("words", "Số từ", 12, ("so chu", "word count", "words")),
    Column("criteria", "Tiêu chí", 40, ("tieu chi cham", "criteria", "rubric")),
    Column("settings", "Tùy chọn", 22, ("tuy chon khac", "options", "settings")),
    *(Column(feedback(letter), f"Phản hồi {letter}", 28) for letter in LETTERS),
    Column("format", "Định dạng", 11, ("format",)),
)
_NAMES = {search_key(name): column.name for column in COLUMNS for name in (column.heading, *column.others)}
_OPTION = re.compile(r"(?:(?:phuong an|lua chon|dap an|cau tra loi|tra loi|option|choice|answer|pa|y) ?)?([a-l])")
_OPTION_NUMBER = re.compile(r"(?:phuong an|lua chon|dap an|cau tra loi|tra loi|option|choice|answer|pa|y) ?0?([1-9]|1[0-2])")
_FEEDBACK = re.compile(r"(?:phan hoi|nhan xet|feedback|giai thich)(?: cho)?(?: phuong an)? ([a-l])")
# Everybody numbers their rows.
_PASSED_OVER = {"stt", "tt", "so tt", "so thu tu", "no", "cau", "cau so", "so cau", "", "ghi chu", "diem", "nguoi soan"}


@dataclass(frozen=True)
class Columns:
    """Where the columns of a sheet are, by name, counted from 0; and the headings that say nothing to us."""

    places: Mapping[str, int]
    unknown: tuple[str, ...]

    def letters_of(self, name: str) -> str:
        """Return the letters over a column, or its heading when the sheet does not have it."""
        if name in self.places:
            return column_letters(self.places[name])
        return self.heading_of(name)

    def heading_of(self, name: str) -> str:
        """Return what the template calls a column."""
        return next(column.heading for column in COLUMNS if column.name == name)


def name_of(heading: str) -> str:
    """Return the name of the column with this heading, however it is written; an empty string when it is none of ours."""
    key = search_key(heading)
    if key in _NAMES:
        return _NAMES[key]
    if found := _OPTION.fullmatch(key):
        return option(found[1].upper())
    if found := _OPTION_NUMBER.fullmatch(key):
        return option(LETTERS[int(found[1]) - 1])
    found = _FEEDBACK.fullmatch(key)
    return feedback(found[1].upper()) if found else ""


def find_columns(rows: Iterable[SheetRow]) -> Columns | None:
    """Take rows until the one with the headings was met; None when the first rows hold none.

    :raises UnreadableFile: when headings are there, but one is missing without which nothing can be read.
    """
    for row in islice(rows, MOST_ROWS_ABOVE):
        columns = _columns_in(row)
        if "stem" in columns.places and len(columns.places) > 1:
            _check(columns, row)
            return columns
    return None


def _columns_in(row: SheetRow) -> Columns:
    places: dict[str, int] = {}
    unknown: list[str] = []
    for column, heading in sorted(row.cells.items()):
        name = name_of(heading) if len(heading) < 100 else ""
        if name and name not in places:
            places[name] = column
        elif search_key(heading[:100]) not in _PASSED_OVER:
            unknown.append(excerpt_of(heading, 40))
    return Columns(places, tuple(unknown))


def _check(columns: Columns, row: SheetRow) -> None:
    missing = [column.heading for column in COLUMNS if column.name in REQUIRED and column.name not in columns.places]
    if missing:
        raise UnreadableFile(
            _("Row %(row)s names the columns, but these are missing: %(columns)s.") % {"row": row.number, "columns": ", ".join(missing)},
            code="columns", line=row.number)


def no_headings() -> UnreadableFile:
    """Return what to raise when no sheet has the headings."""
    return UnreadableFile(
        _("No row with headings was found. One of the first %(count)s rows needs at least: %(columns)s.") % {
            "count": MOST_ROWS_ABOVE, "columns": ", ".join(column.heading for column in COLUMNS if column.name in REQUIRED)},
        code="columns")
