"""Writes of the quiz engine: starting, answering, finishing, marking. Every one is safe to call twice (docs/attempts.md)."""

from quizzes.services.answering import Acknowledgement, save_all, save_answer, save_page
from quizzes.services.appealing import Answered, answer_appeal, make_appeal
from quizzes.services.checking import check_answer, move_on
from quizzes.services.errors import (
    AnswerChecked,
    AnswerTooLong,
    AppealAnswered,
    AppealTextRefused,
    AttemptFinished,
    FileRefused,
    MarkedMeanwhile,
    MisplacedCommand,
    NoAttemptsLeft,
    NoQuestions,
    NotAppealable,
    NotMarkable,
    NotMovedOn,
    NotOpenYet,
    NotYourMark,
    QuizClosed,
    QuizError,
    SignInFirst,
    TimeOver,
    TooEarly,
    TooManyAppeals,
    UnknownPosition,
)
from quizzes.services.files import keep_file
from quizzes.services.finishing import close_if_expired, submit_attempt
from quizzes.services.marking import mark_by_hand
from quizzes.services.previewing import Preview, preview_quiz
from quizzes.services.starting import move_deadlines, start_attempt
from quizzes.types import InvalidAnswer

__all__ = [
    "Acknowledgement", "AnswerChecked", "AnswerTooLong", "Answered", "AppealAnswered", "AppealTextRefused", "AttemptFinished",
    "FileRefused", "InvalidAnswer", "MarkedMeanwhile", "MisplacedCommand", "NoAttemptsLeft", "NoQuestions", "NotAppealable", "NotMarkable",
    "NotMovedOn", "NotOpenYet", "NotYourMark", "Preview", "QuizClosed", "QuizError", "SignInFirst", "TimeOver", "TooEarly",
    "TooManyAppeals", "UnknownPosition", "answer_appeal", "check_answer", "close_if_expired", "keep_file", "make_appeal", "mark_by_hand",
    "move_deadlines", "move_on", "preview_quiz", "save_all", "save_answer", "save_page", "start_attempt", "submit_attempt",
]
