"""The transcript: everything that a person has studied here and elsewhere, in one list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from accounts.models import User
from certificates.enums import State
from certificates.grading import grade_of
from certificates.models import Certificate, Issuer
from certificates.selectors.standing import default_issuer
from certificates.selectors.states import facts_now, state_on
from learning.enums import StudyState
from learning.models import Enrolment, OutsideStudy
from unions.models import Post, Unit
from unions.selectors import Standing, unit_of


@dataclass(frozen=True)
class Line:
    """A course of the transcript."""

    title: str
    code: str = ""
    organiser: str = ""
    form: str = ""
    begun_on: date | None = None
    ended_on: date | None = None
    hours: Decimal = Decimal(0)
    fraction: float | None = None
    grade: str = ""
    steps: tuple[int, int] = (0, 0)
    cycle: int = 1
    # The paper for it: number, state on the day, last day.
    number: str = ""
    state: str = ""

    @property
    def label(self) -> str:
        return State(self.state).label if self.state else ""

    @property
    def tone(self) -> str:
        return {State.VALID: "done", State.REVOKED: "bad"}.get(self.state, "warn")


@dataclass(frozen=True)
class Transcript:
    """What the person has finished, what is under way, papers from before, and approved courses elsewhere."""

    person: User
    standing: Standing | None
    issuer: Issuer | None
    on: date
    finished: list[Line]
    under_way: list[Line]
    earlier: list[Line]
    outside: list[Line]

    @property
    def hours(self) -> Decimal:
        """Hours that count: of what is finished, of papers that were not revoked, of what was approved."""
        return sum((line.hours for line in [*self.finished, *self.earlier, *self.outside] if line.state != State.REVOKED), Decimal(0))

    @property
    def is_empty(self) -> bool:
        return not (self.finished or self.under_way or self.earlier or self.outside)


def people_in_charge_of(viewer, on: date) -> QuerySet[User]:
    """Return the people whose transcript the viewer may have: who holds a post that day in a unit that the viewer administers or views.

    Stricter than `visible_people`, since a date of birth stands in it: roles of trainers and reviewers open nothing. One query more.
    """
    if viewer.is_superuser:
        return User.objects.all()
    posts = Post.objects.on(on).filter(unit__in=Unit.objects.seen_by(viewer))
    return User.objects.filter(Q(pk__in=posts.values("user")))


def transcript_of(user, on: date) -> Transcript:
    """Return the person's transcript. Five queries however much there is: enrolments, papers, courses elsewhere, post, issuer."""
    enrolments = list(Enrolment.objects.filter(user=user).select_related("course", "completion").order_by("enrolled_at", "pk"))
    papers = newest_papers(Certificate.objects.filter(user=user).order_by("pk"))
    lines = [(row, _line(row, papers.pop((row.course_id, row.cycle), None), on)) for row in enrolments]
    outside = OutsideStudy.objects.filter(user=user, state=StudyState.APPROVED).order_by("ended_on", "pk")
    return Transcript(
        person=user, standing=unit_of(user, on), issuer=default_issuer(), on=on,
        finished=sorted((line for row, line in lines if hasattr(row, "completion")), key=lambda line: line.ended_on),
        under_way=[line for row, line in lines if not hasattr(row, "completion")],
        earlier=[_line_of_paper(paper, on) for paper in papers.values()],
        outside=[_line_of_study(study) for study in outside])


def newest_papers(certificates: Iterable[Certificate]) -> dict[tuple, Certificate]:
    """Keep of each award and cycle the newest paper; papers of no course or cycle here stand each for itself. In the order of issue.

    :param certificates: the earliest first.
    """
    found: dict[tuple, Certificate] = {}
    replaced = set()
    for certificate in certificates:
        replaced.add(certificate.replaces_id)
        # Whatever an older register says of a course is of cycle 0, however often it was taken.
        key = (certificate.course_id, certificate.cycle) if certificate.course_id and certificate.cycle else ("paper", certificate.pk)
        found[key] = certificate
    return {key: paper for key, paper in found.items() if paper.pk not in replaced}


def _line(row: Enrolment, paper: Certificate | None, on: date) -> Line:
    course, completion = row.course, getattr(row, "completion", None)
    facts = facts_now(paper) if paper else {}
    fraction = completion.fraction if completion else None
    return Line(
        title=facts.get("course") or course.title, code=course.code, begun_on=localdate(row.enrolled_at),
        ended_on=localdate(completion.completed_at) if completion else None,
        hours=_decimal(facts.get("hours")) or course.hours if completion else Decimal(0), fraction=fraction,
        grade=facts.get("grade") or grade_of(fraction), steps=(row.steps_done, row.steps_total), cycle=row.cycle,
        number=paper.register_number if paper else "", state=state_on(paper, on) if paper else "")


def _line_of_paper(paper: Certificate, on: date) -> Line:
    facts = facts_now(paper)
    # What renews without a cycle of its own came from a refresher, and the hours stand at that one.
    hours = Decimal(0) if facts.get("renews") else _decimal(facts.get("hours"))
    return Line(
        title=facts.get("course", ""), organiser=facts.get("issuer", ""), form=facts.get("form", ""), begun_on=_day(facts.get("begun_on")),
        ended_on=_day(facts.get("ended_on")) or localdate(paper.issued_at), hours=hours, grade=facts.get("grade", ""),
        number=paper.register_number, state=state_on(paper, on))


def _line_of_study(study: OutsideStudy) -> Line:
    return Line(
        title=study.title, organiser=study.organiser, form=study.form, begun_on=study.begun_on, ended_on=study.ended_on, hours=study.hours,
        grade=study.grade, number=study.paper_number)


def _decimal(text) -> Decimal:
    try:
        return Decimal(str(text or 0))
    except InvalidOperation:
        return Decimal(0)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
