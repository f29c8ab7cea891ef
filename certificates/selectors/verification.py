"""What a code or a file stands for, as strangers are told."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.timezone import localdate

from certificates import codes
from certificates.enums import Entry, State
from certificates.models import Certificate, NameConsent, RegisterEntry
from certificates.selectors.states import facts_now, state_on
from certificates.validity import last_day_with
from certificates.wording import PAPER_TITLES, masked_name

UNKNOWN = "unknown"
# What strangers are told of a paper; whatever else was corrected is told to have been, and no more.
_TOLD = ("name", "course", "issuer", "issued_on", "grade")


@dataclass(frozen=True)
class Verification:
    """What a stranger with the code is told. Holds no birth date, telephone number or workplace, so no page can show them."""

    state: str
    code: str
    # For the note that somebody looked, never for a page.
    certificate: Certificate | None = None
    title: str = ""
    register_number: str = ""
    name: str = ""
    is_masked: bool = True
    course: str = ""
    issuer: str = ""
    issued_on: date | None = None
    # The last day on which it is, or was, valid.
    valid_through: date | None = None
    grade: str = ""
    ended_on: date | None = None
    reason: str = ""
    replaces: str = ""
    replaced_by: str = ""
    renewed_by: str = ""
    has_signature: bool = False
    has_file: bool = False
    # What stands on the paper where the register says something else by now: {"course": "…"}.
    on_paper: dict | None = None
    corrected_on: date | None = None

    @property
    def is_known(self) -> bool:
        return self.state != UNKNOWN

    @property
    def is_mistyped(self) -> bool:
        """Nobody can hold this code: the check character says so without asking the register."""
        return not codes.is_well_formed(self.code)


def verification_of(text: str, on: date) -> Verification:
    """Return what a stranger with this code is told. One query for every well-formed code, known or not, whatever its state.

    Of a paper whose public page is off the answer is that for an unknown code.
    """
    code = codes.normalise(text)
    if not codes.is_well_formed(code):
        return Verification(UNKNOWN, code)
    certificate = _with_what_happened(Certificate.objects.filter(code=code)).first()
    return _told(certificate, on) if certificate and not certificate.hidden_at else Verification(UNKNOWN, code)


def _with_what_happened(found: QuerySet) -> QuerySet:
    happened = RegisterEntry.objects.filter(certificate=OuterRef("pk")).order_by("-at", "-pk")
    ended = happened.filter(kind__in=[Entry.REVOKED, Entry.SUPERSEDED, Entry.EXPIRED])
    return found.select_related("replaces", "replaced_by", "renewed_by").annotate(
        shows_name=Exists(NameConsent.objects.showing_name().filter(user=OuterRef("user"))),
        ended_at=Subquery(ended.values("at")[:1]), ended_reason=Subquery(ended.values("reason")[:1]),
        corrected_at=Subquery(happened.filter(kind=Entry.CORRECTED).values("at")[:1]))


def _told(certificate: Certificate, on: date) -> Verification:
    state, now, before = state_on(certificate, on), _facts(certificate, facts_now(certificate)), _facts(certificate, certificate.snapshot)
    last_day = certificate.valid_until and last_day_with(certificate.valid_until)
    return Verification(
        **now, state=state, code=certificate.code, certificate=certificate, register_number=certificate.register_number,
        title=PAPER_TITLES.get(certificate.snapshot.get("paper"), ""),
        is_masked=not certificate.shows_name, valid_through=last_day,
        ended_on=last_day if state == State.EXPIRED else _day(certificate.ended_at),
        reason=certificate.ended_reason or "" if state == State.REVOKED else "",
        replaces=_number(certificate.replaces), replaced_by=_number(getattr(certificate, "replaced_by", None)),
        renewed_by=_number(getattr(certificate, "renewed_by", None)),
        has_signature=bool(certificate.signed_with), has_file=bool(certificate.pdf),
        on_paper={name: before[name] for name in _TOLD if before[name] != now[name]},
        corrected_on=_day(certificate.corrected_at) if certificate.corrected else None,
    )


def _facts(certificate: Certificate, facts: dict) -> dict:
    """Pick what strangers are told; papers that were brought in from an older register may lack any of it."""
    name, shows_name = facts.get("name") or "", certificate.shows_name
    issued_on = facts.get("issued_on")
    return {
        "name": name.upper() if shows_name else masked_name(name, facts.get("given_name") or ""),
        "course": facts.get("course") or "",
        "issuer": facts.get("issuer") or "",
        "issued_on": date.fromisoformat(issued_on) if issued_on else _day(certificate.issued_at),
        "grade": (facts.get("grade") or "") if shows_name else "",
    }


def _number(certificate: Certificate | None) -> str:
    return certificate.register_number if certificate and not certificate.hidden_at else ""


def _day(at) -> date | None:
    return at and localdate(at)


def certificate_by_digest(digest: str) -> Certificate | None:
    """Return the certificate whose stored PDF has this SHA-256. One query."""
    return Certificate.objects.filter(pdf_sha256=digest).first()
