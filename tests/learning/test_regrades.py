"""What a regrade does to a course: whoever newly passes completes it, whoever newly fails keeps what they have."""

from datetime import timedelta

import pytest

from courses.models import LessonPage, QuizPage
from courses.services import publish_rules
from learning.models import Completion
from learning.services import enrol_learner, record_reading
from learning.signals import course_completed
from quizzes.models import Attempt
from tests.factories import courses
from tests.factories.analysing import edited, regraded
from tests.learning.test_services import pass_quiz

pytestmark = pytest.mark.django_db
# Both questions of the quiz have to be right.
STRICT = 0.9


@pytest.fixture
def heard():
    """Everything that `course_completed` tells the floors above: certificates, for one."""
    found = []

    def hear(completion, **kwargs):
        found.append(completion)

    course_completed.connect(hear)
    yield found
    course_completed.disconnect(hear)


@pytest.fixture
def enrolment(learner, now):
    """All lessons read; only the quiz is left."""
    course = courses.small_course()
    quiz = QuizPage.objects.get().quiz
    quiz.pass_fraction = STRICT
    quiz.save()
    publish_rules(course=course)
    enrolment = enrol_learner(user=learner, course=course, now=now)
    for lesson in LessonPage.objects.all():
        record_reading(enrolment=enrolment, page=lesson, now=now, read_to_end=True)
    return enrolment


@pytest.fixture
def regrade(trainer, now, django_capture_on_commit_callbacks):
    def done(**fields):
        with django_capture_on_commit_callbacks(execute=True):
            return regraded(QuizPage.objects.get().quiz, by=trainer, now=now + timedelta(days=3), **fields)

    return done


def question(kind: str = "one_answer"):
    return Attempt.objects.get().slots.get(version__type=kind).version.question


def test_whoever_newly_passes_completes_the_course_and_is_told_once(enrolment, now, regrade, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        pass_quiz(enrolment, now, right=False)
    assert not Completion.objects.exists()
    regrade(question=question(), way="full")
    assert not Completion.objects.exists()
    assert enrolment.records.get(page=QuizPage.objects.get()).best_fraction == 0.5
    regrade(question=question("true_false"), way="full")
    completion = Completion.objects.get()
    assert heard == [completion]
    assert (completion.enrolment, completion.completed_at, completion.fraction) == (enrolment, now + timedelta(days=3), 1.0)
    enrolment.refresh_from_db()
    assert enrolment.steps_done == enrolment.steps_total == 2
    # The same again changes nothing.
    regrade(question=question("true_false"), way="full", reason="Lần nữa.")
    assert heard == [completion] == list(Completion.objects.all())


def test_whoever_newly_fails_keeps_the_course_and_the_best_result(enrolment, now, regrade, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        pass_quiz(enrolment, now)
    completion = Completion.objects.get()
    edited(question(), right=1)
    regrade(keeps_better=False)
    attempt = Attempt.objects.get()
    assert (attempt.fraction, attempt.passed) == (0.5, False)
    assert heard == [completion] == list(Completion.objects.all())
    record = enrolment.records.get(page=QuizPage.objects.get())
    assert (record.best_fraction, record.passed_at) == (1.0, now)
    assert Completion.objects.get().fraction == 1.0


def test_whoever_keeps_better_marks_loses_nothing(enrolment, now, regrade, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        pass_quiz(enrolment, now)
    edited(question(), right=1)
    regrade()
    assert Attempt.objects.get().passed
