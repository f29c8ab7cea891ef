"""Pages that did not change are answered with 304, and never one person's page for another's."""

import pytest

from learning.services import enrol_learner
from tests.factories.courses import small_course

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.fixture
def lesson(learner, now) -> str:
    course = small_course()
    enrol_learner(user=learner, course=course, now=now)
    return course.get_descendants().get(slug="bai-1").specific.url


def test_lesson_is_not_sent_again_when_nothing_changed(as_user, learner, lesson):
    browser = as_user(learner)
    browser.get(lesson)  # the first look ticks the lesson as begun
    first = browser.get(lesson)
    again = browser.get(lesson, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert "private" in again["Cache-Control"] and "no-cache" in again["Cache-Control"]


def test_tag_survives_compression(as_user, learner, lesson):
    browser = as_user(learner, headers={"accept-encoding": "gzip"})
    browser.get(lesson)
    first = browser.get(lesson)
    assert first["Content-Encoding"] == "gzip"
    assert browser.get(lesson, headers={"if-none-match": first["ETag"]}).status_code == 304


def test_page_with_a_form_keeps_its_tag_while_the_secret_is_the_same(as_user):
    browser = as_user()
    first = browser.get("/khoa-hoc/")
    browser.get("/tai-khoan/login/")  # sets the secret
    tag = browser.get("/khoa-hoc/")["ETag"]
    assert browser.get("/khoa-hoc/", headers={"if-none-match": tag}).status_code == 304
    assert first.status_code == 200


def test_a_form_that_was_kept_under_another_secret_is_sent_anew(as_user):
    """Sent from the kept page it would be refused: its token belongs to the former secret."""
    browser = as_user()
    page = "/khoa-hoc/"
    assert b"csrfmiddlewaretoken" in browser.get(page).content
    tag = browser.get(page)["ETag"]
    assert browser.get(page, headers={"if-none-match": tag}).status_code == 304
    browser.cookies["csrftoken"] = "a" * 32
    assert browser.get(page, headers={"if-none-match": tag}).status_code == 200


def test_a_page_that_nobody_may_keep_has_no_tag(as_user, learner):
    answer = as_user(learner).get("/tai-khoan/du-lieu/")
    assert (answer.status_code, answer.has_header("ETag"), "no-store" in answer["Cache-Control"]) == (200, False, True)


def test_a_changed_page_is_sent_whole(as_user, learner, lesson, now):
    browser = as_user(learner)
    tag = browser.get("/hoc-tap/")["ETag"]
    learner.full_name = "Trần Thị Mới"
    learner.save()
    other = small_course(title="Khóa học khác", slug="khoa-khac")
    enrol_learner(user=learner, course=other, now=now)
    assert browser.get("/hoc-tap/", headers={"if-none-match": tag}).status_code == 200


def test_one_persons_tag_is_no_other_persons(as_user, learner, outsider, lesson):
    tag = as_user(learner).get("/hoc-tap/")["ETag"]
    assert as_user(outsider).get("/hoc-tap/", headers={"if-none-match": tag}).status_code == 200


def test_answers_to_forms_and_errors_have_no_tag(as_user):
    assert not as_user().post("/tai-khoan/login/", {"login": "x"}).has_header("ETag")
    assert not as_user().get("/khong-co-trang-nay/").has_header("ETag")
