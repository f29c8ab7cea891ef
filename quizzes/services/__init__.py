"""Writes of the quiz engine: starting, answering, finishing. Every one is safe to call twice (docs/attempts.md)."""

from quizzes.services.answering import Acknowledgement, save_answer, save_page
from quizzes.services.errors import (
    AnswerTooLong,
    AttemptFinished,
    MisplacedCommand,
    NoAttemptsLeft,
    NoQuestions,
    QuizError,
    TimeOver,
    UnknownPosition,
)
from quizzes.services.finishing import close_if_expired, submit_attempt
from quizzes.services.starting import start_attempt
from quizzes.types import InvalidAnswer

__all__ = [
    "Acknowledgement", "AnswerTooLong", "AttemptFinished", "InvalidAnswer", "MisplacedCommand", "NoAttemptsLeft", "NoQuestions", "QuizError",
    "TimeOver", "UnknownPosition", "close_if_expired", "save_answer", "save_page", "start_attempt", "submit_attempt",
]
