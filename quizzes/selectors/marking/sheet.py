"""One attempt with everything that this marker may know of it: answers, what is right, marks, and what each answer waits for."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db.models import Prefetch
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from quizzes.enums import MarkingState, Settling, StepKind, Sureness
from quizzes.grading import settling
from quizzes.grading.review import Shown
from quizzes.grading.rubrics import Line, most_of, points_of_line
from quizzes.grading.totals import points_of
from quizzes.models import Attempt, AttemptSlot, HandMark, Question
from quizzes.selectors.marking.blind import is_blind, without_names
from quizzes.selectors.marking.queue import Paper
from quizzes.selectors.results import Reviewed, review, slots_to_review
from quizzes.selectors.rubric import Scored, given_by, lines_of_slot, marks_that_count, scored
from quizzes.types.asked import Asked

# A long essay is saved often; whoever wants to see how it grew needs no more than this.
STEPS_SHOWN = 40
# An earlier answer is shown as what was said, without a verdict.
ONLY_THE_ANSWER = Shown(own_answer=True)


@dataclass(frozen=True)
class Given:
    """A mark that a person gave, with the points that it is worth."""

    mark: HandMark
    points: Decimal
    criteria: list[Scored]
    # What was marked anew by the same person, or settled since by a decision.
    is_replaced: bool = False


@dataclass(frozen=True)
class Step:
    """One change of an answer: when it was made by the device's clock, when it came in, and what it said."""

    kind: str
    made_at: datetime
    received_at: datetime
    is_late: bool
    asked: Asked | None = None
    said: str = ""

    @property
    def is_delayed(self) -> bool:
        return timedelta(seconds=5) < self.received_at - self.made_at < timedelta(days=30)


@dataclass(frozen=True)
class Criterion:
    """A line of the rubric, with the points of this question that it can earn."""

    line: Line
    most: Decimal
    # What the question's type has given for it; None: a person does.
    points: Decimal | None = None


@dataclass(frozen=True)
class SheetQuestion:
    """One question of an attempt, as this marker sees it."""

    reviewed: Reviewed
    slot: AttemptSlot
    # Those that this marker may know of, earliest first.
    marks: list[Given]
    # Whether a mark of theirs would stand beside others or decide (grading.settling); "": it is not theirs to mark.
    turn: str
    waits_for: str
    criteria: list[Criterion]
    # The newest mark of this marker's own.
    own: HandMark | None = None
    # None: not asked for.
    steps: list[Step] | None = None

    @property
    def position(self) -> int:
        return self.slot.position

    @property
    def is_waiting(self) -> bool:
        return self.reviewed.is_waiting

    @property
    def is_for_me(self) -> bool:
        """Whether it waits for this marker. The first of two has done what is theirs, though they may still correct it."""
        return self.is_waiting and bool(self.turn) and not (self.waits_for == Settling.SECOND and self.own is not None)

    @property
    def decides(self) -> bool:
        return self.waits_for == Settling.DECISION and self.turn == settling.DECIDE

    @property
    def is_a_mean(self) -> bool:
        """Whether what it has today is the mean of several marks."""
        return not self.is_waiting and sum(not given.is_replaced for given in self.marks) > 1

    @property
    def earns_points(self) -> bool:
        return self.slot.max_points > 0

    @property
    def waits_label(self) -> str:
        return str(Settling(self.waits_for).label) if self.waits_for in (Settling.SECOND, Settling.DECISION) else ""

    @property
    def sureness(self) -> str:
        return str(Sureness(self.slot.sureness).label) if self.slot.sureness else ""

    @property
    def points(self) -> Decimal | None:
        """The points that it has today; None while it waits."""
        return None if self.is_waiting else self.reviewed.points

    @property
    def own_points(self) -> Decimal | None:
        """The points that this marker's newest mark gives; None before they gave one."""
        return points_of(self.slot.max_points, self.own.fraction) if self.own else None

    @property
    def last(self) -> HandMark | None:
        """The mark that the form begins with: what this marker gave, or what counts today. Whoever decides begins anew."""
        if self.is_waiting:
            return self.own
        return next((one.mark for one in self.marks[-1:] if one.mark.fraction == self.slot.fraction), None)


@dataclass(frozen=True)
class Sheet(Paper):
    """An attempt with everything about it: questions, answers, marks and who gave them."""

    questions: list[SheetQuestion]
    # How many there are, also where only one is shown.
    total: int

    @property
    def is_markable(self) -> bool:
        return self.standing != MarkingState.LATE

    @property
    def late(self) -> int:
        return sum(question.slot.is_late for question in self.questions)

    @property
    def answered(self) -> int:
        return sum(bool(question.slot.answer) for question in self.questions)

    @property
    def is_whole(self) -> bool:
        return len(self.questions) == self.total

    @cached_property
    def waiting(self) -> list[int]:
        """The positions of the questions that wait for a person."""
        return [question.position for question in self.questions if question.is_waiting]

    @cached_property
    def mine(self) -> list[int]:
        """The positions of those that wait for this marker."""
        return [question.position for question in self.questions if question.is_for_me]

    @property
    def so_far(self) -> Decimal:
        return sum((question.points or Decimal(0) for question in self.questions), Decimal(0))

    def question_at(self, position: int | None) -> SheetQuestion | None:
        """Return the question at this position, if people may mark it."""
        return next((one for one in self.questions if one.position == position and one.earns_points and self.is_markable), None)

    def opened(self, position: int | None) -> SheetQuestion | None:
        """Return the question whose form is open: the one that was asked for, or the first that waits for this marker."""
        asked_for = self.question_at(position)
        return asked_for if asked_for and asked_for.turn else self.question_at(self.mine[0] if self.mine else None)


def sheet_of(attempt: Attempt, *, user, history_of: int | None = None, question: Question | None = None) -> Sheet:
    """Return an attempt with everything about it that this marker may know. Two queries; a third for the history of one question.

    A second marker learns nothing of the first one's mark before they have given their own; nobody learns whose attempt it is while it is
    marked blind.

    :param question: only the answer to this one, for whoever marks one question through all attempts.
    """
    given = Prefetch("hand_marks", HandMark.objects.select_related("by").order_by("pk"))
    slots = list(slots_to_review(attempt).prefetch_related(given))
    shown = [slot for slot in slots if question is None or slot.version.question_id == question.pk]
    return Sheet(attempt, [_question(slot, one, attempt, user, history_of) for slot, one in zip(shown, review(shown), strict=True)], len(slots))


def _question(slot: AttemptSlot, reviewed: Reviewed, attempt: Attempt, user, history_of: int | None) -> SheetQuestion:
    # The comment stands with the mark that it was given with.
    asked = without_names(reviewed.asked, attempt.uuid) if is_blind(attempt) else reviewed.asked
    marks, lines, needs_second = list(slot.hand_marks.all()), lines_of_slot(slot), attempt.quiz.needs_second_marker
    given = given_by(marks)
    stands = {"has_result": not reviewed.is_waiting, "needs_second": needs_second}
    visible = settling.visible_to(user.pk, given, **stands)
    counted = marks_that_count(marks, needs_second=needs_second)
    return SheetQuestion(
        replace(reviewed, asked=asked, comment=""), slot,
        [_given(slot, lines, mark, is_replaced=mark not in counted) for mark, may_be_seen in zip(marks, visible, strict=True) if may_be_seen],
        turn=settling.turn_of(user.pk, given, **stands),
        waits_for=settling.waits_for(len(settling.markers_of(given)), needs_second=needs_second) if reviewed.is_waiting else "",
        criteria=[_criterion(slot, line) for line in lines],
        own=next((mark for mark in reversed(marks) if mark.by_id == user.pk and not mark.decides), None),
        steps=_history(slot, asked, attempt) if slot.position == history_of else None)


def _given(slot: AttemptSlot, lines: list[Line], mark: HandMark, *, is_replaced: bool) -> Given:
    return Given(mark, points_of(slot.max_points, mark.fraction), scored(lines, mark.criteria, slot.max_points), is_replaced)


def _criterion(slot: AttemptSlot, line: Line) -> Criterion:
    return Criterion(line, most_of(line, slot.max_points), None if line.given is None else points_of_line(line, line.given, slot.max_points))


def _history(slot: AttemptSlot, asked: Asked, attempt: Attempt) -> list[Step]:
    """Return the newest steps of a slot, earliest first. One query."""
    steps = [_step(step, asked) for step in reversed(slot.steps.order_by("-pk")[:STEPS_SHOWN])]
    if not is_blind(attempt):
        return steps
    return [replace(step, asked=without_names(step.asked, attempt.uuid)) if step.asked else step for step in steps]


def _step(step, asked: Asked) -> Step:
    made_at = datetime.fromtimestamp(step.seq / 1000, tz=UTC)
    match step.kind:
        case StepKind.ANSWER:
            return Step(step.kind, made_at, step.received_at, step.is_late, asked=replace(asked, answer=step.answer))
        case StepKind.SURE:
            said = str(Sureness(step.answer["sure"]).label)
        case _:
            said = _("noted to look at again") if step.answer.get("flagged") else _("no longer noted to look at again")
    return Step(step.kind, made_at, step.received_at, step.is_late, said=said)
