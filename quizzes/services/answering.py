"""Taking answers in. The rules, and why, are in docs/attempts.md; in one line: an act is a command, and the newest act counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.prepared import FirstRow, insert, update
from quizzes.enums import AttemptState, StepKind, Sureness
from quizzes.grading.receipts import canonical
from quizzes.grading.totals import points_of
from quizzes.models import AnswerFile, AnswerStep, Attempt, AttemptSlot
from quizzes.querysets import Taker
from quizzes.services.errors import (
    AnswerChecked,
    AnswerTooLong,
    AttemptFinished,
    MisplacedCommand,
    NotMovedOn,
    QuizError,
    TimeOver,
    UnknownPosition,
)
from quizzes.services.finishing import close_if_expired, fraction_of
from quizzes.types import InvalidAnswer, QuestionType, type_of
from quizzes.types.base import Answer, Fields

# One page, come back to with the Back button, may change its mind this often; then it must be loaded anew.
BACKS = 100
# The clocks of two machines differ by less than this, in milliseconds.
AHEAD = 60_000
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
    # The newest answer as the fields of a form, and whether this one came after the deadline.
    newest_fields: Fields
    is_late: bool = False


@dataclass(frozen=True)
class Command:
    """One act of a taker. `seq` is when it was done, in milliseconds of the server's clock since 1970."""

    position: int
    client_uuid: UUID
    seq: int
    kind: str
    read: Callable[[QuestionType], Answer]


@dataclass(frozen=True)
class Door:
    """Which attempt a command is for: found by its key, or by its uuid among those of a taker, in the same query as the slot."""

    attempt: Attempt | None = None
    uuid: UUID | None = None
    taker: Taker | None = None

    def slot(self, command: Command) -> AttemptSlot | None:
        """Return the locked slot with its attempt and version, and whether the command is known. One query."""
        if self.attempt:
            return _BY_ATTEMPT.get(command.client_uuid, self.attempt.pk, command.position)
        if self.taker.user and not self.taker.visitor:
            return _BY_USER.get(command.client_uuid, self.uuid, self.taker.user.pk, command.position)
        mine = {"attempt__in": Attempt.objects.taken_by(self.taker), "attempt__uuid": self.uuid}
        return _slots(command.client_uuid, position=command.position, **mine).first()


def _slots(client_uuid: UUID, **which) -> QuerySet[AttemptSlot]:
    # The attempt first, then the slot: the same order as when it is submitted, so that the two never wait for each other.
    known = AnswerStep.objects.filter(attempt=OuterRef("attempt"), client_uuid=client_uuid)
    return (
        AttemptSlot.objects.filter(**which).select_related("attempt", "version").select_for_update(of=("attempt", "self"))
        .annotate(is_known=Exists(known)))


_ANY_UUID, _OTHER_UUID = UUID(int=1), UUID(int=2)
_FIELD = AttemptSlot._meta.get_field
_BY_ATTEMPT = FirstRow(
    lambda client_uuid, attempt, position: _slots(client_uuid, attempt=attempt, position=position),
    (_ANY_UUID, AnswerStep._meta.get_field("client_uuid")), (900_000_001, _FIELD("attempt")), (30_001, _FIELD("position")))
_BY_USER = FirstRow(
    lambda client_uuid, uuid, user, position: _slots(client_uuid, attempt__uuid=uuid, attempt__user=user, position=position),
    (_ANY_UUID, AnswerStep._meta.get_field("client_uuid")), (_OTHER_UUID, Attempt._meta.get_field("uuid")),
    (900_000_002, Attempt._meta.get_field("user")), (30_001, _FIELD("position")))


def save_answer(
    *, position: int, client_uuid: UUID, seq: int, now: datetime, answer: Answer | None = None, fields: Fields | None = None,
    kind: str = StepKind.ANSWER, attempt: Attempt | None = None, taker: Taker | None = None, uuid: UUID | None = None,
) -> Acknowledgement:
    """Keep one answer, one flag ({"flagged": true}) or one word on sureness ({"sure": 2}), and say so.

    The answer is given as such or as the fields of a form. The attempt is given, or its uuid with the taker whose it has to be. The same
    command again is acknowledged again and adds nothing. Locks the attempt and the question's slot. An act older than the newest one is kept
    as a step but does not replace it. An answer is marked when it is saved. Four statements, one of them an UPDATE and one an INSERT.

    :raises UnknownPosition: when the attempt has no such question, or the taker no such attempt.
    :raises InvalidAnswer: when it is no answer to this question.
    :raises AnswerTooLong: over the type's `max_length` characters.
    :raises MisplacedCommand: when this client_uuid was used for another question.
    :raises AnswerChecked: when the question was checked in practice.
    :raises NotMovedOn: forward only, when it was given after the taker had moved on.
    :raises AttemptFinished: after submitting.
    :raises TimeOver: when it was given at or after the deadline, or arrives when the grace is over; the attempt is closed then.
    """
    command = Command(position, client_uuid, seq, kind, _reader(answer, fields))
    return _save(_door(attempt, taker, uuid), [command], now)[0]


def save_page(
    *, position: int, client_uuid: UUID, seq: int, fields: Fields, now: datetime, flagged: bool | None = None, sure: int | None = None,
    attempt: Attempt | None = None, taker: Taker | None = None, uuid: UUID | None = None,
) -> Acknowledgement:
    """Keep what a plain form says: the answer, and the flag and the sureness when they were given. All or none; safe to call twice.

    :raises: what `save_answer` raises.
    """
    commands = [Command(position, client_uuid, seq, StepKind.ANSWER, _reader(None, fields))]
    if flagged is not None:
        commands.append(Command(position, uuid5(client_uuid, "flag"), seq, StepKind.FLAG, _reader({"flagged": flagged}, None)))
    if sure is not None:
        commands.append(Command(position, uuid5(client_uuid, "sure"), seq, StepKind.SURE, _reader({"sure": sure}, None)))
    return _save(_door(attempt, taker, uuid), commands, now)[0]


def save_all(
    *, attempt: Attempt, client_uuid: UUID, seq: int, answers: Mapping[int, Fields], now: datetime,
) -> dict[int, QuizError | InvalidAnswer]:
    """Keep what the form of all questions says, each question for itself, and return by position what was refused and why. Safe to call twice.

    :raises AttemptFinished, TimeOver: when nothing can be kept any more.
    """
    refused: dict[int, QuizError | InvalidAnswer] = {}
    for position, fields in sorted(answers.items()):
        try:
            _save(_door(attempt, None, None), [Command(position, uuid5(client_uuid, str(position)), seq, StepKind.ANSWER, _reader(None, fields))], now)
        except (InvalidAnswer, AnswerTooLong, AnswerChecked, MisplacedCommand, UnknownPosition) as error:
            refused[position] = error
    return refused


def _reader(answer: Answer | None, fields: Fields | None) -> Callable[[QuestionType], Answer]:
    return (lambda _type: answer) if fields is None else (lambda question_type: question_type.read_form(fields))


def _door(attempt: Attempt | None, taker: Taker | None, uuid: UUID | None) -> Door:
    return Door(attempt) if attempt else Door(uuid=uuid, taker=taker or Taker())


def _save(door: Door, commands: list[Command], now: datetime) -> list[Acknowledgement]:
    try:
        with transaction.atomic():
            return [_take_in(door, command, now) for command in commands]
    except IntegrityError:
        # The same command came in twice at the same moment: by now the other one is stored, and this one is its replay.
        with transaction.atomic():
            return [_take_in(door, command, now) for command in commands]
    except TimeOver as error:
        close_if_expired(attempt=error.attempt, now=now)
        raise


def _take_in(door: Door, command: Command, now: datetime) -> Acknowledgement:
    slot = _locked_slot(door, command)
    head, answer = HEADS[command.kind](slot), _clean(slot, command)
    client_uuid, seq = command.client_uuid, min(command.seq, int(now.timestamp() * 1000))
    if slot.is_known:
        latest = _latest_of_command(slot, command)
        if latest.answer == answer:
            return head.acknowledge(client_uuid, latest.received_at, is_newest=answer == head.answer, is_late=latest.is_late)
        # The same page said something before and says something else now: its reader came back to it with the Back button.
        client_uuid, seq = uuid5(latest.client_uuid, AGAIN), latest.seq
    is_late = _check_open(slot.attempt, seq, now)
    if answer == head.answer:
        head.confirm(seq)
        return head.acknowledge(command.client_uuid, head.at or now, is_newest=True, is_late=is_late)
    _check_changeable(slot, command, seq)
    insert(
        AnswerStep, attempt=slot.attempt_id, slot=slot.pk, kind=command.kind, client_uuid=client_uuid, seq=seq, answer=answer, received_at=now,
        is_late=is_late)
    # What lies far ahead of the clock was given while the clock was wrong: whatever comes in now is newer than that.
    if is_newest := seq >= head.seq or head.seq > int(now.timestamp() * 1000) + AHEAD:
        head.move(answer, seq, now, is_late=is_late)
    return head.acknowledge(command.client_uuid, now, is_newest=is_newest, is_late=is_late)


def _check_open(attempt: Attempt, seq: int, now: datetime) -> bool:
    """Let a command in, and say whether it is late: given before the deadline, come in during the grace after it.

    When it was given is what the device says, by the server's clock as the device knows it. Nobody can prove it, so the grace is short, the
    answer is marked as late for the trainer, and nothing is shown of a result while late answers are taken.
    """
    deadline = attempt.deadline_at
    if deadline is None or (attempt.submitted_at or now) < deadline:
        if attempt.state != AttemptState.IN_PROGRESS:
            raise AttemptFinished
        return False
    grace_ends = attempt.late_until or deadline + timedelta(seconds=attempt.rules.get("grace", 0))
    takes_late = attempt.state == AttemptState.IN_PROGRESS or attempt.is_taking_late
    was_in_time = attempt.started_at.timestamp() * 1000 <= seq < deadline.timestamp() * 1000
    if takes_late and was_in_time and now < grace_ends:
        return True
    raise TimeOver(attempt)


def check_may_change(slot: AttemptSlot, now: datetime) -> None:
    """Refuse what the answer to this question would be refused for, before work is done for it. No query.

    :raises: what `save_answer` raises for an attempt that has ended, a checked question, or one that was left.
    """
    seq = int(now.timestamp() * 1000)
    _check_open(slot.attempt, seq, now)
    _check_changeable(slot, Command(slot.position, UUID(int=0), seq, StepKind.ANSWER, _reader({}, None)), seq)


def _check_changeable(slot: AttemptSlot, command: Command, seq: int) -> None:
    if command.kind == StepKind.FLAG:
        return
    if slot.checked_at is not None:
        raise AnswerChecked
    attempt = slot.attempt
    if attempt.is_forward_only and slot.position != attempt.reached:
        moved_at = int(attempt.reached_at.timestamp() * 1000) if attempt.reached_at else 0
        if slot.position > attempt.reached or seq >= moved_at:
            raise NotMovedOn


def _locked_slot(door: Door, command: Command) -> AttemptSlot:
    slot = door.slot(command) if command.position < 32_768 else None
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
    if length > question_type.max_length:
        raise AnswerTooLong(question_type.max_length)
    match command.kind:
        case StepKind.FLAG:
            return _clean_flag(answer)
        case StepKind.SURE:
            return _clean_sureness(slot, answer)
    if question_type.takes_files and isinstance(answer, dict):
        answer = _with_files(slot, answer)
    return question_type.clean_answer(slot.version.content, answer)


def _clean_flag(answer: Answer) -> Answer:
    if not isinstance(answer, dict) or not isinstance(answer.get("flagged"), bool):
        raise InvalidAnswer
    return {"flagged": answer["flagged"]}


def _clean_sureness(slot: AttemptSlot, answer: Answer) -> Answer:
    level = answer.get("sure") if isinstance(answer, dict) else None
    if not slot.attempt.asks_sureness or isinstance(level, bool) or level not in Sureness.values:
        raise InvalidAnswer
    return {"sure": level}


def _with_files(slot: AttemptSlot, answer: Answer) -> Answer:
    """Complete the files that an answer names from what was uploaded to this very question; any other file is refused."""
    named = answer.get("files") if isinstance(answer.get("files"), list) else []
    keys = [item.get("file") for item in named if isinstance(item, dict)]
    try:
        wanted = [UUID(key) for key in keys]
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidAnswer from error
    kept = {file.uuid: file for file in AnswerFile.objects.filter(slot=slot, uuid__in=wanted)} if wanted else {}
    if len(keys) != len(named) or set(wanted) != set(kept):
        raise InvalidAnswer
    return {"files": [
        {"file": str(key), "name": kept[key].name, "size": kept[key].size, "sha256": kept[key].sha256} for key in dict.fromkeys(wanted)
    ]} if wanted else {}


def _latest_of_command(slot: AttemptSlot, command: Command) -> AnswerStep:
    """Return the latest step that came from this command: its own, or what its page said after the Back button."""
    chain = [command.client_uuid]
    while len(chain) < BACKS:
        chain.append(uuid5(chain[-1], AGAIN))
    latest = AnswerStep.objects.filter(attempt=slot.attempt_id, client_uuid__in=chain).latest("pk")
    if latest.slot_id != slot.pk or latest.kind != command.kind or latest.client_uuid == chain[-1]:
        raise MisplacedCommand
    return latest


class AnswerHead:
    """The newest answer of a slot: the head of its steps. The other heads of a slot are handled alike."""

    seq_field = "answer_seq"

    def __init__(self, slot: AttemptSlot):
        self.slot = slot

    @property
    def answer(self) -> Answer:
        return self.slot.answer

    @property
    def seq(self) -> int:
        return getattr(self.slot, self.seq_field)

    @property
    def at(self) -> datetime | None:
        return self.slot.answered_at

    def move(self, answer: Answer, seq: int, now: datetime, *, is_late: bool) -> None:
        slot = self.slot
        slot.answer, slot.answer_seq, slot.answered_at, slot.is_late = answer, seq, now, is_late
        slot.fraction = fraction_of(slot) if answer else None
        slot.points = None if slot.fraction is None else points_of(slot.max_points, slot.fraction)
        update(slot, "answer", "answer_seq", "answered_at", "is_late", "fraction", "points")

    def confirm(self, seq: int) -> None:
        """Somebody gave the answer that is held already: an older one that is still on its way must not replace it."""
        if 0 < self.seq < seq:
            setattr(self.slot, self.seq_field, seq)
            update(self.slot, self.seq_field)

    def acknowledge(self, client_uuid: UUID, saved_at: datetime, *, is_newest: bool, is_late: bool) -> Acknowledgement:
        fields = type_of(self.slot.version.type).write_form(self.slot.answer)
        return Acknowledgement(self.slot.position, client_uuid, saved_at, is_newest, self.answer, self.seq, self.at, fields, is_late)


class FlagHead(AnswerHead):
    seq_field, at = "flag_seq", None

    @property
    def answer(self) -> Answer:
        return {"flagged": self.slot.flagged}

    def move(self, answer: Answer, seq: int, now: datetime, *, is_late: bool) -> None:
        self.slot.flagged, self.slot.flag_seq = answer["flagged"], seq
        update(self.slot, "flagged", "flag_seq")


class SureHead(AnswerHead):
    seq_field, at = "sure_seq", None

    @property
    def answer(self) -> Answer:
        return {"sure": self.slot.sureness} if self.slot.sureness else {}

    def move(self, answer: Answer, seq: int, now: datetime, *, is_late: bool) -> None:
        self.slot.sureness, self.slot.sure_seq = answer["sure"], seq
        update(self.slot, "sureness", "sure_seq")


HEADS = {StepKind.ANSWER: AnswerHead, StepKind.FLAG: FlagHead, StepKind.SURE: SureHead}
