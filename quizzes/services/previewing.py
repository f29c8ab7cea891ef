"""A quiz as a learner would meet it on some day: the real path from start to result, of which nothing stays."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from quizzes.models import Quiz
from quizzes.selectors import QuestionPage, ResultPage, all_questions, milliseconds, result_page
from quizzes.services.answering import save_all
from quizzes.services.errors import QuizError
from quizzes.services.finishing import submit_attempt
from quizzes.services.starting import start_attempt
from quizzes.types import InvalidAnswer
from quizzes.types.base import Fields

CONTEXT = "preview"


@dataclass(frozen=True)
class Preview:
    """What a learner would see: the questions, after submitting the result as well; or why they would be refused."""

    quiz: Quiz
    page: QuestionPage | None = None
    result: ResultPage | None = None
    refusal: str = ""


def preview_quiz(*, quiz: Quiz, seed: int, now: datetime, answers: Mapping[int, Fields] | None = None) -> Preview:
    """Take the newest draft of a quiz as a learner without a past would at `now`, and roll everything back.

    The same seed draws the same questions for everybody. With `answers`, by position, they are saved, submitted and marked through the real
    services. No row, no file and no signal is left.
    """
    quiz = _as_published(quiz)
    preview = Preview(quiz)
    with transaction.atomic():
        try:
            preview = _taken(quiz, seed, now, answers)
        except (QuizError, InvalidAnswer) as error:
            preview = Preview(quiz, preview.page, refusal=str(error))
        transaction.set_rollback(True)
    return preview


def _as_published(quiz: Quiz) -> Quiz:
    newest = quiz.get_latest_revision_as_object() if quiz.latest_revision_id else quiz
    # Only in memory: whoever takes it has no account and no past.
    newest.live, newest.is_open_to_all = True, True
    return newest


def _taken(quiz: Quiz, seed: int, now: datetime, answers: Mapping[int, Fields] | None) -> Preview:
    attempt = start_attempt(quiz=quiz, visitor=secrets.token_hex(32), context=CONTEXT, seed=seed, now=now)
    if answers is None:
        return Preview(quiz, all_questions(attempt, now=now))
    refused = save_all(attempt=attempt, client_uuid=uuid4(), seq=milliseconds(now), answers=answers, now=now)
    if refused:
        raise next(iter(refused.values()))
    attempt = submit_attempt(attempt=attempt, now=now)
    return Preview(quiz, all_questions(attempt, now=now), result_page(attempt, now=now))
