"""What the editor of a course may not say about how its certificate ends and is renewed."""

import pytest
from wagtail.test.utils.form_data import nested_form_data

from courses.enums import Issuing
from courses.forms import CourseForm
from courses.models import CoursePage
from tests.factories import courses

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


def errors_of(course: CoursePage, user, **changes) -> dict:
    """Open the editor's own form on the page, change something, and return the fields with errors."""
    data = {
        "title": course.title, "slug": course.slug, "summary": course.summary, "lead": "", "level": course.level, "language": "vi", "hours": "0",
        "lesson_need": "read", "issuing": course.issuing, "gives_certificate": course.gives_certificate and "on", "valid_months": course.valid_months or "",
        "renewal_course": course.renewal_course_id or "", "objectives": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0},
        "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0}, **changes}
    form_class = CoursePage.get_edit_handler().get_form_class()
    assert issubclass(form_class, CourseForm)
    form = form_class(nested_form_data(data), instance=course, parent_page=course.get_parent(), for_user=user)
    return {name: list(form.errors[name]) for name in form.errors}


@pytest.fixture
def refresher(db) -> CoursePage:
    return courses.course("Cập nhật", "cap-nhat", gives_certificate=False)


@pytest.fixture
def course(db) -> CoursePage:
    return courses.course(valid_months=24)


def test_course_with_an_end_and_a_refresher_is_fine(course, refresher, administrator):
    assert errors_of(course, administrator) == {}
    assert errors_of(course, administrator, renewal_course=refresher.pk) == {}


def test_course_is_not_its_own_refresher(course, administrator):
    assert list(errors_of(course, administrator, renewal_course=course.pk)) == ["renewal_course"]


def test_refresher_needs_an_end(course, refresher, administrator):
    assert list(errors_of(course, administrator, renewal_course=refresher.pk, valid_months="")) == ["renewal_course"]


@pytest.mark.parametrize("between", [0, 1, 2])
def test_courses_do_not_renew_each_other_in_a_circle(course, refresher, administrator, between):
    last = refresher
    for number in range(between):
        following = courses.course(f"Khóa {number}", f"khoa-{number}", valid_months=12)
        last.renewal_course, last.valid_months = following, 12
        last.save()
        last = following
    last.renewal_course, last.valid_months = course, 12
    last.save()
    assert list(errors_of(course, administrator, renewal_course=refresher.pk)) == ["renewal_course"]


def test_circle_that_others_made_does_not_hang_the_editor(course, refresher, administrator):
    other = courses.course("Khác", "khac", valid_months=12, renewal_course=refresher)
    CoursePage.objects.filter(pk=refresher.pk).update(renewal_course=other)
    assert errors_of(course, administrator, renewal_course=refresher.pk) == {}


def test_by_decision_a_refresher_renews_one_course_and_gives_no_paper_of_its_own(course, refresher, administrator):
    by_decision = {"renewal_course": refresher.pk, "issuing": Issuing.BY_DECISION}
    assert errors_of(course, administrator, **by_decision) == {}
    refresher.gives_certificate = True
    refresher.save()
    assert list(errors_of(course, administrator, **by_decision)) == ["renewal_course"]
    refresher.gives_certificate = False
    refresher.save()
    courses.course("Khác", "khac", valid_months=12, renewal_course=refresher)
    assert list(errors_of(course, administrator, **by_decision)) == ["renewal_course"]
    course.renewal_course = refresher
    course.save()
    assert list(errors_of(refresher, administrator, issuing=Issuing.BY_DECISION)) == ["issuing"]


def test_refresher_by_decision_cannot_begin_to_give_a_paper_later(course, refresher, administrator):
    CoursePage.objects.filter(pk=course.pk).update(renewal_course=refresher)
    assert list(errors_of(refresher, administrator, gives_certificate="on", issuing=Issuing.BY_DECISION)) == ["gives_certificate"]
    assert errors_of(refresher, administrator, gives_certificate="on", issuing=Issuing.AT_ONCE) == {}
