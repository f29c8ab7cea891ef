"""Regrades: first a plan that changes nothing and says what would change; then, when somebody wants it so, the deed.

Keeps true: the plan and the deed judge by the same rule (services.judging); what is stored of a regrade is what was really done; stopped anywhere,
the work goes on where it was, and doing it again changes nothing. Attempts under way are never touched.
"""

import logging
from array import array
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quizzes.enums import AttemptState, RegradeWay, WorkState
from quizzes.grading.totals import points_of
from quizzes.models import Appeal, Attempt, AttemptSlot, Question, QuestionVersion, Quiz, Regrade, RegradeChange, RegradeResult
from quizzes.services.errors import QuizError
from quizzes.services.finishing import add_up
from quizzes.services.judging import Judge, Standing, Verdict, judged, marked_by_hand, slots_by_attempt
from quizzes.signals import attempt_finished

logger = logging.getLogger(__name__)
# Attempts at a time: looked at for the plan, and locked for the deed. A lock is held for some hundredths of a second.
LOOKED_AT, LOCKED = 250, 25
# A worker that was stopped in the middle says nothing more; after this long its work may be taken up again.
GIVEN_UP_AFTER = timedelta(minutes=10)
# Two taps of one button come within it; whoever plans the same later has changed something meanwhile, the question itself perhaps.
TWO_TAPS = timedelta(minutes=1)
_OPEN = (WorkState.WAITING, WorkState.RUNNING, WorkState.READY)


class RegradeError(QuizError):
    code = "regrade"


class ReasonMissing(RegradeError):
    code = "reason"
    message = _("Write why the marks are to change. It is kept with the regrade.")


class QuestionMissing(RegradeError):
    code = "question"
    message = _("Choose the question for which everybody is to get all the points.")


class NotReady(RegradeError):
    code = "not_ready"
    message = _("This regrade cannot be written now. Reload the page to see how it stands.")


def plan_regrade(
    *, quiz: Quiz, question: Question | None = None, way: RegradeWay | str, only: Collection = (), reason: str, appeal: Appeal | None = None,
    keeps_better: bool = True, by, now: datetime,
) -> Regrade:
    """Note that attempts are to be marked anew; the task `work_out` finds out what that would change. Nothing changes yet.

    The same plan of the same person is returned as it is while it is being worked out, and for a minute after it was made. The caller has seen to it that `by` may regrade here.

    :param only: the uuids of the attempts to look at; none: all finished ones.
    :raises ReasonMissing: without a reason.
    :raises QuestionMissing: when everybody is to get all the points of no question.
    """
    if not reason.strip():
        raise ReasonMissing
    if way == RegradeWay.FULL and question is None:
        raise QuestionMissing
    plan = {
        "quiz": quiz, "question": question, "way": way, "only": sorted(map(str, only)), "reason": reason.strip(), "appeal": appeal,
        "keeps_better": keeps_better, "by": by}
    with transaction.atomic():
        # Two taps of one button wait for each other here.
        Quiz.objects.select_for_update().only("pk").get(pk=quiz.pk)
        is_same = Q(state__in=(WorkState.WAITING, WorkState.RUNNING)) | Q(state=WorkState.READY, made_at__gt=now - TWO_TAPS)
        return Regrade.objects.filter(is_same, **plan).first() or Regrade.objects.create(**plan, made_at=now)


def is_stuck(regrade: Regrade, now: datetime) -> bool:
    """Say whether somebody may have to take the work up again. No query; what is being written says nothing of when it last moved."""
    silent = regrade.state in (WorkState.WAITING, WorkState.RUNNING) and regrade.made_at <= now - GIVEN_UP_AFTER
    return silent or regrade.state in (WorkState.APPLYING, WorkState.FAILED)


def take_up_again(*, regrade: Regrade, now: datetime) -> bool:
    """Say whether the work on a regrade has to be started anew: it failed, or its worker has said nothing for ten minutes.

    A plan is worked out from the beginning; what was being written goes on where it was.
    """
    if regrade.state == WorkState.APPLYING:
        return True
    found = Regrade.objects.filter(pk=regrade.pk, applied_by__isnull=True)
    failed = found.filter(state=WorkState.FAILED)
    silent = found.filter(state__in=[WorkState.WAITING, WorkState.RUNNING], made_at__lte=now - GIVEN_UP_AFTER)
    return bool((failed | silent).update(state=WorkState.WAITING, finished_at=None, error="", done=0))


def cancel_regrade(*, regrade: Regrade, by, now: datetime) -> bool:
    """Lay a plan aside; say whether it was open still. What is being written, or was, stays."""
    cancelled = Regrade.objects.filter(pk=regrade.pk, state__in=[*_OPEN, WorkState.FAILED]).update(state=WorkState.CANCELLED, finished_at=now)
    if cancelled:
        logger.info("%s cancelled regrade %s", by.uuid, regrade.uuid)
    return bool(cancelled)


def work_out_regrade(*, regrade: Regrade, clock: Callable[[], datetime]) -> bool:
    """Find out what the regrade would change and store that as its results and changes; say whether it is ready to be looked at.

    Changes no mark; questions that were edited since they were last asked are frozen as they stand now. Called twice it is done once;
    a plan that was cancelled or taken up anew meanwhile is left alone. Queries: about eight for each 250 attempts.
    """
    if not Regrade.objects.filter(pk=regrade.pk, state=WorkState.WAITING).update(state=WorkState.RUNNING, done=0, total=0):
        return False
    try:
        # What an earlier worker found before it was stopped.
        RegradeChange.objects.filter(result__regrade=regrade).delete()
        RegradeResult.objects.filter(regrade=regrade).delete()
        keys = _attempts_to_look_at(regrade)
        Regrade.objects.filter(pk=regrade.pk).update(total=len(keys))
        judge = Judge(regrade, clock())
        for start in range(0, len(keys), LOOKED_AT):
            if not _plan(regrade, judge, keys[start:start + LOOKED_AT].tolist(), start):
                return False
    except BaseException as error:
        running = Regrade.objects.filter(pk=regrade.pk, state=WorkState.RUNNING)
        running.update(state=WorkState.FAILED, error=repr(error)[:1000], finished_at=clock())
        raise
    return bool(Regrade.objects.filter(pk=regrade.pk, state=WorkState.RUNNING).update(state=WorkState.READY))


def regradable(regrade: Regrade):
    """Return the attempts that a regrade looks at: finished, taking no late answers, and asked its question."""
    found = Attempt.objects.filter(quiz=regrade.quiz_id, late_until__isnull=True).finished()
    if regrade.question_id:
        asked = AttemptSlot.objects.filter(attempt__quiz=regrade.quiz_id, version__question=regrade.question_id, max_points__gt=0)
        found = found.filter(pk__in=asked.values("attempt"))
    return found.filter(uuid__in=regrade.only) if regrade.only else found


def _attempts_to_look_at(regrade: Regrade) -> array:
    # All keys first, eight bytes each, so that no cursor stays open under the writes.
    return array("q", regradable(regrade).order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000))


def _plan(regrade: Regrade, judge: Judge, keys: list[int], start: int) -> bool:
    """Store what the regrade would do to these attempts; say whether this worker is still the one who does."""
    found = judge.verdicts(keys)
    attempts = Attempt.objects.in_bulk(list(found))
    slots = slots_by_attempt(list(found))
    results, changes = [], []
    for key, verdicts in found.items():
        result = _result(regrade, attempts[key], slots[key], verdicts)
        results.append(result)
        changes += [_change(result, slot, verdict) for slot, verdict in verdicts]
    with transaction.atomic():
        mine = Regrade.objects.select_for_update().filter(pk=regrade.pk, state=WorkState.RUNNING, done=start).first()
        if mine is None:
            return False
        RegradeResult.objects.bulk_create(results)
        RegradeChange.objects.bulk_create(changes)
        mine.done = start + len(keys)
        mine.save(update_fields=["done"])
    return True


def _result(regrade: Regrade, attempt: Attempt, slots: list[AttemptSlot], verdicts: list[tuple[AttemptSlot, Verdict]]) -> RegradeResult:
    given = {slot.pk: verdict.fraction for slot, verdict in verdicts if verdict.fraction is not None}
    before = Standing.of(attempt) if attempt.state == AttemptState.MARKED else Standing.summed(attempt, slots, {})
    moves = any(given[slot.pk] != slot.fraction for slot in slots if slot.pk in given)
    after = Standing.summed(attempt, slots, given) if moves else before
    return _told(RegradeResult(regrade=regrade, attempt=attempt), before, after)


def _told(result: RegradeResult, before: Standing, after: Standing) -> RegradeResult:
    result.points_before, result.fraction_before, result.passed_before = before.points, before.fraction, before.passed
    result.points_after, result.fraction_after, result.passed_after = after.points, after.fraction, after.passed
    return result


def _change(result: RegradeResult, slot: AttemptSlot, verdict: Verdict) -> RegradeChange:
    return RegradeChange(
        result=result, slot=slot, key_before_id=slot.key_id, key_after_id=verdict.key, fraction_before=slot.fraction,
        fraction_after=verdict.fraction)


def apply_regrade(*, regrade: Regrade, by, now: datetime) -> Regrade:
    """Decide that the plan is to be written; the task `write` does it. Called twice it is decided once, by whoever was first.

    :raises NotReady: when it is not worked out yet, failed, or was cancelled.
    """
    if not Regrade.objects.filter(pk=regrade.pk, state=WorkState.READY).update(state=WorkState.APPLYING, applied_by=by, done=0):
        regrade.refresh_from_db()
        if regrade.state not in (WorkState.APPLYING, WorkState.DONE):
            raise NotReady
        return regrade
    logger.info("%s writes regrade %s at %s", by and by.uuid, regrade.uuid, now)
    regrade.refresh_from_db()
    return regrade


def write_regrade(*, regrade: Regrade, clock: Callable[[], datetime]) -> bool:
    """Write what the plan says, 25 attempts at a time, each batch locked and written in a transaction of its own.

    An answer that has changed since the plan is judged afresh, by the version that the plan names, and the rows of the regrade then say what
    was really done. Sends `attempt_finished` after commit for each attempt whose result moved; after a stop, perhaps twice. Stopped
    anywhere, it goes on with the batch that it was at, and what was written is left alone. Queries: about twelve a batch.
    """
    regrade.refresh_from_db()
    if regrade.state != WorkState.APPLYING:
        return False
    # In the order in which everybody locks attempts; `done` counts along it.
    keys = array("q", regrade.results.order_by("attempt").values_list("pk", flat=True).iterator(chunk_size=2000))
    applying = Regrade.objects.filter(pk=regrade.pk, state=WorkState.APPLYING)
    for start in range(regrade.done, len(keys), LOCKED):
        for attempt in _write(regrade, keys[start:start + LOCKED].tolist(), clock()):
            transaction.on_commit(lambda attempt=attempt: attempt_finished.send_robust(sender=Attempt, attempt=attempt))
        # Only now: whoever takes this up again after a stop tells those above once more rather than never.
        applying.update(done=min(start + LOCKED, len(keys)))
    return bool(applying.update(state=WorkState.DONE, done=F("total"), finished_at=clock(), error=""))


def _write(regrade: Regrade, keys: list[int], now: datetime) -> list[Attempt]:
    """Write a batch, and return the attempts whose result is another one than before the regrade."""
    with transaction.atomic():
        results = list(RegradeResult.objects.filter(pk__in=keys).order_by("attempt"))
        locked = Attempt.objects.select_for_update(of=("self",)).select_related("quiz").filter(pk__in=[one.attempt_id for one in results])
        attempts = {attempt.pk: attempt for attempt in locked.order_by("pk")}
        deed = _Deed(regrade, results, slots_by_attempt(list(attempts)))
        for result in results:
            deed.do(result, attempts[result.attempt_id], now)
        deed.store()
    return [
        attempts[one.attempt_id] for one in results
        if attempts[one.attempt_id].state == AttemptState.MARKED and _ends(one, "before") != _ends(one, "after")]


def _ends(result: RegradeResult, end: str) -> tuple:
    return tuple(getattr(result, f"{name}_{end}") for name in ("points", "fraction", "passed"))


class _Deed:
    """A batch of locked attempts while it is being written: what is read of it at once, and what is stored of it at once."""

    def __init__(self, regrade: Regrade, results: list[RegradeResult], slots: dict[int, list[AttemptSlot]]) -> None:
        self.regrade, self.slots = regrade, slots
        self.changes: dict[int, list[RegradeChange]] = {}
        for change in RegradeChange.objects.filter(result__in=results).order_by("pk"):
            self.changes.setdefault(change.result_id, []).append(change)
        touched = {change.slot_id for changes in self.changes.values() for change in changes}
        mine = [slot for those in slots.values() for slot in those if slot.pk in touched]
        self.by_hand = marked_by_hand(slots)
        wanted = {change.key_after_id for changes in self.changes.values() for change in changes} | {slot.version_id for slot in mine}
        self.versions = QuestionVersion.objects.in_bulk(wanted - {None}) if regrade.way == RegradeWay.NEWEST else {}
        self.stored: dict[type, list] = {AttemptSlot: [], Attempt: [], RegradeResult: [], RegradeChange: []}

    def do(self, result: RegradeResult, attempt: Attempt, now: datetime) -> None:
        """Mark the answers of one attempt as the plan says, add them up, and note what was really done."""
        slots = {slot.pk: slot for slot in self.slots[attempt.pk]}
        is_marked = attempt.state == AttemptState.MARKED
        before = Standing.of(attempt) if is_marked else Standing.summed(attempt, slots.values(), {})
        changes = self.changes.get(result.pk, [])
        if any(slots[change.slot_id].regrade_id == self.regrade.pk for change in changes):
            # Written before a stop: its rows are history.
            return
        # Rows with nothing after them could not be marked by the new version.
        todo = [change for change in changes if change.fraction_after is not None]
        moved = [self._mark(change, slots[change.slot_id]) for change in todo]
        if any(moved):
            add_up(attempt, list(slots.values()), now)
            self.stored[Attempt].append(attempt)
        if todo:
            is_over = attempt.state == AttemptState.MARKED
            after = (Standing.of(attempt) if is_over else Standing.summed(attempt, slots.values(), {})) if any(moved) else before
            planned = _ends(result, "before"), _ends(result, "after")
            _told(result, before, after)
            if planned != (_ends(result, "before"), _ends(result, "after")):
                self.stored[RegradeResult].append(result)

    def _mark(self, change: RegradeChange, slot: AttemptSlot) -> bool:
        """Write one answer's mark; say whether its points moved."""
        version = self.versions.get(change.key_after_id or slot.version_id)
        verdict = judged(self.regrade, slot, version, is_hand_marked=slot.pk in self.by_hand)
        if verdict is None or verdict.fraction is None:
            verdict = Verdict(slot.fraction, slot.key_id)
        done = (slot.key_id, verdict.key, slot.fraction, verdict.fraction)
        if done != (change.key_before_id, change.key_after_id, change.fraction_before, change.fraction_after):
            change.key_before_id, change.key_after_id, change.fraction_before, change.fraction_after = done
            self.stored[RegradeChange].append(change)
        moved = verdict.fraction != slot.fraction
        if moved or verdict.key != slot.key_id:
            slot.fraction, slot.key_id, slot.regrade_id = verdict.fraction, verdict.key, self.regrade.pk
            slot.points = points_of(slot.max_points, verdict.fraction)
            self.stored[AttemptSlot].append(slot)
        return moved

    def store(self) -> None:
        """Store what was changed, and what was done otherwise than planned. Two to four queries."""
        fields = {
            AttemptSlot: ["fraction", "points", "key", "regrade"],
            Attempt: ["state", "points", "max_points", "fraction", "passed", "marked_at"],
            RegradeResult: [f"{name}_{end}" for name in ("points", "fraction", "passed") for end in ("before", "after")],
            RegradeChange: ["key_before", "key_after", "fraction_before", "fraction_after"],
        }
        for model, rows in self.stored.items():
            if rows:
                model.objects.bulk_update(rows, fields[model])
