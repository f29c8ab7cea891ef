"""What comes after attempts: an appeal that waits for its answer, and how the questions of the most taken quiz did."""

from datetime import datetime, timedelta

from django.db.models import Count

from accounts.models import User
from quizzes.enums import AttemptState, Counted
from quizzes.models import Appeal, Attempt, Quiz
from quizzes.services.analysing import analyse_quiz, ask_for_analysis
from quizzes.services.appealing import make_appeal


def load_appeals(rows: list[dict], *, now: datetime) -> int:
    """Return how many appeals were made: one for each quiz against which there is none yet and that somebody has passed."""
    return sum(_appeal(row, now) for row in rows)


def _appeal(row: dict, now: datetime) -> bool:
    passed = Attempt.objects.filter(quiz__title=row["quiz"], passed=True, user__isnull=False).select_related("quiz", "user").order_by("pk").first()
    if passed is None or Appeal.objects.filter(slot__attempt__quiz=passed.quiz).exists():
        return False
    make_appeal(attempt=passed, position=1, text=row["text"], by=passed.user, now=now - timedelta(days=2))
    return True


def analyse_most_taken(*, by: User, now: datetime) -> None:
    """Work out, once, the item analysis of the quiz with the most finished attempts."""
    taken = Attempt.objects.filter(state=AttemptState.MARKED).values("quiz").annotate(count=Count("pk")).order_by("-count", "quiz").first()
    quiz = Quiz.objects.filter(pk=taken["quiz"]).first() if taken else None
    if quiz is None or quiz.analyses.exists():
        return
    analysis, _is_wanted = ask_for_analysis(quiz=quiz, counted=Counted.FIRST, by=by, now=now)
    analyse_quiz(analysis=analysis, clock=lambda: now)
