"""The headings of a register: by what names offices call its columns, and where they stand in a sheet.

Keeps true: names are compared without case, accents, spaces and punctuation; two lines of headings, the upper one merged, count as one.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext_lazy as _

from intake.cells import SheetRow, column_letters
from vietnamese.text import search_key

# Titles stand above the headings: the issuer, the motto, the name of the book, the period.
MOST_ROWS_ABOVE = 40
_LONGEST = 120
# What a row cannot do without; the numbers may be either.
NAME_COLUMNS = ("name", "family_name")
NUMBER_COLUMNS = ("register_entry", "register_number")


@dataclass(frozen=True)
class Field:
    """Something that a column may say, and the folded headings under which offices have it."""

    name: str
    label: str
    headings: tuple[str, ...]


FIELDS = (
    Field("name", _("Full name"), ("ho va ten", "ho ten", "ho va ten hoc vien", "ho ten hoc vien", "ten hoc vien", "hoc vien", "ho va ten nguoi hoc", "full name")),
    Field("family_name", _("Family and middle names"), ("ho dem", "ho va dem", "ho va ten dem", "ho lot", "ho va chu lot", "ho")),
    Field("given_name", _("Given name"), ("ten",)),
    Field("born_on", _("Date of birth"), ("ngay sinh", "ngay thang nam sinh", "nam sinh", "sinh ngay", "ngay thang sinh", "date of birth")),
    Field("born_male", _("Date of birth, men"), ("ngay sinh nam", "ngay thang nam sinh nam", "nam sinh nam", "sinh ngay nam", "nam")),
    Field("born_female", _("Date of birth, women"), ("ngay sinh nu", "ngay thang nam sinh nu", "nam sinh nu", "sinh ngay nu", "nu")),
    Field("birth_place", _("Place of birth"), ("noi sinh", "que quan", "noi sinh que quan")),
    Field("gender", _("Gender"), ("gioi tinh", "nam nu", "gioi", "phai")),
    Field("post", _("Post"), ("chuc vu", "chuc danh", "chuc vu bo phan", "chuc vu cong doan")),
    Field("unit", _("Unit"), ("don vi", "don vi cong tac", "co quan don vi", "noi cong tac", "cong doan", "don vi cong doan", "chuc vu don vi", "chuc vu don vi cong tac")),
    Field("course", _("Programme"), (
        "chuong trinh", "lop", "lop boi duong", "chuong trinh lop boi duong", "chuong trinh boi duong", "ten lop", "khoa", "khoa hoc", "khoa boi duong",
        "noi dung boi duong", "chuong trinh dao tao", "lop hoc", "noi dung", "khoa dao tao", "ten khoa hoc", "lop tap huan")),
    Field("period", _("Time of training"), ("thoi gian dao tao", "thoi gian", "thoi gian boi duong", "thoi gian hoc", "thoi gian dao tao boi duong", "thoi gian dao tao tu den")),
    Field("begun_on", _("Studied from"), (
        "thoi gian dao tao tu", "thoi gian tu", "thoi gian tu ngay", "tu ngay", "thoi gian dao tao tu ngay", "ngay bat dau", "thoi gian boi duong tu", "khai giang",
        "ngay khai giang", "thoi gian boi duong tu ngay", "thoi gian hoc tu", "thoi gian hoc tu ngay")),
    Field("ended_on", _("Studied until"), (
        "thoi gian dao tao den", "thoi gian den", "thoi gian den ngay", "den ngay", "thoi gian dao tao den ngay", "ngay ket thuc", "thoi gian boi duong den",
        "be giang", "ngay be giang", "thoi gian boi duong den ngay", "thoi gian hoc den", "thoi gian hoc den ngay")),
    Field("grade", _("Grade"), ("xep loai", "ket qua", "xep loai tot nghiep", "loai", "ket qua xep loai")),
    Field("register_number", _("Number"), (
        "so hieu", "so hieu gcn", "so gcn", "so giay chung nhan", "so hieu giay chung nhan", "so chung chi", "so hieu chung chi", "so hieu van bang chung chi",
        "so gcn cc", "so giay")),
    Field("register_entry", _("Number in the register"), (
        "so vao so", "so vao so goc", "so vao so cap", "so vao so cap gcn", "so vao so cap giay chung nhan", "vao so so", "so vao so cap chung chi", "so vao so goc cap gcn")),
    Field("decision_number", _("Decision number"), (
        "so qd", "so quyet dinh", "so qd cong nhan", "so quyet dinh cong nhan", "quyet dinh cong nhan", "quyet dinh so", "quyet dinh", "qd cong nhan",
        "quyet dinh cong nhan so", "quyet dinh cong nhan tot nghiep", "so qd cong nhan ngay qd", "so qd ngay qd", "so ngay quyet dinh")),
    Field("decision_on", _("Day of the decision"), (
        "ngay qd", "ngay quyet dinh", "ngay qd cong nhan", "ngay quyet dinh cong nhan", "quyet dinh ngay", "quyet dinh cong nhan ngay")),
    Field("issued_on", _("Day of issue"), ("ngay cap", "ngay cap gcn", "ngay cap giay chung nhan", "ngay vao so", "ngay thang cap", "ngay cap phat", "ngay thang nam cap", "ngay ky")),
    Field("valid_through", _("Valid until"), ("co gia tri den", "hieu luc den", "gia tri den", "het han", "ngay het han", "thoi han", "co gia tri den ngay")),
    Field("state", _("State"), ("tinh trang", "trang thai", "hien trang")),
    Field("note", _("Note"), ("ghi chu", "ghi chu tinh trang", "ghi chu khac", "note")),
    Field("correction", _("What was corrected"), ("noi dung dieu chinh", "noi dung dinh chinh", "dieu chinh noi dung", "dieu chinh", "noi dung chinh sua", "dinh chinh")),
    Field("correction_decision", _("Decision of the correction"), ("qd dieu chinh", "quyet dinh dieu chinh", "so qd dieu chinh", "so quyet dinh dieu chinh", "dieu chinh so qd", "dieu chinh qd", "dieu chinh quyet dinh", "dieu chinh so")),
    Field("correction_on", _("Day of the correction"), ("ngay dieu chinh", "ngay qd dieu chinh", "ngay quyet dinh dieu chinh", "dieu chinh ngay")),
    Field("phone", _("Telephone number"), ("so dien thoai", "dien thoai", "sdt", "di dong", "phone")),
    Field("email", _("E-mail"), ("email", "e mail", "thu dien tu", "dia chi email")),
)
LABELS = {field.name: field.label for field in FIELDS}
_NAMES = {heading: field.name for field in FIELDS for heading in field.headings}
# What stands in the second line of headings, under a merged one.
_BELOW = {"nam", "nu", "tu", "den", "tu ngay", "den ngay", "so", "ngay", "so qd", "ngay qd", "ngay thang", "so quyet dinh", "ngay quyet dinh", "noi dung", "qd", "quyet dinh"}
_NUMBERING = re.compile(r"\(?\s*(\d{1,2}|[A-Za-z])\s*\)?(\s*=.*)?")


@dataclass(frozen=True)
class Layout:
    """Where the headings of a sheet are: the last row of them, which column says what, and all of them as they are written."""

    row: int
    columns: Mapping[str, int]
    headings: list[tuple[int, str]]


def field_of(heading: str) -> str:
    """Return what a column of this heading says; nothing for one that is not known."""
    key = _folded(heading)
    # Many write a hint in brackets behind the name.
    return _NAMES.get(key) or _NAMES.get(_folded(re.sub(r"\([^)]*\)", " ", heading)), "")


def _folded(text: str) -> str:
    return search_key(text[:_LONGEST])


def find_layout(rows: Iterable[SheetRow]) -> Layout | None:
    """Return where the headings are among the first rows; None when they hold none."""
    upper: SheetRow | None = None
    for row in islice(rows, MOST_ROWS_ABOVE):
        if upper is not None:
            return _layout(upper, row)
        if _is_heading(row):
            upper = row
    return _layout(upper, None) if upper is not None else None


def _is_heading(row: SheetRow) -> bool:
    found = {field_of(text) for text in row.cells.values() if len(text) <= _LONGEST}
    return bool(found & {*NAME_COLUMNS}) and len(found - {""}) >= 3


def _layout(upper: SheetRow, lower: SheetRow | None) -> Layout:
    headings = dict(upper.cells)
    last = upper.number
    if lower is not None and lower.number == upper.number + 1 and _is_below(lower):
        last = lower.number
        headings |= {place: f"{_over(upper, place)} {text}".strip() for place, text in lower.cells.items()}
    columns: dict[str, int] = {}
    for place, heading in sorted(headings.items()):
        if (name := field_of(heading)) and name not in columns:
            columns[name] = place
    return Layout(last, _settled(columns), [(place, " ".join(text.split())[:_LONGEST]) for place, text in sorted(headings.items())])


def _is_below(row: SheetRow) -> bool:
    return all(_folded(text) in _BELOW for text in row.cells.values())


def _over(upper: SheetRow, place: int) -> str:
    """Return the heading above a column: of merged cells the first one holds the words."""
    left = [each for each in upper.cells if each <= place]
    return upper.cells[max(left)] if left else ""


def _settled(columns: dict[str, int]) -> dict[str, int]:
    """A column "Nam" beside "Nữ" holds births; alone it is none of ours. "Ngày sinh" over both holds nothing of its own."""
    if ("born_male" in columns) != ("born_female" in columns):
        columns = {name: place for name, place in columns.items() if name not in ("born_male", "born_female")}
    return columns


def is_numbering(row: SheetRow) -> bool:
    """Say whether a row under the headings only counts the columns: (1), (2), (3) …"""
    texts = list(row.cells.values())
    numbers = [found[1] for text in texts if (found := _NUMBERING.fullmatch(text))]
    return len(texts) >= 3 and len(numbers) == len(texts) and sum(map(str.isdigit, numbers)) * 2 >= len(numbers)


def letters_of(place: int) -> str:
    """Return the letters over a column, counted from 0."""
    return column_letters(place)
