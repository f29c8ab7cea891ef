"""Ending an attempt: closing it, taking late answers, adding up the marks, telling the floors above (docs/attempts.md)."""

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from quizzes.enums import AttemptState
from quizzes.grading.receipts import answers_digest, receipt_code
from quizzes.grading.totals import is_pass, points_of, total_of
from quizzes.models import Attempt, AttemptSlot
from quizzes.signals import attempt_finished
from quizzes.types import type_of

logger = logging.getLogger(__name__)
# So many receipts would have to have the same code by chance.
TRIES = 5


def submit_attempt(*, attempt: Attempt, now: datetime) -> Attempt:
    """End the attempt for its taker, mark it and give its receipt; one that is marked already is returned as it is.

    One that was closed by its deadline stops waiting for late answers. Locks the attempt. Sends `attempt_finished` after commit, once it is
    marked; a listener that fails is logged and takes nothing away from the taker.
    """
    return _finish(attempt, now=now, by_taker=True)


def close_if_expired(*, attempt: Attempt, now: datetime) -> Attempt:
    """Move an attempt on by the clock: close it at its deadline, with all saved answers counted, and mark it when its grace is over.

    Any other is returned as it is, without a query.
    """
    due = attempt.deadline_at if attempt.state == AttemptState.IN_PROGRESS else attempt.late_until if attempt.is_taking_late else None
    if due is None or now < due:
        return attempt
    return _finish(attempt, now=now, by_taker=False)


def _finish(attempt: Attempt, *, now: datetime, by_taker: bool) -> Attempt:
    for try_left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                return _finish_locked(attempt, now=now, by_taker=by_taker)
        except IntegrityError:
            # Another receipt has this code.
            if not try_left:
                raise
    raise AssertionError("unreachable")


def _finish_locked(attempt: Attempt, *, now: datetime, by_taker: bool) -> Attempt:
    known = {field: getattr(attempt, field) for field in ("quiz", "user") if field in attempt._state.fields_cache}
    attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    for field, value in known.items():
        setattr(attempt, field, value)
    if attempt.state == AttemptState.MARKED or (attempt.state == AttemptState.SUBMITTED and not attempt.is_taking_late):
        return attempt
    slots = slots_of(attempt)
    if attempt.state == AttemptState.IN_PROGRESS:
        _close(attempt, slots, now)
    grace_is_over = attempt.late_until is None or now >= attempt.late_until
    if by_taker or grace_is_over:
        attempt.late_until = None
        add_up(attempt, slots, now)
    attempt.save()
    if attempt.state == AttemptState.MARKED:
        transaction.on_commit(lambda: attempt_finished.send_robust(sender=Attempt, attempt=attempt))
    return attempt


def slots_of(attempt: Attempt) -> list[AttemptSlot]:
    """Return the questions of an attempt in order, each with its version but for the words. One query."""
    return list(attempt.slots.select_related("version").defer("version__content").order_by("position"))


def _close(attempt: Attempt, slots: list[AttemptSlot], now: datetime) -> None:
    attempt.state = AttemptState.SUBMITTED
    attempt.submitted_at = now
    if attempt.deadline_at and now >= attempt.deadline_at:
        attempt.submitted_at = attempt.deadline_at
        attempt.late_until = attempt.deadline_at + timedelta(seconds=attempt.rules.get("grace", 0))
    attempt.seconds_taken = max(0, int((attempt.submitted_at - attempt.started_at).total_seconds()))
    attempt.receipt_code = receipt_code()
    attempt.answers_digest = digest_of_answers(attempt, slots)


def add_up(attempt: Attempt, slots: list[AttemptSlot], now: datetime) -> None:
    """Add up the marks of a closed attempt's slots, on the object; it stays "submitted" while a person still has to mark one."""
    for slot in slots:
        if slot.answer and slot.fraction is None:
            mark_slot(slot)
    # What was not answered earns nothing, unless a person has given it something.
    if empty := [slot.pk for slot in slots if not slot.answer and slot.fraction is None]:
        attempt.slots.filter(pk__in=empty).update(fraction=0, points=0)
    attempt.answers_digest = digest_of_answers(attempt, slots)
    total = total_of((slot.max_points, slot.fraction or 0.0) for slot in slots)
    attempt.max_points = total.max_points
    if any(slot.answer and slot.fraction is None for slot in slots):
        attempt.state, attempt.points, attempt.fraction, attempt.passed, attempt.marked_at = AttemptState.SUBMITTED, None, None, None, None
        return
    attempt.points, attempt.fraction = total.points, total.fraction
    # A survey has nothing to earn and cannot be failed.
    attempt.passed = is_pass(total.fraction, attempt.pass_fraction) if total.max_points else True
    attempt.state, attempt.marked_at = AttemptState.MARKED, now


def mark_slot(slot: AttemptSlot) -> None:
    """Mark an answer that was saved without a mark, and store it; a type's fault leaves it to a person."""
    slot.fraction = fraction_of(slot)
    if slot.fraction is not None:
        slot.points = points_of(slot.max_points, slot.fraction)
        slot.save(update_fields=["fraction", "points"])


def fraction_of(slot: AttemptSlot) -> float | None:
    """Return the fraction that the slot's answer earns; None when a person has to mark it."""
    try:
        return type_of(slot.version.type).mark(slot.version.content, slot.answer)
    except Exception:
        # An answer that cannot be marked is still an answer: it is kept, and somebody looks at it.
        logger.exception("Marking %s failed.", slot.pk)
        return None


def digest_of_answers(attempt: Attempt, slots: list[AttemptSlot]) -> str:
    """Return the digest that the attempt's receipt shows."""
    return answers_digest(str(attempt.uuid), ((slot.position, slot.version.digest, slot.answer) for slot in slots))
