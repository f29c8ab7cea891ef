"""Walks through an attempt of one question, as the pages and scripts make them."""

from datetime import timedelta
from itertools import count
from uuid import uuid4

from quizzes import services
from quizzes.models import Attempt, AttemptSlot, Question
from quizzes.selectors import milliseconds
from quizzes.types.base import Fields
from tests.factories import quizzes as factory


class Walk:
    """start → answers → submit; every act a second after the one before."""

    def __init__(self, question: Question, learner, now):
        self.learner, self.now, self._seconds = learner, now, count(1)
        self.attempt = services.start_attempt(quiz=factory.quiz([question]), user=learner, now=now)

    @property
    def slot(self) -> AttemptSlot:
        return self.attempt.slots.select_related("version").get()

    @property
    def content(self) -> dict:
        return self.slot.version.content

    @property
    def answer(self) -> dict:
        return self.slot.answer

    def _act(self) -> dict:
        self.now += timedelta(seconds=next(self._seconds))
        return {"attempt": self.attempt, "position": 1, "client_uuid": uuid4(), "seq": milliseconds(self.now), "now": self.now}

    def post(self, fields: Fields) -> dict:
        """The plain form."""
        services.save_page(fields=fields, **self._act())
        return self.answer

    def send(self, answer: dict) -> dict:
        """The script."""
        services.save_answer(answer=answer, **self._act())
        return self.answer

    def submit(self) -> Attempt:
        self.attempt = services.submit_attempt(attempt=self.attempt, now=self.now)
        return self.attempt

    def mark(self, fraction: float, by) -> Attempt:
        services.mark_by_hand(attempt=self.attempt, position=1, fraction=fraction, by=by, now=self.now)
        self.attempt.refresh_from_db()
        return self.attempt


def preview_of(question: Question, rf) -> str:
    """What the author sees beside the editor."""
    request = rf.get("/")
    request.user = None
    return question.make_preview_request(request, "").rendered_content
