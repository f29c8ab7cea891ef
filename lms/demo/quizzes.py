"""Loads the quizzes that stand outside courses: the list's and the contest. Adds what is not there."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import NAMESPACE_URL, UUID, uuid5

import yaml
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from lms.demo.load import CONTENT
from quizzes.models import Category, Question, Quiz


def load_quizzes(*, now: datetime) -> int:
    """Return how many quizzes were added."""
    return sum(_load_quiz(row, now) for row in read_quizzes()["quizzes"])


def read_quizzes() -> dict:
    return yaml.safe_load((CONTENT / "quizzes.yaml").read_text(encoding="utf-8"))


def uuid_of(key: str) -> UUID:
    """Return what a quiz of the demonstration is known by, from its `key`."""
    return uuid5(NAMESPACE_URL, f"demo/quizzes/{key}")


def _load_quiz(row: dict, now: datetime) -> bool:
    key = uuid_of(row["key"])
    if Quiz.objects.filter(uuid=key).exists() or (row.get("code") and Quiz.objects.filter(join_code=row["code"]).exists()):
        return False
    sections = [_drawn(draw) for draw in row.get("draw", [])] + [_asked(ask) for ask in row.get("ask", [])]
    if None in sections:
        # Somebody has renamed or taken out what it would draw from or ask.
        return False
    # What is left out stays as a new quiz begins.
    chosen = {name: row[name] for name in ("review", "layout") if name in row}
    quiz = Quiz(
        uuid=key, title=row["title"], mode=row["mode"], introduction=row["introduction"], join_code=row.get("code", ""),
        category=_category(row["category"]) if "category" in row else None, is_listed=row.get("listed", False),
        is_open_to_all=row.get("open_to_all", False), pass_fraction=Decimal(row["pass_percent"]) / 100, attempts_allowed=row["attempts"],
        time_limit_seconds=row["minutes"] * 60 if "minutes" in row else None, shuffle_questions="draw" in row,
        closes_at=_evening(now + timedelta(days=row["days_open"])) if "days_open" in row else None, sections=sections, **chosen)
    quiz.markers = list(User.objects.filter(email__in=row.get("markers", [])))
    with transaction.atomic():
        quiz.save()
        quiz.save_revision().publish()
    return True


def _category(name: str) -> Category | None:
    return Category.objects.filter(name=name).order_by("depth", "path").first()


def _drawn(draw: dict) -> tuple[str, dict] | None:
    category = _category(draw["from"])
    value = {"title": draw.get("title", ""), "count": draw["count"], "category": category, "difficulty": "", "tags": "", "points": 1}
    return ("draw", value) if category else None


def _asked(ask: dict) -> tuple[str, dict] | None:
    questions = {question.code: question for question in Question.objects.filter(code__in=ask["questions"])}
    if len(questions) < len(ask["questions"]):
        return None
    rows = [{"question": questions[code], "points": ask.get("points", 1)} for code in ask["questions"]]
    return "fixed", {"title": ask.get("title", ""), "questions": rows}


def _evening(moment: datetime) -> datetime:
    """Contests close at five in the afternoon, when somebody is still in the office."""
    return timezone.localtime(moment).replace(hour=17, minute=0, second=0, microsecond=0)
