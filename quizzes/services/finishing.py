"""Ending an attempt: marking what was saved, giving the receipt, telling the floors above."""

from datetime import datetime

from django.db import transaction

from quizzes.enums import AttemptState
from quizzes.grading.receipts import answers_digest, receipt_code
from quizzes.grading.totals import is_pass, points_of, total_of
from quizzes.models import Attempt, AttemptSlot
from quizzes.signals import attempt_finished
from quizzes.types import type_of


def submit_attempt(*, attempt: Attempt, now: datetime) -> Attempt:
    """Mark the attempt and give its receipt; one that ended already is returned as it is.

    Locks the attempt. Sends `attempt_finished` after commit; a listener that fails is logged and takes nothing away from the taker.
    """
    return _finish(attempt, ended_at=now, now=now)


def close_if_expired(*, attempt: Attempt, now: datetime) -> Attempt:
    """End an attempt whose deadline has passed, with all saved answers counted; any other is returned as it is, without a query."""
    if attempt.state != AttemptState.IN_PROGRESS or attempt.deadline_at is None or now < attempt.deadline_at:
        return attempt
    return _finish(attempt, ended_at=attempt.deadline_at, now=now)


def _finish(attempt: Attempt, *, ended_at: datetime, now: datetime) -> Attempt:
    with transaction.atomic():
        attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
        if attempt.state != AttemptState.IN_PROGRESS:
            return attempt
        slots = list(attempt.slots.select_related("version").order_by("position"))
        _mark_slots(slots)
        _close(attempt, slots, ended_at, now)
        transaction.on_commit(lambda: attempt_finished.send_robust(sender=Attempt, attempt=attempt))
    return attempt


def _mark_slots(slots: list[AttemptSlot]) -> None:
    for slot in slots:
        slot.fraction = type_of(slot.version.type).mark(slot.version.content, slot.answer)
        slot.points = points_of(slot.max_points, slot.fraction)
    AttemptSlot.objects.bulk_update(slots, ["fraction", "points"])


def _close(attempt: Attempt, slots: list[AttemptSlot], ended_at: datetime, now: datetime) -> None:
    total = total_of((slot.max_points, slot.fraction) for slot in slots)
    attempt.state = AttemptState.MARKED
    attempt.submitted_at, attempt.marked_at = min(ended_at, attempt.deadline_at or ended_at), now
    attempt.points, attempt.max_points, attempt.fraction = total.points, total.max_points, total.fraction
    attempt.passed = is_pass(total.fraction, attempt.pass_fraction)
    attempt.receipt_code = _free_code()
    attempt.answers_digest = answers_digest(str(attempt.uuid), ((slot.position, slot.version.digest, slot.answer) for slot in slots))
    attempt.save(update_fields=[
        "state", "submitted_at", "marked_at", "points", "max_points", "fraction", "passed", "receipt_code", "answers_digest"])


def _free_code() -> str:
    while Attempt.objects.filter(receipt_code=(code := receipt_code())).exists():
        pass
    return code
