"""Starting an attempt, once however often it is asked for."""

import secrets
from datetime import datetime, timedelta
from random import Random

from django.db import IntegrityError, transaction

from quizzes.enums import AttemptState
from quizzes.models import Attempt, AttemptSlot, Quiz
from quizzes.services.drawing import draw_questions, freeze_questions
from quizzes.services.errors import NoAttemptsLeft, NoQuestions
from quizzes.services.finishing import close_if_expired
from quizzes.types import type_of

# Two requests that start at once meet at the database's constraints; the one that came second looks again.
TRIES = 3


def start_attempt(*, quiz: Quiz, user, context: str = "", now: datetime) -> Attempt:
    """Start an attempt, or return the one in progress; two requests at once make one.

    The questions are drawn, and kept as they are worded now, so that later changes of the bank or the quiz do not touch it.
    An attempt whose time is over is closed first and counts as made.

    :raises NoAttemptsLeft: when `attempts_allowed` attempts were made in this context.
    :raises NoQuestions: when no published question can be asked.
    """
    for attempt_left in reversed(range(TRIES)):
        made = [close_if_expired(attempt=attempt, now=now) for attempt in Attempt.objects.of(quiz, user, context)]
        for attempt in made:
            if attempt.state == AttemptState.IN_PROGRESS:
                return attempt
        if quiz.attempts_allowed and len(made) >= quiz.attempts_allowed:
            raise NoAttemptsLeft
        try:
            return _start(quiz, user, context, number=made[-1].number + 1 if made else 1, now=now)
        except IntegrityError:
            if not attempt_left:
                raise
    raise AssertionError("unreachable")


def _start(quiz: Quiz, user, context: str, *, number: int, now: datetime) -> Attempt:
    seed = secrets.randbits(62)
    # Chance, not secrecy: a stored seed makes the draw repeatable.
    picks = draw_questions(quiz=quiz, user=user, random=Random(seed))  # noqa: S311
    if not picks:
        raise NoQuestions
    with transaction.atomic():
        versions = freeze_questions(questions=[pick.question for pick in picks], now=now)
        attempt = Attempt.objects.create(
            quiz=quiz, user=user, context=context, number=number, seed=seed, pass_fraction=quiz.pass_fraction, review=quiz.review,
            started_at=now, deadline_at=now + timedelta(seconds=quiz.time_limit_seconds) if quiz.time_limit_seconds else None,
            max_points=sum(pick.points for pick in picks))
        AttemptSlot.objects.bulk_create([
            AttemptSlot(
                attempt=attempt, position=position, version=versions[pick.question.pk], max_points=pick.points,
                option_order=_order_of(versions[pick.question.pk], seed, position, quiz.shuffle_options))
            for position, pick in enumerate(picks, start=1)
        ])
    return attempt


def _order_of(version, seed: int, position: int, shuffle: bool) -> list[str]:
    random = Random(f"{seed}:{position}")  # noqa: S311
    return type_of(version.type).draw_order(version.content, random, shuffle=shuffle)
