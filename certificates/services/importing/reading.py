"""Reading an older register: every row is understood and judged, nothing is written into the register.

Keeps true: what is called new has a number that nobody holds; whoever reads the same file a second time begins at its beginning.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.enums import ImportRowState
from certificates.models import Certificate, RegisterImport, RegisterImportRow, Series
from certificates.services.importing.headings import NAME_COLUMNS, Layout, find_layout, find_nameless_layout
from certificates.services.importing.numbers import in_words
from certificates.services.importing.receiving import Clock, forget_file
from certificates.services.importing.rows import REPEATED, Understood, understand
from cms.work import WorkState
from intake.cells import SheetRow
from intake.errors import UnreadableFile
from intake.tables import Table, tables_of
from vietnamese.text import search_key

CHUNK = 500
MOST_ROWS = 50_000
# So many missing numbers of a series are told one by one.
_MOST_HOLES = 100_000


class _Stopped(Exception):
    """The import was called off, or somebody else took it over."""


def read_register(*, job: RegisterImport, clock: Clock) -> RegisterImport:
    """Read the workbook of an import into rows that say what bringing it in would do, telling now and then how far it is.

    Safe to call twice: only one reads. A file that cannot be read leaves the import failed, with the reason. Three queries for each 500 rows.
    """
    if not job.claim(WorkState.WAITING, WorkState.RUNNING, clock(), done=0):
        return job
    try:
        with job.file.storage.open(job.file.name, "rb") as file:
            _Reading(job, clock).read(file)
    except _Stopped:
        job.refresh_from_db()
    except UnreadableFile as error:
        _fail(job, str(error), clock)
    except FileNotFoundError:
        _fail(job, _("The file is there no more. Send it again."), clock)
    except BaseException:
        _fail(job, _("This file could not be read. Nothing was changed; try again, or save it in Excel once more."), clock)
        raise
    return job


class _Reading:
    def __init__(self, job: RegisterImport, clock: Clock):
        self.job, self.clock = job, clock
        self.today = timezone.localdate(job.made_at)
        self.counts: Counter[str] = Counter()
        self.judge = Judge(job)
        # Who holds the work is who wrote this moment.
        self.held_since = job.alive_at

    def read(self, file: BinaryIO) -> None:
        self.job.rows.all().delete()
        tables = tables_of(getattr(file, "file", file))
        table, layout = _table_of(tables, self.job)
        columns = self.job.columns if self.job.headings.get("by_hand") else dict(layout.columns)
        headings = self.job.headings | {
            "sheet": table.name, "sheets": [each.name for each in tables], "row": layout.row, "cells": [list(pair) for pair in layout.headings]}
        self._tell(columns=columns, headings=headings, total=sum(1 for row in table.rows() if row.number > layout.row))
        if not any(name in columns for name in NAME_COLUMNS):
            self._tell(state=WorkState.READY, counts={}, error=_nameless(layout))
            return
        for chunk in self._chunks(table, layout, columns):
            self._keep(chunk)
        if not self.counts.total():
            raise UnreadableFile(_("There is no certificate under the headings of this sheet."), code="no_rows")
        counts = dict(self.counts) | {"holes": self.judge.holes()}
        self._tell(state=WorkState.READY, done=self.job.total, counts=counts, error="")

    def _chunks(self, table: Table, layout: Layout, columns: Mapping[str, int]) -> Iterator[list[Understood]]:
        rows = (row for row in table.rows() if row.number > layout.row)
        filled = filled_down(rows, table.merged(), [columns[name] for name in REPEATED if name in columns])
        programme, above = self.job.headings.get("programme", ""), {}
        found = (said for row in filled if (said := understand(row, columns, self.today, programme, above)))
        while chunk := list(islice(found, CHUNK)):
            yield chunk

    def _keep(self, chunk: Sequence[Understood]) -> None:
        if self.counts.total() + len(chunk) > MOST_ROWS:
            raise UnreadableFile(_("One file may hold %(most)s rows at most. Cut it into smaller ones, say one a year.") % {"most": MOST_ROWS}, code="too_many")
        rows = self.judge.judge(chunk)
        self.counts.update(row.state for row in rows)
        with transaction.atomic():
            self._tell(done=min(self.job.total, self.counts.total()), counts=dict(self.counts))
            RegisterImportRow.objects.bulk_create(rows)

    def _tell(self, **fields) -> None:
        now = self.clock()
        mine = RegisterImport.objects.filter(pk=self.job.pk, state=WorkState.RUNNING, alive_at=self.held_since)
        if not mine.update(alive_at=now, **fields):
            raise _Stopped
        self.held_since = now
        for name, value in {"alive_at": now, **fields}.items():
            setattr(self.job, name, value)


def _table_of(tables: Sequence[Table], job: RegisterImport) -> tuple[Table, Layout]:
    """Return the sheet that was chosen, or the first one that has the headings, with where they are; else one whose headings only lack the name."""
    chosen = [table for table in tables if table.name == job.headings.get("sheet")] or tables
    for find in (find_layout, find_nameless_layout):
        for table in chosen:
            if layout := find(table.rows()):
                return table, layout
    raise UnreadableFile(
        _("No row with headings was found. One row needs at least: Họ và tên, Số hiệu or Số vào sổ gốc, Chương trình/lớp, Ngày cấp."), code="columns")


def _nameless(layout: Layout) -> str:
    return _("Row %(row)s holds the headings, but none says where the full name stands. Choose that column, or write “Họ và tên” above it and send the file again.") % {
        "row": layout.row}


def filled_down(rows: Iterable[SheetRow], merged: Mapping[tuple[int, int], int], places: Sequence[int]) -> Iterator[SheetRow]:
    """Go through rows; what stands in a cell of these columns that is merged over several rows is said by each of them, as a reader sees it."""
    open_ones: dict[int, tuple[int, str]] = {}
    for row in rows:
        open_ones = {place: (last, text) for place, (last, text) in open_ones.items() if row.number <= last}
        open_ones |= {
            place: (merged[row.number, place], row.cells[place]) for place in places if place in row.cells and (row.number, place) in merged}
        yield SheetRow(row.number, {place: text for place, (_last, text) in open_ones.items()} | row.cells, row.errors)


class Judge:
    """Says of each row whether it is new, in the register already, or refused because its number is another's."""

    def __init__(self, job: RegisterImport):
        self.job = job
        self.series = {series.year: series for series in Series.objects.filter(issuer=job.issuer, paper=job.headings["paper"])}
        # Which row of the file holds a number of a year, and which what is printed on a paper.
        self.numbers: dict[tuple[int, int], int] = {}
        self.printed: dict[tuple[int, str], int] = {}

    def judge(self, chunk: Sequence[Understood]) -> list[RegisterImportRow]:
        """Return a row for each, in order. One query."""
        held = self._held(chunk)
        return [self._row(one, held) for one in chunk]

    def _held(self, chunk: Sequence[Understood]) -> dict[tuple[int, int], Certificate]:
        places = [(one.facts["year"], one.facts["number"]) for one in chunk if not one.refused]
        ids = [series.pk for year in {year for year, _number in places} if (series := self.series.get(year))]
        found = Certificate.objects.filter(series__in=ids, number__in={number for _year, number in places}).select_related("series")
        return {(certificate.series.year, certificate.number): certificate for certificate in found}

    def _row(self, one: Understood, held: dict[tuple[int, int], Certificate]) -> RegisterImportRow:
        state, reason, certificate = ImportRowState.REFUSED, one.refused, None
        if not one.refused:
            state, reason, certificate = self._verdict(one, held)
        elif "number" in one.facts:
            # Until it is mended the number stays its: whoever comes with the same one is told.
            self.numbers.setdefault((one.facts["year"], one.facts["number"]), one.line)
        return RegisterImportRow(
            job=self.job, line=one.line, state=state, data=one.facts, reason=reason or "\n".join(one.notes), certificate=certificate)

    def _verdict(self, one: Understood, held: dict[tuple[int, int], Certificate]) -> tuple[str, str, Certificate | None]:
        facts = one.facts
        place, printed = (facts["year"], facts["number"]), (facts["year"], search_key(facts["register_number"]))
        if (line := self.numbers.get(place) or self.printed.get(printed)) is not None:
            return ImportRowState.REFUSED, _("Row %(line)s has the same number of %(year)s.") % {"line": line, "year": facts["year"]}, None
        self.numbers[place] = self.printed[printed] = one.line
        if (holder := held.get(place)) is None:
            return ImportRowState.NEW, "", None
        if is_same(facts, holder):
            return ImportRowState.SAME, "", holder
        said = _("Number %(number)s of %(year)s is in the register already: %(name)s, %(printed)s.") % {
            "number": facts["number"], "year": facts["year"], "name": holder.snapshot["name"], "printed": holder.register_number}
        return ImportRowState.REFUSED, said, holder

    def holes(self) -> list[dict]:
        """Return the numbers that are missing between 1 and the highest of each year of the file, in words. One query a year."""
        years: dict[int, set[int]] = defaultdict(set)
        for year, number in self.numbers:
            years[year].add(number)
        return [hole for year, numbers in sorted(years.items()) if (hole := self._holes_of(year, numbers))]

    def _holes_of(self, year: int, numbers: set[int]) -> dict | None:
        if series := self.series.get(year):
            numbers = numbers | set(Certificate.objects.filter(series=series).values_list("number", flat=True))
        highest = max(numbers)
        if highest - len(numbers) > _MOST_HOLES:
            return {"year": year, "count": highest - len(numbers), "numbers": ""}
        missing = [number for number in range(1, highest) if number not in numbers]
        return {"year": year, "count": len(missing), "numbers": in_words(missing)} if missing else None


def is_same(facts: dict, certificate: Certificate) -> bool:
    """Say whether a row and a certificate are the same paper: same number of a series, same name, same number in words."""
    names = {search_key(certificate.snapshot["name"]), search_key(certificate.corrected.get("name", ""))}
    printed = {search_key(certificate.register_number), search_key(certificate.snapshot.get("register_entry") or "")}
    return search_key(facts["name"]) in names and bool({search_key(facts["register_number"]), search_key(facts["register_entry"])} & printed)


def _fail(job: RegisterImport, reason: str, clock: Clock) -> None:
    """Say why, unless the import was called off meanwhile. The file goes: it holds people's data, and has to be sent again anyhow."""
    failed = RegisterImport.objects.filter(pk=job.pk, state=WorkState.RUNNING)
    if failed.update(state=WorkState.FAILED, error=reason, finished_at=clock(), counts={}):
        job.rows.all().delete()
        forget_file(job=job)
    job.refresh_from_db()


def rows_of(job: RegisterImport) -> Iterator[list[RegisterImportRow]]:
    """Go through the rows that are to be brought in, 500 at a time."""
    latest = 0
    while chunk := list(job.rows.filter(state=ImportRowState.NEW, line__gt=latest).order_by("line")[:CHUNK]):
        yield chunk
        latest = chunk[-1].line


def day_of(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
