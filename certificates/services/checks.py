"""A stranger hands in a file: it is checked, the look is noted for its holder, and the file is forgotten."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from certificates import selectors
from certificates.checking import Finding, check_file
from certificates.enums import LookKind
from certificates.selectors import Verification
from certificates.services.looks import note_look


@dataclass(frozen=True)
class FileAnswer:
    """What the page tells: the finding, and of the paper what anybody with its code is told; nothing of one whose page is off.

    Nor of one that was found by its number: numbers run without holes, and whoever wrote one after the other could read the register.
    """

    finding: Finding
    found: Verification | None = None


def answer_file(*, data: bytes, now: datetime, by=None) -> FileAnswer:
    """Check the file and note the look at its paper. Nothing of the file is kept.

    :param by: who is signed in, if anybody: their own paper makes no note. Nobody is named, as for the page of a code.
    """
    on = timezone.localdate(now)
    finding = check_file(data, on)
    if finding.certificate is None or finding.reason == "number":
        return FileAnswer(finding)
    if by is None or finding.certificate.user_id != by.pk:
        note_look(certificate=finding.certificate, kind=LookKind.FILE, now=now)
    found = selectors.verification_of(finding.certificate.code, on)
    return FileAnswer(finding, found if found.is_known else None)
