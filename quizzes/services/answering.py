"""Taking answers in. The rules, and why, are in docs/attempts.md; in one line: an act is a command, and the newest act counts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import Exists

from quizzes.enums import AttemptState, StepKind
from quizzes.grading.receipts import canonical
from quizzes.models import AnswerStep, Attempt, AttemptSlot
from quizzes.services.errors import AnswerTooLong, AttemptFinished, MisplacedCommand, TimeOver, UnknownPosition
from quizzes.services.finishing import close_if_expired
from quizzes.types import InvalidAnswer, QuestionType, type_of
from quizzes.types.base import Answer, Fields

MAX_LENGTH = 8000
# One page, come back to with the Back button, may change its mind this often; then it must be loaded anew.
BACKS = 100
AGAIN = "again"


@dataclass(frozen=True)
class Acknowledgement:
    """What the server says back: that it holds this answer since `saved_at`, and which answer is the newest of that question."""

    position: int
    client_uuid: UUID
    saved_at: datetime
    is_newest: bool
    newest: dict[str, Any]
    newest_seq: int
    newest_at: datetime | None


@dataclass(frozen=True)
class Command:
    """One act of a taker. `seq` is when it was done, in milliseconds of the server's clock since 1970."""

    position: int
    client_uuid: UUID
    seq: int
    kind: str
    read: Callable[[QuestionType], Answer]


def save_answer(
    *, attempt: Attempt, position: int, client_uuid: UUID, seq: int, answer: Answer, now: datetime, kind: str = StepKind.ANSWER,
) -> Acknowledgement:
    """Keep one answer, or one flag ({"flagged": true}), and say so; the same command again is acknowledged again and adds nothing.

    Locks the attempt and the question's slot. An act older than the newest one is kept as a step but does not replace it.

    :raises UnknownPosition: when the attempt has no such question.
    :raises InvalidAnswer: when it is no answer to this question.
    :raises AnswerTooLong: over MAX_LENGTH characters.
    :raises MisplacedCommand: when this client_uuid was used for another question.
    :raises AttemptFinished: after submitting.
    :raises TimeOver: at or after the deadline; the attempt is closed then.
    """
    return _save(attempt, [Command(position, client_uuid, seq, kind, lambda _type: answer)], now)[0]


def save_page(
    *, attempt: Attempt, position: int, client_uuid: UUID, seq: int, fields: Fields, now: datetime, flagged: bool | None = None,
) -> Acknowledgement:
    """Keep what a plain form says: the answer, and the flag when its button was pressed. Both or none; safe to call twice.

    :raises: what `save_answer` raises.
    """
    commands = [Command(position, client_uuid, seq, StepKind.ANSWER, lambda question_type: question_type.read_form(fields))]
    if flagged is not None:
        flag = {"flagged": flagged}
        commands.append(Command(position, uuid5(client_uuid, "flag"), seq, StepKind.FLAG, lambda _type: flag))
    return _save(attempt, commands, now)[0]


def _save(attempt: Attempt, commands: list[Command], now: datetime) -> list[Acknowledgement]:
    try:
        with transaction.atomic():
            return [_take_in(attempt, command, now) for command in commands]
    except IntegrityError:
        # The same command came in twice at the same moment: by now the other one is stored, and this one is its replay.
        with transaction.atomic():
            return [_take_in(attempt, command, now) for command in commands]
    except TimeOver:
        close_if_expired(attempt=attempt, now=now)
        raise


def _take_in(attempt: Attempt, command: Command, now: datetime) -> Acknowledgement:
    slot = _locked_slot(attempt, command)
    head, answer = Head(slot, command.kind), _clean(slot, command)
    client_uuid, seq = command.client_uuid, min(command.seq, int(now.timestamp() * 1000))
    if slot.is_known:
        latest = _latest_of_command(slot, command)
        if latest.answer == answer:
            return head.acknowledge(client_uuid, latest.received_at, is_newest=answer == head.answer)
        # The same page said something before and says something else now: its reader came back to it with the Back button.
        client_uuid, seq = uuid5(latest.client_uuid, AGAIN), latest.seq
    _check_open(slot.attempt, now)
    if answer == head.answer:
        head.confirm(seq)
        return head.acknowledge(command.client_uuid, head.at or now, is_newest=True)
    AnswerStep.objects.create(
        attempt_id=slot.attempt_id, slot=slot, kind=command.kind, client_uuid=client_uuid, seq=seq, answer=answer, received_at=now)
    if is_newest := seq >= head.seq:
        head.move(answer, seq, now)
    return head.acknowledge(command.client_uuid, now, is_newest=is_newest)


def _check_open(attempt: Attempt, now: datetime) -> None:
    ended_by_time = attempt.deadline_at is not None and (attempt.submitted_at or now) >= attempt.deadline_at
    if ended_by_time:
        raise TimeOver
    if attempt.state != AttemptState.IN_PROGRESS:
        raise AttemptFinished


def _locked_slot(attempt: Attempt, command: Command) -> AttemptSlot:
    # The attempt first, then the slot: the same order as when it is submitted, so that the two never wait for each other.
    known = AnswerStep.objects.filter(attempt=attempt, client_uuid=command.client_uuid)
    slot = (
        AttemptSlot.objects.filter(attempt=attempt, position=command.position)
        .select_related("attempt", "version").select_for_update(of=("attempt", "self")).annotate(is_known=Exists(known)).first()
    )
    if slot is None:
        raise UnknownPosition
    return slot


def _clean(slot: AttemptSlot, command: Command) -> Answer:
    question_type = type_of(slot.version.type)
    answer = command.read(question_type)
    try:
        length = len(canonical(answer))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidAnswer from error
    if length > MAX_LENGTH:
        raise AnswerTooLong
    if command.kind == StepKind.FLAG:
        if not isinstance(answer, dict) or not isinstance(answer.get("flagged"), bool):
            raise InvalidAnswer
        return {"flagged": answer["flagged"]}
    return question_type.clean_answer(slot.version.content, answer)


def _latest_of_command(slot: AttemptSlot, command: Command) -> AnswerStep:
    """Return the latest step that came from this command: its own, or what its page said after the Back button."""
    chain = [command.client_uuid]
    while len(chain) < BACKS:
        chain.append(uuid5(chain[-1], AGAIN))
    latest = AnswerStep.objects.filter(attempt=slot.attempt_id, client_uuid__in=chain).latest("pk")
    if latest.slot_id != slot.pk or latest.kind != command.kind or latest.client_uuid == chain[-1]:
        raise MisplacedCommand
    return latest


class Head:
    """The newest answer, or the flag, of a slot: the two heads of its steps, handled alike."""

    def __init__(self, slot: AttemptSlot, kind: str):
        self.slot, self.is_flag = slot, kind == StepKind.FLAG

    @property
    def answer(self) -> Answer:
        return {"flagged": self.slot.flagged} if self.is_flag else self.slot.answer

    @property
    def seq(self) -> int:
        return self.slot.flag_seq if self.is_flag else self.slot.answer_seq

    @property
    def at(self) -> datetime | None:
        return None if self.is_flag else self.slot.answered_at

    def move(self, answer: Answer, seq: int, now: datetime) -> None:
        slot = self.slot
        if self.is_flag:
            slot.flagged, slot.flag_seq = answer["flagged"], seq
            slot.save(update_fields=["flagged", "flag_seq"])
        else:
            slot.answer, slot.answer_seq, slot.answered_at = answer, seq, now
            slot.save(update_fields=["answer", "answer_seq", "answered_at"])

    def confirm(self, seq: int) -> None:
        """Somebody gave the answer that is held already: an older one that is still on its way must not replace it."""
        if 0 < self.seq < seq:
            name = "flag_seq" if self.is_flag else "answer_seq"
            setattr(self.slot, name, seq)
            self.slot.save(update_fields=[name])

    def acknowledge(self, client_uuid: UUID, saved_at: datetime, *, is_newest: bool) -> Acknowledgement:
        return Acknowledgement(self.slot.position, client_uuid, saved_at, is_newest, self.answer, self.seq, self.at)
