"""Lists of people who are given a paper by one decision: made, filled, put in order, decided, stopped and begun again.

Keeps true: a completion stands on one list at a time; a list is decided once, by whoever comes first; what is issued stays issued.
"""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from certificates.enums import ListOrder, RunRowState
from certificates.models import Issuer, IssueRun, RunRow
from certificates.selectors.runs import qualifying
from certificates.services import issuing
from certificates.services.designs import version_for
from certificates.services.errors import DecidedAlready, ListIsOver, NobodyOnList
from cms.work import WorkState
from courses.models import CoursePage
from learning.models import Completion
from unions.selectors import units_of
from vietnamese.names import sort_key
from vietnamese.text import clean

CHUNK = 2000


def make_run(*, course: CoursePage, issuer: Issuer, name: str, by, now: datetime) -> IssueRun:
    """Begin an empty list for a course, in the name of an issuer."""
    return IssueRun.objects.create(course=course, issuer=issuer, name=clean(name), by=by, made_at=now, state=WorkState.READY)


def change_list(*, run: IssueRun, add: Collection = (), take_off: Collection = (), by) -> int:
    """Put people on a list that is not decided yet, and take others off; return how many were put on. Locks the list.

    Who does not qualify, or has come onto another list meanwhile, is left out.

    :param add, take_off: uuids of completions.
    :raises ListIsOver, DecidedAlready: when the list cannot be changed any more.
    """
    with transaction.atomic():
        run = _open(run)
        run.rows.filter(completion__uuid__in=take_off).delete()
        found = qualifying(run, by).filter(completion__uuid__in=add).order_by("user__sort_key", "pk")
        return _put_on(run, found.values_list("completion", flat=True))


def put_all_on(*, run: IssueRun, by, q: str = "") -> int:
    """Put everybody on the list who qualifies and is found by these words, by name; return how many were put on. Locks the list.

    :raises ListIsOver, DecidedAlready: when the list cannot be changed any more.
    """
    with transaction.atomic():
        run = _open(run)
        return _put_on(run, qualifying(run, by, q).order_by("user__sort_key", "pk").values_list("completion", flat=True))


def take_all_off(*, run: IssueRun) -> None:
    """Empty a list that is not decided yet. Locks the list.

    :raises ListIsOver, DecidedAlready: when the list cannot be changed any more.
    """
    with transaction.atomic():
        _open(run).rows.all().delete()


def decide_run(
    *, run: IssueRun, decision_number: str, decision_on: date, order: str, notifies: bool, by, now: datetime,
) -> IssueRun:
    """Decide the list: its people, their order, the design and the decision are settled; the task `issue_run` does the work. Locks the list.

    :raises DecidedAlready: when somebody else was first; says who.
    :raises ListIsOver: when it was called off.
    :raises NobodyOnList: when it is empty.
    :raises DiplomaNotAllowed: when the design is that of a Chứng chỉ, which the issuer may not issue.
    """
    with transaction.atomic():
        run = _open(run)
        version = version_for(course=run.course, issuer=run.issuer)
        issuing.paper_of(version, run.issuer)
        run.total = _put_in_order(run, order, timezone.localdate(now))
        if not run.total:
            raise NobodyOnList
        run.version, run.notifies, run.state, run.done = version, notifies, WorkState.APPLYING, 0
        run.decision_number, run.decision_on, run.decided_by, run.decided_at = clean(decision_number), decision_on, by, now
        run.save()
    return run


def preview_paper(*, run: IssueRun, completion: Completion, decision_number: str, decision_on: date | None, now: datetime) -> bytes:
    """Return the paper of one person on the list as it would be issued now, with the next number; nothing is written.

    :raises DiplomaNotAllowed: when the design is that of a Chứng chỉ, which the issuer may not issue.
    """
    version = run.version or version_for(course=run.course, issuer=run.issuer)
    [draft] = issuing.drafts_of([completion], version=version, issued_at=now, decision_number=clean(decision_number), decision_on=decision_on)
    return issuing.preview_of(draft, issuer=run.issuer)


def cancel_run(*, run: IssueRun, now: datetime) -> bool:
    """Call a list off; say whether it is. What was issued stays, everybody else is taken off. Safe to call twice."""
    with transaction.atomic():
        # Rows first, then the list, as whoever issues does: so neither waits for the other for ever.
        waiting = run.rows.filter(state=RunRowState.WAITING, run__state__in=[WorkState.READY, WorkState.APPLYING, WorkState.FAILED])
        waiting.update(state=RunRowState.DROPPED)
        IssueRun.objects.filter(pk=run.pk, state__in=[WorkState.READY, WorkState.APPLYING, WorkState.FAILED]).update(
            state=WorkState.CANCELLED, finished_at=now)
    run.refresh_from_db()
    if run.state != WorkState.CANCELLED:
        return False
    # Whoever was put on the list or in order in that very moment; from now on nobody is. They would stand on a closed list for ever.
    run.rows.filter(state=RunRowState.WAITING).update(state=RunRowState.DROPPED)
    return True


def resume_run(*, run: IssueRun, now: datetime) -> bool:
    """Let a list go on that was stopped by an error or with its worker; say whether the task `issue_run` has to be called. Safe to call twice."""
    if IssueRun.objects.filter(pk=run.pk, state=WorkState.FAILED).update(state=WorkState.APPLYING, alive_at=None, error=""):
        return True
    run.refresh_from_db()
    # Never begun, because the queue was lost; or begun by a worker that says nothing any more.
    return run.state == WorkState.APPLYING and (run.alive_at is None or run.is_given_up(now))


def _open(run: IssueRun) -> IssueRun:
    """Lock the list, and refuse when it cannot be changed any more."""
    run = IssueRun.objects.select_for_update(of=("self",)).select_related("decided_by", "course", "issuer__unit").get(pk=run.pk)
    if run.decided_at:
        raise DecidedAlready(run)
    if run.state != WorkState.READY:
        raise ListIsOver
    return run


def _put_on(run: IssueRun, completions) -> int:
    there = set(run.rows.values_list("completion_id", flat=True))
    place = run.rows.aggregate(latest=Max("position"))["latest"] or 0
    new = [key for key in completions if key not in there]
    # Whoever came onto another list in this moment is left out by the constraint.
    RunRow.objects.bulk_create(
        [RunRow(run=run, position=place + number, completion_id=key) for number, key in enumerate(new, start=1)],
        ignore_conflicts=True, batch_size=CHUNK)
    return run.rows.count() - len(there)


def _put_in_order(run: IssueRun, order: str, day: date) -> int:
    """Number the rows from 1 on in this order, and return how many there are."""
    rows = list(run.rows.order_by("position").annotate(person=F("completion__enrolment__user"), name_key=F("completion__enrolment__user__sort_key")))
    if order == ListOrder.NAME:
        rows.sort(key=lambda row: row.name_key)
    elif order == ListOrder.UNIT:
        standings = units_of(run.rows.values("completion__enrolment__user"), day)
        # A unit is sorted from its first word on: all of its name is what people are called by.
        keys = {key: sort_key(standing.unit_name, standing.unit_name) for key, standing in standings.items()}
        rows.sort(key=lambda row: (row.person not in keys, keys.get(row.person, ""), row.name_key))
    run.rows.all().delete()
    RunRow.objects.bulk_create(
        [RunRow(run=run, position=number, completion_id=row.completion_id) for number, row in enumerate(rows, start=1)], batch_size=CHUNK)
    return len(rows)

