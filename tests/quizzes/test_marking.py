"""Marks that people give: none is lost, the newest counts, and the floors above hear of it."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connections

from courses.models import LessonPage, QuizPage
from courses.services import publish_rules
from learning.models import Completion
from learning.selectors import facts_by_page
from learning.services import enrol_learner, record_reading
from quizzes import services
from quizzes.enums import AttemptState
from quizzes.models import Attempt, HandMark
from quizzes.selectors import marking
from quizzes.signals import attempt_finished
from tests.factories import certificates, courses
from tests.factories import marking as scripts
from tests.factories.accounts import person

pytestmark = pytest.mark.same_everywhere


@pytest.fixture
def heard():
    """The fractions of the attempts that listeners above were told of."""
    told = []

    def listen(sender, attempt, **kwargs):
        told.append(attempt.fraction)

    attempt_finished.connect(listen)
    yield told
    attempt_finished.disconnect(listen)


@pytest.fixture
def attempt(learner, now) -> Attempt:
    """One right answer, and two essays that wait."""
    return scripts.answered(scripts.essay_quiz(2), learner, now)


def mark(attempt, position, fraction, by, now, **more):
    services.mark_by_hand(attempt=attempt, position=position, fraction=fraction, by=by, now=now, **more)
    attempt.refresh_from_db()
    return attempt


def test_an_attempt_with_essays_waits_and_nobody_is_told(attempt, heard):
    assert (attempt.state, attempt.fraction, attempt.passed) == (AttemptState.SUBMITTED, None, None)
    assert heard == []


def test_the_attempt_is_marked_with_its_last_waiting_answer(attempt, trainer, now, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        mark(attempt, 2, 0.5, trainer, now)
    assert (attempt.state, attempt.fraction, heard) == (AttemptState.SUBMITTED, None, [])
    with django_capture_on_commit_callbacks(execute=True):
        mark(attempt, 3, 1.0, trainer, now + timedelta(hours=1))
        assert heard == [], "nobody is told before the commit"
    assert (attempt.state, attempt.points, attempt.max_points, attempt.passed) == (
        AttemptState.MARKED, Decimal("2.500"), Decimal(3), True)
    assert attempt.marked_at == now + timedelta(hours=1)
    assert [round(told, 4) for told in heard] == [0.8333]


def test_marks_are_only_added_to_and_the_newest_counts(attempt, trainer, administrator, now, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        mark(attempt, 2, 1.0, trainer, now)
        mark(attempt, 3, 1.0, trainer, now)
        mark(attempt, 3, 0.0, administrator, now + timedelta(minutes=5), comment="Chép của người khác.")
    slot = attempt.slots.get(position=3)
    assert (slot.fraction, slot.points, slot.comment) == (0.0, Decimal(0), "Chép của người khác.")
    assert list(slot.hand_marks.order_by("pk").values_list("fraction", "by", "comment")) == [
        (1.0, trainer.pk, ""), (0.0, administrator.pk, "Chép của người khác.")]
    assert (attempt.state, attempt.points, attempt.passed) == (AttemptState.MARKED, Decimal(2), False)
    assert len(heard) == 2


def test_the_same_mark_twice_is_one_mark_and_told_once(attempt, trainer, now, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for _tap in range(2):
            mark(attempt, 2, 0.5, trainer, now, comment="Khá", seen=0)
            mark(attempt, 3, 0.5, trainer, now, comment="Khá", seen=0)
    assert (HandMark.objects.count(), len(heard)) == (2, 1)


def test_a_mark_that_came_in_meanwhile_is_not_replaced_unseen(attempt, trainer, administrator, now):
    mark(attempt, 2, 0.5, trainer, now, comment="Được một nửa.", seen=0)
    with pytest.raises(services.MarkedMeanwhile) as refused:
        mark(attempt, 2, 1.0, administrator, now, seen=0)
    error = refused.value
    assert (error.code, error.seen, error.mark.by, error.mark.comment) == ("marked_meanwhile", 1, trainer, "Được một nửa.")
    assert trainer.full_name in str(error)
    assert attempt.slots.get(position=2).fraction == 0.5
    mark(attempt, 2, 1.0, administrator, now, seen=1)
    assert attempt.slots.get(position=2).fraction == 1.0
    assert HandMark.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_markers_at_the_same_moment_one_is_told_of_the_other(now):
    quiz = scripts.essay_quiz(1)
    attempt = scripts.answered(quiz, person("Nguyễn Thị Mai", "mai@example.org"), now)
    markers = [person(f"Giảng Viên {number}", f"gv{number}@example.org") for number in range(4)]
    gate, refused = threading.Barrier(4), []

    def give(number: int) -> None:
        try:
            gate.wait()
            services.mark_by_hand(attempt=attempt, position=2, fraction=number / 4, by=markers[number], now=now, seen=0)
        except services.MarkedMeanwhile as error:
            refused.append(error.mark.fraction)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=give, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = HandMark.objects.get()
    assert refused == [kept.fraction] * 3
    assert attempt.slots.get(position=2).fraction == kept.fraction


def test_what_the_engine_marked_may_be_overruled(learner, trainer, now):
    attempt = scripts.answered(scripts.essay_quiz(0), learner, now)
    assert (attempt.state, attempt.fraction) == (AttemptState.MARKED, 1.0)
    mark(attempt, 1, 0.25, trainer, now)
    assert (attempt.state, attempt.fraction, attempt.passed) == (AttemptState.MARKED, 0.25, False)


def test_points_for_a_question_that_was_not_answered_stay(learner, trainer, now):
    attempt = services.start_attempt(quiz=scripts.essay_quiz(1), user=learner, now=now)
    attempt = services.submit_attempt(attempt=attempt, now=now)
    assert attempt.fraction == 0.0
    mark(attempt, 2, 1.0, trainer, now, comment="Đã nộp trên giấy.")
    mark(attempt, 1, 0.5, trainer, now)
    assert list(attempt.slots.order_by("position").values_list("fraction", "points")) == [(0.5, Decimal("0.5")), (1.0, Decimal(1))]
    assert attempt.points == sum(attempt.slots.values_list("points", flat=True)) == Decimal("1.5")


def test_the_receipt_does_not_change_with_the_marks(attempt, trainer, now):
    before = (attempt.receipt_code, attempt.answers_digest, attempt.submitted_at, attempt.seconds_taken)
    mark(attempt, 2, 0.5, trainer, now)
    mark(attempt, 3, 0.5, trainer, now)
    mark(attempt, 3, 0.75, trainer, now)
    assert (attempt.receipt_code, attempt.answers_digest, attempt.submitted_at, attempt.seconds_taken) == before


@pytest.mark.parametrize("fraction", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_mark_is_from_0_to_1(attempt, trainer, now, fraction):
    with pytest.raises(services.NotMarkable):
        mark(attempt, 2, fraction, trainer, now)
    assert not HandMark.objects.exists()


def test_nothing_is_marked_under_way_or_while_late_answers_come_in(learner, trainer, now):
    attempt = services.start_attempt(quiz=scripts.essay_quiz(1, time_limit_seconds=60), user=learner, now=now)
    with pytest.raises(services.NotMarkable):
        mark(attempt, 2, 1.0, trainer, now)
    attempt = services.close_if_expired(attempt=attempt, now=now + timedelta(seconds=61))
    assert attempt.is_taking_late
    with pytest.raises(services.NotMarkable):
        mark(attempt, 2, 1.0, trainer, now + timedelta(seconds=62))
    with pytest.raises(services.NotMarkable):
        mark(services.close_if_expired(attempt=attempt, now=now + timedelta(hours=1)), 9, 1.0, trainer, now)


def test_marking_an_essay_passes_the_quiz_and_completes_the_course(learner, trainer, now, django_capture_on_commit_callbacks):
    certificates.issuer()
    course = courses.course()
    module = courses.module(course)
    courses.lesson(module)
    courses.quiz_page(module, scripts.essay_quiz(1))
    publish_rules(course=course)
    enrolment = enrol_learner(user=learner, course=course, now=now)
    record_reading(enrolment=enrolment, page=LessonPage.objects.get(), now=now, read_to_end=True)
    with django_capture_on_commit_callbacks(execute=True):
        attempt = scripts.answered(QuizPage.objects.get().quiz, learner, now, context=enrolment.context)
    assert attempt.state == AttemptState.SUBMITTED
    assert not Completion.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        mark(attempt, 2, 0.2, trainer, now + timedelta(days=1))
    assert attempt.passed is False
    assert not Completion.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        mark(attempt, 2, 0.8, trainer, now + timedelta(days=2), comment="Đã chấm phúc khảo.")
    assert attempt.passed is True
    completion = Completion.objects.get()
    assert (completion.enrolment, completion.fraction) == (enrolment, 0.9)
    assert facts_by_page(enrolment)[QuizPage.objects.get().pk].passed
    assert learner.certificates.count() == 1


# --- who may -----------------------------------------------------------------------------------------------------------------------
def test_a_marker_sees_the_quizzes_that_name_them_and_a_right_over_all_sees_all(learner, outsider, trainer, now):
    mine, other = scripts.essay_quiz(1, title="Của tôi"), scripts.essay_quiz(1, title="Của người khác")
    attempts = [scripts.answered(quiz, learner, now) for quiz in (mine, other)]
    under_way = services.start_attempt(quiz=mine, user=outsider, now=now)
    found = Attempt.objects.order_by("pk")
    assert list(found.markable_by(scripts.marker(trainer, mine))) == [attempts[0]]
    assert under_way not in found.markable_by(scripts.may(outsider, "view_every_attempt"))
    assert list(found.markable_by(scripts.may(outsider, "view_every_attempt"))) == attempts


def test_a_named_marker_without_the_right_sees_nothing(learner, trainer, now):
    quiz = scripts.essay_quiz(1)
    scripts.answered(quiz, learner, now)
    quiz.markers.add(trainer)
    quiz.save()
    assert not Attempt.objects.markable_by(trainer).exists()
    assert not marking.may_mark(trainer)
