"""Older registers on their way in: received, told which column says what, called off, thrown away in time. Reading and bringing in have modules of their own."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import BinaryIO

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from certificates.enums import Paper
from certificates.models import Issuer, RegisterImport
from certificates.services.errors import CertificateError
from certificates.services.importing.headings import LABELS, NAME_COLUMNS, NUMBER_COLUMNS
from cms.work import WorkState
from vietnamese.text import clean

KEPT_FOR = timedelta(days=30)
MOST_BYTES = 20 * 1024 * 1024
UNFINISHED = (WorkState.WAITING, WorkState.RUNNING, WorkState.READY, WorkState.APPLYING)
Clock = Callable[[], datetime]


class RegisterError(CertificateError):
    """A register cannot be brought in; `message` says what to do."""

    code = "import"

    def __init__(self, message: str, *, code: str = ""):
        super().__init__(message)
        self.message, self.code = message, code or self.code


class Overtaken(RegisterError):
    """Since the file was read, the register has changed in what it is about: it has to be read again, and waits for that."""

    code = "overtaken"


def receive_register(*, file: BinaryIO, name: str, issuer: Issuer, by, now: datetime, paper: str = Paper.CERTIFICATE) -> RegisterImport:
    """Lay a workbook aside to be read, and throw away what was kept long enough; the task `read_register` does the work.

    The same file sent again by the same person for the same issuer, while it is not finished, is the same import. Locks the issuer.

    :raises RegisterError: when the file is empty or too large.
    """
    name = clean(PurePath(name.replace("\\", "/")).name)[-200:] or "so-goc.xlsx"
    digest = _weighed(file)
    forget_old_imports(now=now)
    wish = {"by": by, "sha256": digest, "issuer": issuer}
    with transaction.atomic():
        Issuer.objects.select_for_update().get(pk=issuer.pk)
        # A command is nobody in particular, and ends before the next one begins.
        going_on = by and RegisterImport.objects.filter(**wish, state__in=UNFINISHED, headings__paper=str(paper)).order_by("pk").last()
        if not going_on:
            going_on = RegisterImport(**wish, name=name, made_at=now, headings={"paper": str(paper)})
            file.seek(0)
            going_on.file.save(f"{going_on.uuid}.xlsx", File(file), save=False)
            going_on.save()
    return going_on


def choose_columns(*, job: RegisterImport, columns: Mapping[str, int], sheet: str = "", programme: str = "") -> bool:
    """Say by hand which column says what, and in which sheet; the file is then read anew. Say whether it will be.

    :raises RegisterError: when the name or both numbers have no column, or two things the same one.
    """
    known = {name: place for name, place in columns.items() if name in LABELS}
    if not any(name in known for name in NAME_COLUMNS):
        raise RegisterError(_("Say which column holds the full name."), code="columns")
    if not any(name in known for name in NUMBER_COLUMNS):
        raise RegisterError(_("Say which column holds the number."), code="columns")
    if len(set(known.values())) < len(known):
        raise RegisterError(_("One column cannot say two things."), code="columns")
    headings = job.headings | {"by_hand": True, "sheet": sheet or job.headings.get("sheet", ""), "programme": clean(programme)[:250]}
    if headings["sheet"] != job.headings.get("sheet"):
        # Another sheet has headings of its own.
        headings["by_hand"] = False
    ready = RegisterImport.objects.filter(pk=job.pk, state__in=[WorkState.READY, WorkState.FAILED]).exclude(file="")
    changed = bool(ready.update(state=WorkState.WAITING, columns=known, headings=headings, done=0, error=""))
    job.refresh_from_db()
    return changed


def cancel_import(*, job: RegisterImport, now: datetime) -> bool:
    """Call an import off before it is brought in, and throw its file away; say whether it is. Safe to call twice."""
    open_ones = [WorkState.WAITING, WorkState.RUNNING, WorkState.READY, WorkState.FAILED]
    if RegisterImport.objects.filter(pk=job.pk, state__in=open_ones).update(state=WorkState.CANCELLED, finished_at=now):
        job.refresh_from_db()
        forget_file(job=job)
        job.rows.all().delete()
    job.refresh_from_db()
    return job.state == WorkState.CANCELLED


def forget_file(*, job: RegisterImport) -> None:
    """Remove the file of an import: it holds people's data, and what is needed of it stands in the register."""
    if job.file:
        job.file.delete(save=False)
        RegisterImport.objects.filter(pk=job.pk).update(file="")


def forget_old_imports(*, now: datetime) -> int:
    """Remove imports that were made more than 30 days ago, with their files and rows, and return how many; not one that is being written."""
    found = list(RegisterImport.objects.filter(made_at__lt=now - KEPT_FOR).exclude(state=WorkState.APPLYING))
    for old in found:
        forget_file(job=old)
        old.delete()
    return len(found)


def ask_to_bring_in(*, job: RegisterImport) -> bool:
    """Note that an import that was looked at is wanted, so that its page says so at once; say whether a worker has to be called for it."""
    return bool(RegisterImport.objects.filter(pk=job.pk, state=WorkState.READY).update(state=WorkState.APPLYING, alive_at=None))


def _weighed(file: BinaryIO) -> str:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(1 << 20):
        size += len(chunk)
        digest.update(chunk)
        if size > MOST_BYTES:
            raise RegisterError(_("This file is larger than 20 MB. Cut it into smaller ones, say one a year."), code="too_large")
    if not size:
        raise RegisterError(_("This file is empty."), code="empty")
    return digest.hexdigest()
