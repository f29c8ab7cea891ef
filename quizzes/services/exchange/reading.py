"""Reading a file of questions: every question is made ready and judged, nothing is written into the bank.

Keeps true: no transaction lasts longer than one chunk of rows; whoever reads the same file a second time begins at its beginning.
"""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from cms.sanitise import plain_text
from intake.errors import UnreadableFile
from quizzes.enums import RowState, WorkState
from quizzes.interchange.formats import FORMATS
from quizzes.interchange.items import MAX_ITEMS, Item, Refused, excerpt_of
from quizzes.models import BankImport, ImportRow
from quizzes.services.exchange.importing import Clock, forget_files, pictures_folder
from quizzes.services.exchange.judging import Judge, Verdict
from quizzes.services.exchange.laws import Laws
from quizzes.services.exchange.pictures import Pictures, forget_pictures
from quizzes.services.exchange.preparing import Prepared, Preparing, Unfit
from quizzes.services.exchange.rows import insert_rows

CHUNK = 200
_COLUMNS = ("job_id", "number", "line", "state", "kind", "excerpt", "category", "reason", "data", "question_id")


class _Stopped(Exception):
    """The import was called off, or somebody else took it over."""


def read_file(*, job: BankImport, clock: Clock) -> BankImport:
    """Read the file of an import into rows that say what bringing it in would do, telling now and then how far it is.

    Safe to call twice: only one reads. After a worker was stopped in the middle it begins anew. A file that cannot be read leaves the
    import failed, with the reason. At most a dozen queries for each 200 questions.
    """
    if not job.claim(WorkState.WAITING, WorkState.RUNNING, clock()):
        return job
    try:
        with job.file.storage.open(job.file.name, "rb") as file:
            _Reading(job, clock).read(file)
    except _Stopped:
        job.refresh_from_db()
    except UnreadableFile as error:
        _fail(job, _at_line(error), clock)
    except FileNotFoundError:
        _fail(job, _("The file is there no more. Send it again."), clock)
    except BaseException:
        _fail(job, _("This file could not be read. Nothing was changed; try again, or save it in another format."), clock)
        raise
    return job


class _Reading:
    def __init__(self, job: BankImport, clock: Clock):
        self.job, self.clock = job, clock
        self.number = 0
        self.counts: Counter[str] = Counter()
        # Who holds the work is who wrote this moment.
        self.held_since = job.alive_at

    def read(self, file: BinaryIO) -> None:
        folder = pictures_folder(self.job)
        forget_pictures(folder)
        _delete_rows(self.job)
        preparing, judge = Preparing(Laws(), Pictures(folder)), Judge(self.job)
        found = self._counted(FORMATS[self.job.format].read(getattr(file, "file", file)))
        while chunk := list(islice(found, CHUNK)):
            self._keep(_rows(chunk, preparing, judge), _place_in(file, self.job))
        if not self.number:
            raise UnreadableFile(_("There is no question in this file."), code="no_questions")
        # `error` stays: it says why the file was read once more.
        self._tell(self.clock(), state=WorkState.READY, done=self.counts.total(), total=self.counts.total())

    def _counted(self, found: Iterator[Item | Refused]) -> Iterator[Item | Refused]:
        yield from islice(found, MAX_ITEMS)
        if (more := next(found, None)) is not None:
            yield Refused(more.line, _("Only %(count)s questions are taken from one file. Put the rest into another.") % {"count": MAX_ITEMS})

    def _keep(self, rows: list[ImportRow], place: int) -> None:
        for row in rows:
            self.number += 1
            row.job, row.number = self.job, self.number
        self.counts.update(row.state for row in rows)
        now = self.clock()
        with transaction.atomic():
            self._tell(now, done=min(max(place, self.job.done), self.job.total), counts=dict(self.counts))
            insert_rows(ImportRow, [{name: getattr(row, name) for name in _COLUMNS} for row in rows])

    def _tell(self, now: datetime, **fields) -> None:
        mine = BankImport.objects.filter(pk=self.job.pk, state=WorkState.RUNNING, alive_at=self.held_since)
        if not mine.update(alive_at=now, **fields):
            raise _Stopped
        self.held_since = now
        for name, value in {"alive_at": now, **fields}.items():
            setattr(self.job, name, value)


def _rows(chunk: list[Item | Refused], preparing: Preparing, judge: Judge) -> list[ImportRow]:
    """Return a row for each, in order."""
    ready: list[Prepared | Unfit] = []
    for one in chunk:
        try:
            ready.append(Unfit(one.reason) if isinstance(one, Refused) else preparing.prepare(one))
        except Unfit as fault:
            ready.append(fault)
    verdicts = iter(judge.judge([(one.line, made) for one, made in zip(chunk, ready, strict=True) if isinstance(made, Prepared)]))
    return [
        _refused(one, made.reason) if isinstance(made, Unfit) else _row(one, made, next(verdicts))
        for one, made in zip(chunk, ready, strict=True)
    ]


def _refused(one: Item | Refused, reason: str) -> ImportRow:
    if isinstance(one, Refused):
        return ImportRow(line=one.line, state=RowState.REFUSED, excerpt=excerpt_of(_storable(one.excerpt), 160), reason=_storable(reason))
    words = one.code or str(one.value.get("stem", ""))
    return ImportRow(
        line=one.line, state=RowState.REFUSED, kind=one.kind[:40], category=_storable(" / ".join(one.category))[:400],
        excerpt=excerpt_of(_storable(plain_text(words)), 160), reason=_storable(reason), data={"item": _again(one)})


def _row(one: Item, made: Prepared, verdict: Verdict) -> ImportRow:
    is_taken = verdict.state in (RowState.NEW, RowState.CHANGED)
    return ImportRow(
        line=one.line, state=verdict.state, kind=made.kind, excerpt=made.excerpt, category=" / ".join(made.data["path"])[:400],
        reason="\n".join([*verdict.notes, *(made.notes if is_taken else [])]), question_id=verdict.question,
        data=made.data if is_taken else {"item": _again(one)} if verdict.state == RowState.REFUSED else {})


def again(row: ImportRow) -> Item | None:
    """Return the question of a refused row as the file had it, without its pictures, so that it can be written out and mended."""
    said = row.data.get("item")
    return said and Item(**{name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}, line=row.line)


def _again(item: Item) -> dict:
    said = {name: getattr(item, name) for name in ("kind", "value", "explanation", "code", "difficulty", "topic", "tags", "citations", "category")}
    # Neither a null byte nor half a surrogate pair can be stored by every database.
    return json.loads(_storable(json.dumps(said, default=str, ensure_ascii=False)).replace("\\u0000", ""))


def _storable(text: str) -> str:
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs"))


def _at_line(error: UnreadableFile) -> str:
    # Some say it themselves.
    says_line = not error.line or str(error.line) in str(error)
    return str(error) if says_line else _("Line %(line)s: %(reason)s") % {"line": error.line, "reason": error}


def _place_in(file: BinaryIO, job: BankImport) -> int:
    try:
        return file.tell()
    except (OSError, ValueError):
        return job.done


def _fail(job: BankImport, reason: str, clock: Clock) -> None:
    """Say why, unless the import was called off meanwhile."""
    now = clock()
    failed = BankImport.objects.filter(pk=job.pk, state=WorkState.RUNNING)
    if failed.update(state=WorkState.FAILED, error=reason, finished_at=now, counts={}):
        _delete_rows(job)
        forget_files(job=job)
    job.refresh_from_db()


def _delete_rows(job: BankImport) -> None:
    """In pieces, so that nobody who saves an answer waits for long."""
    while keys := list(job.rows.values_list("pk", flat=True)[:1000]):
        ImportRow.objects.filter(pk__in=keys).delete()
