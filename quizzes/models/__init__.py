"""Questions with revisions, quizzes, attempts.

Keeps true: an attempt pins the versions of its questions; every change of an answer is a step that is only added to; the slot
holds the head of its steps; results are sums over the slots and can be computed again.
"""

from quizzes.models.analysis import QuizAnalysis
from quizzes.models.attempts import AnswerFile, AnswerStep, Attempt, AttemptSlot, HandMark
from quizzes.models.bank import Category, Question, QuestionCitation, QuestionTag, QuestionVersion, TaggedQuestion
from quizzes.models.exchange import BankExport, BankImport, ImportRow
from quizzes.models.quizzes import ExtraTime, Quiz
from quizzes.models.regrading import Appeal, Regrade, RegradeChange, RegradeResult

__all__ = [
    "AnswerFile", "AnswerStep", "Appeal", "Attempt", "AttemptSlot", "BankExport", "BankImport", "Category", "ExtraTime", "HandMark", "ImportRow",
    "Question", "QuestionCitation", "QuestionTag", "QuestionVersion", "Quiz", "QuizAnalysis", "Regrade", "RegradeChange", "RegradeResult",
    "TaggedQuestion",
]
