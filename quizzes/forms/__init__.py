"""Input turned into clean values, by who gives it: takers, authors, markers."""

from quizzes.forms.appeals import AnswerForm, AppealFilterForm, AppealForm
from quizzes.forms.editing import CategoryForm, ExtraTimeForm, PreviewForm, QuizForm
from quizzes.forms.marking import MarkForm, MarkingFilterForm
from quizzes.forms.taking import CommandForm, ContestForm, PageForm, UnreadableBody, fields_of, numbers_of, read_fields, read_json

__all__ = [
    "AnswerForm", "AppealFilterForm", "AppealForm", "CategoryForm", "CommandForm", "ContestForm", "ExtraTimeForm", "MarkForm",
    "MarkingFilterForm", "PageForm", "PreviewForm", "QuizForm", "UnreadableBody", "fields_of", "numbers_of", "read_fields", "read_json",
]
