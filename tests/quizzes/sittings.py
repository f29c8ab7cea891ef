"""Sitting a quiz through its pages, as the tests of parity and of former defects do."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from quizzes import services
from quizzes.models import Attempt, Quiz
from tests.factories import quizzes as factory


@pytest.fixture
def client(as_user, learner):
    return as_user(learner, headers={"accept-language": "en"})


def start(quiz: Quiz, user, now=None, **more) -> Attempt:
    return services.start_attempt(quiz=quiz, user=user, now=now or timezone.now(), **more)


def stems(attempt: Attempt) -> list[str]:
    return [slot.version.content["stem"] for slot in attempt.slots.order_by("position").select_related("version")]


def url(name: str, attempt: Attempt, *args) -> str:
    return reverse(f"quizzes:{name}", args=[attempt.uuid, *args])


def question(client, attempt: Attempt, position: int) -> str:
    response = client.get(url("show-question", attempt, position))
    assert response.status_code == 200
    return response.content.decode()


def hidden(page: str) -> dict:
    """The hidden fields of the page's form, as a browser without script sends them back."""
    return {name: re.search(rf'name="{name}" value="([^"]*)"', page).group(1) for name in ("client_uuid", "seq")}


def answer(client, attempt: Attempt, position: int, give=factory.right_answer, **more):
    slot = attempt.slots.select_related("version").get(position=position)
    fields = {**hidden(question(client, attempt, position)), "answer": give(slot)["chosen"], **more}
    return client.post(url("save-answer", attempt, position), fields)


def sit(quiz: Quiz, user, now=None, *, right: int = 99, **more) -> Attempt:
    """A whole sitting with so many right answers, the rest wrong."""
    now = now or timezone.now()
    attempt = start(quiz, user, now, **more)
    for slot in attempt.slots.select_related("version"):
        give = factory.right_answer if slot.position <= right else factory.wrong_answer
        services.save_answer(attempt=attempt, position=slot.position, client_uuid=uuid4(), seq=1, answer=give(slot), now=now)
    return services.submit_attempt(attempt=attempt, now=now)


def result(client, attempt: Attempt) -> str:
    return client.get(url("show-result", attempt)).content.decode()


# --- the parity list ---------------------------------------------------------------------------------------------------------------
