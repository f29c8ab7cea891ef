"""Reads of the quiz engine, by what is asked: the bank, an attempt under way, its result, where a person stands."""

from quizzes.selectors.bank import fixed_items, lots_of, question_count_of, those_in_use
from quizzes.selectors.results import ResultPage, Reviewed, receipt_of, result_page, reviewed_of, shown_to_taker
from quizzes.selectors.standing import (
    QuizStanding,
    Result,
    attempts_left,
    attempts_of,
    counting_result,
    counting_results,
    next_attempt_at,
    standing_in,
)
from quizzes.selectors.taking import QuestionPage, all_questions, milliseconds, name_at, places_of, position_to_go_on, question_page

__all__ = [
    "QuestionPage", "QuizStanding", "Result", "ResultPage", "Reviewed", "all_questions", "attempts_left", "attempts_of", "counting_result",
    "counting_results", "fixed_items", "lots_of", "milliseconds", "name_at", "next_attempt_at", "places_of", "position_to_go_on",
    "question_count_of", "question_page", "receipt_of", "result_page", "reviewed_of", "shown_to_taker", "standing_in", "those_in_use",
]
