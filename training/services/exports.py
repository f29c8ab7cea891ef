"""Exports of the list of learners: at once while somebody can wait for it, in the background beyond that."""

from array import array
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import BinaryIO

from django.core.files import File
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.enums import Act
from accounts.services import note_many
from cms.selectors import site_frame_of
from cms.work import GIVEN_UP_AFTER as WORKER_GONE_AFTER
from training.enums import ExportState, Standing
from training.models import Export
from training.selectors.learners import Filters, Row, ordered_keys, roll_of, rows_of
from training.services.workbook import write_workbook
from unions.selectors.scopes import Office

ROWS_AT_ONCE = 2000
CHUNK = 500
KEPT_FOR = timedelta(days=7)
# A worker that was stopped in the middle says nothing more; after this long the same list may be asked for again.
GIVEN_UP_AFTER = timedelta(minutes=30)


class ExportError(Exception):
    """A list cannot be written; `message` says what to do instead."""

    code = "export"
    message = ""


class TooLong(ExportError):
    code = "too_long"
    message = gettext_lazy("This list is too long to be written at once. Use the button “Export to Excel” above the list.")


def export_now(*, office: Office, filters: Filters, now: datetime) -> BinaryIO:
    """Write the list while the person waits, and return the open file; it is noted with everybody who stands in it.

    Queries: three for each 500 rows, and one for each 1,000 people.

    :raises TooLong: for more than 2,000 rows.
    """
    keys = _keys(office, filters, now)
    if len(keys) > ROWS_AT_ONCE:
        raise TooLong
    out = TemporaryFile()  # noqa: SIM115 - the response that it goes into closes it
    _write(out, keys, office, filters, now, lambda done: None)
    out.seek(0)
    return out


def start_export(*, office: Office, filters: Filters, now: datetime) -> Export:
    """Note that the list is wanted, and throw away what was kept long enough; the task `write_export` does the work.

    The same list asked for again while it is being written is the same export.
    """
    for old in Export.objects.older_than(now - KEPT_FOR):
        old.file.delete(save=False)
        old.delete()
    going_on = Export.objects.filter(
        user=office.user, filters=filters.params, state__in=[ExportState.WAITING, ExportState.RUNNING], created_at__gt=now - GIVEN_UP_AFTER)
    return going_on.first() or Export.objects.create(user=office.user, filters=filters.params, created_at=now)


def write_export(*, export: Export, office: Office | None, filters: Filters, now: datetime, clock: Callable[[], datetime]) -> bool:
    """Write the list into the private storage, telling now and then how far it is; say whether it was written.

    Called twice it writes once; what a worker left in the middle, or failed, is begun anew. Without an office, for somebody whose role was taken away meanwhile, it fails and keeps nothing.
    """
    left = Q(state=ExportState.RUNNING, created_at__lt=clock() - WORKER_GONE_AFTER)
    free = Q(state__in=[ExportState.WAITING, ExportState.FAILED]) | left
    if not Export.objects.filter(free, pk=export.pk).update(state=ExportState.RUNNING, done=0, finished_at=None):
        return False
    try:
        if office is None:
            return _finish(export, ExportState.FAILED, clock)
        keys = _keys(office, filters, now)
        Export.objects.filter(pk=export.pk).update(total=len(keys))
        with TemporaryFile() as out:
            _write(out, keys, office, filters, now, lambda done: Export.objects.filter(pk=export.pk).update(done=done))
            out.seek(0)
            export.file.save(f"{export.uuid}.xlsx", File(out), save=False)
    except BaseException:
        _finish(export, ExportState.FAILED, clock)
        raise
    return _finish(export, ExportState.DONE, clock)


def _finish(export: Export, state: str, clock: Callable[[], datetime]) -> bool:
    Export.objects.filter(pk=export.pk).update(state=state, file=export.file.name or "", finished_at=clock())
    return state == ExportState.DONE


def _keys(office: Office, filters: Filters, now: datetime) -> array:
    # All keys first, eight bytes each: the list is then one moment's, and no cursor stays open under the writes of its progress,
    # which SQLite would refuse with "database is locked" as soon as somebody else has written.
    roll = roll_of(office, filters, timezone.localdate(now))
    return array("q", ordered_keys(roll, filters.sort).iterator(chunk_size=2000))


def _write(out: BinaryIO, keys: array, office: Office, filters: Filters, now: datetime, tell: Callable[[int], object]) -> None:
    people: set[int] = set()

    def rows() -> Iterator[Row]:
        for start in range(0, len(keys), CHUNK):
            found = rows_of(keys[start:start + CHUNK].tolist(), office, filters.unit, timezone.localdate(now))
            people.update(row.enrolment.user_id for row in found)
            yield from found
            tell(min(start + CHUNK, len(keys)))

    # The paper goes to Vietnamese offices, whatever language the person at the screen reads.
    with override("vi"):
        write_workbook(rows=rows(), out=out, site=site_frame_of("").name, asked=_in_words(filters), now=now)
    note_many(about=people, act=Act.EXPORTED, by=office.user, now=now, subject="Danh sách học viên")


def _in_words(filters: Filters) -> str:
    parts = [
        (_("Course"), filters.course and filters.course.title),
        (_("Unit"), filters.unit and filters.unit.name),
        (_("State"), filters.state and Standing(filters.state).label),
        (_("Enrolled from"), filters.since and date_format(filters.since, "d/m/Y")),
        (_("Enrolled until"), filters.until and date_format(filters.until, "d/m/Y")),
        (_("Searched for"), filters.q),
    ]
    return "; ".join(f"{name}: {value}" for name, value in parts if value)
