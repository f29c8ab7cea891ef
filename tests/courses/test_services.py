"""Rules of completion in versions, and how long a lesson takes."""

import pytest

from courses.models import LessonPage, QuizPage
from courses.services import count_reading_minutes, publish_rules
from tests.factories import courses

pytestmark = pytest.mark.django_db


def test_rules_name_every_step_in_order(now):
    course = courses.small_course()
    rules = course.rule_sets.get()
    lesson, quiz = LessonPage.objects.get(), QuizPage.objects.get()
    assert rules.steps == [
        {"page": lesson.pk, "kind": "lesson", "need": "read"},
        {"page": quiz.pk, "kind": "quiz", "quiz": quiz.quiz_id, "required": True, "pass": 0.5},
    ]


def test_changed_rules_make_the_next_version_and_keep_the_former(now):
    course = courses.small_course()
    former = course.rule_sets.get()
    lesson = LessonPage.objects.get()
    lesson.need = "opened"
    lesson.save_revision().publish()
    assert [rules.number for rules in course.rule_sets.order_by("number")] == [1, 2]
    assert course.rule_sets.get(number=1).steps == former.steps


def test_a_changed_word_makes_no_new_version():
    course = courses.small_course()
    lesson = LessonPage.objects.get()
    lesson.title = "Bài 1. Tên khác"
    lesson.save_revision().publish()
    assert course.rule_sets.count() == 1


def test_unpublishing_a_lesson_takes_it_out_of_the_rules():
    course = courses.small_course(lessons=2)
    LessonPage.objects.last().unpublish()
    assert len(course.rule_sets.latest("number").steps) == 2


def test_minutes_are_counted_from_words_and_videos():
    page = courses.small_course()
    lesson = LessonPage.objects.get()
    lesson.body = [("text", "<p>" + "chữ " * 950 + "</p>")]
    assert count_reading_minutes(lesson) == 10
    lesson.body = []
    assert count_reading_minutes(lesson) == 1
    page.refresh_from_db()
    assert page.total_minutes >= 1


def test_minutes_of_the_course_can_be_given_by_hand(now):
    course = courses.small_course()
    course.minutes = 75
    course.save_revision().publish()
    publish_rules(course=course, now=now)
    course.refresh_from_db()
    assert (course.total_minutes, course.lesson_count) == (75, 1)
