"""What the taker and the office see while an attempt waits for its marker, and after."""

from datetime import timedelta

import pytest
from django.urls import reverse

from courses.models import QuizPage
from courses.services import publish_rules
from learning.services import enrol_learner
from quizzes import services
from tests.factories import courses
from tests.factories import marking as scripts
from tests.quizzes.desk import at_desk, attempt, give, marker, quiz

__all__ = ["at_desk", "attempt", "marker", "quiz"]


@pytest.fixture
def in_a_course(learner, now):
    """A course whose quiz has an essay, handed in by the learner."""
    course = courses.course()
    module = courses.module(course)
    courses.lesson(module)
    courses.quiz_page(module, scripts.essay_quiz(1, title="Bài viết", attempts_allowed=1))
    publish_rules(course=course)
    enrolment = enrol_learner(user=learner, course=course, now=now)
    return scripts.answered(QuizPage.objects.get().quiz, learner, now, context=enrolment.context)


def test_every_page_of_the_taker_stands_while_the_attempt_waits(as_user, learner, in_a_course):
    client = as_user(learner, HTTP_ACCEPT_LANGUAGE="en")
    course = QuizPage.objects.get().get_parent().get_parent()
    quiz_page = client.get(QuizPage.objects.get().url)
    for page in (quiz_page, client.get("/hoc-tap/"), client.get(course.url), client.get(reverse("quizzes:show-receipt", args=[in_a_course.receipt_code]))):
        assert page.status_code == 200
    said = quiz_page.content.decode()
    assert "Waiting to be marked" in said
    assert reverse("quizzes:show-result", args=[in_a_course.uuid]) in said
    assert "Ready?" not in said
    assert "No attempts are left" not in said


def test_the_result_waits_and_neither_judges_nor_sends_back(as_user, learner, in_a_course):
    page = as_user(learner, HTTP_ACCEPT_LANGUAGE="en").get(reverse("quizzes:show-result", args=[in_a_course.uuid])).content.decode()
    assert "waiting to be marked" in page
    assert "Take it again" not in page
    assert "Not passed" not in page
    assert "To study again" not in page


def test_the_quiz_page_shows_an_earlier_result_beside_the_attempt_that_waits(as_user, learner, marker, in_a_course, now):
    quiz = in_a_course.quiz
    quiz.attempts_allowed = 0
    quiz.save()
    services.mark_by_hand(attempt=in_a_course, position=2, fraction=0.2, by=marker, now=now)
    scripts.answered(quiz, learner, now + timedelta(hours=1), context=in_a_course.context)
    page = as_user(learner, HTTP_ACCEPT_LANGUAGE="en").get(QuizPage.objects.get().url).content.decode()
    assert "Waiting to be marked" in page
    assert "Not passed yet" in page
    assert "Take it again" in page


def test_the_office_shows_an_attempt_that_waits_without_a_mark(as_user, administrator, in_a_course):
    client = as_user(administrator, HTTP_ACCEPT_LANGUAGE="en")
    enrolment = in_a_course.user.enrolments.get()
    record = client.get(reverse("training:show-learner", args=[enrolment.uuid])).content.decode()
    assert "Waiting to be marked" in record
    assert client.get("/dao-tao/").status_code == 200
    assert client.get("/dao-tao/xuat/").status_code == 200


def test_after_the_mark_the_taker_reads_it_with_the_comment(as_user, at_desk, learner, attempt):
    give(at_desk, attempt, 2, "1", comment="Lập luận chặt chẽ.")
    give(at_desk, attempt, 3, "1")
    page = as_user(learner, HTTP_ACCEPT_LANGUAGE="en").get(reverse("quizzes:show-result", args=[attempt.uuid])).content.decode()
    assert "Congratulations" in page
    assert "Lập luận chặt chẽ." in page
