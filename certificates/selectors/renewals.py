"""What ends and can be renewed, by which course, and how far a renewal is; and what waits for a decision.

The rules: a certificate is renewed from the first reminder on, by its course's refresher or by the whole course again, once. A refresher
counts when it was begun as a renewal or completed in that time, after the certificate was issued. Revoked and superseded ones are not
renewed. When the course that is taken, or the one whose paper it gives, issues by decision, the paper waits for the list of the course taken.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import DateField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from certificates.enums import NoticeKind, RenewalStep, RunRowState, State
from certificates.models import Certificate, Notice, RunRow
from certificates.selectors.standing import default_issuer
from certificates.validity import opens_on
from courses.enums import Issuing
from courses.models import CoursePage
from learning.enums import Source
from learning.models import Completion, Enrolment

# Of these a next cycle can follow.
RENEWABLE = (State.VALID, State.EXPIRED)


@dataclass(frozen=True)
class Renewal:
    """How one certificate is renewed. `course` is the one to take: the refresher, or the whole course again."""

    certificate: Certificate
    step: str
    opens_on: date
    course: CoursePage
    enrolment: Enrolment | None = None

    @property
    def is_refresher(self) -> bool:
        return self.course.pk != self.certificate.course_id

    @property
    def can_begin(self) -> bool:
        """Whether "Renew" leads somewhere: to begin, or to go on."""
        return self.step in (RenewalStep.OPEN, RenewalStep.UNDER_WAY)

    @property
    def done(self) -> int:
        return self.enrolment.steps_done if self.enrolment else 0

    @property
    def total(self) -> int:
        return self.enrolment.steps_total if self.enrolment else 0


def renewals_of(user, on: date) -> dict[int, Renewal]:
    """Return how each of the person's papers that end is renewed, by the certificate's id. Two queries, however many.

    Left out: what was renewed already, is revoked or superseded, has no end, or belongs to no course here.
    """
    certificates = list(_unrenewed().filter(user=user, course__isnull=False).select_related("course__renewal_course"))
    targets = {_target(certificate).pk for certificate in certificates}
    latest = _latest_enrolments(user, targets) if targets else {}
    return {certificate.pk: _renewal(certificate, latest.get(_target(certificate).pk), on) for certificate in certificates}


def renewal_of(certificate: Certificate, on: date) -> Renewal | None:
    """Return how this certificate is renewed, or None when it is not. Two queries."""
    row = _unrenewed().filter(pk=certificate.pk, course__isnull=False, user__isnull=False).select_related("course__renewal_course").first()
    if row is None:
        return None
    target = _target(row)
    return _renewal(row, _latest_enrolments(row.user_id, {target.pk}).get(target.pk), on)


def _unrenewed() -> QuerySet[Certificate]:
    """Keep what ends and has no successor: neither one of its own nor any of a later cycle."""
    later = Certificate.objects.filter(user=OuterRef("user"), course=OuterRef("course"), cycle__gt=OuterRef("cycle"))
    return Certificate.objects.filter(~Exists(later), state__in=RENEWABLE, valid_until__isnull=False, renewed_by__isnull=True)


def _target(certificate: Certificate) -> CoursePage:
    return certificate.course.renewal_course or certificate.course


def _latest_enrolments(user, course_ids: set[int]) -> dict[int, Enrolment]:
    found = Enrolment.objects.filter(user=user, course__in=course_ids).select_related("completion").order_by("course", "cycle")
    return {enrolment.course_id: enrolment for enrolment in found}


def _renewal(certificate: Certificate, latest: Enrolment | None, on: date) -> Renewal:
    opens, target = opens_on(certificate.valid_until), _target(certificate)
    is_refresher = target.pk != certificate.course_id
    taken = latest if latest is not None and (is_refresher or latest.cycle > certificate.cycle) else None
    if taken is not None and hasattr(taken, "completion"):
        if not is_refresher or _renews(certificate, taken.completion, taken):
            return Renewal(certificate, RenewalStep.AWAITING, opens, target, taken)
        taken = None
    if taken is not None and (on >= opens or taken.source == Source.RENEWAL):
        return Renewal(certificate, RenewalStep.UNDER_WAY, opens, target, taken)
    if on < opens:
        return Renewal(certificate, RenewalStep.NOT_YET, opens, target)
    return Renewal(certificate, RenewalStep.OPEN if target.live else RenewalStep.CLOSED, opens, target)


def _renews(certificate: Certificate, completion: Completion, enrolment: Enrolment) -> bool:
    """Say whether completing the refresher renews the certificate: begun as a renewal, or completed once renewal was open."""
    if completion.completed_at <= certificate.issued_at:
        return False
    return enrolment.source == Source.RENEWAL or timezone.localdate(completion.completed_at) >= opens_on(certificate.valid_until)


@dataclass(frozen=True)
class Award:
    """What a completion gives besides, or in another way than, its own course's first paper: the next cycle of `former`."""

    course: CoursePage
    cycle: int
    former: Certificate


def awards_of(completions: Sequence[Completion]) -> dict[int, list[Award]]:
    """Return the renewals that completions stand for, by the completion's id: of their own course's later cycles, and of courses that
    they refresh; and of papers from before (cycle 0) that the first cycle of their course renews. Two queries, one when nobody is in a
    later cycle; whoever renews nothing is left out.

    :param completions: with enrolment and course fetched.
    """
    awards = _own_awards([completion for completion in completions if completion.enrolment.cycle > 1])
    for completion, former in _refreshed(completions):
        awards.setdefault(completion.pk, []).append(Award(former.course, former.cycle + 1, former))
    return awards


def _renewed_by(completion: Completion, former: Certificate) -> bool:
    enrolment = completion.enrolment
    # An own course's later cycles are `_own_awards`; its first one renews what was brought in from an older register.
    is_again = former.course_id == enrolment.course_id and former.cycle == 0 and enrolment.cycle == 1
    return (is_again or former.course.renewal_course_id == enrolment.course_id) and _renews(former, completion, enrolment)


def _own_awards(completions: list[Completion]) -> dict[int, list[Award]]:
    if not completions:
        return {}
    awards: dict[int, list[Award]] = {}
    people = {completion.enrolment.user_id for completion in completions}
    courses = {completion.enrolment.course_id for completion in completions}
    # The latest of all earlier cycles comes last.
    papers: dict[tuple[int, int], list[Certificate]] = {}
    for paper in Certificate.objects.filter(user__in=people, course__in=courses).select_related("series__issuer__unit").order_by("cycle", "issued_at", "pk"):
        papers.setdefault((paper.user_id, paper.course_id), []).append(paper)
    for completion in completions:
        enrolment = completion.enrolment
        earlier = [paper for paper in papers.get((enrolment.user_id, enrolment.course_id), []) if paper.cycle < enrolment.cycle]
        if earlier and earlier[-1].state in RENEWABLE:
            awards[completion.pk] = [Award(enrolment.course, enrolment.cycle, earlier[-1])]
    return awards


def _refreshed(completions: Iterable[Completion]) -> list[tuple[Completion, Certificate]]:
    by_person: dict[int, list[Completion]] = {}
    for completion in completions:
        by_person.setdefault(completion.enrolment.user_id, []).append(completion)
    if not by_person:
        return []
    taken = {completion.enrolment.course_id for some in by_person.values() for completion in some}
    formers = (
        _unrenewed().filter(Q(course__renewal_course__in=taken) | Q(course__in=taken, cycle=0), user__in=by_person)
        .select_related("course", "series__issuer__unit").order_by("issued_at", "pk"))
    # An older register may bring in several papers of one person and course: the latest is renewed.
    latest = {(former.user_id, former.course_id): former for former in formers}
    return [
        (completion, former) for former in latest.values() for completion in by_person[former.user_id] if _renewed_by(completion, former)]


def waits_for_decision(completion: Completion, award: Award | None = None) -> bool:
    """Say whether the paper is given by a list only: because the course that was taken says so, or the one whose paper it is. No query."""
    courses = [completion.enrolment.course, *([award.course] if award else [])]
    return any(course.issuing == Issuing.BY_DECISION for course in courses)


@dataclass(frozen=True)
class Awaiting:
    """A paper that somebody has earned and that a unit still decides on."""

    completion: Completion
    course: str
    issuer: str


def awaiting(user) -> list[Awaiting]:
    """Return what the person is still to be given by decision, the latest first. Four queries at most."""
    completions = list(
        Completion.objects.filter(_by_decision(), enrolment__user=user).select_related("enrolment__course").order_by("-completed_at", "-pk"))
    if not completions:
        return []
    issued = set(Certificate.objects.filter(user=user).values_list("course_id", "cycle"))
    awards = awards_of(completions)
    listed = dict(RunRow.objects.filter(completion__in=completions, state=RunRowState.WAITING).values_list("completion_id", "run__issuer__name"))
    default = default_issuer()
    found = []
    for completion in completions:
        issuer = listed.get(completion.pk) or (default.name if default else "")
        found += [Awaiting(completion, title, issuer) for title in _titles_awaited(completion, issued, awards.get(completion.pk, []))]
    return found


def _titles_awaited(completion: Completion, issued: set[tuple[int, int]], awards: list[Award]) -> list[str]:
    course, cycle = completion.enrolment.course, completion.enrolment.cycle
    own = course.gives_certificate and course.issuing == Issuing.BY_DECISION and (course.pk, cycle) not in issued
    refreshed = [award.course.title for award in awards if award.course.pk != course.pk and waits_for_decision(completion, award)]
    return [course.title, *refreshed] if own else refreshed


def _by_decision() -> Q:
    own = Q(enrolment__course__gives_certificate=True, enrolment__course__issuing=Issuing.BY_DECISION)
    refreshed = CoursePage.objects.filter(renewal_course=OuterRef("enrolment__course"))
    return own | Exists(refreshed)


def refreshing_completions() -> QuerySet[Completion]:
    """Return completions of refreshers whose takers hold a paper that may be renewed by them; `awards_of` says whether it is."""
    formers = _unrenewed().filter(
        user=OuterRef("enrolment__user"), course__renewal_course=OuterRef("enrolment__course"), issued_at__lt=OuterRef("completed_at"))
    return (
        Completion.objects.filter(Exists(formers)).select_related("enrolment__user", "enrolment__course", "rule_set")
        .order_by("completed_at", "pk"))


def ending_between(after: date, until: date, *, days: int) -> QuerySet[Certificate]:
    """Return valid certificates whose first day without lies after the one day and not after the other, to be reminded of so many days before.

    Left out: what was renewed; what was issued on the day of that reminder or later, so that nobody is reminded of what they have just
    been given; and those of whom a nearer reminder was posted already, by a clock that was ahead.
    """
    nearer = Notice.objects.filter(certificate=OuterRef("pk"), kind=NoticeKind.ENDING, days__lt=days)
    return (
        _unrenewed().filter(~Exists(nearer), state=State.VALID, valid_until__gt=after, valid_until__lte=until)
        .annotate(issued_on=TruncDate("issued_at"), reminded_on=ExpressionWrapper(F("valid_until") - timedelta(days=days), DateField()))
        .filter(issued_on__lt=F("reminded_on")).order_by("pk"))
