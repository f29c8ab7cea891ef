"""Lists that are issued by decision: who may stand on them and who may not, how far they are, what came of each person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Length
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from certificates.enums import NoticeKind, NoticeState, RunRowState, State
from certificates.models import Certificate, Issuer, IssueRun, Notice, RunRow
from certificates.selectors.renewals import refreshing_completions
from cms.work import GIVEN_UP_AFTER, WorkState
from courses.models import CoursePage
from learning.models import Enrolment
from unions.selectors import Standing, units_of
from vietnamese.text import clean

PER_PAGE = 50
# Before the state of a notice, where it stands among the states of rows.
NOTICE = "notice-"
STANDING = [RunRowState.WAITING, RunRowState.ISSUED]


@dataclass(frozen=True)
class Candidate:
    """Somebody who studies or studied the course. `reason`: why no paper can be issued; empty for who qualifies."""

    enrolment: Enrolment
    reason: str
    is_on_list: bool
    standing: Standing | None


@dataclass(frozen=True)
class Candidates:
    """A page of people, and how many there are of each kind."""

    people: list[Candidate]
    page: Page
    qualify: int
    others: int
    on_list: int


@dataclass(frozen=True)
class ListedPerson:
    """One row of a list: what came of it, and of the notice to the holder."""

    row: RunRow
    standing: Standing | None
    notice: Notice | None


@dataclass(frozen=True)
class RunFigures:
    """What came of a list, counted: {RunRowState: rows} and {NoticeState: notices}."""

    rows: dict[str, int]
    notices: dict[str, int]

    @property
    def issued(self) -> int:
        return self.rows.get(RunRowState.ISSUED, 0)

    @property
    def failed(self) -> int:
        return self.rows.get(RunRowState.FAILED, 0)

    @property
    def dropped(self) -> int:
        return self.rows.get(RunRowState.DROPPED, 0)

    @property
    def notices_all(self) -> int:
        return sum(self.notices.values())


def qualifying(run: IssueRun, viewer: User | None, q: str = "") -> QuerySet[Enrolment]:
    """Return who may stand on the list: completed, no certificate of that cycle in whatever state, on no other list, an account that works.

    Only people whom the viewer may see; None: a command, which sees all.
    """
    earned = ~_has_certificate() if run.course.gives_certificate else Q(completion__in=refreshing_completions())
    return _of_course(run, viewer, q).filter(*_has_everything(), ~_on_other_list(run), earned)


def candidates_of(run: IssueRun, viewer: User, on: date, *, kind: str = "", q: str = "", page: str | None = None) -> Candidates:
    """Return a page of people of the course who qualify, or (`kind` "others") who do not, with why; or ("listed") who is on the list.

    Ten queries for a page, however many people there are.
    """
    everybody, fit = _of_course(run, viewer, q), qualifying(run, viewer, q)
    all_count, fit_count = everybody.count(), fit.count()
    # A join, not EXISTS: SQLite would look through the whole list for each person.
    listed = everybody.filter(completion__run_rows__run=run)
    wanted = {"others": everybody.exclude(pk__in=fit.values("pk")), "listed": listed}.get(kind, fit)
    # The page is found as bare keys first; only its rows are filled in.
    paginator = Paginator(wanted.order_by("user__sort_key", "pk").values_list("pk", flat=True), PER_PAGE)
    shown = paginator.get_page(page)
    return Candidates(_filled(list(shown), run, on), shown, fit_count, all_count - fit_count, run.rows.count())


def _of_course(run: IssueRun, viewer: User | None, q: str) -> QuerySet[Enrolment]:
    enrolments = Enrolment.objects.all() if viewer is None else Enrolment.objects.visible_to(viewer)
    enrolments = enrolments.filter(course=run.course_id)
    return enrolments.filter(user__in=User.objects.named(q).values("pk")) if clean(q) else enrolments


def _has_everything() -> list[Q]:
    return [Q(completion__isnull=False), Q(user__is_active=True), ~Q(user__full_name="")]


def _has_certificate() -> Exists:
    return Exists(Certificate.objects.filter(user=OuterRef("user"), course=OuterRef("course"), cycle=OuterRef("cycle")))


def _on_other_list(run: IssueRun) -> Exists:
    return Exists(RunRow.objects.filter(completion=OuterRef("completion"), state__in=STANDING).exclude(run=run))


def _filled(keys: list[int], run: IssueRun, on: date) -> list[Candidate]:
    found = Enrolment.objects.select_related("user", "completion").in_bulk(keys)
    enrolments = [found[key] for key in keys]
    people = [enrolment.user_id for enrolment in enrolments]
    completions = [enrolment.completion.pk for enrolment in enrolments if hasattr(enrolment, "completion")]
    papers = certificates_like(Certificate(user_id=person, course_id=run.course_id) for person in people) if run.course.gives_certificate else {}
    renewing = None if run.course.gives_certificate else set(refreshing_completions().filter(pk__in=completions).values_list("pk", flat=True))
    rows = {row.completion_id: row for row in RunRow.objects.filter(completion__in=completions, state__in=STANDING).select_related("run__by", "run__decided_by")}
    standings = units_of(people, on)
    return [_candidate(enrolment, run, papers, rows, renewing, standings.get(enrolment.user_id)) for enrolment in enrolments]


def _candidate(
    enrolment: Enrolment, run: IssueRun, papers: dict, rows: dict[int, RunRow], renewing: set[int] | None, standing: Standing | None,
) -> Candidate:
    completion = getattr(enrolment, "completion", None)
    row = rows.get(completion.pk) if completion else None
    paper = papers.get((enrolment.user_id, run.course_id, enrolment.cycle))
    elsewhere = row if row and row.run_id != run.pk else None
    reason = _reason(enrolment, paper, elsewhere)
    if not reason and renewing is not None and completion.pk not in renewing:
        reason = renews_nothing()
    return Candidate(enrolment, reason, bool(row and row.run_id == run.pk), standing)


def _reason(enrolment: Enrolment, paper: Certificate | None, elsewhere: RunRow | None) -> str:
    if not hasattr(enrolment, "completion"):
        return _("Not finished: %(done)s of %(total)s parts.") % {"done": enrolment.steps_done, "total": enrolment.steps_total}
    if paper:
        return refusal_for(paper)
    if elsewhere:
        return _said_of_list(elsewhere.run)
    if not enrolment.user.full_name:
        return _("The account has no name.")
    return "" if enrolment.user.is_active else _("The account is switched off.")


def refusal_for(paper: Certificate) -> str:
    """Say why nothing is issued to somebody who has this certificate of the same cycle."""
    if paper.state == State.REVOKED:
        return _("Was revoked: %(number)s. It can only be issued anew, from the register.") % {"number": paper.register_number}
    return _("Has a certificate already: %(number)s.") % {"number": paper.register_number}


def _said_of_list(run: IssueRun) -> str:
    if run.decided_at:
        return _("Stands on the list “%(list)s”, decided by %(person)s: decision %(number)s of %(day)s.") % {
            "list": run.name, "person": run.decided_by or "", "number": run.decision_number, "day": date_format(run.decision_on, "d/m/Y")}
    return _("Stands on the list “%(list)s” of %(person)s, which is not decided yet.") % {"list": run.name, "person": run.by or ""}


def renews_nothing() -> str:
    return _("Holds no certificate that this course renews.")


def certificates_like(wanted: Iterable[Certificate]) -> dict[tuple[int, int, int], Certificate]:
    """Return the latest certificate in whatever state for the persons, courses and cycles of these rows, by those three. One query."""
    rows = list(wanted)
    found = Certificate.objects.filter(user__in={row.user_id for row in rows}, course__in={row.course_id for row in rows})
    found = found.only("user_id", "course_id", "cycle", "state", "register_number").order_by("pk")
    return {(paper.user_id, paper.course_id, paper.cycle): paper for paper in found}


def courses_to_issue() -> QuerySet[CoursePage]:
    """Return the courses that give a certificate, their own or by renewing another's, by title."""
    refreshed = CoursePage.objects.filter(renewal_course=OuterRef("pk"))
    return CoursePage.objects.filter(Q(gives_certificate=True) | Exists(refreshed)).order_by("title").only("title")


def runs_of(viewer: User, page: str | None = None) -> Page:
    """Return a page of the lists whose register the viewer may read, the latest first. Four queries."""
    runs = IssueRun.objects.visible_to(viewer).select_related("course", "issuer", "by", "decided_by").annotate(people=Count("rows"))
    return Paginator(runs.order_by("-made_at", "-pk"), PER_PAGE).get_page(page)


def figures_of(run: IssueRun) -> RunFigures:
    """Count what came of a list and of its notices. Two queries."""
    rows = dict(run.rows.order_by().values_list("state").annotate(Count("pk")))
    notices = Notice.objects.filter(certificate__run_row__run=run, kind=NoticeKind.ISSUED).order_by()
    return RunFigures(rows, dict(notices.values_list("state").annotate(Count("pk"))))


def rows_of(run: IssueRun, on: date, *, state: str = "", q: str = "", page: str | None = None) -> tuple[Page, list[ListedPerson]]:
    """Return a page of the people of a list, in its order, with paper, unit of the day and notice. Five queries."""
    rows = run.rows.order_by("position").select_related("certificate", "completion__enrolment__user")
    if state in RunRowState.values:
        rows = rows.filter(state=state)
    if (notice := state.removeprefix(NOTICE)) in NoticeState.values and state.startswith(NOTICE):
        rows = rows.filter(certificate__notices__kind=NoticeKind.ISSUED, certificate__notices__state=notice)
    if clean(q):
        rows = rows.filter(completion__enrolment__user__in=User.objects.named(q).values("pk"))
    shown = Paginator(rows, PER_PAGE).get_page(page)
    found = list(shown)
    notices = {
        notice.certificate_id: notice
        for notice in Notice.objects.filter(certificate__in=[row.certificate_id for row in found if row.certificate_id], kind=NoticeKind.ISSUED)}
    standings = units_of([row.completion.enrolment.user_id for row in found], on)
    return shown, [
        ListedPerson(row, standings.get(row.completion.enrolment.user_id), notices.get(row.certificate_id)) for row in found]


def how_far(run: IssueRun, now: datetime) -> dict:
    """Return how far the issuing is, as the page's script asks it. No query."""
    return {
        "state": run.state, "done": run.done, "total": run.total, "percent": int(100 * run.fraction),
        "settled": run.is_over or run.state == WorkState.READY or is_stuck(run, now)}


def issuers_of(viewer: User) -> QuerySet[Issuer]:
    """Return the issuers in whose name the person may issue, by name."""
    return Issuer.objects.managed_by(viewer).order_by("-is_default", "name")


def states_to_choose(run: IssueRun) -> list[tuple[str, str]]:
    """Return what the rows of a list can be filtered by: what came of the person and, where holders are told, of the notice."""
    notices = [(f"{NOTICE}{value}", _("Notice: %(state)s") % {"state": label}) for value, label in NoticeState.choices]
    return [*RunRowState.choices, *(notices if run.notifies else [])]


def is_stuck(run: IssueRun, now: datetime) -> bool:
    """Say whether nobody works on a decided list any more: its worker was stopped, or never began. No query."""
    if run.state != WorkState.APPLYING:
        return False
    return (run.alive_at or run.decided_at) < now - GIVEN_UP_AFTER


@dataclass(frozen=True)
class Example:
    """Somebody on the list whose paper is looked at before the decision."""

    label: str
    row: RunRow


def examples_of(run: IssueRun, person: str | None = None) -> list[Example]:
    """Return whose papers are worth a look: whoever was asked for, the first, the longest name, the shortest. At most four queries.

    :param person: the uuid of a completion; others are left out.
    """
    rows = run.rows.select_related("completion__enrolment__user").annotate(letters=Length("completion__enrolment__user__full_name"))
    wanted = [(_("Asked for"), rows.filter(completion__uuid=person))] if _is_uuid(person) else []
    wanted += [
        (_("First"), rows.order_by("position")), (_("Longest name"), rows.order_by("-letters", "position")),
        (_("Shortest name"), rows.order_by("letters", "position"))]
    found = {}
    for label, some in wanted:
        if (row := some.first()) and row.pk not in found:
            found[row.pk] = Example(label, row)
    return list(found.values())


def _is_uuid(text: str | None) -> bool:
    try:
        return bool(text) and bool(UUID(text))
    except ValueError:
        return False
