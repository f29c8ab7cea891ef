"""Required courses in the office: the list with its numbers, a new rule with its preview, its people, whom they are hidden from."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from learning.models import Assignment, AssignmentRule
from learning.services.assignments import RuleFacts, make_rule, settle_rule
from tests.factories import training as office
from tests.factories import unions
from training.selectors.assignments import Numbers
from unions.models import Audience
from unions.selectors.audiences import Meant

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

NOW = datetime(2026, 11, 20, 7, 3, 22, tzinfo=UTC)
LIST, NEW = reverse("assignments:list-rules"), reverse("assignments:make-rule")


@pytest.fixture
def course():
    return office.course()


def rule_of(unit, by, course, title: str = "Bồi dưỡng cán bộ mới", meant=None, **facts) -> AssignmentRule:
    rule = make_rule(unit=unit, course=course, meant=meant or Meant(), facts=RuleFacts(title, **facts or {"due_days": 30}), by=by, now=NOW)
    settle_rule(rule=rule, now=NOW, by=by)
    return rule


def wish(province, of, **fields) -> dict:
    return {
        "title": "Bồi dưỡng cán bộ mới", "unit": str(province.ward_a.uuid), "course": of.slug, "need": "course", "due_days": "30",
        "recurrence": "once", "key": str(uuid4()), **fields}


def test_preview_tells_how_many_are_meant_and_stores_nothing_then_saving_assigns_them(as_user, admin_a, province, hoa, course):
    client, asked = as_user(admin_a), wish(province, course, **{"audience-only_people": "", "audience-picked": ""})
    page = client.post(NEW, asked, HTTP_ACCEPT_LANGUAGE="en")
    assert page.context["preview"]["people"] == 1
    assert not AssignmentRule.objects.exists() and not Audience.objects.exists()
    assert 'value="Bồi dưỡng cán bộ mới"' in page.content.decode(), "what was typed stands in the form"
    answer = client.post(NEW, asked | {"save": "1"})
    rule = AssignmentRule.objects.get()
    assert answer.url == reverse("assignments:show-rule", args=[rule.uuid])
    assert hoa.assignments.get().rule == rule
    client.post(NEW, asked | {"save": "1"})
    assert AssignmentRule.objects.count() == Assignment.objects.count() == 1, "a double tap is harmless"
    client.post(NEW, asked | {"save": "1", "title": "Một quy định khác"})
    assert AssignmentRule.objects.count() == 2, "who goes back in the browser and writes something else makes another rule"


def test_part_that_has_met_a_rule_is_never_rounded_up_to_all():
    assert [Numbers(*counts).fraction for counts in ((3000, 2999), (3000, 3000), (0, 0), (3, 2))] == [0.999, 1.0, 0.0, 0.666]


@pytest.mark.parametrize(("fields", "form", "field"), [
    ({"due_days": ""}, "form", "due_on"), ({"due_on": "20/11/2020", "save": "1"}, "form", "due_on"), ({"due_days": "0"}, "form", "due_days"),
    ({"recurrence": "again"}, "form", "recurs_months"), ({"course": "khong-co"}, "form", "course"), ({"title": " "}, "form", "title"),
    ({"audience-members_from": "9", "audience-members_below": "2"}, "audience", "members_below"), ({"audience-picked": "ai đó"}, "audience", "picked"),
    ({"due_on": "31/02/2027"}, "form", "due_on"), ({"key": "x"}, "form", "key"),
])
def test_what_cannot_be_required_is_said_at_its_field_and_nothing_is_lost(as_user, admin_a, province, course, fields, form, field):
    answer = as_user(admin_a).post(NEW, wish(province, course, decision_number="12/KH-CĐ", **fields))
    assert answer.status_code == 422
    assert list(answer.context[form].errors) == [field]
    assert "12/KH-CĐ" in answer.content.decode()
    assert not AssignmentRule.objects.exists()


def test_rule_for_another_offices_unit_is_refused(as_user, admin_a, province, course, binh):
    client = as_user(admin_a)
    assert list(client.post(NEW, wish(province, course, unit=str(province.ward_b.uuid), save="1")).context["form"].errors) == ["unit"]
    assert list(client.post(NEW, wish(province, course, save="1", **{"audience-picked": binh.phone})).context["audience"].errors) == ["picked"]
    assert not AssignmentRule.objects.exists()


def test_others_rules_do_not_exist_and_viewers_change_nothing(as_user, admin_a, viewer_a, outsider, province, course, hoa, binh):
    ours, theirs = rule_of(province.ward_a, admin_a, course), rule_of(province.ward_b, admin_a, course, "Của phường B")
    addresses = [reverse(f"assignments:{name}", args=[rule.uuid]) for rule in (ours, theirs) for name in ("show-rule", "change-rule", "end-rule")]
    client, viewer = as_user(admin_a), as_user(viewer_a)
    assert "Của phường B" not in client.get(LIST).content.decode()
    assert [client.get(addresses[3]).status_code, client.get(addresses[4]).status_code, client.post(addresses[5]).status_code] == [404] * 3
    assert viewer.get(addresses[0]).status_code == 200
    assert [viewer.get(NEW).status_code, viewer.get(addresses[1]).status_code, viewer.post(addresses[2]).status_code] == [403] * 3
    for address in [LIST, NEW, *addresses]:
        assert as_user(outsider).get(address).status_code in (403, 405)
        assert as_user().get(address).status_code in (302, 405)
    theirs.refresh_from_db()
    assert theirs.ended_at is None


def test_numbers_stand_in_the_list_and_people_behind_them(as_user, admin_a, province, course, hoa):
    done = office.person("Lê Thị Xong", province.company_a)
    office.finished(done, course)
    rule = rule_of(province.ward_a, admin_a, course, due_days=1)
    Assignment.objects.filter(user=hoa).update(due_on=date(2026, 1, 1))
    client = as_user(admin_a)
    numbers = client.get(LIST).context["rules"].rows[0].numbers
    assert (numbers.assigned, numbers.met, numbers.open, numbers.overdue) == (2, 1, 1, 1)
    page = reverse("assignments:show-rule", args=[rule.uuid])
    shown = {state: [row.assignment.user.full_name for row in client.get(f"{page}?state={state}").context["record"].people] for state in ("", "met", "overdue", "open")}
    assert shown == {"": [hoa.full_name, done.full_name], "met": [done.full_name], "overdue": [hoa.full_name], "open": []}
    assert [row.assignment.user for row in client.get(f"{page}?q=xong").context["record"].people] == [done]
    assert client.get(f"{page}?state=khong-co&trang=x").status_code == 200


def test_changing_and_ending_a_rule(as_user, admin_a, province, course, hoa):
    rule = rule_of(province.ward_a, admin_a, course)
    client = as_user(admin_a)
    change = reverse("assignments:change-rule", args=[rule.uuid])
    asked = {"title": "Tên mới", "due_on": "01/12/2099", "audience-women_only": "on"}
    assert client.post(change, asked).context["preview"]["people"] == 0
    client.post(change, asked | {"save": "1"})
    rule.refresh_from_db()
    assert (rule.title, rule.due_on, hoa.assignments.filter(ended_at__isnull=True).count()) == ("Tên mới", date(2099, 12, 1), 0)
    client.post(reverse("assignments:end-rule", args=[rule.uuid]))
    assert client.post(change, asked | {"save": "1"}).status_code == 422
    assert [row.rule for row in client.get(f"{LIST}?xem=da-het").context["rules"].rows] == [rule]
    assert client.get(reverse("assignments:show-rule", args=[rule.uuid])).status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_list_and_page_take_the_same_queries_however_long(as_user, admin_a, province, course, count, django_assert_max_num_queries):
    kind = unions.post_kind()
    people = [office.person(f"Người {number}", province.company_a) for number in range(count)]
    for number in range(count):
        rule = make_rule(
            unit=province.ward_a, course=course, meant=Meant(from_kind=kind, units=(province.company_a,)), facts=RuleFacts(f"Quy định {number}", due_days=9), by=admin_a, now=NOW)
    settle_rule(rule=rule, now=NOW)
    client = as_user(admin_a)
    client.get(LIST)
    with django_assert_max_num_queries(15):
        assert len(client.get(LIST).context["rules"].rows) == count
    with django_assert_max_num_queries(17):
        assert len(client.get(reverse("assignments:show-rule", args=[rule.uuid])).context["record"].people) == len(people)


@pytest.mark.parametrize("count", [1, 6])
def test_home_shows_what_is_required_first_within_its_queries(as_user, admin_a, province, hoa, count, django_assert_max_num_queries):
    from tests.factories import courses
    for number in range(count):
        course = courses.small_course(title=f"Khóa {number}", slug=f"khoa-{number}")
        Assignment.objects.create(
            rule=make_rule(unit=province.ward_a, course=course, meant=Meant(), facts=RuleFacts("Bắt buộc", due_days=9), by=admin_a, now=NOW), user=hoa,
            assigned_at=NOW, due_on=date(2099, 1, 1) - timedelta(days=number))
    client = as_user(hoa)
    client.get("/hoc-tap/")
    with django_assert_max_num_queries(10):
        home = client.get("/hoc-tap/").context["home"]
    assert [one.place.course.title for one in home.required] == [f"Khóa {number}" for number in reversed(range(count))]
    assert home.first_required.can_begin and home.first_required.place.course.title == f"Khóa {count - 1}"


def test_home_says_overdue_in_words_and_begins_with_one_tap_and_what_is_done_vanishes(as_user, admin_a, province, hoa):
    from tests.factories import courses
    course = courses.small_course()
    rule = rule_of(province.ward_a, admin_a, course)
    Assignment.objects.filter(rule=rule).update(due_on=date(2026, 1, 31))
    client = as_user(hoa, HTTP_ACCEPT_LANGUAGE="en")
    hoa.language = "en"
    hoa.save()
    html = client.get("/hoc-tap/").content.decode()
    assert "Due 31/01/2026" in html and "overdue" in html
    assert "Due 31/01/2026" in client.get("/khoa-hoc/thuong-luong/").content.decode()
    answer = client.post(reverse("learning:enrol", args=[course.slug]))
    assert answer.url == "/khoa-hoc/thuong-luong/mo-dun-1/bai-1/"
    assert client.get("/hoc-tap/").context["home"].first_required.is_begun
    Assignment.objects.filter(rule=rule).update(met_at=NOW)
    assert client.get("/hoc-tap/").context["home"].required == []
