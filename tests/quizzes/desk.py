"""A marker at their desk: a quiz with two essays, an attempt that waits, and the addresses of the pages."""

import pytest
from django.urls import reverse

from quizzes.models import Attempt
from tests.factories import marking as scripts

LIST = "/dao-tao/bai-lam/"


@pytest.fixture
def quiz(db):
    return scripts.essay_quiz(2)


@pytest.fixture
def marker(trainer, quiz):
    return scripts.marker(trainer, quiz)


@pytest.fixture
def at_desk(as_user, marker):
    return as_user(marker, HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def attempt(quiz, learner, now) -> Attempt:
    return scripts.answered(quiz, learner, now)


def sheet_url(attempt: Attempt, **params) -> str:
    return reverse("marking:show-attempt", args=[attempt.uuid]) + ("?" + "&".join(f"{k}={v}" for k, v in params.items()) if params else "")


def mark_url(attempt: Attempt, position: int) -> str:
    return reverse("marking:mark-answer", args=[attempt.uuid, position])


def give(client, attempt, position: int, points: str, comment: str = "", seen: int = 0, **more):
    return client.post(mark_url(attempt, position), {"points": points, "comment": comment, "seen": seen, "go": "", **more})


def names(response) -> list[str]:
    """Return whose attempts stand in the list, in order."""
    return [row.attempt.taker_name for row in response.context["found"].rows]
