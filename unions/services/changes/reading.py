"""Lists of moves from the offices' Excel (mã CĐCS, tên CĐCS, công đoàn cấp trên cũ, công đoàn cấp trên mới, ngày hiệu lực, số quyết định).

Keeps true: nothing is written here; a row that is not understood is refused with its line and why, and the others are read.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import BinaryIO

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from xlsxwriter import Workbook

from intake.cells import Book, SheetRow
from intake.days import read_day
from intake.errors import UnreadableFile
from intake.headings import Field, Headings, Layout, is_numbering
from unions.models import Unit
from unions.services.changes.listing import MoveLine, RefusedLine
from unions.services.errors import ListUnreadable
from vietnamese.text import clean, search_key

# More than all unions of the largest province would be several files.
MOST_LINES = 5000
TITLE = "Danh sách chuyển công đoàn cấp trên"
COLUMNS = (
    ("Mã CĐCS", 16), ("Tên CĐCS", 44), ("Công đoàn cấp trên cũ", 36), ("Công đoàn cấp trên mới", 36), ("Ngày hiệu lực", 16), ("Số quyết định", 22))
HEADINGS = Headings(
    (
        Field("code", gettext_lazy("Code"), ("ma cdcs", "ma don vi", "ma cong doan", "ma", "ma cong doan co so")),
        Field("name", gettext_lazy("Name"), ("ten cdcs", "ten don vi", "ten cong doan", "don vi", "cdcs", "ten cong doan co so", "cong doan co so")),
        Field("old", gettext_lazy("Unit above until then"), ("cong doan cap tren cu", "cap tren cu", "cong doan cap tren truoc", "don vi cap tren cu")),
        Field("new", gettext_lazy("New unit above"), ("cong doan cap tren moi", "cap tren moi", "cong doan cap tren sau", "don vi cap tren moi", "cong doan cap tren")),
        Field("on", gettext_lazy("In force from"), ("ngay hieu luc", "hieu luc tu", "hieu luc tu ngay", "tu ngay", "ngay")),
        Field("number", gettext_lazy("Decision number"), ("so quyet dinh", "so qd", "quyet dinh", "quyet dinh so")),
    ), needs=("new",), below=(), least=3)


@dataclass
class MovesRead:
    """What was understood of a list, and the rows that were refused."""

    lines: list[MoveLine] = field(default_factory=list)
    refused: list[RefusedLine] = field(default_factory=list)


def read_moves(*, file: BinaryIO, units: QuerySet[Unit], today: date) -> MovesRead:
    """Read a workbook: the first sheet that has the headings. Formulas count as the value that Excel has left beside them. Three queries.

    :param units: those that the office governs; others do not exist here.
    :raises ListUnreadable: when the file is no workbook, holds no such headings or too many rows.
    """
    try:
        book = Book(file)
        rows, layout = _table(book)
    except UnreadableFile as error:
        raise ListUnreadable(error.message) from error
    if len(rows) > MOST_LINES:
        raise ListUnreadable(_("This list has more than %(count)d rows. Divide it into several files.") % {"count": MOST_LINES})
    said = [(row.number, {name: clean(row.cells.get(place, "")) for name, place in layout.columns.items()}) for row in rows]
    # A row that names no unit and no place to go is a heading between groups, a sum or a signature.
    said = [(number, cells) for number, cells in said if cells.get("new") and (cells.get("code") or cells.get("name"))]
    return _understood(said, units, today)


def _table(book: Book) -> tuple[list[SheetRow], Layout]:
    for sheet in book.sheets:
        if layout := HEADINGS.find(book.rows(sheet)):
            rows = (row for row in book.rows(sheet) if row.number > layout.row and not is_numbering(row))
            return list(islice(rows, MOST_LINES + 1)), layout
    text = _("No row with the headings was found. The sheet needs the columns “%(columns)s”; download the template.")
    raise ListUnreadable(text % {"columns": ", ".join(heading for heading, _width in COLUMNS)})


def _understood(said: list[tuple[int, dict[str, str]]], units: QuerySet[Unit], today: date) -> MovesRead:
    known, found = _Known(said, units), MovesRead()
    for number, cells in said:
        try:
            unit, parent = known.unit(cells), known.named(cells["new"])
            known.check_old(unit, cells.get("old", ""))
            found.lines.append(MoveLine(number, unit, parent, _day(cells.get("on", ""), today), cells.get("number", "")[:60]))
        except _NotUnderstood as error:
            found.refused.append(RefusedLine(number, cells.get("name") or cells.get("code", ""), str(error)))
    return found


class _NotUnderstood(Exception):
    """Why a row is refused."""


def _day(text: str, today: date) -> date:
    if day := read_day(text, today):
        return day
    raise _NotUnderstood(_("“%(text)s” is no day. Write the day as 20/11/2026.") % {"text": text[:30]} if text else _("The day from which it holds is missing."))


class _Known:
    """The units that a list names, by code and by name, fetched at once."""

    def __init__(self, said: Iterable[tuple[int, dict[str, str]]], units: QuerySet[Unit]):
        texts = {text for _number, cells in said for name in ("code", "name", "new") if (text := cells.get(name, ""))}
        self._units: dict[int, Unit] = {}
        for some in _pieces(sorted(texts), 300):
            for unit in units.filter(Q(code__in=some) | Q(name__in=some)):
                self._units[unit.pk] = unit
        self._by_code = {unit.code.lower(): unit for unit in self._units.values()}
        self._by_name: dict[str, list[Unit]] = {}
        for unit in self._units.values():
            self._by_name.setdefault(search_key(unit.name), []).append(unit)
        self._above = self._parents()

    def _parents(self) -> dict[int, Unit]:
        ids = {unit.pk: int(parts[-2]) for unit in self._units.values() if len(parts := unit.path.rstrip("/").split("/")) > 1}
        wanted, found = sorted(set(ids.values())), {}
        for some in _pieces(wanted, 500):
            found.update(Unit.objects.in_bulk(some))
        return {unit: found[parent] for unit, parent in ids.items() if parent in found}

    def unit(self, cells: dict[str, str]) -> Unit:
        code, name = cells.get("code", ""), cells.get("name", "")
        if not code:
            return self.named(name)
        if (unit := self._by_code.get(code.lower())) is None:
            raise _NotUnderstood(_("None of your units has the code “%(code)s”.") % {"code": code})
        if name and search_key(name) != search_key(unit.name):
            text = _("The code %(code)s belongs to “%(unit)s”, not to “%(name)s”. Correct one of them, or leave the name empty.")
            raise _NotUnderstood(text % {"code": code, "unit": unit, "name": name})
        return unit

    def named(self, text: str) -> Unit:
        """Return the unit of this code or of this name."""
        if unit := self._by_code.get(text.lower()):
            return unit
        found = self._by_name.get(search_key(text), [])
        standing = [unit for unit in found if unit.active_until is None] or found
        if len(standing) == 1:
            return standing[0]
        text_of = _("Several of your units are called “%(name)s”. Write the code instead.") if found else _("None of your units is called “%(name)s” or has this code.")
        raise _NotUnderstood(text_of % {"name": text})

    def check_old(self, unit: Unit, old: str) -> None:
        above = self._above.get(unit.pk)
        if old and (above is None or search_key(old) not in (search_key(above.name), search_key(above.code))):
            text = _("“%(unit)s” stands under “%(above)s” now, not under “%(old)s”.")
            raise _NotUnderstood(text % {"unit": unit, "above": above or _("the top of the tree"), "old": old})


def _pieces(items: list, size: int) -> Iterator[list]:
    return (items[start:start + size] for start in range(0, len(items), size))


def template() -> io.BytesIO:
    """Return an empty workbook with the headings. Codes, days and numbers are text there, so that no zero is lost."""
    out = io.BytesIO()
    with Workbook(out, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Chuyển đơn vị")
        text = book.add_format({"font_name": "Times New Roman", "font_size": 11, "num_format": "@"})
        head = book.add_format({"font_name": "Times New Roman", "font_size": 11, "bold": True, "border": 1, "text_wrap": True, "align": "center", "bg_color": "#E3EBF4"})
        sheet.write_string(0, 0, TITLE, book.add_format({"font_name": "Times New Roman", "bold": True, "font_size": 15}))
        for place, (heading, width) in enumerate(COLUMNS):
            sheet.set_column(place, place, width, text)
            sheet.write_string(2, place, heading, head)
        sheet.freeze_panes(3, 2)
    out.seek(0)
    return out
