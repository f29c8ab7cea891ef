"""What a code or a file stands for, as strangers are told."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Subquery
from django.utils.timezone import localdate

from certificates import codes
from certificates.enums import Entry, State
from certificates.models import Certificate, NameConsent, RegisterEntry
from certificates.selectors.states import state_on
from certificates.wording import masked_name

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verification:
    """What a stranger with the code is told. Holds no birth date, telephone number or workplace, so no page can show them."""

    state: str
    code: str
    register_number: str = ""
    name: str = ""
    is_masked: bool = True
    course: str = ""
    issuer: str = ""
    issued_on: date | None = None
    grade: str = ""
    ended_on: date | None = None
    reason: str = ""
    replaced_by: str = ""

    @property
    def is_known(self) -> bool:
        return self.state != UNKNOWN


def verification_of(text: str, on: date) -> Verification:
    """Return what a stranger with this code is told. One query for every well-formed code, known or not, whatever its state."""
    code = codes.normalise(text)
    if not codes.is_well_formed(code):
        return Verification(UNKNOWN, code)
    ended = RegisterEntry.objects.filter(
        certificate=OuterRef("pk"), kind__in=[Entry.REVOKED, Entry.SUPERSEDED, Entry.EXPIRED]).order_by("-at", "-pk")
    certificate = (
        Certificate.objects.filter(code=code).select_related("replaced_by")
        .annotate(
            shows_name=Exists(NameConsent.objects.filter(user=OuterRef("user"), withdrawn_at__isnull=True)),
            ended_at=Subquery(ended.values("at")[:1]), ended_reason=Subquery(ended.values("reason")[:1]))
        .first())
    return _told(certificate, on) if certificate else Verification(UNKNOWN, code)


def _told(certificate, on: date) -> Verification:
    snapshot, state = certificate.snapshot, state_on(certificate, on)
    shows_name = certificate.shows_name
    ended_on = certificate.valid_until if state == State.EXPIRED else certificate.ended_at and localdate(certificate.ended_at)
    replaced_by = getattr(certificate, "replaced_by", None)
    return Verification(
        state=state,
        code=certificate.code,
        register_number=certificate.register_number,
        name=snapshot["name"].upper() if shows_name else masked_name(snapshot["name"], snapshot["given_name"]),
        is_masked=not shows_name,
        course=snapshot["course"],
        issuer=snapshot["issuer"],
        issued_on=date.fromisoformat(snapshot["issued_on"]),
        grade=snapshot["grade"] if shows_name else "",
        ended_on=ended_on,
        reason=certificate.ended_reason or "" if state == State.REVOKED else "",
        replaced_by=replaced_by.register_number if replaced_by else "",
    )


def certificate_by_digest(digest: str) -> Certificate | None:
    """Return the certificate whose stored PDF has this SHA-256. One query."""
    return Certificate.objects.filter(pdf_sha256=digest).first()
