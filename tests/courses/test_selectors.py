"""The course tree as readers see it, and the catalogue."""

import unicodedata

import pytest

from courses.models import Audience, CoursePage, LessonPage, Topic
from courses.selectors import find_in_catalogue, outline_of, outlines_of
from tests.factories import courses

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


def test_outline_follows_the_tree_in_one_query(django_assert_num_queries):
    course = courses.small_course(lessons=2)
    outline_of(course)
    with django_assert_num_queries(1):
        outline = outline_of(course)
    assert [(step.kind, step.title) for step in outline.steps] == [
        ("lesson", "Bài 1. Quyền và nguyên tắc"), ("lesson", "Bài 2. Quyền và nguyên tắc"), ("quiz", "Kiểm tra mô-đun 1")]
    assert outline.steps[0].url == "/khoa-hoc/thuong-luong/mo-dun-1/bai-1/"
    assert outline.minutes == sum(step.minutes for step in outline.steps) > 0


def test_outlines_of_many_courses_take_one_query(django_assert_num_queries):
    several = [courses.small_course(title=f"Khóa {number}", slug=f"khoa-{number}") for number in range(3)]
    with django_assert_num_queries(1):
        found = outlines_of(several)
    assert {len(outline.steps) for outline in found.values()} == {2}


def test_outline_leaves_out_what_is_not_published():
    course = courses.small_course(lessons=2)
    LessonPage.objects.last().unpublish()
    hidden = courses.module(course, "Mô-đun 2", "mo-dun-2")
    courses.lesson(hidden, "Bài 9", "bai-9")
    hidden.unpublish()
    assert [step.title for step in outline_of(course).steps] == ["Bài 1. Quyền và nguyên tắc", "Kiểm tra mô-đun 1"]


def test_course_whose_address_begins_like_another_keeps_its_own_steps():
    short, long = (courses.small_course(title=title, slug=slug) for title, slug in (("A", "luat"), ("B", "luat-lao-dong")))
    found = outlines_of([short, long])
    assert {step.url.split("/")[2] for step in found[short.pk].steps} == {"luat"}
    assert {step.url.split("/")[2] for step in found[long.pk].steps} == {"luat-lao-dong"}


@pytest.fixture
def three_courses():
    law, talk = Topic.objects.create(name="Pháp luật", slug="phap-luat", rank=1), Topic.objects.create(name="Đối thoại", slug="doi-thoai", rank=2)
    chair = Audience.objects.create(name="Chủ tịch", slug="chair")
    first = courses.course("Pháp luật lao động cơ bản", "phap-luat", topic=law)
    second = courses.course("Thương lượng và thỏa ước lao động tập thể", "thuong-luong", topic=talk, level="advanced")
    second.audiences = [chair]
    second.save()
    CoursePage.objects.filter(pk=second.pk).update(total_minutes=100)
    third = courses.course("Kỹ năng đối thoại", "doi-thoai", topic=talk)
    return first, second, third


def test_catalogue_is_ordered_by_topic(three_courses):
    assert [course.slug for course in find_in_catalogue().courses] == ["phap-luat", "doi-thoai", "thuong-luong"]


@pytest.mark.parametrize(("wanted", "slugs"), [
    ({"level": ["advanced"]}, {"thuong-luong"}),
    ({"length": ["long"]}, {"thuong-luong"}),
    ({"length": ["short"]}, {"phap-luat", "doi-thoai"}),
    ({"level": ["basic"], "length": ["long"]}, set()),
])
def test_filters_narrow_the_catalogue(three_courses, wanted, slugs):
    assert {course.slug for course in find_in_catalogue(**wanted).courses} == slugs


def test_facets_count_open_courses(three_courses):
    facets = find_in_catalogue(level=["basic"]).facets
    assert [(facet.label, facet.count) for facet in facets["topic"]] == [("Pháp luật", 1), ("Đối thoại", 2)]
    assert [(facet.value, facet.chosen) for facet in facets["level"]] == [("basic", True), ("advanced", False)]


@pytest.mark.parametrize("text", ["thoa uoc lao dong tap the", "THỎA ƯỚC", "thoả ước", unicodedata.normalize("NFD", "thỏa ước")])
def test_search_finds_without_diacritics(three_courses, text):
    assert [course.slug for course in find_in_catalogue(q=text).courses] == ["thuong-luong"]


def test_search_shows_nothing_that_is_not_published(three_courses):
    three_courses[1].unpublish()
    assert list(find_in_catalogue(q="thoa uoc").courses) == []


def test_catalogue_takes_the_same_queries_however_many_courses(django_assert_max_num_queries):
    for number in range(12):
        courses.course(f"Khóa về đối thoại {number}", f"khoa-{number}")
    with django_assert_max_num_queries(9):
        assert len(find_in_catalogue(q="doi thoai").courses) == 12


def test_only_the_best_lessons_are_shown_and_the_count_says_so():
    module = courses.module(courses.course())
    for number in range(22):
        courses.lesson(module, f"Bài {number}. Đối thoại", f"bai-{number}")
    found = find_in_catalogue(q="doi thoai")
    assert (len(found.lessons), found.lessons_told, found.provisions_told) == (20, "20+", "0")
    assert find_in_catalogue(q="bai 21").lessons_told == "1"
