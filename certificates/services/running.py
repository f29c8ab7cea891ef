"""Issuing a decided list in the background, chunk by chunk.

Keeps true: whoever works on a list and however often that is stopped, a row is issued once; numbers follow the order of the list; a row
that fails says why, takes no number, and the others go on.
"""

import errno
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError, IntegrityError, OperationalError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from certificates.enums import NoticeKind, RunRowState
from certificates.models import Certificate, IssueRun, RunRow
from certificates.selectors.runs import certificates_like, refusal_for, renews_nothing
from certificates.services.errors import CertificateError
from certificates.services.issuing import Draft, drafts_of, forget_papers, locked_series, paper_of, prepare, series_of, write_down
from certificates.services.notices import post_notices
from certificates.signing import SigningError
from cms.work import GIVEN_UP_AFTER, WorkState

CHUNK = 100
# Papers are made ready before the lock; when others took numbers meanwhile so often, under it.
ATTEMPTS = 3

# Nobody's name is to blame for these: the list stops, and goes on where it was.
_STOPS = (OSError, DatabaseError, CertificateError, SigningError, MemoryError)

logger = logging.getLogger(__name__)


class _Overtaken(Exception):
    """Since the papers of a chunk were made ready, numbers were taken or its rows were issued by others."""


@dataclass
class _Chunk:
    """Rows that wait: those that can be issued with their drafts, and why the others cannot."""

    rows: list[RunRow]
    refused: dict[int, str] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)

    @property
    def accepted(self) -> list[RunRow]:
        return [row for row in self.rows if row.pk not in self.refused]


def issue_run(*, run: IssueRun, clock: Callable[[], datetime]) -> bool:
    """Issue what waits on a decided list, telling how far it is; say whether it is done. Called twice at once, the second does nothing.

    What stops it – a full disk, a database that is gone – is written on the list; what was issued stays, and `resume_run` goes on.
    """
    runs = IssueRun.objects.filter(pk=run.pk, state=WorkState.APPLYING)
    held = now = clock()
    if not runs.filter(Q(alive_at=None) | Q(alive_at__lt=now - GIVEN_UP_AFTER)).update(alive_at=now, error=""):
        return False
    run = IssueRun.objects.select_related("issuer__unit", "course", "version__design", "decided_by").get(pk=run.pk)
    waiting = run.rows.filter(state=RunRowState.WAITING).order_by("position").values_list("pk", flat=True)
    try:
        while keys := list(waiting[:CHUNK]):
            now = clock()
            issue_rows(run=run, keys=keys, now=now)
            # Whoever hung, and was taken over from meanwhile, says nothing more about the list.
            if not runs.filter(alive_at__in=[held, now]).update(alive_at=now):
                return False
            held = now
    except Exception as error:
        logger.exception("List %s was stopped", run.pk)
        runs.filter(alive_at__in=[held, now]).update(state=WorkState.FAILED, error=_words_for(error), finished_at=clock())
        return False
    return bool(runs.update(state=WorkState.DONE, finished_at=clock()))


def issue_rows(*, run: IssueRun, keys: list[int], now: datetime) -> None:
    """Issue some rows of a list, in its order, within one transaction; rows that are issued or called off already stay what they are.

    A paper that cannot be made fails alone. When none of several can, it is not the people's fault, and that is raised.
    """
    try:
        _issue_together(run, keys, now)
    except _STOPS:
        raise
    except Exception as error:
        if len(keys) == 1:
            raise
        logger.exception("A paper of list %s cannot be made", run.pk)
        _issue_alone(run, keys, now, error)


def _issue_alone(run: IssueRun, keys: list[int], now: datetime, error: Exception) -> None:
    failed = []
    for key in keys:
        try:
            issue_rows(run=run, keys=[key], now=now)
        except _STOPS:
            raise
        except Exception:
            logger.exception("The paper of row %s cannot be made", key)
            failed.append(key)
    if len(failed) == len(keys):
        raise error
    with transaction.atomic():
        left = RunRow.objects.filter(pk__in=failed, state=RunRowState.WAITING)
        count = left.update(state=RunRowState.FAILED, reason=_("The paper cannot be typeset. Look at the name and the words that stand on it."))
        IssueRun.objects.filter(pk=run.pk).update(done=F("done") + count)


def _issue_together(run: IssueRun, keys: list[int], now: datetime) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _attempt(run, keys, now, is_ahead=attempt < ATTEMPTS)
        except (_Overtaken, IntegrityError):
            if attempt == ATTEMPTS:
                raise
    return None


def _attempt(run: IssueRun, keys: list[int], now: datetime, *, is_ahead: bool) -> None:
    """Issue the rows; with `is_ahead` papers are made before the lock, for the numbers that should come next, so that others wait for less."""
    chunk, paper = _chunk_of(run, keys), paper_of(run.version, run.issuer)
    rows = [draft.row for draft in chunk.drafts]
    expected = series_of(run.issuer, run.decided_at, paper)
    expected.issuer = run.issuer
    try:
        if is_ahead and rows:
            prepare(chunk.drafts, series=expected, now=now)
        with transaction.atomic():
            series = locked_series(run.issuer, run.decided_at, paper)
            series.issuer = run.issuer
            _check_still_waiting(chunk)
            if not is_ahead and rows:
                prepare(chunk.drafts, series=series, now=now)
            elif rows and series.taken != expected.taken:
                raise _Overtaken
            _settle(run, chunk, series, now)
    except BaseException:
        _forget_unless_entered(rows)
        raise


def _forget_unless_entered(rows: list[Certificate]) -> None:
    # A connection that breaks during COMMIT does not say whether it was done. When the database cannot be asked, the files stay.
    entered = set(Certificate.objects.filter(uuid__in=[row.uuid for row in rows]).values_list("uuid", flat=True))
    forget_papers(row for row in rows if row.uuid not in entered)


def _chunk_of(run: IssueRun, keys: list[int]) -> _Chunk:
    """Fetch the rows that still wait and begin their certificates. Five or six queries."""
    found = RunRow.objects.filter(pk__in=keys, state=RunRowState.WAITING).order_by("position")
    chunk = _Chunk(list(found.select_related("completion__enrolment__user", "completion__rule_set")))
    for row in chunk.rows:
        row.completion.enrolment.course = run.course
    drafts = drafts_of(
        [row.completion for row in chunk.rows], version=run.version, issued_at=run.decided_at, decision_number=run.decision_number,
        decision_on=run.decision_on)
    chunk.refused = _refusals(run, chunk.rows, drafts)
    chunk.drafts = [draft for row, draft in zip(chunk.rows, drafts, strict=True) if row.pk not in chunk.refused]
    return chunk


def _refusals(run: IssueRun, rows: list[RunRow], drafts: list[Draft]) -> dict[int, str]:
    issued, refused = certificates_like([draft.row for draft in drafts]), {}
    for row, draft in zip(rows, drafts, strict=True):
        wanted, person = draft.row, draft.row.user
        if paper := issued.get((wanted.user_id, wanted.course_id, wanted.cycle)):
            refused[row.pk] = refusal_for(paper)
        elif not run.course.gives_certificate and wanted.renews is None:
            refused[row.pk] = renews_nothing()
        elif person.is_erased:
            refused[row.pk] = _("This person's data were erased since the list was decided.")
        elif not person.full_name:
            refused[row.pk] = _("The account has no name.")
    return refused


def _check_still_waiting(chunk: _Chunk) -> None:
    """Lock the rows, and see that nothing changed since they were read."""
    keys = [row.pk for row in chunk.rows]
    waiting = RunRow.objects.select_for_update().filter(pk__in=keys, state=RunRowState.WAITING).order_by("pk").values_list("pk", flat=True)
    if set(waiting) != set(keys):
        raise _Overtaken
    wanted = [draft.row for draft in chunk.drafts]
    issued = certificates_like(wanted)
    if any((row.user_id, row.course_id, row.cycle) in issued for row in wanted):
        raise _Overtaken


def _settle(run: IssueRun, chunk: _Chunk, series, now: datetime) -> None:
    """Take the numbers, write certificates, entries and notices, and say in each row what came of it."""
    if chunk.drafts:
        write_down(chunk.drafts, series=series, by=run.decided_by, now=now)
    for row, draft in zip(chunk.accepted, chunk.drafts, strict=True):
        row.state, row.certificate = RunRowState.ISSUED, draft.row
    for row in chunk.rows:
        if row.pk in chunk.refused:
            row.state, row.reason = RunRowState.FAILED, chunk.refused[row.pk][:300]
    # A fifth of what `bulk_update` costs: its CASE has a branch for each row and field.
    RunRow.objects.bulk_create(
        chunk.rows, update_conflicts=True, unique_fields=["id"], update_fields=["state", "certificate", "reason"])
    IssueRun.objects.filter(pk=run.pk).update(done=F("done") + len(chunk.rows), alive_at=now)
    if run.notifies and chunk.drafts:
        post_notices(certificates=[draft.row for draft in chunk.drafts], kind=NoticeKind.ISSUED, now=now)


def _words_for(error: Exception) -> str:
    """Say what stopped the work and what to do, to whoever decided the list."""
    match error:
        case CertificateError() | SigningError():
            return str(error.message)
        case OSError(errno=errno.ENOSPC):
            return _("The disk of the server is full. What was issued stays. Have space made, then go on.")
        case OSError():
            return _("The papers cannot be stored. What was issued stays. Have the storage looked at, then go on.")
        case OperationalError():
            return _("The database did not answer. What was issued stays. Go on in a moment.")
        case _:
            return _("The papers cannot be made. What was issued stays. Have the design and the signing key looked at, then go on.")
