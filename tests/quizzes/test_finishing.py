"""Ending an attempt: the mark, the receipt, who is told."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from quizzes import services
from quizzes.enums import AttemptState
from quizzes.models import Attempt
from quizzes.signals import attempt_finished
from tests.factories import quizzes as factory


@pytest.fixture
def heard():
    """The attempts that listeners above were told of."""
    told = []

    def listen(sender, attempt, **kwargs):
        told.append(attempt)

    attempt_finished.connect(listen)
    yield told
    attempt_finished.disconnect(listen)


def answered(learner, now, *, right: int, of: int = 4, **fields) -> Attempt:
    """An attempt with so many right answers and the rest wrong, not yet submitted."""
    attempt = services.start_attempt(quiz=factory.quiz(factory.bank(of), **fields), user=learner, now=now)
    for slot in attempt.slots.select_related("version"):
        give = factory.right_answer if slot.position <= right else factory.wrong_answer
        services.save_answer(attempt=attempt, position=slot.position, client_uuid=uuid4(), seq=1, answer=give(slot), now=now)
    return attempt


@pytest.mark.parametrize(("right", "passed"), [(4, True), (3, True), (2, False), (0, False)])
def test_submitting_marks_every_question(learner, now, right, passed):
    attempt = services.submit_attempt(attempt=answered(learner, now, right=right, pass_fraction="0.75"), now=now + timedelta(minutes=9))
    assert (attempt.state, attempt.points, attempt.max_points, attempt.fraction, attempt.passed) == (
        AttemptState.MARKED, Decimal(right), Decimal(4), right / 4, passed)
    assert (attempt.submitted_at, attempt.marked_at) == (now + timedelta(minutes=9),) * 2
    assert [slot.fraction for slot in attempt.slots.order_by("position")] == [1.0] * right + [0.0] * (4 - right)


def test_unanswered_questions_earn_nothing(learner, now):
    attempt = services.start_attempt(quiz=factory.quiz(), user=learner, now=now)
    attempt = services.submit_attempt(attempt=attempt, now=now)
    assert (attempt.fraction, attempt.passed) == (0.0, False)


def test_submitting_twice_changes_nothing_and_tells_once(learner, now, heard, django_capture_on_commit_callbacks):
    attempt = answered(learner, now, right=3)
    with django_capture_on_commit_callbacks(execute=True):
        first = services.submit_attempt(attempt=attempt, now=now)
        again = services.submit_attempt(attempt=attempt, now=now + timedelta(hours=1))
    assert (first.receipt_code, first.answers_digest, first.submitted_at) == (again.receipt_code, again.answers_digest, again.submitted_at)
    assert heard == [attempt]


def test_nobody_is_told_before_the_commit(learner, now, heard, django_capture_on_commit_callbacks):
    attempt = answered(learner, now, right=3)
    with django_capture_on_commit_callbacks() as waiting:
        services.submit_attempt(attempt=attempt, now=now)
        assert heard == []
    assert len(waiting) == 1


@pytest.fixture
def failing_listener():
    def fail(sender, attempt, **kwargs):
        raise RuntimeError("a listener's own trouble")

    attempt_finished.connect(fail)
    yield
    attempt_finished.disconnect(fail)


def test_a_listener_that_fails_takes_nothing_from_the_taker(learner, now, failing_listener, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        attempt = services.submit_attempt(attempt=answered(learner, now, right=4), now=now)
    assert attempt.passed
    assert heard == [attempt]


def test_the_receipt_names_the_answers(learner, outsider, now):
    mine = services.submit_attempt(attempt=answered(learner, now, right=4), now=now)
    theirs = services.submit_attempt(
        attempt=services.start_attempt(quiz=mine.quiz, user=outsider, now=now), now=now)
    assert len(mine.receipt_code) == 10
    assert mine.receipt_code != theirs.receipt_code
    assert len(mine.answers_digest) == 64
    assert mine.answers_digest != theirs.answers_digest


def test_an_open_attempt_is_left_alone_before_its_deadline(learner, now, django_assert_num_queries):
    attempt = services.start_attempt(quiz=factory.quiz(time_limit_seconds=60), user=learner, now=now)
    with django_assert_num_queries(0):
        assert services.close_if_expired(attempt=attempt, now=now + timedelta(seconds=59)) is attempt
    closed = services.close_if_expired(attempt=attempt, now=now + timedelta(days=1))
    assert (closed.state, closed.submitted_at, closed.marked_at) == (
        AttemptState.MARKED, attempt.deadline_at, now + timedelta(days=1))


def test_editing_bank_and_quiz_after_the_start_does_not_move_the_posts(learner, now):
    attempt = answered(learner, now, right=3, pass_fraction="0.7")
    quiz, question = attempt.quiz, attempt.slots.get(position=1).version.question
    for option in question.content[0].value["options"]:
        option["is_right"] = not option["is_right"]
    question.save_revision().publish()
    quiz.pass_fraction = Decimal("0.9")
    quiz.save()
    attempt = services.submit_attempt(attempt=attempt, now=now)
    assert (attempt.fraction, attempt.passed) == (0.75, True)


def test_submitting_takes_the_same_statements_for_2_and_30_questions(learner, outsider, now, django_assert_max_num_queries):
    for person, count in ((learner, 2), (outsider, 30)):
        attempt = answered(person, now, right=1, of=count)
        # Savepoint, lock, slots, marks in one statement, free code, attempt, release.
        with django_assert_max_num_queries(9):
            services.submit_attempt(attempt=attempt, now=now)
