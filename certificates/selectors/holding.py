"""What a holder has: papers with their state, the consent to be shown by name, and one paper in full."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef

from certificates.enums import CONSENT_NOW, State
from certificates.models import Certificate, NameConsent, Notice
from certificates.selectors.looking import LookDay, looks_at
from certificates.selectors.notices import notices_to
from certificates.selectors.record import Happening, happenings_of
from certificates.selectors.renewals import Renewal, renewal_of, renewals_of
from certificates.selectors.states import facts_now, state_on
from certificates.validity import REMINDERS
from certificates.wording import masked_name

# Papers that end within this many days carry a warning.
ENDS_SOON = timedelta(days=max(REMINDERS))


@dataclass(frozen=True)
class Paper:
    """A certificate as its holder sees it."""

    certificate: Certificate
    state: str
    kilobytes: int | None
    on: date
    renewal: Renewal | None = None

    @property
    def facts(self) -> dict:
        """What the register says today, corrections included; an older register may leave any of it out."""
        return facts_now(self.certificate)

    @property
    def label(self) -> str:
        return State(self.state).label

    @property
    def tone(self) -> str:
        """The colour of the tag that carries the word."""
        return {State.VALID: "done", State.REVOKED: "bad"}.get(self.state, "warn")

    @property
    def ends_soon(self) -> bool:
        until = self.certificate.valid_until
        return self.state == State.VALID and until is not None and until <= self.on + ENDS_SOON

    @property
    def days_left(self) -> int | None:
        """Days on which it is still valid, today included."""
        until = self.certificate.valid_until
        return (until - self.on).days if until else None

    @property
    def latest_day(self) -> date | None:
        """The latest day on which it is valid."""
        until = self.certificate.valid_until
        return until - timedelta(days=1) if until else None

    @property
    def successor(self) -> Certificate | None:
        """The paper that stands in its place, or follows it."""
        return getattr(self.certificate, "replaced_by", None) or getattr(self.certificate, "renewed_by", None)

    @property
    def is_brought_in(self) -> bool:
        """Whether it was issued elsewhere, before: then there is no PDF."""
        return not self.certificate.pdf

    @property
    def is_open(self) -> bool:
        """Whether strangers with the code are told of it."""
        return self.certificate.hidden_at is None


@dataclass(frozen=True)
class Holding:
    """What "My certificates" shows."""

    papers: list[Paper]
    notices: list[Notice]
    consent: NameConsent | None
    masked_name: str

    @property
    def foremost(self) -> Paper | None:
        """The paper whose next step carries the one filled button: the first that can be renewed, else the first with a PDF."""
        renewing = (paper for paper in self.papers if paper.renewal and paper.renewal.can_begin)
        return next(renewing, None) or next((paper for paper in self.papers if not paper.is_brought_in), None)

    @property
    def consent_is_older(self) -> bool:
        """Whether other words were agreed to than are asked for today."""
        return self.consent is not None and self.consent.text_version != CONSENT_NOW


def holding_of(user, on: date) -> Holding:
    """Return the person's certificates, the latest first, what is new about them, and the consent to show the name.

    Five queries however many papers, two of them about renewals; asks the storage for each file's size.
    """
    found = list(Certificate.objects.filter(user=user).select_related("replaced_by", "renewed_by").order_by("-issued_at", "-pk"))
    renewals = renewals_of(user, on)
    papers = [paper_of(certificate, on, renewals.get(certificate.pk)) for certificate in found]
    return Holding(papers, list(notices_to(user)[:20]), standing_consent(user), masked_name(user.full_name, user.given_name))


def paper_of(certificate: Certificate, on: date, renewal: Renewal | None = None) -> Paper:
    """Return the certificate with its state on the day and the size of its file. No query."""
    return Paper(certificate, state_on(certificate, on), _kilobytes(certificate), on, renewal)


@dataclass(frozen=True)
class PaperInFull:
    """A paper with what happened to its record, and who looked at it."""

    paper: Paper
    happenings: list[Happening]
    looks: list[LookDay]


def paper_in_full(certificate: Certificate, on: date) -> PaperInFull:
    """Return all that is known of the paper. Four queries however much has happened to it: entries, looks, and two about its renewal."""
    return PaperInFull(paper_of(certificate, on, renewal_of(certificate, on)), happenings_of(certificate), looks_at(certificate))


def _kilobytes(certificate: Certificate) -> int | None:
    if not certificate.pdf:
        return None
    try:
        return -(-certificate.pdf.size // 1024)
    except OSError:
        return None


def certificates_by_course(user) -> dict[int, Certificate]:
    """Return the person's valid certificates by course id, for lists of courses. One query."""
    found = Certificate.objects.filter(user=user, state=State.VALID).order_by("issued_at", "pk")
    return {certificate.course_id: certificate for certificate in found}


@dataclass(frozen=True)
class Shelf:
    """What lists of courses show of a person's papers: the valid ones by course id, and those that end soon or ended lately."""

    by_course: dict[int, Certificate]
    ending: list[Paper]


def shelf_of(user, on: date) -> Shelf:
    """Return the person's valid papers, and those that end within 60 days, or ended in the 60 days before, and that nothing follows. One query."""
    followed = Certificate.objects.filter(renews=OuterRef("pk"))
    rows = list(
        Certificate.objects.filter(user=user, state__in=[State.VALID, State.EXPIRED]).annotate(is_followed=Exists(followed)).order_by("issued_at", "pk"))
    ending = [
        row for row in rows if row.valid_until and on - ENDS_SOON < row.valid_until <= on + ENDS_SOON and not row.is_followed]
    ending.sort(key=lambda row: (row.valid_until, row.pk))
    return Shelf({row.course_id: row for row in rows if row.state == State.VALID}, [paper_of(row, on) for row in ending])


def standing_consent(user) -> NameConsent | None:
    """Return the consent that the person gave and has not withdrawn, whatever its words. One query."""
    return NameConsent.objects.standing().filter(user=user).first()
