"""Files of questions on their way into the bank: received, called off, and thrown away in time. Reading and bringing in have modules of their own."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import BinaryIO

from django.contrib.auth import get_user_model
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from intake.errors import MAX_BYTES
from quizzes.enums import WorkState
from quizzes.interchange.formats import FORMATS, HEAD, guess, made_of
from quizzes.models import BankImport
from quizzes.services.exchange.pictures import forget_pictures
from quizzes.services.exchange.places import MOST_NAME, path_of
from quizzes.services.exchange.preparing import Unfit, path_in_bank
from vietnamese.text import clean

KEPT_FOR = timedelta(days=30)
UNFINISHED = (WorkState.WAITING, WorkState.RUNNING, WorkState.READY, WorkState.APPLYING)


class ExchangeError(Exception):
    """A file cannot be taken; `message` says what to do. `field`: the part of a form that it is about."""

    code = "exchange"
    message = _("This file cannot be taken.")
    field = "file"

    def __init__(self, message: str = "", *, code: str = "", field: str = ""):
        super().__init__(message)
        self.message, self.code, self.field = message or self.message, code or self.code, field or self.field

    def __str__(self) -> str:
        return str(self.message)


def receive_file(
    *, file: BinaryIO, name: str, bank: str, format: str = "", publishes: bool, updates: bool, by, now: datetime,
) -> BankImport:
    """Lay a file aside to be read, and throw away what was kept long enough; the task `read_import` does the work.

    The same file sent again by the same person with the same wishes, while it is not finished, is the same import. Locks the person's row.

    :raises ExchangeError: when the file is empty, too large, of no known format or not what it says, or the bank has no name.
    """
    name = clean(PurePath(name.replace("\\", "/")).name)[-200:] or "questions"
    size, digest, head = _weighed(file)
    format = _format_of(format, name, head)
    wish = {"by": by, "sha256": digest, "bank": _bank(bank), "format": format, "publishes": publishes, "updates": updates}
    forget_old_imports(now=now)
    with transaction.atomic():
        if by is not None:
            get_user_model().objects.select_for_update().get(pk=by.pk)
        # A command is nobody in particular, and ends before the next one begins.
        going_on = by and BankImport.objects.filter(**wish, state__in=UNFINISHED).order_by("pk").last()
        if going_on is None:
            going_on = BankImport(**wish, name=name, size=size, total=size, made_at=now)
            file.seek(0)
            going_on.file.save(f"{going_on.uuid}{PurePath(name).suffix.lower()[:8]}", File(file), save=False)
            going_on.save()
    return going_on


def cancel_import(*, job: BankImport, now: datetime) -> bool:
    """Call an import off before it is brought in, and throw its file away; say whether it is. Safe to call twice.

    One that is being read stops at its next chunk. One that is being written cannot be stopped any more.
    """
    stopped = BankImport.objects.filter(pk=job.pk, state__in=[WorkState.WAITING, WorkState.RUNNING, WorkState.READY, WorkState.FAILED])
    if stopped.update(state=WorkState.CANCELLED, finished_at=now):
        job.refresh_from_db()
        forget_files(job=job)
        job.rows.all().delete()
    job.refresh_from_db()
    return job.state == WorkState.CANCELLED


def forget_files(*, job: BankImport) -> None:
    """Remove the file of an import and the pictures that were laid aside for it."""
    forget_pictures(pictures_folder(job))
    if job.file:
        job.file.delete(save=False)
        BankImport.objects.filter(pk=job.pk).update(file="")


def forget_old_imports(*, now: datetime) -> None:
    """Remove imports that were made more than 30 days ago, with their files and rows; not one that is being written."""
    for old in BankImport.objects.filter(made_at__lt=now - KEPT_FOR).exclude(state=WorkState.APPLYING):
        forget_files(job=old)
        old.delete()


def ask_to_bring_in(*, job: BankImport) -> bool:
    """Note that an import that was looked at is wanted, so that its page says so at once; say whether a worker has to be called for it.

    The task `bring_in` does the work. Asked for twice it is called for once, unless its worker was stopped in the middle.
    """
    return bool(BankImport.objects.filter(pk=job.pk, state=WorkState.READY).update(state=WorkState.APPLYING, alive_at=None))


def pictures_folder(job: BankImport) -> str:
    """Name the place in the private storage where the pictures of an import wait."""
    return f"question-imports/pictures/{job.uuid}"


def _weighed(file: BinaryIO) -> tuple[int, str, bytes]:
    digest, size, head = hashlib.sha256(), 0, b""
    file.seek(0)
    while chunk := file.read(1 << 20):
        size += len(chunk)
        head = head or chunk[:HEAD]
        digest.update(chunk)
        if size > MAX_BYTES:
            raise ExchangeError(_("This file is larger than 50 MB. Cut it into smaller ones."), code="too_large")
    if not size:
        raise ExchangeError(_("This file is empty."), code="empty")
    return size, digest.hexdigest(), head


def _format_of(wanted: str, name: str, head: bytes) -> str:
    if wanted and wanted not in FORMATS:
        raise ExchangeError(_("This format is not known."), code="format", field="format")
    found = wanted or guess(name, head)
    if not found:
        raise ExchangeError(_("The format of this file was not recognised. Say which one it is."), code="format", field="format")
    if made_of(head) not in FORMATS[found].made_of:
        raise ExchangeError(
            _("This file is no %(format)s. Choose its format, or save it again from the program that it was made with.") % {
                "format": FORMATS[found].label}, code="not_its_format")
    return found


def _bank(text: str) -> str:
    try:
        path = path_in_bank(tuple(path_of(text)))
    except Unfit as fault:
        raise ExchangeError(fault.reason, code="bank", field="bank") from fault
    if not path or not any(map(str.isalnum, path[0])) or len(clean(text)) > MOST_NAME:
        raise ExchangeError(_("Say into which bank the questions go, for example “Công đoàn cơ sở/Bài 1”."), code="bank", field="bank")
    return clean(text)


Clock = Callable[[], datetime]
