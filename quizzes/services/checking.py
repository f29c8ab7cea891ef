"""Steps of a taker that close a question behind them: having it checked in practice, moving on where there is no way back."""

from datetime import datetime

from django.db import transaction

from quizzes.enums import AttemptState
from quizzes.grading.review import shown_at
from quizzes.models import Attempt, AttemptSlot
from quizzes.services.errors import AttemptFinished, UnknownPosition
from quizzes.services.finishing import close_if_expired


def check_answer(*, attempt: Attempt, position: int, now: datetime) -> AttemptSlot:
    """Let the taker see how they did at one question; its answer stands from then on. Safe to call twice. Locks the attempt.

    Without an answer, or where the quiz shows nothing before its end, nothing is checked and the slot is returned as it is.

    :raises AttemptFinished: after the end.
    :raises UnknownPosition: when the attempt has no such question.
    """
    with transaction.atomic():
        attempt = _locked(attempt, now)
        slot = attempt.slots.select_related("version").filter(position=position).first()
        if slot is None:
            raise UnknownPosition
        if slot.checked_at is None and slot.answer and shown_at(attempt.shown, "during").anything:
            slot.checked_at = now
            slot.save(update_fields=["checked_at"])
    return slot


def move_on(*, attempt: Attempt, position: int, now: datetime) -> int:
    """Leave the question at `position` of a forward-only attempt for the next one, and return the furthest. Safe to call twice.

    :raises AttemptFinished: after the end.
    """
    with transaction.atomic():
        attempt = _locked(attempt, now)
        if position == attempt.reached and attempt.slots.filter(position=position + 1).exists():
            attempt.reached, attempt.reached_at = position + 1, now
            attempt.save(update_fields=["reached", "reached_at"])
    return attempt.reached


def _locked(attempt: Attempt, now: datetime) -> Attempt:
    attempt = close_if_expired(attempt=Attempt.objects.select_for_update().get(pk=attempt.pk), now=now)
    if attempt.state != AttemptState.IN_PROGRESS:
        raise AttemptFinished
    return attempt
