"""Reads around appeals: the queue of whoever answers for questions, one appeal with all that is known, and the learner's own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery

from quizzes.enums import AppealState, Counted, WorkState
from quizzes.grading.review import Shown
from quizzes.models import Appeal, Attempt, Question, Quiz, QuizAnalysis, Regrade
from quizzes.selectors.marking import may_mark
from quizzes.selectors.marking.blind import without_names
from quizzes.selectors.results import Reviewed, review, shown_to_taker, slots_to_review

PER_PAGE = 50
# Of a question that everybody holds something against, so many others are read out.
OTHERS_SHOWN = 50
OPEN, ANSWERED = "open", "answered"


def may_answer(user) -> bool:
    """Say whether the person may answer for questions: as a marker, as somebody who writes them, or as the author of one. Three queries."""
    writes = user.is_authenticated and user.has_perm("quizzes.change_question")
    return user.is_authenticated and (may_mark(user) or writes or Question.objects.filter(author=user).exists())


def open_appeals(user) -> int:
    """Return how many appeals wait for an answer that this person may give. One query."""
    return Appeal.objects.visible_to(user).filter(state=AppealState.OPEN).count()


def same_wording(appeal: Appeal, user) -> QuerySet[Appeal]:
    """Return the other open appeals against the question as it was worded there, as far as this person answers them."""
    return Appeal.objects.visible_to(user).filter(slot__version=appeal.slot.version_id, state=AppealState.OPEN).exclude(pk=appeal.pk)


def may_regrade(user, quiz: Quiz) -> bool:
    """Say whether the person may have attempts at this quiz marked anew. At most three queries."""
    return user.has_perm("quizzes.regrade_attempt") and Quiz.objects.marked_by(user).filter(pk=quiz.pk).exists()


def quizzes_with_appeals(user) -> QuerySet[Quiz]:
    """Return the quizzes in which a question was appealed against that this person answers for, by title."""
    return Quiz.objects.filter(Exists(Appeal.objects.visible_to(user).filter(slot__attempt__quiz=OuterRef("pk")))).order_by("title", "pk")


@dataclass(frozen=True)
class Filters:
    """What the queue was asked for: open appeals unless something else was chosen ("" for all)."""

    state: str = OPEN
    quiz: Quiz | None = None

    @property
    def params(self) -> dict[str, str]:
        """The same as parts of an address."""
        return {"state": self.state or "all"} | ({"quiz": str(self.quiz.uuid)} if self.quiz else {})


@dataclass(frozen=True)
class AppealList:
    """A page of the queue, one question after another; each row knows how many people hold something against its question (`people`)."""

    page: Page
    rows: list[Appeal]
    total: int
    open: int


def appeal_list(user, filters: Filters, number: str | int | None) -> AppealList:
    """Return one page of the appeals that the person may answer: the question with most people first, of one question the earliest first.

    Three queries however long the queue.
    """
    mine = Appeal.objects.visible_to(user)
    found = mine.filter(slot__attempt__quiz=filters.quiz) if filters.quiz else mine
    if filters.state:
        found = found.filter(state=AppealState.OPEN) if filters.state == OPEN else found.exclude(state=AppealState.OPEN)
    people = mine.filter(question=OuterRef("question")).order_by().values("question").annotate(count=Count("by", distinct=True))
    total = found.count()
    page = Paginator(range(total), PER_PAGE).get_page(number)
    rows = found.annotate(people=Subquery(people.values("count"))).select_related("question", "slot__attempt__quiz", "decided_by").only(
        "uuid", "text", "state", "made_at", "decided_at", "decided_by__full_name", "question__stem_text", "question__code",
        "slot__position", "slot__attempt__quiz__title").order_by("-people", "question", "made_at", "pk")
    here = list(rows[page.object_list.start:page.object_list.stop])
    return AppealList(page, here, total, open_appeals(user))


@dataclass(frozen=True)
class Figures:
    """How a question did in a quiz, from the newest analysis that is stored."""

    count: int
    facility: float | None
    discrimination: float | None
    computed_at: datetime


@dataclass(frozen=True)
class AppealSheet:
    """An appeal with what is needed to judge it, and nothing of who made it."""

    appeal: Appeal
    question: Reviewed
    quiz: Quiz
    # Others against the same question, the newest first; and how many open ones have the very same wording.
    others: list[Appeal]
    same_open: int
    figures: Figures | None
    regrades: list[Regrade]

    @property
    def is_open(self) -> bool:
        return self.appeal.state == AppealState.OPEN


def appeal_sheet(appeal: Appeal, *, user) -> AppealSheet:
    """Return an appeal with the question as it was asked, the learner's answer without a name, figures and the other appeals. Five queries."""
    slot = next(iter(slots_to_review(appeal.slot.attempt).filter(pk=appeal.slot_id)))
    question = review([slot])[0]
    others = list(
        Appeal.objects.visible_to(user).filter(question=appeal.question_id).exclude(pk=appeal.pk).select_related("slot", "decided_by")
        .order_by("-made_at")[:OTHERS_SHOWN])
    quiz = appeal.slot.attempt.quiz
    return AppealSheet(
        appeal, _nameless(question, appeal), quiz, others, same_wording(appeal, user).count(), _figures(quiz, appeal.question_id),
        list(appeal.regrades.order_by("-made_at").only("uuid", "made_at", "state", "appeal")))


def _nameless(question: Reviewed, appeal: Appeal) -> Reviewed:
    return Reviewed(
        without_names(question.asked, appeal.slot.attempt.uuid), question.fraction, question.points, question.max_points, question.comment,
        question.is_late, regrade=question.regrade)


def _figures(quiz: Quiz, question: int) -> Figures | None:
    """Return what the analysis of first attempts says of a question, or that of all attempts. One query."""
    stored = {one.counted: one for one in QuizAnalysis.objects.filter(quiz=quiz, state=WorkState.DONE)}
    found = stored.get(Counted.FIRST) or stored.get(Counted.ALL)
    if found is None:
        return None
    items: list[dict[str, Any]] = found.data.get("questions", [])
    item = next((one for one in items if one["question"] == question), None)
    return Figures(item["count"], item["facility"], item["discrimination"], found.computed_at) if item else None


@dataclass(frozen=True)
class OwnAppeal:
    """A question of a finished attempt as far as its taker may see it, and what they hold against it, if they have said so."""

    attempt: Attempt
    position: int
    shows: Shown
    question: Reviewed
    appeal: Appeal | None


def own_appeal(attempt: Attempt, position: int, *, now: datetime) -> OwnAppeal | None:
    """Return a question of the taker's own attempt with their appeal; None where there is nothing to appeal against. One query."""
    slot = slots_to_review(attempt).filter(position=position).first()
    if slot is None or not attempt.is_over or attempt.is_taking_late:
        return None
    question = review([slot])[0]
    return OwnAppeal(attempt, position, shown_to_taker(attempt, now=now), question, question.appeal)
