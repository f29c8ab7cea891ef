"""Loading the demonstration: whole, once, and without overwriting what somebody changed."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from certificates.models import Certificate
from courses.models import CoursePage, LessonPage
from courses.selectors import find_in_catalogue
from laws.models import Provision
from quizzes.models import Question, Quiz
from quizzes.selectors import contest_by_code, question_count_of

pytestmark = pytest.mark.django_db


def test_demo_is_refused_outside_development(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError):
        call_command("demo")
    assert not User.objects.exists()


def test_demo_loads_everything_once_and_overwrites_nothing(settings, capsys, django_capture_on_commit_callbacks):
    settings.DEBUG = True
    with django_capture_on_commit_callbacks(execute=True):
        call_command("demo")
    assert "3 courses" in capsys.readouterr().out
    assert (CoursePage.objects.live().count(), LessonPage.objects.live().count()) == (3, 15)
    assert Question.objects.filter(live=True).count() == 130
    assert {course.rule_sets.count() for course in CoursePage.objects.all()} == {1}
    assert [course.code for course in find_in_catalogue(q="thoa uoc lao dong tap the").courses] == ["KH02"]
    contest = contest_by_code("luat 2026")
    assert (question_count_of(contest), contest.time_limit_seconds, contest.attempts_allowed, contest.is_open_to_all) == (20, 1200, 2, True)
    assert [question_count_of(quiz) for quiz in Quiz.objects.listed()] == [10]
    counts = _counts()

    lesson = LessonPage.objects.first()
    lesson.title = "Bài 1. Tôi đã sửa"
    lesson.save_revision().publish()
    User.objects.filter(email="hocvien@example.org").update(full_name="Tên Mới")
    with django_capture_on_commit_callbacks(execute=True):
        call_command("demo")
    assert "0 courses, 0 articles of law, 0 learners added" in capsys.readouterr().out
    assert _counts() == counts
    assert LessonPage.objects.filter(title="Bài 1. Tôi đã sửa").exists()
    assert User.objects.get(email="hocvien@example.org").full_name == "Tên Mới"


def _counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in (User, CoursePage, LessonPage, Question, Quiz, Provision, Certificate)}
