"""The sums by course."""

import pytest

from tests.factories import training as office

COURSES = "/dao-tao/theo-khoa-hoc/"


@pytest.fixture
def at_desk(as_user, admin_a):
    return as_user(admin_a, HTTP_ACCEPT_LANGUAGE="en")


def sums(response) -> dict:
    return {row.slug: (row.enrolled, row.not_begun, row.under_way, row.finished, row.certificates) for row in response.context["rows"]}


def test_each_course_counts_ones_own_people_by_how_they_stand(at_desk, province, hoa, binh):
    first, second = office.course(), office.course("Đối thoại tại nơi làm việc", "doi-thoai")
    mai = office.person("Nguyễn Thị Mai", province.company_a)
    office.certified(hoa, first)
    office.enrolled(mai, first, done=3)
    office.finished(mai, second)
    office.enrolled(office.person("Hoàng Văn Ân", province.ward_a), first)
    office.certified(binh, first)
    response = at_desk.get(COURSES)
    assert sums(response) == {"thuong-luong": (3, 1, 1, 1, 1), "doi-thoai": (1, 0, 0, 1, 0)}
    total = response.context["total"]
    assert (total.enrolled, total.not_begun, total.under_way, total.finished, total.certificates) == (4, 1, 1, 2, 1)


def test_filters_reach_the_sums_and_the_links_to_the_list(at_desk, province, hoa):
    office.enrolled(hoa, done=2, days_ago=40)
    office.enrolled(office.person("Nguyễn Thị Mai", province.company_a), days_ago=2)
    response = at_desk.get(COURSES, {"since": "01/11/2026"})
    assert sums(response) == {"thuong-luong": (1, 1, 0, 0, 0)}
    assert "/dao-tao/?course=thuong-luong&amp;since=01%2F11%2F2026" in response.content.decode()


def test_an_open_course_that_nobody_took_is_there_and_a_closed_one_is_not(at_desk):
    office.course()
    closed = office.course("Khóa đã đóng", "da-dong")
    closed.unpublish()
    assert sums(at_desk.get(COURSES)) == {"thuong-luong": (0, 0, 0, 0, 0)}
