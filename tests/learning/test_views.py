"""Learning through the browser's eyes: plain requests, as a phone without script makes them."""

import re

import pytest
from django.utils import timezone

from courses.models import CoursePage, LessonPage, QuizPage
from learning.models import Completion, Enrolment, StepRecord
from learning.services import enrol_learner
from tests.factories import courses, laws, quizzes
from tests.factories.accounts import person

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

COURSE = "/khoa-hoc/thuong-luong/"
LESSON = f"{COURSE}mo-dun-1/bai-1/"
QUIZ = f"{COURSE}mo-dun-1/kiem-tra-1/"


@pytest.fixture
def course():
    return courses.small_course(lessons=2)


def right_option(attempt, position):
    slot = attempt.slots.select_related("version").get(position=position)
    return next(option["key"] for option in slot.version.content["options"] if option["right"])


def test_stranger_is_asked_to_sign_in_and_comes_back_to_the_course(course, as_user):
    client = as_user()
    assert client.get(COURSE).status_code == 200
    answer = client.post("/hoc-tap/ghi-danh/thuong-luong/")
    assert answer.status_code == 302
    assert answer.url == f"/tai-khoan/login/?next={COURSE}"
    assert client.get(LESSON).url.startswith("/tai-khoan/login/?next=")
    assert not Enrolment.objects.exists()


def test_learner_reads_without_script_to_the_certificate(course, learner, as_user, django_capture_on_commit_callbacks):
    client = as_user(learner)
    answer = client.post("/hoc-tap/ghi-danh/thuong-luong/")
    assert answer.url == LESSON
    assert client.post("/hoc-tap/ghi-danh/thuong-luong/").url == LESSON, "a double tap is harmless"
    page = client.get(LESSON)
    assert page.status_code == 200
    assert "Bốn mốc cần nhớ" in page.content.decode()
    for lesson in LessonPage.objects.order_by("path"):
        answer = client.post(f"/hoc-tap/doc/{lesson.translation_key}/", {"read_to_end": "1"})
    assert answer.url == QUIZ, "the button under the last lesson leads to what comes next"
    assert client.get(QUIZ).status_code == 200
    attempt_page = client.post(f"/hoc-tap/lam-bai/{QuizPage.objects.get().translation_key}/", follow=True)
    assert attempt_page.status_code == 200
    attempt = learner.attempts.get()
    for position in (1, 2):
        url = f"/hoc-tap/bai-lam/{attempt.uuid}/cau/{position}/"
        client.post(f"{url}luu/", {"answer": right_option(attempt, position), **hidden_fields(client.get(url))})
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/hoc-tap/bai-lam/{attempt.uuid}/nop/")
    assert Completion.objects.get().enrolment.user == learner


def hidden_fields(page) -> dict:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))


def test_signed_in_reader_without_enrolment_is_led_to_the_course(course, learner, as_user):
    answer = as_user(learner).get(LESSON)
    assert (answer.status_code, answer.url) == (302, COURSE)
    assert not StepRecord.objects.exists()


def test_editor_reads_without_enrolling_and_leaves_no_trace(course, administrator, as_user):
    assert as_user(administrator).get(LESSON).status_code == 200
    assert not Enrolment.objects.exists()


def test_quiz_is_not_started_without_enrolment(course, learner, as_user):
    answer = as_user(learner).post(f"/hoc-tap/lam-bai/{QuizPage.objects.get().translation_key}/")
    assert answer.url == COURSE
    assert not learner.attempts.exists()


def test_opening_a_lesson_is_kept_once_and_moves_the_place(course, learner, as_user):
    enrolment = enrol_learner(user=learner, course=course, now=timezone.now())
    client = as_user(learner)
    client.get(LESSON)
    client.get(LESSON)
    enrolment.refresh_from_db()
    assert enrolment.records.count() == 1
    assert enrolment.last_page_id == LessonPage.objects.order_by("path").first().pk
    assert enrolment.last_seen_at is not None


def test_late_report_of_the_page_before_does_not_move_the_place(course, learner, as_user):
    enrolment = enrol_learner(user=learner, course=course, now=timezone.now())
    first, second = LessonPage.objects.order_by("path")
    client = as_user(learner)
    client.get(LESSON)
    client.get(f"{COURSE}mo-dun-1/bai-2/")
    client.post(f"/hoc-tap/doc/{first.translation_key}/", {"anchor": "muc-bon-moc"}, headers={"accept": "application/json"})
    enrolment.refresh_from_db()
    assert enrolment.last_page_id == second.pk


def test_lesson_reopens_where_the_reader_stopped_until_it_is_done(course, learner, as_user):
    enrol_learner(user=learner, course=course, now=timezone.now())
    lesson = LessonPage.objects.order_by("path").first()
    client = as_user(learner)
    client.post(f"/hoc-tap/doc/{lesson.translation_key}/", {"anchor": "muc-bon-moc"})
    assert 'data-anchor="muc-bon-moc"' in client.get(LESSON).content.decode()
    client.post(f"/hoc-tap/doc/{lesson.translation_key}/", {"read_to_end": "1"})
    assert "data-anchor" not in client.get(LESSON).content.decode(), "a finished lesson is read again from its title"


def test_report_with_nonsense_is_harmless(course, learner, as_user):
    enrol_learner(user=learner, course=course, now=timezone.now())
    lesson = LessonPage.objects.first()
    client = as_user(learner)
    answer = client.post(f"/hoc-tap/doc/{lesson.translation_key}/", {"anchor": "<script>", "anchor_title": "x" * 5000}, headers={"accept": "application/json"})
    assert answer.json() == {"kept": True, "completed": False}
    assert client.post("/hoc-tap/doc/00000000-0000-0000-0000-000000000000/").status_code == 404
    assert client.get(f"/hoc-tap/doc/{lesson.translation_key}/").status_code == 405


def test_outsider_cannot_report_for_others(course, learner, outsider, as_user):
    enrol_learner(user=learner, course=course, now=timezone.now())
    lesson = LessonPage.objects.first()
    answer = as_user(outsider).post(f"/hoc-tap/doc/{lesson.translation_key}/", {"read_to_end": "1"}, headers={"accept": "application/json"})
    assert answer.json()["kept"] is False
    assert not StepRecord.objects.exists()


def test_course_without_lessons_says_so(learner, as_user):
    courses.course()
    client = as_user(learner, headers={"accept-language": "en"})
    assert "This course is still being written" in client.get(COURSE).content.decode()
    assert "Come back in a few days" in client.post("/hoc-tap/ghi-danh/thuong-luong/", follow=True).content.decode()
    assert not Enrolment.objects.exists()


def test_quiz_without_questions_says_so(learner, as_user):
    course = courses.course()
    module = courses.module(course)
    courses.lesson(module)
    page = courses.quiz_page(module, quiz=quizzes.quiz(questions=[]))
    enrol_learner(user=learner, course=course, now=timezone.now())
    client = as_user(learner, headers={"accept-language": "en"})
    assert "This quiz has no questions yet" in client.get(QUIZ).content.decode()
    answer = client.post(f"/hoc-tap/lam-bai/{page.translation_key}/", follow=True)
    assert answer.status_code == 200
    assert not learner.attempts.exists()


def test_unpublished_lesson_is_gone_for_readers_and_nothing_is_lost(course, learner, as_user):
    enrolment = enrol_learner(user=learner, course=course, now=timezone.now())
    client = as_user(learner)
    client.get(LESSON)
    LessonPage.objects.order_by("path").first().unpublish()
    assert client.get(LESSON).status_code == 404
    assert client.get("/hoc-tap/").status_code == 200
    assert client.get(COURSE).status_code == 200
    assert enrolment.records.count() == 1


def test_home_offers_one_next_thing(course, learner, as_user):
    client = as_user(learner)
    assert client.get("/hoc-tap/").context["home"].next is None
    enrol_learner(user=learner, course=course, now=timezone.now())
    client.get(f"{COURSE}mo-dun-1/bai-2/")
    home = client.get("/hoc-tap/").context["home"]
    assert home.next.next.step.title == "Bài 2. Quyền và nguyên tắc"


@pytest.mark.parametrize("count", [1, 30])
def test_home_takes_ten_queries_at_most(learner, as_user, django_assert_max_num_queries, count):
    for number in range(count):
        course = courses.small_course(title=f"Khóa {number}", slug=f"khoa-{number}")
        enrol_learner(user=learner, course=course, now=timezone.now())
    # Somebody else was here before: the site is known to this process.
    as_user().get("/khoa-hoc/")
    client = as_user(learner)
    with django_assert_max_num_queries(10):
        assert client.get("/hoc-tap/").status_code == 200


@pytest.mark.parametrize("lessons", [1, 30])
def test_lesson_takes_eight_queries_at_most(learner, as_user, django_assert_max_num_queries, lessons):
    course = courses.small_course(lessons=lessons)
    enrol_learner(user=learner, course=course, now=timezone.now())
    page = LessonPage.objects.order_by("path").first()
    provision = laws.provision(laws.document())
    page.body = [block for number in range(lessons) for block in (
        ("text", f"<p>Đoạn {number}.</p>"), ("citation", {"provision": provision, "text": ""}))]
    page.save_revision().publish()
    # Somebody else was here before: the site, the class of the page and its body are known to this process.
    guide = person("Người đọc trước", "truoc@example.org")
    enrol_learner(user=guide, course=course, now=timezone.now())
    as_user(guide).get(LESSON)
    client = as_user(learner)
    with django_assert_max_num_queries(8):
        assert client.get(LESSON).status_code == 200, "the first time, when opening it is kept"
    with django_assert_max_num_queries(6):
        assert client.get(LESSON).status_code == 200


@pytest.mark.parametrize("lessons", [1, 30])
def test_course_takes_twelve_queries_at_most(learner, as_user, django_assert_max_num_queries, lessons):
    course = courses.small_course(lessons=lessons)
    enrol_learner(user=learner, course=course, now=timezone.now())
    client = as_user(learner)
    as_user().get(COURSE)
    with django_assert_max_num_queries(10):
        assert client.get(COURSE).status_code == 200
    assert CoursePage.objects.count() == 1


def test_drawings_that_are_kept_follow_the_reader_and_the_editor(learner, outsider, as_user):
    course = courses.small_course(lessons=2)
    for person_here in (learner, outsider):
        enrol_learner(user=person_here, course=course, now=timezone.now())
    assert [as_user(who).get(LESSON).content.decode().count("is-done") for who in (learner, outsider)] == [0, 0]
    lesson = LessonPage.objects.order_by("path").first()
    client = as_user(learner)
    client.post(f"/hoc-tap/doc/{lesson.translation_key}/", {"read_to_end": "1"})
    # One tick in the weave and one in the contents, for the one who read it only.
    assert client.get(LESSON).content.decode().count("is-done") == 2
    assert as_user(outsider).get(LESSON).content.decode().count("is-done") == 0
    other = LessonPage.objects.order_by("path").last()
    other.title = "Bài 2. Tên <mới>"
    other.save()
    assert "Tên &lt;mới&gt;" in client.get(LESSON).content.decode().replace("\u00a0", " ")
    other.unpublish()
    assert "&lt;mới&gt;" not in client.get(LESSON).content.decode()
    said = {language: client.get(LESSON, headers={"accept-language": language}).content.decode() for language in ("en", "vi")}
    assert "Contents of the course" in said["en"] and "Contents of the course" not in said["vi"]
