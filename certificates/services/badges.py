"""Handing out the credential of a certificate."""

from datetime import datetime

from certificates import credentials
from certificates.credentials import CredentialFile
from certificates.enums import LookKind
from certificates.models import Certificate
from certificates.services.errors import NoBadge
from certificates.services.keys import note_key_in_use
from certificates.services.looks import note_look


def badge_file(*, certificate: Certificate, format: str, by, now: datetime) -> CredentialFile:
    """Return the signed credential as a file, made anew each time from the same facts, and note who took it when it is not the holder.

    :param certificate: with its series, issuer and unit loaded.
    :param format: "json", "png" or "svg".
    :raises NoBadge: for a paper that was issued elsewhere, before; or one that was revoked or replaced.
    :raises KeyCompromised: until the signing key is replaced.
    """
    if not credentials.is_available(certificate):
        raise NoBadge
    # Before it signs, so that the key stays published whatever comes after it.
    note_key_in_use(now=now)
    file = credentials.file_of(certificate, format)
    note_look(certificate=certificate, kind=LookKind.DOWNLOAD, now=now, by=by)
    return file
