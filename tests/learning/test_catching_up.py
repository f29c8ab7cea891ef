"""A server that is killed between a stored fact and what follows from it leaves nobody without their result or their completion."""

from datetime import timedelta
from uuid import uuid4

import pytest

from courses.models import LessonPage, QuizPage
from learning.models import Completion, Enrolment, StepRecord
from learning.services import enrol_learner, record_reading
from learning.services.catching_up import LOOKS_BACK, catch_up
from quizzes.models import Attempt
from quizzes.services import save_answer, start_attempt, submit_attempt
from quizzes.signals import attempt_finished
from tests.factories import courses
from tests.factories import quizzes as factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment(learner, now) -> Enrolment:
    return enrol_learner(user=learner, course=courses.small_course(lessons=2), now=now)


@pytest.fixture
def deaf(monkeypatch):
    """Whoever marks an attempt is killed before anybody hears of it."""
    monkeypatch.setattr(attempt_finished, "send_robust", lambda **kwargs: [])


def read_all(enrolment, now) -> None:
    for lesson in LessonPage.objects.all():
        record_reading(enrolment=enrolment, page=lesson, now=now, read_to_end=True)


def pass_quiz(enrolment, now, commit) -> Attempt:
    quiz = QuizPage.objects.get().quiz
    attempt = start_attempt(quiz=quiz, user=enrolment.user, context=enrolment.context, now=now)
    for slot in attempt.slots.select_related("version"):
        save_answer(attempt=attempt, position=slot.position, client_uuid=uuid4(),
                    seq=1, answer=factory.right_answer(slot), now=now)
    with commit(execute=True):
        return submit_attempt(attempt=attempt, now=now)


def test_a_result_that_nobody_heard_of_is_recorded_and_completes_the_course(enrolment, now, deaf, django_capture_on_commit_callbacks):
    read_all(enrolment, now)
    pass_quiz(enrolment, now, django_capture_on_commit_callbacks)
    assert not Completion.objects.exists()
    assert catch_up(now=now + timedelta(minutes=1)) == 1
    assert Completion.objects.get().enrolment == enrolment
    assert StepRecord.objects.get(enrolment=enrolment, page=QuizPage.objects.get()).best_fraction == 1
    assert catch_up(now=now + timedelta(minutes=2)) == 0


def test_a_lesson_that_was_read_as_the_server_died_completes_the_course(enrolment, now, monkeypatch, django_capture_on_commit_callbacks):
    pass_quiz(enrolment, now, django_capture_on_commit_callbacks)
    with monkeypatch.context() as patched:
        patched.setattr("learning.services.progress.update_completion", lambda **kwargs: None)
        read_all(enrolment, now)
    assert not Completion.objects.exists()
    assert catch_up(now=now) == 1
    assert Completion.objects.count() == 1


def test_whoever_is_still_learning_is_left_alone(enrolment, now):
    record_reading(enrolment=enrolment, page=LessonPage.objects.first(), now=now, read_to_end=True)
    assert catch_up(now=now) == 0


def test_what_is_long_past_is_not_looked_at(enrolment, now, deaf, django_capture_on_commit_callbacks):
    read_all(enrolment, now)
    pass_quiz(enrolment, now, django_capture_on_commit_callbacks)
    assert catch_up(now=now + LOOKS_BACK + timedelta(minutes=1)) == 0


def test_looking_takes_as_many_queries_for_thirty_as_for_one(enrolment, now, django_assert_num_queries):
    from accounts.models import User

    for size in (1, 30):
        for number in range(size):
            user = User.objects.create(email=f"{size}-{number}@example.org", full_name="Người Học")
            enrol_learner(user=user, course=enrolment.course, now=now)
        Enrolment.objects.update(last_seen_at=now)
        with django_assert_num_queries(3):
            assert catch_up(now=now) == 0
