"""Lists on their way in: received, told which column says what, called off, thrown away in time. Reading, deciding and writing have modules of their own."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import PurePath
from typing import BinaryIO

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from cms.work import WorkState
from unions.enums import RosterMode
from unions.models import RosterImport, Unit
from unions.services.errors import NotYourUnit, RosterRefused
from unions.services.rosters.columns import LABELS, NAME_COLUMNS
from unions.services.rosters.rows import shown_term
from vietnamese.text import clean

KEPT_FOR = timedelta(days=30)
MOST_BYTES = 20 * 1024 * 1024
UNFINISHED = (WorkState.WAITING, WorkState.RUNNING, WorkState.READY, WorkState.APPLYING)
_ENDINGS = (".xlsx", ".csv")
Clock = Callable[[], datetime]


def receive_roster(
    *, file: BinaryIO, name: str, unit: Unit, on: date, by, now: datetime, mode: str = RosterMode.ROSTER, decision_number: str = "", term: str = "",
) -> RosterImport:
    """Lay a list aside to be read, and throw away what was kept long enough; the task `read_roster` does the work.

    The same file sent again by the same person for the same unit and day, while it is not finished, is the same work. Locks the unit.

    :param by: None for a command, which may bring in whatever it likes.
    :raises RosterRefused: when the file is empty or too large. :raises NotYourUnit: when the person does not manage the unit.
    """
    _check_charge(unit, by)
    name = clean(PurePath(name.replace("\\", "/")).name)[-200:] or "danh-sach.xlsx"
    digest = _weighed(file)
    forget_old_rosters(now=now)
    term = shown_term(term)
    wish = {"by": by, "unit": unit, "mode": mode, "on": on, "decision_number": clean(decision_number), "term": term}
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=unit.pk)
        # A command is nobody in particular, and ends before the next one begins.
        job = by and RosterImport.objects.filter(**wish, state__in=UNFINISHED, layout__sha256=digest).order_by("pk").last()
        if not job:
            job = RosterImport(**wish, file_name=name, made_at=now, layout={"sha256": digest})
            file.seek(0)
            ending = next((ending for ending in _ENDINGS if name.lower().endswith(ending)), ".bin")
            job.file.save(f"{job.uuid}{ending}", File(file), save=False)
            job.save()
    return job


def _check_charge(unit: Unit, by) -> None:
    if by is not None and not Unit.objects.managed_by(by).filter(pk=unit.pk).exists():
        raise NotYourUnit


def choose_columns(
    *, job: RosterImport, sheet: int, columns: Mapping[str, int], row: int | None = None, is_skipped: bool = False, post_of_none: str | None = None,
) -> bool:
    """Say by hand which row of a sheet holds its headings and which column says what; the file is then read anew. Say whether it will be.

    :param sheet: counted from 1. :param row: another row of headings; its columns are then found by their names first.
    :raises RosterRefused: when the name has no column, or two things the same one.
    """
    layout = dict(job.layout)
    sheets = [dict(each) for each in layout.get("sheets", [])]
    if not 1 <= sheet <= len(sheets):
        raise RosterRefused(_("This file has no such sheet."), code="sheet")
    sheets[sheet - 1] = _said_of(sheets[sheet - 1], columns, row, is_skipped)
    layout |= {"sheets": sheets}
    if post_of_none is not None:
        layout["post_of_none"] = clean(post_of_none)
    ready = RosterImport.objects.filter(pk=job.pk, state__in=[WorkState.READY, WorkState.FAILED]).exclude(file="")
    changed = bool(ready.update(state=WorkState.WAITING, layout=layout, done=0, error=""))
    if changed:
        # Read otherwise, the same row may be about somebody else.
        job.rows.exclude(decided="").update(decided="")
    job.refresh_from_db()
    return changed


def _said_of(mine: dict, columns: Mapping[str, int], row: int | None, is_skipped: bool) -> dict:
    """Return how a sheet is to be read from now on."""
    if is_skipped:
        return mine | {"skipped": True}
    if row is not None and row != mine.get("row"):
        # Another row has headings of its own: those are looked at first.
        return mine | {"skipped": False, "chosen_row": row, "by_hand": False}
    known = {name: place for name, place in columns.items() if name in LABELS}
    _check_columns(known)
    return mine | {"skipped": False, "by_hand": True, "columns": known}


def _check_columns(columns: Mapping[str, int]) -> None:
    if not any(name in columns for name in NAME_COLUMNS):
        raise RosterRefused(_("Say which column holds the full name."), code="columns")
    if len(set(columns.values())) < len(columns):
        raise RosterRefused(_("One column cannot say two things."), code="columns")


def cancel_roster(*, job: RosterImport, now: datetime) -> bool:
    """Call a list off before it is written, and throw its file away; say whether it is. Safe to call twice."""
    open_ones = [WorkState.WAITING, WorkState.RUNNING, WorkState.READY, WorkState.FAILED]
    if RosterImport.objects.filter(pk=job.pk, state__in=open_ones).update(state=WorkState.CANCELLED, finished_at=now):
        job.refresh_from_db()
        forget_file(job=job)
        job.rows.all().delete()
    job.refresh_from_db()
    return job.state == WorkState.CANCELLED


def forget_file(*, job: RosterImport) -> None:
    """Remove the file of a list and the lines of it that were shown to choose columns by: both hold people's data."""
    if job.file:
        job.file.delete(save=False)
    layout = job.layout | {"sheets": [{name: value for name, value in sheet.items() if name != "sample"} for sheet in job.layout.get("sheets", [])]}
    RosterImport.objects.filter(pk=job.pk).update(file="", layout=layout)


def forget_old_rosters(*, now: datetime) -> int:
    """Remove lists that were sent more than 30 days ago, with their files and rows, and return how many; not one that is being written."""
    found = list(RosterImport.objects.filter(made_at__lt=now - KEPT_FOR).exclude(state=WorkState.APPLYING))
    for old in found:
        forget_file(job=old)
        old.delete()
    return len(found)


def ask_to_bring_in(*, job: RosterImport) -> bool:
    """Note that a list that was looked at is wanted, so that its page says so at once; say whether a worker has to be called for it.

    :raises RosterRefused: when it cannot be brought in as it is, see `check_complete`.
    """
    check_complete(job=job)
    return bool(RosterImport.objects.filter(pk=job.pk, state=WorkState.READY).update(state=WorkState.APPLYING, alive_at=None))


def check_complete(*, job: RosterImport) -> None:
    """Do nothing when a list may be brought in as it is: a list of cadres may leave rows out, the result of a congress may not.

    :raises RosterRefused: when the result of a congress has rows that are refused or not decided: whoever is left out would lose a post.
    """
    if job.mode == RosterMode.CONGRESS and (job.counts.get("ask") or job.counts.get("refused")):
        raise RosterRefused(_("A congress is brought in as a whole. Decide the open rows, and correct the refused ones in the file first."), code="incomplete")


def _weighed(file: BinaryIO) -> str:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(1 << 20):
        size += len(chunk)
        digest.update(chunk)
        if size > MOST_BYTES:
            raise RosterRefused(_("This file is larger than 20 MB. Cut it into smaller ones, say one for each unit below."), code="too_large")
    if not size:
        raise RosterRefused(_("This file is empty."), code="empty")
    return digest.hexdigest()
