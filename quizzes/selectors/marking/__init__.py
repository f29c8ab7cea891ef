"""Reads of whoever marks: the list of attempts, what comes next, and one attempt with all that this marker may know of it."""

from quizzes.selectors.marking.blind import file_name_for, is_blind, name_of
from quizzes.selectors.marking.filters import Filters, groups_to_mark, may_mark, questions_to_mark, quizzes_to_mark
from quizzes.selectors.marking.queue import MarkingList, Next, Row, marking_list, next_to_mark
from quizzes.selectors.marking.sheet import ONLY_THE_ANSWER, Criterion, Sheet, SheetQuestion, sheet_of

__all__ = [
    "ONLY_THE_ANSWER", "Criterion", "Filters", "MarkingList", "Next", "Row", "Sheet", "SheetQuestion", "file_name_for", "groups_to_mark", "is_blind",
    "marking_list", "may_mark", "name_of", "next_to_mark", "questions_to_mark", "quizzes_to_mark", "sheet_of",
]
