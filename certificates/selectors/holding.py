"""What a holder has."""

from dataclasses import dataclass
from datetime import date

from certificates.enums import State
from certificates.models import Certificate, NameConsent
from certificates.selectors.states import state_on
from certificates.wording import masked_name


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


def _kilobytes(certificate: Certificate) -> int | None:
    try:
        return -(-certificate.pdf.size // 1024)
    except OSError:
        return None


def certificates_by_course(user) -> dict[int, Certificate]:
    """Return the person's valid certificates by course id, for lists of courses. One query."""
    found = Certificate.objects.filter(user=user, state=State.VALID).order_by("issued_at", "pk")
    return {certificate.course_id: certificate for certificate in found}


def standing_consent(user) -> NameConsent | None:
    """Return the consent to show the full name that the person gave and has not withdrawn. One query."""
    return NameConsent.objects.filter(user=user, withdrawn_at__isnull=True).first()
