"""Writes of the quiz engine: starting, answering, finishing, marking. Every one is safe to call twice (docs/attempts.md)."""

from quizzes.services.answering import Acknowledgement, save_all, save_answer, save_page
from quizzes.services.checking import check_answer, move_on
from quizzes.services.errors import (
    AnswerChecked,
    AnswerTooLong,
    AttemptFinished,
    FileRefused,
    MarkedMeanwhile,
    MisplacedCommand,
    NoAttemptsLeft,
    NoQuestions,
    NotMarkable,
    NotMovedOn,
    NotOpenYet,
    QuizClosed,
    QuizError,
    SignInFirst,
    TimeOver,
    TooEarly,
    UnknownPosition,
)
from quizzes.services.files import keep_file
from quizzes.services.finishing import close_if_expired, submit_attempt
from quizzes.services.marking import mark_by_hand
from quizzes.services.previewing import Preview, preview_quiz
from quizzes.services.starting import move_deadlines, start_attempt
from quizzes.types import InvalidAnswer

__all__ = [
    "Acknowledgement", "AnswerChecked", "AnswerTooLong", "AttemptFinished", "FileRefused", "InvalidAnswer", "MarkedMeanwhile",
    "MisplacedCommand", "NoAttemptsLeft", "NoQuestions", "NotMarkable", "NotMovedOn", "NotOpenYet", "Preview", "QuizClosed",
    "QuizError", "SignInFirst", "TimeOver", "TooEarly", "UnknownPosition", "check_answer", "close_if_expired", "keep_file",
    "mark_by_hand", "move_deadlines", "move_on", "preview_quiz", "save_all", "save_answer", "save_page", "start_attempt",
    "submit_attempt",
]
