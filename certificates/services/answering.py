"""Answering strangers who ask for a code."""

from datetime import datetime

from django.utils.timezone import localdate

from certificates.enums import LookKind
from certificates.selectors import Verification, verification_of
from certificates.services.looks import note_look


def answer_code(*, text: str, now: datetime) -> Verification:
    """Return what a stranger with this code is told, and note that somebody looked.

    Two statements for every well-formed code, whether somebody holds it or not; none for one that cannot be a code.
    """
    found = verification_of(text, localdate(now))
    if not found.is_mistyped:
        note_look(certificate=found.certificate, kind=LookKind.PUBLIC, now=now)
    return found
