"""Reading a list: every row is understood and judged, nothing is written about anybody.

Keeps true: whoever reads the same file a second time begins at its beginning; what was decided about a row stays decided.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain, islice
from typing import BinaryIO

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.work import WorkState
from intake.cells import SheetRow
from intake.errors import UnreadableFile
from intake.headings import MOST_ROWS_ABOVE, Layout
from intake.tables import Table, tables_of
from unions.models import Post, RosterImport, RosterImportRow, Unit
from unions.services.rosters.collecting import rarely_collecting
from unions.services.rosters.columns import HEADINGS
from unions.services.rosters.judging import Judge, Judged, Said
from unions.services.rosters.kinds import Kinds
from unions.services.rosters.matching import People
from unions.services.rosters.places import Places
from unions.services.rosters.receiving import Clock, forget_file
from unions.services.rosters.rows import Understood
from unions.services.rosters.walking import Reading, Walk
from unions.services.rosters.within import Rows
from vietnamese.text import search_key

CHUNK = 500
MOST_ROWS = 100_000
MOST_SHEETS = 100
# Lines of a sheet, and columns of them, that are shown to choose the headings by.
SAMPLE_ROWS, SAMPLE_COLUMNS, SAMPLE_LETTERS = 25, 20, 40
_GIVEN = re.compile(r"[a-z]+( [a-z]+)?")
# A row with no more than these is a heading, a total or a signature.
_LEAST_CELLS = 3
# So many people who are not in the list are named; all are counted.
MOST_ABSENT = 2_000


class Stopped(Exception):
    """The work was called off, or somebody else took it over."""


@rarely_collecting()
def read_roster(*, job: RosterImport, clock: Clock) -> RosterImport:
    """Read the file of a list into rows that say what bringing it in would do, telling now and then how far it is.

    Safe to call twice: only one reads. A file that cannot be read leaves the work failed, with the reason. Some ten queries for each 500 rows.
    """
    if not job.claim(WorkState.WAITING, WorkState.RUNNING, clock(), done=0):
        return job
    try:
        with job.file.storage.open(job.file.name, "rb") as file:
            _Work(job, clock).read(file)
    except Stopped:
        job.refresh_from_db()
    except UnreadableFile as error:
        _fail(job, str(error), clock)
    except FileNotFoundError:
        _fail(job, _("The file is there no more. Send it again."), clock)
    except BaseException:
        _fail(job, _("This file could not be read. Nothing was changed; try again, or save it in Excel once more."), clock)
        raise
    return job


def units_of(job: RosterImport) -> QuerySet[Unit]:
    """Return the units whose people a list may bring in: those at and below its unit that whoever sent it manages."""
    units = Unit.objects.under(job.unit)
    return units if job.by is None else units.managed_by(job.by)


def managed_units(job: RosterImport) -> QuerySet[Unit]:
    """Return the units whose people may be offered to choose from, and changed."""
    return Unit.objects.all() if job.by is None else Unit.objects.managed_by(job.by)


class _Work:
    def __init__(self, job: RosterImport, clock: Clock):
        self.job, self.clock = job, clock
        self.counts: Counter[str] = Counter()
        self.judge = Judge(job, People(job, managed_units(job)))
        self.within = Rows(job.on)
        self.held_since = job.alive_at
        self.decided = {(row.sheet, row.number): row.decided for row in job.rows.exclude(decided="").only("sheet", "number", "decided", "job_id")}
        # Who is in the list, with the unit.
        self.present: set[tuple[int, int]] = set()
        self.units: set[int] = set()
        self.seen = 0

    def read(self, file: BinaryIO) -> None:
        self.job.rows.all().delete()
        tables = tables_of(getattr(file, "file", file))[:MOST_SHEETS]
        sheets = [self._sheet(place, table) for place, table in enumerate(tables)]
        self._tell(layout=self.job.layout | {"sheets": sheets}, total=sum(table.size for table in tables))
        reading = Reading(
            Places(units_of(self.job), self.job.on), Kinds(), timezone.localdate(self.job.made_at), self.job.unit_id, self.job.layout.get("post_of_none", ""))
        people = chain.from_iterable(
            self._people(reading, place, table, sheet) for place, (table, sheet) in enumerate(zip(tables, sheets, strict=True), start=1))
        while chunk := list(islice(people, CHUNK)):
            self._keep(chunk)
        self._tell(state=WorkState.READY, done=self.job.total, counts=dict(self.counts) | self._absent())

    def _sheet(self, place: int, table: Table) -> dict:
        """Say how a sheet is read: by its headings, as somebody said by hand, or not at all."""
        earlier = self.job.layout.get("sheets", [])
        said = dict(earlier[place]) if place < len(earlier) and earlier[place].get("name") == table.name else {}
        chosen = said.get("chosen_row")
        layout = HEADINGS.at(table.rows(), chosen) if chosen else HEADINGS.find(table.rows())
        if layout:
            layout = _with_given_names(layout, table)
        return {
            "name": table.name, "row": layout.row if layout else None, "headings": [list(pair) for pair in layout.headings] if layout else [],
            "columns": said["columns"] if said.get("by_hand") else dict(layout.columns) if layout else {},
            "by_hand": said.get("by_hand", False), "chosen_row": chosen, "skipped": said.get("skipped", False), "sample": _sample(table)}

    def _people(self, reading: Reading, place: int, table: Table, sheet: dict) -> Iterator[Understood]:
        columns, row = sheet["columns"], sheet["row"]
        if sheet["skipped"] or row is None or not {"name", "family_name"} & set(columns):
            return
        titles = [each for each in islice(table.rows(), MOST_ROWS_ABOVE) if each.number < row]
        walk = Walk(reading, place, table.name, columns, titles)
        yield from walk.people(self._counted(table, row))

    def _counted(self, table: Table, row: int) -> Iterator[SheetRow]:
        for each in table.rows():
            self.seen += 1
            if each.number > row:
                yield each

    def _keep(self, chunk: Sequence[Understood]) -> None:
        if sum(self.counts.values()) + len(chunk) > MOST_ROWS:
            raise UnreadableFile(_("One file may hold %(most)s people at most. Cut it into smaller ones.") % {"most": MOST_ROWS}, code="too_many")
        for one in chunk:
            self.within.settle(one)
        said = [Said((one.sheet, one.number), one.facts, one.problems, one.refused, self.decided.get((one.sheet, one.number), "")) for one in chunk]
        judged = self.judge.judge(said)
        rows = [row_of(self.job, one, verdict) for one, verdict in zip(said, judged, strict=True)]
        self.counts.update(row.verdict for row in rows)
        self._remember(rows)
        with transaction.atomic():
            self._tell(done=min(self.job.total, self.seen), counts=dict(self.counts))
            RosterImportRow.objects.bulk_create(rows)

    def _remember(self, rows: Sequence[RosterImportRow]) -> None:
        for row in rows:
            if unit := row.data.get("unit"):
                self.units.add(unit)
                self.present |= {(pk, unit) for pk in (row.person_id, *row.candidates) if pk}

    def _absent(self) -> dict:
        """Count who holds a post in the units of the list and is not in it; name the first of them by the ids of their posts."""
        units, count, named = sorted(self.units), 0, []
        for start in range(0, len(units), CHUNK):
            held = Post.objects.on(self.job.on).filter(unit__in=units[start:start + CHUNK], kind__is_cadre=True).order_by("unit", "kind__rank", "pk")
            for pk, person, unit in held.values_list("pk", "user_id", "unit_id").iterator(chunk_size=2_000):
                if (person, unit) not in self.present:
                    count += 1
                    if len(named) < MOST_ABSENT:
                        named.append(pk)
        return {"absent": count, "absent_posts": named, "units": len(units)}

    def _tell(self, **fields) -> None:
        self.held_since = tell(self.job, WorkState.RUNNING, self.held_since, self.clock, **fields)


def tell(job: RosterImport, going: str, held_since, clock: Clock, **fields):
    """Write how far the work is, and return the moment by which whoever wrote it holds it.

    :raises Stopped: when it was called off or taken over.
    """
    now = clock()
    if not RosterImport.objects.filter(pk=job.pk, state=going, alive_at=held_since).update(alive_at=now, **fields):
        raise Stopped
    for name, value in {"alive_at": now, **fields}.items():
        setattr(job, name, value)
    return now


def row_of(job: RosterImport, said: Said, judged: Judged) -> RosterImportRow:
    """Return a row as it is kept."""
    return RosterImportRow(
        job=job, sheet=said.place[0], number=said.place[1], verdict=judged.verdict, data=said.facts, problems=judged.problems, changes=judged.changes,
        person_id=judged.person.pk if judged.person else None, candidates=judged.candidates, decided=said.decided)


def _with_given_names(layout: Layout, table: Table) -> Layout:
    """Under "Họ và tên" merged over two columns without a heading of their own, the given names stand in the second: a word or two in most rows."""
    place = layout.columns.get("name")
    headings = dict(layout.headings)
    if place is None or "given_name" in layout.columns or place + 1 in headings:
        return layout
    rows = [row.cells for row in islice(table.rows(), layout.row + SAMPLE_ROWS) if row.number > layout.row and len(row.cells) > _LEAST_CELLS]
    given = [cells for cells in rows if place in cells and _GIVEN.fullmatch(search_key(cells.get(place + 1, "")))]
    if not given or len(given) * 2 < len(rows):
        return layout
    return Layout(layout.row, {**layout.columns, "given_name": place + 1}, sorted([*layout.headings, (place + 1, headings[place])]))


def _sample(table: Table) -> list[list]:
    rows = []
    with closing(table.rows()) as found:
        for row in islice(found, SAMPLE_ROWS):
            rows.append([row.number, [[place, text[:SAMPLE_LETTERS]] for place, text in sorted(row.cells.items()) if place < SAMPLE_COLUMNS]])
    return rows


def _fail(job: RosterImport, reason: str, clock: Clock) -> None:
    """Say why, unless the work was called off meanwhile. The file goes: it holds people's data, and has to be sent again anyhow."""
    failed = RosterImport.objects.filter(pk=job.pk, state=WorkState.RUNNING)
    if failed.update(state=WorkState.FAILED, error=reason, finished_at=clock(), counts={}):
        job.rows.all().delete()
        forget_file(job=job)
    job.refresh_from_db()
