"""One person's record in one course, as the office sees it: steps and dates, marks, papers with their register entries. No answers."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from certificates.enums import REVOCABLE, State
from certificates.models import Certificate, RegisterEntry
from certificates.selectors import state_on
from learning.models import Enrolment
from learning.selectors import Place, place_of
from quizzes.models import Attempt
from training.enums import Standing
from training.selectors.learners import standing_of
from training.selectors.office import may_manage, posts_in
from unions.models import Post
from unions.selectors.scopes import Office


@dataclass(frozen=True)
class Paper:
    """A certificate with its state on the day, and what may still be done with it."""

    certificate: Certificate
    state: str
    may_revoke: bool
    may_reissue: bool

    @property
    def label(self) -> str:
        return State(self.state).label

    @property
    def tone(self) -> str:
        return {State.VALID: "done", State.REVOKED: "bad"}.get(self.state, "warn")


@dataclass(frozen=True)
class Record:
    enrolment: Enrolment
    state: Standing
    place: Place
    posts: list[Post]
    attempts: list[Attempt]
    papers: list[Paper]

    @property
    def completion(self):
        return getattr(self.enrolment, "completion", None)


def record_of(office: Office, enrolment: Enrolment, on: date) -> Record:
    """Return what is known of the enrolment. Seven queries: outline, facts, posts, attempts, papers, entries, the right to revoke."""
    attempts = Attempt.objects.filter(user=enrolment.user, context=enrolment.context).select_related("quiz").order_by("started_at", "pk")
    posts = posts_in(office, [enrolment.user_id], on).get(enrolment.user_id, [])
    return Record(
        enrolment, standing_of(enrolment), place_of(enrolment.course, enrolment), posts, list(attempts),
        _papers_of(enrolment, may_manage(office, enrolment.user_id, on), on))


def _papers_of(enrolment: Enrolment, is_managed: bool, on: date) -> list[Paper]:
    entries = Prefetch("entries", RegisterEntry.objects.select_related("by").order_by("at", "pk"))
    found = (
        Certificate.objects.filter(user=enrolment.user, course=enrolment.course, cycle=enrolment.cycle)
        .select_related("replaced_by").prefetch_related(entries).order_by("-pk"))
    papers = []
    for certificate in found:
        is_newest = getattr(certificate, "replaced_by", None) is None and certificate.state != State.SUPERSEDED
        papers.append(Paper(
            certificate, state_on(certificate, on), is_managed and certificate.state in REVOCABLE, is_managed and is_newest))
    return papers
