"""Reads of the quiz engine, by what is asked: the bank, an attempt under way, its result, where a person stands."""

from quizzes.selectors.bank import fixed_items, lots_of, those_in_use
from quizzes.selectors.ranking import PER_PAGE, Ranking, contest_by_code, ranking_of
from quizzes.selectors.results import ResultPage, Reviewed, receipt_of, result_page, reviewed_of, shown_to_taker
from quizzes.selectors.shelf import ProgressPage, ShelfPage, papers_of, progress_of, shelf_of, showable
from quizzes.selectors.sizes import question_count_of, question_counts_of
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
from quizzes.selectors.taking import (
    QuestionPage,
    all_questions,
    milliseconds,
    name_at,
    places_of,
    position_to_go_on,
    question_page,
    question_pages,
    with_typed,
)

__all__ = [
    "PER_PAGE", "ProgressPage", "QuestionPage", "QuizStanding", "Ranking", "Result", "ResultPage", "Reviewed", "ShelfPage",
    "all_questions", "attempts_left", "attempts_of", "contest_by_code", "counting_result", "counting_results", "fixed_items",
    "lots_of", "milliseconds", "name_at", "next_attempt_at", "papers_of", "places_of", "position_to_go_on", "progress_of", "question_count_of",
    "question_counts_of", "question_page", "question_pages", "ranking_of", "receipt_of", "result_page", "reviewed_of", "shelf_of",
    "showable", "shown_to_taker", "standing_in", "those_in_use", "with_typed",
]
