"""Starting an attempt, once however often it is asked for."""

import secrets
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from quizzes.enums import AttemptState
from quizzes.models import Attempt, AttemptSlot, ExtraTime, QuestionVersion, Quiz
from quizzes.querysets import Taker
from quizzes.selectors import next_attempt_at
from quizzes.services.drawing import Pick, draw_questions, freeze_questions
from quizzes.services.errors import NoAttemptsLeft, NoQuestions, NotOpenYet, QuizClosed, SignInFirst, TooEarly
from quizzes.services.finishing import close_if_expired, submit_attempt
from quizzes.types import type_of

# Two requests that start at once meet at the database's constraints; the one that came second looks again.
TRIES = 3


def start_attempt(
    *, quiz: Quiz, user=None, context: str = "", now: datetime, visitor: str = "", shown_name: str = "", seed: int | None = None,
) -> Attempt:
    """Start an attempt, or return the one in progress; two requests at once make one.

    The questions are drawn, and kept as they are worded now, so that later changes of the bank or the quiz do not touch it.
    An attempt whose time is over is closed first and counts as made. Somebody not signed in is known by `visitor`.

    :raises SignInFirst: when there is no user, and the quiz is not open to all or the visitor is not known either.
    :raises NotOpenYet: before `opens_at`.
    :raises QuizClosed: at and after `closes_at`, or when the quiz is a draft.
    :raises NoAttemptsLeft: when `attempts_allowed` attempts were made in this context.
    :raises TooEarly: during the pause after the latest attempt.
    :raises NoQuestions: when no published question can be asked.
    """
    taker = Taker(Taker.of(user).user, "" if Taker.of(user).user else visitor)
    if taker.user is None and not (quiz.is_open_to_all and visitor):
        raise SignInFirst
    for try_left in reversed(range(TRIES)):
        made = [_moved_on(attempt, now) for attempt in Attempt.objects.of(quiz, taker, context)]
        for attempt in made:
            if attempt.state == AttemptState.IN_PROGRESS:
                return attempt
        _check_may_start(quiz, made, now)
        number = made[-1].number + 1 if made else 1
        try:
            return _start(quiz, taker, context, number=number, shown_name=shown_name, seed=seed, now=now)
        except IntegrityError:
            if not try_left:
                raise
    raise AssertionError("unreachable")


def _moved_on(attempt: Attempt, now: datetime) -> Attempt:
    attempt = close_if_expired(attempt=attempt, now=now)
    # Whoever wants to begin anew waits for no late answers any more.
    return submit_attempt(attempt=attempt, now=now) if attempt.is_taking_late else attempt


def _check_may_start(quiz: Quiz, made: list[Attempt], now: datetime) -> None:
    if quiz.opens_at and now < quiz.opens_at:
        raise NotOpenYet(quiz.opens_at)
    if not quiz.live or quiz.is_closed(now):
        raise QuizClosed
    if quiz.attempts_allowed and len(made) >= quiz.attempts_allowed:
        raise NoAttemptsLeft
    next_at = next_attempt_at(quiz, made)
    if next_at and now < next_at:
        raise TooEarly(next_at)


def _start(quiz: Quiz, taker: Taker, context: str, *, number: int, shown_name: str, seed: int | None, now: datetime) -> Attempt:
    # Chance, not secrecy: a stored seed makes the draw repeatable.
    seed = secrets.randbits(62) if seed is None else seed
    picks = draw_questions(quiz=quiz, taker=taker, seed=seed, now=now)
    if not picks:
        raise NoQuestions
    deadline = _deadline(quiz, taker, now)
    with transaction.atomic():
        versions = freeze_questions(questions=[pick.question for pick in picks], now=now)
        attempt = Attempt.objects.create(
            quiz=quiz, user=taker.user, visitor=taker.visitor, shown_name=shown_name, context=context, number=number, seed=seed,
            pass_fraction=quiz.pass_fraction, review=quiz.review, rules=rules_of(quiz), started_at=now, deadline_at=deadline,
            max_points=sum(_points(pick, versions) for pick in picks))
        AttemptSlot.objects.bulk_create([
            AttemptSlot(
                attempt=attempt, position=position, version=versions[pick.question.pk], section=pick.section, max_points=_points(pick, versions),
                option_order=_order_of(versions[pick.question.pk], seed, position, quiz.shuffle_options))
            for position, pick in enumerate(picks, start=1)
        ])
    attempt.is_new = True
    return attempt


def rules_of(quiz: Quiz) -> dict:
    """Return the rules that an attempt takes over from its quiz when it begins."""
    return {
        "mode": quiz.mode, "layout": quiz.layout, "navigation": quiz.navigation, "sureness": quiz.asks_sureness, "grace": quiz.grace_seconds,
        "shown": {moment: list(facts) for moment, facts in quiz.shown.items()},
    }


def _points(pick: Pick, versions: dict[int, QuestionVersion]) -> Decimal:
    return pick.points if type_of(versions[pick.question.pk].type).earns_points else Decimal(0)


def _deadline(quiz: Quiz, taker: Taker, now: datetime) -> datetime | None:
    if not quiz.time_limit_seconds and not quiz.closes_at:
        return None
    extra = timedelta(seconds=extra_seconds(quiz, taker.user))
    ends = [quiz.closes_at + extra] if quiz.closes_at else []
    if quiz.time_limit_seconds:
        ends.append(now + timedelta(seconds=quiz.time_limit_seconds) + extra)
    return min(ends)


def extra_seconds(quiz: Quiz, user) -> int:
    """Return how much more time a person has at a quiz: the most that they, or one of their groups, were given. At most one query."""
    if user is None:
        return 0
    mine = ExtraTime.objects.filter(Q(user=user) | Q(group__in=user.groups.values("pk")), quiz=quiz)
    return mine.aggregate(most=Max("seconds"))["most"] or 0


def move_deadlines(*, extra_time: ExtraTime, now: datetime) -> int:
    """Give attempts under way the time that was just granted, and return how many; no deadline moves to an earlier time.

    An attempt whose deadline has passed is not opened again.
    """
    quiz, moved = extra_time.quiz, 0
    whose = {"user": extra_time.user} if extra_time.user else {"user__groups": extra_time.group}
    under_way = Attempt.objects.filter(quiz=quiz, state=AttemptState.IN_PROGRESS, deadline_at__gt=now, **whose)
    with transaction.atomic():
        for attempt in under_way.select_related("user").select_for_update(of=("self",)):
            deadline = _deadline(quiz, Taker(attempt.user), attempt.started_at)
            if deadline and deadline > attempt.deadline_at:
                attempt.deadline_at = deadline
                attempt.save(update_fields=["deadline_at"])
                moved += 1
    return moved


def _order_of(version, seed: int, position: int, shuffle: bool) -> list[str]:
    random = Random(f"{seed}:{position}")  # noqa: S311
    return type_of(version.type).draw_order(version.content, random, shuffle=shuffle)
