"""Files that are written in the background for somebody: papers of a list, the list to sign, the register.

Keeps true: what is asked for twice is written once; whoever may see its list no more gets no file; every file is gone after seven days.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from os import SEEK_END
from tempfile import TemporaryFile
from typing import BinaryIO

from django.core.files import File
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from certificates.enums import PrintoutKind
from certificates.models import IssueRun, Printout
from certificates.services.errors import CertificateError, NotYours
from cms.work import GIVEN_UP_AFTER, WorkState

KEPT_FOR = timedelta(days=7)
PDF, ZIP = "application/pdf", "application/zip"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

logger = logging.getLogger(__name__)

# Says how many of how many things are written.
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Kind:
    """How files of a kind end, what they are, and the function `(printout, out, tell) -> None` that writes one."""

    extension: str
    media_type: str
    # Named, not imported: a writer may ask for another file of its own, and each lives beside what it writes.
    writer: str
    # How a file is called, in front of its day.
    stem: str

    def write(self, printout: Printout, out: BinaryIO, tell: Tell) -> None:
        import_string(f"certificates.services.{self.writer}")(printout, out, tell)


KINDS = {
    PrintoutKind.PAPERS_PDF: Kind(".pdf", PDF, "printed_lists.write_papers", "giay-chung-nhan"),
    PrintoutKind.PAPERS_ZIP: Kind(".zip", ZIP, "printed_lists.write_archive", "giay-chung-nhan"),
    PrintoutKind.LIST_PDF: Kind(".pdf", PDF, "printed_lists.write_signing_list", "danh-sach-nhan"),
    PrintoutKind.LIST_XLSX: Kind(".xlsx", XLSX, "printed_lists.write_signing_sheet", "danh-sach-nhan"),
    PrintoutKind.REGISTER_XLSX: Kind(".xlsx", XLSX, "register_exports.write_register_sheet", "so-goc"),
    PrintoutKind.REGISTER_PDF: Kind(".pdf", PDF, "register_exports.write_register", "so-goc"),
}


def ask_printout(*, kind: str, by, now: datetime, run: IssueRun | None = None, filters: dict | None = None) -> Printout:
    """Note that a file is wanted, and throw away what was kept for seven days; the task `write_printout` does the work.

    The same asked for again by the same person, while it waits or is being written, is the same file.
    """
    forget_old_printouts(now=now)
    wish = {"kind": kind, "by": by, "run": run, "filters": filters or {}}
    fresh = Q(state=WorkState.WAITING, made_at__gt=now - GIVEN_UP_AFTER) | Q(state=WorkState.RUNNING, alive_at__gt=now - GIVEN_UP_AFTER)
    return Printout.objects.filter(fresh, **wish).first() or Printout.objects.create(**wish, made_at=now)


def write_printout(*, printout: Printout, clock: Callable[[], datetime]) -> bool:
    """Write the file into the private storage, telling now and then how far it is; say whether it was written. Called twice it writes once."""
    jobs = Printout.objects.filter(pk=printout.pk)
    free = Q(state=WorkState.WAITING) | Q(state=WorkState.RUNNING, alive_at__lt=clock() - GIVEN_UP_AFTER)
    if not jobs.filter(free).update(state=WorkState.RUNNING, alive_at=clock(), error=""):
        return False
    kind = KINDS[printout.kind]
    try:
        _check_may_see(printout)
        with TemporaryFile() as out:
            kind.write(printout, out, lambda done, total: jobs.update(done=min(done, total), total=total, alive_at=clock()))
            size = out.seek(0, SEEK_END)
            out.seek(0)
            printout.file.save(f"{printout.uuid}{kind.extension}", File(out), save=False)
    except CertificateError as error:
        jobs.update(state=WorkState.FAILED, error=str(error.message), finished_at=clock())
        return False
    except Exception:
        logger.exception("Printout %s was not written", printout.pk)
        jobs.update(state=WorkState.FAILED, error=_("The file could not be written. Ask for it once more."), finished_at=clock())
        return False
    jobs.update(state=WorkState.DONE, file=printout.file.name, size=size, finished_at=clock(), alive_at=clock())
    return True


def forget_old_printouts(*, now: datetime) -> int:
    """Remove files that were asked for more than seven days ago, and return how many there were."""
    old = list(Printout.objects.filter(made_at__lt=now - KEPT_FOR))
    for printout in old:
        printout.file.delete(save=False)
        printout.delete()
    return len(old)


def file_name_of(printout: Printout) -> str:
    """Return the name under which a browser saves the file: "danh-sach-nhan-2026-11-20.pdf"."""
    kind = KINDS[printout.kind]
    return f"{kind.stem}-{timezone.localdate(printout.made_at):%Y-%m-%d}{kind.extension}"


def _check_may_see(printout: Printout) -> None:
    # A role may have been taken away between the wish and the writing. Registers ask the same of their own filters.
    if printout.run_id and printout.by and not IssueRun.objects.visible_to(printout.by).filter(pk=printout.run_id).exists():
        raise NotYours
