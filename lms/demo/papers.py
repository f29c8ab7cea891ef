"""Hands in what invented people wrote, through the services that real people use, so that markers find something to mark."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from lms.demo.pictures import page
from lms.demo.quizzes import uuid_of
from quizzes.models import Attempt, Quiz
from quizzes.services import keep_file, mark_by_hand, save_answer, start_attempt, submit_attempt


def load_papers(rows: list[dict], *, marker: User, now: datetime) -> int:
    """Return how many papers were handed in: those of people who have never begun that quiz."""
    return sum(_hand_in(row, marker, now) for row in rows)


def _hand_in(row: dict, marker: User, now: datetime) -> bool:
    quiz = Quiz.objects.live().filter(uuid=uuid_of(row["quiz"])).first()
    user = User.objects.filter(email=row["by"]).first()
    if quiz is None or user is None or Attempt.objects.filter(quiz=quiz, user=user).exists():
        return False
    at = _at_noon(now - timedelta(days=row["days_ago"]))
    attempt = start_attempt(quiz=quiz, user=user, now=at)
    for slot in attempt.slots.select_related("version"):
        if slot.version.type == "file_upload":
            file = SimpleUploadedFile(row["file"]["name"], page(row["file"]["lines"]))
            keep_file(attempt=attempt, position=slot.position, upload=file, now=at + timedelta(minutes=25))
        else:
            save_answer(
                attempt=attempt, position=slot.position, client_uuid=uuid4(), seq=1, answer={"text": row["essay"]}, now=at + timedelta(minutes=20))
    attempt = submit_attempt(attempt=attempt, now=at + timedelta(minutes=30))
    for position, mark in enumerate(row.get("marks", []), start=1):
        mark_by_hand(
            attempt=attempt, position=position, fraction=mark["fraction"], comment=mark["comment"], by=marker, now=at + timedelta(days=1))
    return True


def _at_noon(moment: datetime) -> datetime:
    return timezone.localtime(moment).replace(hour=12, minute=0, second=0, microsecond=0)
