"""Marks that people give. Each is kept with who and when, nobody's is replaced unseen; grading.settling says what they come to."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from quizzes.enums import AttemptState
from quizzes.grading import settling
from quizzes.grading.rubrics import WrongCriteria, mark_by_lines
from quizzes.grading.totals import points_of
from quizzes.models import Attempt, AttemptSlot, HandMark
from quizzes.selectors.rubric import given_by, marks_that_count
from quizzes.services.errors import MarkedMeanwhile, NotMarkable, NotYourMark
from quizzes.services.finishing import add_up, slots_of
from quizzes.signals import attempt_finished
from quizzes.types import type_of


def mark_by_hand(
    *, attempt: Attempt, position: int, fraction: float | None = None, criteria: Mapping[str, float] | None = None, comment: str = "", by,
    now: datetime, seen: int | None = None,
) -> AttemptSlot:
    """Mark one answer of a finished attempt, and the whole attempt once nothing waits any more. Safe to call twice. Locks the attempt.

    Where the quiz asks for two markers at this moment, a first mark, or one too far from the first, only is kept: the answer has no result
    before a second marker, or a third person, has given theirs (docs/marking.md). Sends `attempt_finished` after commit whenever the
    attempt is (again) marked. The caller has seen to it that `by` may mark here.

    :param fraction: from 0 to 1, of the question as a whole; or
    :param criteria: {key: from 0 to 1} for each line of the question's rubric that a person marks.
    :param seen: how many marks by hand the marker knew of (`settling.visible_to`); None: whatever there are now.
    :raises NotMarkable: while the attempt is under way or takes late answers, when it has no such question, or for a mark that is none.
    :raises NotYourMark: when two have marked this answer and `by` is one of them.
    :raises MarkedMeanwhile: when somebody has marked it otherwise since then, where the mark is to take the place of theirs or to settle it.
    """
    with transaction.atomic():
        attempt = Attempt.objects.select_for_update(of=("self",)).select_related("quiz").get(pk=attempt.pk)
        slot = attempt.slots.select_related("version").filter(position=position).first()
        if slot is None or attempt.state == AttemptState.IN_PROGRESS or attempt.is_taking_late:
            raise NotMarkable
        fraction = _fraction(slot, fraction, criteria)
        new = HandMark(slot=slot, fraction=fraction, comment=comment, criteria=dict(criteria or {}), by=by, made_at=now)
        marks = list(slot.hand_marks.select_related("by").order_by("pk"))
        if not _is_replay(new, marks, attempt.quiz.needs_second_marker):
            _check_turn(new, marks, seen, attempt.quiz.needs_second_marker)
            new.save()
            _settle(attempt, slot, [*marks, new], now)
    return slot


def _fraction(slot: AttemptSlot, fraction: float | None, criteria: Mapping[str, float] | None) -> float:
    if criteria is not None:
        try:
            fraction = mark_by_lines(type_of(slot.version.type).rubric(slot.version.content, slot.answer), criteria)
        except WrongCriteria as error:
            raise NotMarkable from error
    if fraction is None or not 0 <= fraction <= 1:
        raise NotMarkable
    return fraction


def _is_replay(new: HandMark, marks: list[HandMark], needs_second: bool) -> bool:
    """Whether this very mark stands already: the double tap, or two people of one mind where one mark is enough."""
    like = [mark for mark in marks if not needs_second or mark.by_id == new.by_id]
    if not like or (like[-1].fraction, like[-1].comment, like[-1].criteria) != (new.fraction, new.comment, new.criteria):
        return False
    if not needs_second:
        return new.slot.fraction == new.fraction
    if not settling.turn_of(new.by_id, given_by(marks), has_result=new.slot.fraction is not None, needs_second=True):
        return True
    return like[-1] is marks[-1] and new.slot.fraction in (None, new.fraction)


def _check_turn(new: HandMark, marks: list[HandMark], seen: int | None, needs_second: bool) -> None:
    """Find out whether the mark stands beside others or decides, and refuse it where it may do neither."""
    given, stands = given_by(marks), {"has_result": new.slot.fraction is not None, "needs_second": needs_second}
    turn = settling.turn_of(new.by_id, given, **stands)
    if not turn:
        raise NotYourMark
    visible = settling.visible_to(new.by_id, given, **stands)
    known = [mark for mark, may_be_seen in zip(marks, visible, strict=True) if may_be_seen]
    if seen is not None and len(known) > seen:
        raise MarkedMeanwhile(known[-1], len(known))
    new.decides = turn == settling.DECIDE


def _settle(attempt: Attempt, slot: AttemptSlot, marks: list[HandMark], now: datetime) -> None:
    needs_second = attempt.quiz.needs_second_marker
    fraction = settling.settle(given_by(marks), needs_second=needs_second, tolerance=float(attempt.quiz.marking_tolerance))
    if fraction is None:
        return
    comments = [mark.comment for mark in marks_that_count(marks, needs_second=needs_second) if mark.comment]
    slot.fraction, slot.comment, slot.points = fraction, "\n\n".join(dict.fromkeys(comments)), points_of(slot.max_points, fraction)
    slot.save(update_fields=["fraction", "comment", "points"])
    add_up(attempt, slots_of(attempt), now)
    attempt.save()
    if attempt.state == AttemptState.MARKED:
        transaction.on_commit(lambda: attempt_finished.send_robust(sender=Attempt, attempt=attempt))
