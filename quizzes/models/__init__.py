"""Questions with revisions, quizzes, attempts.

Keeps true: an attempt pins the versions of its questions; every change of an answer is a step that is only added to; the slot
holds the head of its steps; results are sums over the slots and can be computed again.
"""

from quizzes.models.attempts import AnswerFile, AnswerStep, Attempt, AttemptSlot, HandMark
from quizzes.models.bank import Category, Question, QuestionTag, QuestionVersion, TaggedQuestion
from quizzes.models.quizzes import ExtraTime, Quiz

__all__ = [
    "AnswerFile", "AnswerStep", "Attempt", "AttemptSlot", "Category", "ExtraTime", "HandMark", "Question", "QuestionTag", "QuestionVersion",
    "Quiz", "TaggedQuestion",
]
