"""Loads the demonstration's quizzes outside courses: a practice quiz of the list and a contest. Adds what is not there."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

import yaml
from django.db import transaction
from django.utils import timezone

from lms.demo.load import CONTENT
from quizzes.models import Category, Quiz


def load_quizzes(*, now: datetime) -> int:
    """Return how many quizzes were added."""
    rows = yaml.safe_load((CONTENT / "quizzes.yaml").read_text(encoding="utf-8"))["quizzes"]
    return sum(_load_quiz(row, now) for row in rows)


def _load_quiz(row: dict, now: datetime) -> bool:
    key = uuid5(NAMESPACE_URL, f"demo/quizzes/{row['key']}")
    if Quiz.objects.filter(uuid=key).exists() or (row.get("code") and Quiz.objects.filter(join_code=row["code"]).exists()):
        return False
    categories = {name: Category.objects.filter(name=name).order_by("depth", "path").first() for name in {draw["from"] for draw in row["draw"]}}
    if None in categories.values():
        # Somebody has renamed or taken out what it would draw from.
        return False
    quiz = Quiz(
        uuid=key, title=row["title"], mode=row["mode"], introduction=row["introduction"], join_code=row.get("code", ""),
        category=categories.get(row.get("category")), is_listed=row.get("listed", False),
        is_open_to_all=row.get("open_to_all", False), pass_fraction=Decimal(row["pass_percent"]) / 100, attempts_allowed=row["attempts"],
        time_limit_seconds=row["minutes"] * 60 if "minutes" in row else None, shuffle_questions=True,
        closes_at=_evening(now + timedelta(days=row["days_open"])) if "days_open" in row else None,
        sections=[_section(draw, categories[draw["from"]]) for draw in row["draw"]])
    with transaction.atomic():
        quiz.save()
        quiz.save_revision().publish()
    return True


def _section(draw: dict, category: Category) -> tuple[str, dict]:
    return "draw", {"title": draw.get("title", ""), "count": draw["count"], "category": category, "difficulty": "", "tags": "", "points": 1}


def _evening(moment: datetime) -> datetime:
    """Contests close at five in the afternoon, when somebody is still in the office."""
    return timezone.localtime(moment).replace(hour=17, minute=0, second=0, microsecond=0)
