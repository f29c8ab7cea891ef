"""Reads over the register: what a holder has, what a code stands for, what is still to be issued or to expire."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.timezone import localdate

from certificates import codes
from certificates.enums import Entry, State
from certificates.models import Certificate, Issuer, NameConsent, RegisterEntry
from certificates.wording import masked_name
from learning.models import Completion

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Paper:
    """A certificate as its holder's list shows it."""

    certificate: Certificate
    state: str
    kilobytes: int | None

    @property
    def label(self) -> str:
        return State(self.state).label

    @property
    def tone(self) -> str:
        """The colour of the tag that carries the word."""
        return {State.VALID: "done", State.REVOKED: "bad"}.get(self.state, "warn")


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


@dataclass(frozen=True)
class Holding:
    """What "My certificates" shows."""

    papers: list[Paper]
    consent: NameConsent | None
    masked_name: str


def holding_of(user, on: date) -> Holding:
    """Return the person's certificates, the latest first, and the consent to show the name. Two queries; asks the storage for each file's size."""
    found = Certificate.objects.filter(user=user).order_by("-issued_at", "-pk")
    return Holding([paper_of(certificate, on) for certificate in found], standing_consent(user), masked_name(user.full_name, user.given_name))


def paper_of(certificate: Certificate, on: date) -> Paper:
    """Return the certificate with its state on the day and the size of its file. No query."""
    return Paper(certificate, state_on(certificate, on), _kilobytes(certificate))


def state_on(certificate: Certificate, on: date) -> str:
    """Return the state on that day: a valid one whose time is over has expired, whether or not the register says so yet."""
    is_over = certificate.valid_until is not None and certificate.valid_until <= on
    return State.EXPIRED if certificate.state == State.VALID and is_over else certificate.state


def _kilobytes(certificate: Certificate) -> int | None:
    try:
        return -(-certificate.pdf.size // 1024)
    except OSError:
        return None


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


def certificates_by_course(user) -> dict[int, Certificate]:
    """Return the person's valid certificates by course id, for lists of courses. One query."""
    found = Certificate.objects.filter(user=user, state=State.VALID).order_by("issued_at", "pk")
    return {certificate.course_id: certificate for certificate in found}


def standing_certificate(user, course, cycle: int) -> Certificate | None:
    """Return the latest certificate for this award and cycle, whatever its state: a revoked one is not issued again by itself. One query."""
    return Certificate.objects.filter(user=user, course=course, cycle=cycle).order_by("-pk").first()


def completion_of(user, course) -> Completion | None:
    """Return the person's latest completion of the course. One query."""
    return (
        Completion.objects.filter(enrolment__user=user, enrolment__course=course)
        .select_related("enrolment__user", "enrolment__course", "rule_set").order_by("-enrolment__cycle").first())


def default_issuer() -> Issuer | None:
    """Return the unit that issues when no other is named. One query."""
    return Issuer.objects.filter(is_default=True).first()


def completions_without_certificate() -> QuerySet[Completion]:
    """Return completions of courses that give a certificate, for which none was ever issued, the earliest first."""
    issued = Certificate.objects.filter(
        user=OuterRef("enrolment__user"), course=OuterRef("enrolment__course"), cycle=OuterRef("enrolment__cycle"))
    return (
        Completion.objects.filter(~Exists(issued), enrolment__course__gives_certificate=True)
        .select_related("enrolment__user", "enrolment__course", "rule_set").order_by("completed_at", "pk"))


def certificates_to_expire(on: date) -> QuerySet[Certificate]:
    """Return valid certificates whose time is over on that day; `valid_until` itself is the first day without."""
    return Certificate.objects.filter(Q(valid_until__lte=on), state=State.VALID).order_by("valid_until", "pk")


def standing_consent(user) -> NameConsent | None:
    """Return the consent to show the full name that the person gave and has not withdrawn. One query."""
    return NameConsent.objects.filter(user=user, withdrawn_at__isnull=True).first()
