"""What a regrade gives to an answer, and what an attempt then comes to: one rule for the plan and for the deed. Nothing here changes a mark."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Self

from quizzes.enums import RegradeWay
from quizzes.grading.totals import is_pass, total_of
from quizzes.models import Attempt, AttemptSlot, HandMark, Question, QuestionVersion, Regrade
from quizzes.services.drawing import freeze_questions
from quizzes.types import InvalidAnswer, type_of

logger = logging.getLogger(__name__)
# So many versions are remembered at a time.
REMEMBERED = 2000


@dataclass(frozen=True)
class Verdict:
    """What an answer is worth now (None: this version cannot mark it), and the version whose key says so (None: the one that was asked)."""

    fraction: float | None
    key: int | None


def judged(regrade: Regrade, slot: AttemptSlot, version: QuestionVersion | None, *, is_hand_marked: bool) -> Verdict | None:
    """Return what the regrade gives to an answer; None when it leaves it alone."""
    if regrade.way == RegradeWay.FULL:
        return None if slot.fraction == 1 else Verdict(1.0, slot.key_id)
    if is_hand_marked or version is None:
        return None
    fraction, fits = _marked_by(version, slot)
    if not fits or (fraction is None and slot.fraction is not None):
        return Verdict(None, slot.key_id)
    loses = fraction is not None and slot.fraction is not None and fraction < slot.fraction
    verdict = Verdict(fraction, None if version.pk == slot.version_id else version.pk)
    if fraction is None or (loses and regrade.keeps_better) or (verdict.fraction, verdict.key) == (slot.fraction, slot.key_id):
        return None
    return verdict


def _marked_by(version: QuestionVersion, slot: AttemptSlot) -> tuple[float | None, bool]:
    """Return what a version gives to an answer that may have been given to another one, and whether the answer fits it at all."""
    if version.type != slot.version.type:
        return None, False
    if not slot.answer:
        # Nothing was said, and nothing is earned, also where a person would mark what was said.
        return (0.0 if slot.fraction is not None else None), True
    kind = type_of(version.type)
    try:
        return kind.mark(version.content, kind.clean_answer(version.content, slot.answer)), True
    except InvalidAnswer:
        return None, False
    except Exception:
        logger.exception("Marking %s anew failed.", slot.pk)
        return None, False


class Judge:
    """Judges answers by the newest versions of their questions, a chunk at a time."""

    def __init__(self, regrade: Regrade, now: datetime) -> None:
        self.regrade, self.now = regrade, now
        # The newest version by question, and those that were asked by their own key.
        self.versions: dict[int, QuestionVersion] = {}
        self.asked: dict[int, QuestionVersion] = {}

    def verdicts(self, keys: list[int]) -> dict[int, list[tuple[AttemptSlot, Verdict]]]:
        """Return what is to be said of answers of these attempts, by attempt. Four queries, and those that freeze questions."""
        slots = AttemptSlot.objects.filter(attempt__in=keys, max_points__gt=0)
        if self.regrade.question_id:
            slots = slots.filter(version__question=self.regrade.question_id)
        slots = list(slots.order_by("attempt", "position"))
        self._join_versions(slots)
        if self.regrade.way == RegradeWay.NEWEST:
            self._look_up({slot.version.question_id for slot in slots})
        by_hand, found = marked_by_hand(keys), {}
        for slot in slots:
            version = self.versions.get(slot.version.question_id)
            if verdict := judged(self.regrade, slot, version, is_hand_marked=slot.pk in by_hand):
                found.setdefault(slot.attempt_id, []).append((slot, verdict))
        return found

    def _join_versions(self, slots: list[AttemptSlot]) -> None:
        # One object for all who were asked the same, without its words: making each anew costs as much as judging.
        if len(self.asked) > REMEMBERED:
            self.asked.clear()
        self.asked |= QuestionVersion.objects.defer("content").in_bulk({slot.version_id for slot in slots} - self.asked.keys())
        for slot in slots:
            slot.version = self.asked[slot.version_id]

    def _look_up(self, questions: set[int]) -> None:
        if len(self.versions) > REMEMBERED:
            self.versions.clear()
        if missing := questions - self.versions.keys():
            rows = Question.objects.select_related("version").in_bulk(missing)
            self.versions |= freeze_questions(questions=rows.values(), now=self.now)


def marked_by_hand(attempts: Iterable[int]) -> set[int]:
    """Return the slots of these attempts that people have marked. One query."""
    return set(HandMark.objects.filter(slot__attempt__in=list(attempts)).values_list("slot_id", flat=True))


@dataclass(frozen=True)
class Standing:
    """How an attempt stands as a whole; without fraction and verdict while a person still has to mark something."""

    points: Decimal
    fraction: float | None
    passed: bool | None

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        return cls(attempt.points, attempt.fraction, attempt.passed)

    @classmethod
    def summed(cls, attempt: Attempt, slots: Iterable[AttemptSlot], verdicts: dict[int, float | None]) -> Self:
        """Return how it would stand with these fractions in place of those of its slots: the sum that `add_up` makes."""
        marks = [(slot, verdicts.get(slot.pk, slot.fraction)) for slot in slots]
        total = total_of((slot.max_points, fraction or 0.0) for slot, fraction in marks)
        if any(slot.answer and fraction is None for slot, fraction in marks):
            return cls(total.points, None, None)
        return cls(total.points, total.fraction, is_pass(total.fraction, attempt.pass_fraction) if total.max_points else True)


def slots_by_attempt(attempts: list[int]) -> dict[int, list[AttemptSlot]]:
    """Return all slots of these attempts with their versions, by attempt; words only where an answer still waits for a mark. Two queries."""
    slots = list(AttemptSlot.objects.filter(attempt__in=attempts).select_related("version").defer("version__content").order_by("attempt", "position"))
    waiting = [slot for slot in slots if slot.answer and slot.fraction is None]
    contents = dict(QuestionVersion.objects.filter(pk__in={slot.version_id for slot in waiting}).values_list("pk", "content")) if waiting else {}
    found: dict[int, list[AttemptSlot]] = {}
    for slot in slots:
        if slot.version_id in contents:
            slot.version.content = contents[slot.version_id]
        found.setdefault(slot.attempt_id, []).append(slot)
    return found
