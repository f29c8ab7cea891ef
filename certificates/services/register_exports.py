"""The register as a file, with the columns of the office's own book: a workbook of any length, a PDF to print and bind.

Keeps true: a text is written as text, never as a formula; rows go to the disk as they come; who exports is noted at every record.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import BinaryIO

import pypdfium2
from django.utils import timezone
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from certificates import typesetting, wording
from certificates.enums import BookOrder, BookState, Entry, LookKind, Origin, State
from certificates.models import Certificate, Issuer, Printout, RegisterEntry
from certificates.selectors.record import LABELS
from certificates.selectors.register import Filters, Line, book_of, filters_of, lines_of, ordered_keys
from certificates.services.errors import NotYours, TooManyToPrint
from certificates.services.looks import note_looks
from certificates.typesetting.reading import PDFIUM
from certificates.validity import last_day_with

CHUNK = 500
# One pass of typst over so many lines takes a second and 120 MB; longer books are set in parts.
LINES_IN_PART = 500
# A minute's work, and what an office binds.
MOST_PRINTED = 20_000
TITLE = "SỔ GỐC CẤP GIẤY CHỨNG NHẬN"
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Column:
    heading: str
    width: int
    is_day: bool = False


COLUMNS = (
    Column("STT", 6), Column("Họ và tên", 26), Column("Ngày sinh", 12, is_day=True), Column("Nơi sinh", 18), Column("Giới tính", 9),
    Column("Đơn vị", 34), Column("Chương trình/lớp bồi dưỡng", 38), Column("Thời gian đào tạo từ", 12, is_day=True),
    Column("Thời gian đào tạo đến", 12, is_day=True), Column("Xếp loại", 12), Column("Số hiệu", 18), Column("Số vào sổ gốc", 14),
    Column("Số QĐ công nhận", 16), Column("Ngày QĐ", 12, is_day=True), Column("Ngày cấp", 12, is_day=True), Column("Chữ ký người nhận", 16),
    Column("Ghi chú / Tình trạng", 24), Column("Nội dung điều chỉnh", 34), Column("QĐ điều chỉnh", 16), Column("Ngày điều chỉnh", 12, is_day=True),
)
# What is entered in the last three columns, and how it begins there.
_CHANGES = {Entry.CORRECTED: "", Entry.REVOKED: "Thu hồi: ", Entry.SUPERSEDED: "Cấp lại: "}


def write_register_sheet(printout: Printout, out: BinaryIO, tell: Tell) -> None:
    """Write what the filters of the printout find as a workbook. Three queries and one insert for each 500 lines; memory stays flat.

    :raises NotYours: when the person may read no register any more.
    """
    filters, keys = _wanted(printout)
    book = Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"title": TITLE, "created": timezone.localtime(printout.made_at).replace(tzinfo=None)})
    sheet = book.add_worksheet("Sổ gốc")
    begin = _write_head(book, sheet, _above(filters), _about(filters, printout.made_at))
    styles = {is_day: book.add_format(_BOXED | ({"num_format": "dd/mm/yyyy", "align": "center"} if is_day else {"text_wrap": True})) for is_day in (True, False)}
    for number, row in enumerate(_rows(keys, printout, tell)):
        for place, (column, value) in enumerate(zip(COLUMNS, [number + 1, *row], strict=True)):
            _write_cell(sheet, begin + number, place, value, styles[column.is_day])
    book.close()


def write_register(printout: Printout, out: BinaryIO, tell: Tell) -> None:
    """Write what the filters find as a PDF to print, A3, every page numbered. Up to LINES_IN_PART lines it is one tagged PDF/A.

    A longer book is set in parts that are laid into one file, each part twice: pages are counted before they are numbered.

    :raises TooManyToPrint: for more than MOST_PRINTED lines. :raises NotYours: when the person may read no register any more.
    """
    filters, keys = _wanted(printout)
    if len(keys) > MOST_PRINTED:
        raise TooManyToPrint(len(keys), MOST_PRINTED)
    rows = [[str(number), *map(_printed, row)] for number, row in enumerate(_rows(keys, printout, tell), start=1)]
    parts = [rows[start:start + LINES_IN_PART] for start in range(0, len(rows), LINES_IN_PART)] or [[]]
    frame = _frame(filters, printout.made_at, len(rows))
    if len(parts) == 1:
        out.write(_part(frame, rows, printout, is_begin=True, is_end=True))
        return
    counts = [_pages(_numbered_part(frame, parts, place, [0] * len(parts), printout)) for place in range(len(parts))]
    out.write(typesetting.merged(_numbered_part(frame, parts, place, counts, printout) for place in range(len(parts))))


def _wanted(printout: Printout) -> tuple[Filters, array]:
    """Return what was asked for and the keys of what answers: all of them first, eight bytes each, so that the list is one moment's."""
    if printout.by is None or not Issuer.objects.visible_to(printout.by).exists():
        raise NotYours
    filters = filters_of(printout.filters, printout.by)
    book = book_of(printout.by, filters, timezone.localdate(printout.made_at))
    # A page on a screen begins with what is new, a book with what is old.
    sort = BookOrder.EARLIEST if filters.sort == BookOrder.LATEST else filters.sort
    return filters, array("q", ordered_keys(book, sort).iterator(chunk_size=2000))


def _rows(keys: array, printout: Printout, tell: Tell) -> Iterator[list]:
    """Go through the lines of the book without their numbers, and note that they were taken out."""
    on = timezone.localdate(printout.made_at)
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start:start + CHUNK].tolist()
        entries = _entries_of(chunk)
        yield from (_row(line, entries.get(line.certificate.pk, [])) for line in lines_of(chunk, on))
        note_looks(certificates=Certificate.objects.filter(pk__in=chunk), kind=LookKind.PRINTED, by=printout.by, now=printout.made_at)
        tell(min(start + CHUNK, len(keys)), len(keys))


def _entries_of(keys: Sequence[int]) -> dict[int, list[RegisterEntry]]:
    found: dict[int, list[RegisterEntry]] = {}
    for entry in RegisterEntry.objects.filter(certificate__in=keys, kind__in=_CHANGES).order_by("pk"):
        found.setdefault(entry.certificate_id, []).append(entry)
    return found


def _row(line: Line, entries: list[RegisterEntry]) -> list:
    facts, certificate = line.facts, line.certificate
    changed_on = [entry.decision_on or timezone.localdate(entry.at) for entry in entries]
    return [
        facts["name"], _day(facts.get("born_on")), facts.get("birth_place") or "", wording.fact("gender", facts.get("gender")), facts.get("unit") or "",
        facts.get("course") or "", _day(facts.get("begun_on")), _day(facts.get("ended_on")), facts.get("grade") or "", certificate.register_number,
        facts.get("register_entry") or "", facts.get("decision_number") or "", _day(facts.get("decision_on")), timezone.localdate(certificate.issued_at),
        "", _state(line), "\n".join(map(_said, entries)), "\n".join(entry.decision_number for entry in entries if entry.decision_number),
        changed_on[0] if len(changed_on) == 1 else "\n".join(map(wording.short_date, changed_on)),
    ]


def _day(text: str | None) -> date | str:
    """Read a day of the register; of some births the year alone is known."""
    return date.fromisoformat(text) if text and len(text) > 4 else text or ""


def _state(line: Line) -> str:
    certificate = line.certificate
    words = {State.VALID: "Đã cấp", State.REVOKED: "Thu hồi", State.SUPERSEDED: "Đã cấp lại", State.EXPIRED: "Hết hạn"}[State(line.state)]
    if line.state == State.EXPIRED and certificate.valid_until:
        words = f"{words} sau ngày {wording.short_date(last_day_with(certificate.valid_until))}"
    notes = [words, f"Cấp thay số {line.facts['replaces']}" if line.facts.get("replaces") else "", line.facts.get("note") or ""]
    return "; ".join(note for note in notes if note)


def _said(entry: RegisterEntry) -> str:
    changes = [f"{_LABELS[name]}: {_fact(name, before)} thành {_fact(name, after)}" for name, (before, after) in entry.changes.items() if name in LABELS]
    return f"{_CHANGES[Entry(entry.kind)]}{'; '.join(changes) or entry.reason}"


def _fact(name: str, value: str) -> str:
    return wording.fact(name, value) or "(trống)"


# The book is Vietnamese whatever language the reader has chosen.
_LABELS = {
    "name": "Họ và tên", "born_on": "Ngày sinh", "birth_place": "Nơi sinh", "gender": "Giới tính", "unit": "Đơn vị", "course": "Chương trình",
    "begun_on": "Từ ngày", "ended_on": "Đến ngày", "grade": "Xếp loại",
}
_STATES = {
    BookState.VALID: "còn hiệu lực", BookState.ENDING: "hết hạn trong 60 ngày", BookState.EXPIRED: "hết hạn", BookState.SUPERSEDED: "đã cấp lại",
    BookState.REVOKED: "đã thu hồi",
}
_ORIGINS = {Origin.HERE: "cấp tại đây", Origin.BROUGHT: "nhập từ sổ cũ"}


def _about(filters: Filters, now: datetime) -> list[str]:
    """Say in words what the book was narrowed by: its period first."""
    since, until = filters.since and wording.short_date(filters.since), filters.until and wording.short_date(filters.until)
    period = f"Từ ngày {since} đến ngày {until}" if since and until else f"Từ ngày {since}" if since else f"Đến ngày {until}" if until else ""
    parts = [
        ("Năm", filters.year), ("Loại giấy", filters.paper and wording.PAPER_TITLES[filters.paper]), ("Đơn vị", filters.unit and filters.unit.name),
        ("Chương trình", filters.course and filters.course.title), ("Lớp", filters.run and filters.run.name),
        ("Tình trạng", filters.state and _STATES[BookState(filters.state)]), ("Nguồn", filters.origin and _ORIGINS[Origin(filters.origin)]),
        ("Tìm", filters.q),
    ]
    narrowed = "; ".join(f"{name}: {value}" for name, value in parts if value)
    return [line for line in (period, narrowed, f"Tính đến {timezone.localtime(now):%H:%M, %d/%m/%Y}") if line]


def _above(filters: Filters) -> list[str]:
    return [line for line in (filters.issuer.upper_name.upper(), filters.issuer.name.upper()) if line] if filters.issuer else []


_FONT = {"font_name": "Times New Roman", "font_size": 11}
_BOXED = _FONT | {"valign": "vcenter", "border": 1}


def _write_head(book: Workbook, sheet: Worksheet, above: list[str], about: list[str]) -> int:
    """Write what stands above the lines, and return the row where they begin."""
    centred, end = _FONT | {"align": "center", "valign": "vcenter"}, len(COLUMNS) - 1
    title, plain = book.add_format(centred | {"bold": True, "font_size": 15}), book.add_format(centred)
    for row, text in enumerate(above):
        sheet.write_string(row, 0, text, book.add_format(_FONT | {"bold": True}))
    for row, (text, style) in enumerate([(TITLE, title), *((text, plain) for text in about)], start=len(above) + 1):
        # Merged empty and then written: `merge_range` itself would guess at the kind of the text.
        sheet.merge_range(row, 0, row, end, "", style)
        sheet.write_string(row, 0, text, style)
    line = len(above) + len(about) + 3
    heading = book.add_format(_BOXED | {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#E3EBF4"})
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, column.width)
        sheet.write_string(line, place, column.heading, heading)
    sheet.freeze_panes(line + 1, 2)
    sheet.repeat_rows(line)
    sheet.set_landscape()
    # 8 is A3.
    sheet.set_paper(8)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&CTrang &P/&N")
    return line + 1


def _write_cell(sheet: Worksheet, row: int, place: int, value, style) -> None:
    if isinstance(value, date):
        sheet.write_datetime(row, place, datetime.combine(value, time.min), style)
    elif isinstance(value, int):
        sheet.write_number(row, place, value, style)
    else:
        sheet.write_string(row, place, value, style)


def _printed(value) -> str:
    return wording.short_date(value) if isinstance(value, date) else value


def _frame(filters: Filters, now: datetime, count: int) -> dict:
    issuer = filters.issuer or Issuer.objects.filter(is_default=True).first()
    on = timezone.localdate(now)
    return {
        "title": "Sổ gốc cấp giấy chứng nhận", "heading": TITLE, "issuer": issuer.name if issuer else "", "upper_name": issuer.upper_name if issuer else "",
        "about": _about(filters, now), "heads": [column.heading for column in COLUMNS], "count": f"Cộng: {wording.grouped(count)} giấy.",
        "place_and_date": f"{issuer.place}, {wording.long_date(on)}" if issuer else wording.long_date(on),
        "signer_title": (issuer.signer_title if issuer else "").upper(), "printed": f"In lúc {timezone.localtime(now):%H:%M, %d/%m/%Y}",
    }


def _part(frame: dict, rows: list, printout: Printout, *, is_begin: bool, is_end: bool, before: int = 0, pages: int = 0) -> bytes:
    values = frame | {"rows": rows, "is_begin": is_begin, "is_end": is_end, "before": before, "pages": pages}
    pdf = typesetting.document("register_book", values, at=printout.made_at)
    typesetting.let_go()
    return pdf


def _numbered_part(frame: dict, parts: list[list], place: int, counts: list[int], printout: Printout) -> bytes:
    return _part(
        frame, parts[place], printout, is_begin=place == 0, is_end=place == len(parts) - 1, before=sum(counts[:place]), pages=sum(counts) or 9999)


def _pages(pdf: bytes) -> int:
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        count = len(document)
        document.close()
    return count
