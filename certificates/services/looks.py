"""Noting who looked at whose record."""

from datetime import datetime

from certificates.models import Certificate, Look


def note_look(*, certificate: Certificate | None, kind: str, now: datetime, by=None) -> None:
    """Note that somebody looked at the certificate; its holder looking at their own is not noted.

    Without a certificate (a code that nobody holds) the same row is written, so that the answer takes the same time.
    """
    if certificate is not None and by is not None and certificate.user_id == by.pk:
        return
    Look.objects.create(certificate=certificate, kind=kind, by=by, at=now)
