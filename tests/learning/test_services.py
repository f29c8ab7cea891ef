"""What learners do, through the services: enrol, read, pass, complete."""

from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import ProtectedError

from courses.models import LessonPage, QuizPage
from courses.services import publish_rules
from learning.models import Completion, Enrolment
from learning.services import CourseClosed, CourseEmpty, enrol_learner, record_reading, recount_course, update_completion
from learning.signals import course_completed
from quizzes.services import save_answer, start_attempt, submit_attempt
from tests.factories import courses


@pytest.fixture
def course(db):
    return courses.small_course(lessons=2)


@pytest.fixture
def completions():
    """Everything that `course_completed` tells the floors above."""
    heard = []

    def hear(completion, **kwargs):
        heard.append(completion)

    course_completed.connect(hear)
    yield heard
    course_completed.disconnect(hear)


def pass_quiz(enrolment, now, right=True):
    page = QuizPage.objects.get()
    attempt = start_attempt(quiz=page.quiz, user=enrolment.user, context=enrolment.context, now=now)
    for slot in attempt.slots.select_related("version"):
        option = next(option for option in slot.version.content["options"] if option["right"] == right)
        save_answer(attempt=attempt, position=slot.position, client_uuid=uuid4(), seq=1, answer={"chosen": [option["key"]]}, now=now)
    return submit_attempt(attempt=attempt, now=now)


def test_enrolling_twice_keeps_one_place(course, learner, now):
    first = enrol_learner(user=learner, course=course, now=now)
    again = enrol_learner(user=learner, course=course, now=now + timedelta(days=1))
    assert first == again
    assert Enrolment.objects.get().steps_total == 3


@pytest.mark.django_db(transaction=True)
def test_enrolling_twice_at_once_keeps_one_place(learner, now):
    course = courses.small_course()

    def enrol():
        try:
            enrol_learner(user=learner, course=course, now=now)
        finally:
            connection.close()

    threads = [Thread(target=enrol) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Enrolment.objects.count() == 1


def test_course_without_lessons_is_refused(learner, now, db):
    empty = courses.course()
    with pytest.raises(CourseEmpty):
        enrol_learner(user=learner, course=empty, now=now)


def test_unpublished_course_is_closed_to_new_learners_and_open_to_those_inside(course, learner, outsider, now):
    inside = enrol_learner(user=learner, course=course, now=now)
    course.unpublish()
    assert enrol_learner(user=learner, course=course, now=now) == inside
    with pytest.raises(CourseClosed):
        enrol_learner(user=outsider, course=course, now=now)


def test_whole_course_is_completed_once_and_told_once(course, learner, now, completions, django_capture_on_commit_callbacks):
    enrolment = enrol_learner(user=learner, course=course, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        for lesson in LessonPage.objects.all():
            record_reading(enrolment=enrolment, page=lesson, now=now, read_to_end=True)
    assert completions == []
    with django_capture_on_commit_callbacks(execute=True):
        pass_quiz(enrolment, now)
    completion = Completion.objects.get()
    assert completions == [completion]
    assert (completion.fraction, completion.rule_set.number) == (1.0, 1)
    with django_capture_on_commit_callbacks(execute=True):
        record_reading(enrolment=enrolment, page=LessonPage.objects.first(), now=now, read_to_end=True)
        update_completion(enrolment=enrolment, now=now)
    assert completions == [completion]
    enrolment.refresh_from_db()
    assert (enrolment.steps_done, enrolment.steps_total) == (3, 3)


def test_reading_last_completes_too(course, learner, now, completions, django_capture_on_commit_callbacks):
    enrolment = enrol_learner(user=learner, course=course, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        pass_quiz(enrolment, now)
    lessons = list(LessonPage.objects.all())
    assert not record_reading(enrolment=enrolment, page=lessons[0], now=now, read_to_end=True)
    with django_capture_on_commit_callbacks(execute=True):
        assert record_reading(enrolment=enrolment, page=lessons[1], now=now, read_to_end=True)
    assert len(completions) == 1


def test_failed_quiz_completes_nothing(course, learner, now, django_capture_on_commit_callbacks):
    enrolment = enrol_learner(user=learner, course=course, now=now)
    for lesson in LessonPage.objects.all():
        record_reading(enrolment=enrolment, page=lesson, now=now, read_to_end=True)
    with django_capture_on_commit_callbacks(execute=True):
        pass_quiz(enrolment, now, right=False)
    assert not Completion.objects.exists()
    record = enrolment.records.get(page=QuizPage.objects.get())
    assert (record.best_fraction, record.passed_at) == (0.0, None)
    with django_capture_on_commit_callbacks(execute=True):
        pass_quiz(enrolment, now + timedelta(hours=1))
    assert Completion.objects.exists()


def test_time_is_counted_by_the_server_and_capped(course, learner, now):
    enrolment = enrol_learner(user=learner, course=course, now=now)
    lesson = LessonPage.objects.first()
    for seconds in (0, 30, 60, 60, 60 + 3600, 60 + 3610):
        record_reading(enrolment=enrolment, page=lesson, now=now + timedelta(seconds=seconds))
    enrolment.refresh_from_db()
    assert enrolment.records.get().seconds == enrolment.seconds == 30 + 30 + 0 + 0 + 10


def test_place_in_the_lesson_is_kept(course, learner, now):
    enrolment = enrol_learner(user=learner, course=course, now=now)
    record_reading(enrolment=enrolment, page=LessonPage.objects.first(), now=now, anchor="bien-ban", anchor_title="Biên bản của từng phiên")
    record_reading(enrolment=enrolment, page=LessonPage.objects.first(), now=now)
    assert enrolment.records.get().anchor_title == "Biên bản của từng phiên"


def test_new_rules_touch_learners_under_way_and_nobody_who_finished(course, learner, outsider, now, django_capture_on_commit_callbacks):
    done, under_way = (enrol_learner(user=user, course=course, now=now) for user in (learner, outsider))
    with django_capture_on_commit_callbacks(execute=True):
        for lesson in LessonPage.objects.all():
            record_reading(enrolment=done, page=lesson, now=now, read_to_end=True)
        pass_quiz(done, now)
    record_reading(enrolment=under_way, page=LessonPage.objects.first(), now=now, read_to_end=True)
    module = LessonPage.objects.first().get_parent()
    with django_capture_on_commit_callbacks(execute=True):
        courses.lesson(module, "Bài 3. Thêm", "bai-3").save_revision().publish()
    assert course.rule_sets.count() == 2
    for enrolment in (done, under_way):
        enrolment.refresh_from_db()
    assert Completion.objects.get(enrolment=done).rule_set.number == 1
    assert (under_way.steps_done, under_way.steps_total) == (1, 4)


def test_relaxed_rules_complete_whoever_already_meets_them(course, learner, now, completions, django_capture_on_commit_callbacks):
    enrolment = enrol_learner(user=learner, course=course, now=now)
    for lesson in LessonPage.objects.all():
        record_reading(enrolment=enrolment, page=lesson, now=now, read_to_end=True)
    with django_capture_on_commit_callbacks(execute=True):
        page = QuizPage.objects.get()
        page.is_required = False
        page.save_revision().publish()
    assert [completion.enrolment for completion in completions] == [enrolment]


def test_publishing_without_change_makes_no_new_rules(course, now):
    assert publish_rules(course=course, now=now) == course.rule_sets.get()
    assert recount_course(course_id=course.pk, now=now) == 0


def test_page_with_records_cannot_be_deleted(course, learner, now):
    enrolment = enrol_learner(user=learner, course=course, now=now)
    lesson = LessonPage.objects.first()
    record_reading(enrolment=enrolment, page=lesson, now=now)
    with pytest.raises(ProtectedError):
        lesson.delete()
