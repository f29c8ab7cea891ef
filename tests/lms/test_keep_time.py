"""What is due by the clock is done, once however often it is asked for."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from quizzes.enums import AttemptState
from quizzes.services import start_attempt
from tests.factories import courses, quizzes

pytestmark = pytest.mark.django_db


def test_scheduled_lesson_goes_online_when_its_time_has_come():
    lesson = courses.lesson(courses.module(courses.course()))
    lesson.unpublish()
    for hours, expected in ((1, False), (-1, True)):
        lesson.go_live_at = timezone.now() + timedelta(hours=hours)
        lesson.save_revision(approved_go_live_at=lesson.go_live_at)
        call_command("keep_time")
        lesson.refresh_from_db()
        assert lesson.live is expected


def test_attempt_whose_time_is_over_is_closed_without_its_taker(learner):
    begun = timezone.now() - timedelta(hours=2)
    attempt = start_attempt(quiz=quizzes.quiz(time_limit_seconds=600), user=learner, now=begun)
    running = start_attempt(quiz=quizzes.quiz(title="Khác"), user=learner, now=begun)
    for _time in range(2):
        call_command("keep_time")
    attempt.refresh_from_db()
    running.refresh_from_db()
    assert (attempt.state, attempt.submitted_at) == (AttemptState.MARKED, begun + timedelta(minutes=10))
    assert running.state == AttemptState.IN_PROGRESS
