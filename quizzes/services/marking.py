"""Marks that a person gives. Each is kept with who and when; the newest counts, and nobody's is replaced unseen."""

from datetime import datetime

from django.db import transaction

from quizzes.enums import AttemptState
from quizzes.grading.totals import points_of
from quizzes.models import Attempt, AttemptSlot, HandMark
from quizzes.services.errors import MarkedMeanwhile, NotMarkable
from quizzes.services.finishing import add_up, slots_of
from quizzes.signals import attempt_finished


def mark_by_hand(
    *, attempt: Attempt, position: int, fraction: float, comment: str = "", by, now: datetime, seen: int | None = None,
) -> AttemptSlot:
    """Mark one answer of a finished attempt, and the whole attempt once nothing waits any more. Safe to call twice. Locks the attempt.

    Sends `attempt_finished` after commit whenever the attempt is (again) marked. The caller has seen to it that `by` may mark here.

    :param fraction: from 0 to 1.
    :param seen: how many marks by hand the answer had when the marker looked at it; None: whatever it has now.
    :raises NotMarkable: while the attempt is under way or takes late answers, or when it has no such question.
    :raises MarkedMeanwhile: when somebody has marked it otherwise since then; nothing is stored.
    """
    if not 0 <= fraction <= 1:
        raise NotMarkable
    with transaction.atomic():
        attempt = Attempt.objects.select_for_update().select_related("quiz").get(pk=attempt.pk)
        slot = attempt.slots.filter(position=position).first()
        if slot is None or attempt.state == AttemptState.IN_PROGRESS or attempt.is_taking_late:
            raise NotMarkable
        marks = list(slot.hand_marks.select_related("by").order_by("pk"))
        if marks and slot.fraction == fraction and slot.comment == comment:
            return slot
        if seen is not None and len(marks) > seen:
            raise MarkedMeanwhile(marks[-1], len(marks))
        HandMark.objects.create(slot=slot, fraction=fraction, comment=comment, by=by, made_at=now)
        slot.fraction, slot.comment, slot.points = fraction, comment, points_of(slot.max_points, fraction)
        slot.save(update_fields=["fraction", "comment", "points"])
        add_up(attempt, slots_of(attempt), now)
        attempt.save()
        if attempt.state == AttemptState.MARKED:
            transaction.on_commit(lambda: attempt_finished.send_robust(sender=Attempt, attempt=attempt))
    return slot
