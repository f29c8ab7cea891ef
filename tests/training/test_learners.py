"""The list: searching, filtering, sorting, paging, and what it costs."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from certificates import services as certificates
from learning.models import Enrolment
from tests.factories import training as office
from tests.factories import unions

LIST = "/dao-tao/"


def names(response) -> list[str]:
    return [row.enrolment.user.full_name for row in response.context["roll"].rows]


@pytest.fixture
def at_desk(as_user, admin_a):
    return as_user(admin_a, HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def three(province, hoa):
    """Three people who stand differently: Hòa has a certificate, Mai is under way, Ân has not begun."""
    mai, an = office.person("Nguyễn Thị Mai", province.company_a), office.person("Hoàng Văn Ân", province.ward_a)
    paper = office.certified(hoa, days_ago=30)
    office.enrolled(mai, done=5, days_ago=20)
    office.enrolled(an, days_ago=10)
    return paper


@pytest.mark.parametrize("typed", [
    "dang thi hoa", "Đặng Thị Hòa", "ĐẶNG THỊ HOÀ", "hòa đặng", "Đặng Thị Hòa", "hoa@example.org", "0912 345 678", "0912345678", "+84912345678",
])
def test_somebody_is_found_without_diacritics_and_by_any_address(at_desk, three, typed):
    assert names(at_desk.get(LIST, {"q": typed})) == ["Đặng Thị Hòa"]


@pytest.mark.parametrize("typed", ["001/GCN-CĐ", "1/GCN-CĐ", "1/gcn-cd", "1 / GCN", "1"])
def test_the_holder_of_a_number_is_found(at_desk, three, typed):
    assert "Đặng Thị Hòa" in names(at_desk.get(LIST, {"q": typed}))


def test_a_full_number_finds_its_holder_alone(at_desk, three):
    assert names(at_desk.get(LIST, {"q": "1/gcn-cd"})) == ["Đặng Thị Hòa"]
    assert names(at_desk.get(LIST, {"q": "2/gcn-cd"})) == []
    assert names(at_desk.get(LIST, {"q": "1/abc"})) == []


@pytest.mark.parametrize("typed", ["99999999999999999999/GCN", "9" * 120, "²/GCN", "%", "_", "' OR 1=1", "/", "a" * 500, "\x00"])
def test_a_strange_search_finds_nobody_and_breaks_nothing(at_desk, three, typed):
    assert at_desk.get(LIST, {"q": typed}).status_code == 200


@pytest.mark.parametrize(("state", "found"), [
    ("", ["Hoàng Văn Ân", "Đặng Thị Hòa", "Nguyễn Thị Mai"]),
    ("not_begun", ["Hoàng Văn Ân"]),
    ("under_way", ["Nguyễn Thị Mai"]),
    ("finished", ["Đặng Thị Hòa"]),
    ("issued", ["Đặng Thị Hòa"]),
    ("revoked", []),
])
def test_states_divide_the_list(at_desk, three, state, found):
    assert names(at_desk.get(LIST, {"state": state})) == found


def test_a_revoked_certificate_moves_its_holder_until_it_is_reissued(at_desk, three, admin_a, now):
    certificates.revoke_certificate(certificate=three, reason="Cấp nhầm người học", by=admin_a, now=now)
    assert names(at_desk.get(LIST, {"state": "revoked"})) == ["Đặng Thị Hòa"]
    row = at_desk.get(LIST, {"state": "finished"}).context["roll"].rows[0]
    assert (row.certificate_state, row.certificate.register_number) == ("revoked", "001/GCN-CĐ")
    assert names(at_desk.get(LIST, {"state": "issued"})) == []
    certificates.reissue_certificate(certificate=three, reason="Đã xác minh lại hồ sơ", by=admin_a, now=now)
    assert names(at_desk.get(LIST, {"state": "revoked"})) == []
    assert [row.certificate.register_number for row in at_desk.get(LIST, {"state": "issued"}).context["roll"].rows] == ["002/GCN-CĐ"]


def test_figures_follow_the_filters(at_desk, three):
    figures = at_desk.get(LIST).context["roll"].figures
    assert (figures.enrolled, figures.finished, figures.certificates) == (3, 1, 1)
    figures = at_desk.get(LIST, {"state": "under_way"}).context["roll"].figures
    assert (figures.enrolled, figures.finished, figures.certificates) == (1, 0, 0)


def test_a_course_and_a_unit_narrow_the_list(at_desk, three, hoa, province):
    other = office.course("Đối thoại tại nơi làm việc", "doi-thoai")
    office.enrolled(hoa, other)
    assert names(at_desk.get(LIST, {"course": "doi-thoai"})) == ["Đặng Thị Hòa"]
    assert names(at_desk.get(LIST, {"unit": str(province.company_a.uuid)})) == ["Đặng Thị Hòa", "Đặng Thị Hòa", "Nguyễn Thị Mai"]
    assert len(names(at_desk.get(LIST, {"unit": str(province.ward_a.uuid)}))) == 4


def test_the_units_to_choose_from_are_ones_own_as_a_tree(at_desk, province, three):
    options = [label for _value, label in at_desk.get(LIST).context["form"].fields["unit"].widget.choices][1:]
    assert options == ["Công đoàn phường Tân Lập", "\u2003CĐCS Công ty may Hòa Bình"]


def test_another_offices_unit_is_not_understood_and_says_so(at_desk, province, three, binh):
    office.enrolled(binh)
    response = at_desk.get(LIST, {"unit": str(province.ward_b.uuid)})
    assert "unit" in response.context["form"].errors
    assert "Trần Thanh Bình" not in names(response)
    assert "is left out" in response.content.decode()


def test_of_very_many_units_only_the_branch_to_the_chosen_one_is_shown(at_desk, province, three, monkeypatch):
    monkeypatch.setattr("unions.selectors.units.UNITS_AT_ONCE", 4)
    group = unions.unit("Tổ công đoàn chuyền 4", "T4", province.company_a)
    unions.unit("Nhóm 1", "T41", group)
    unions.unit("CĐCS Trường Mầm non Hoa Sen", "MN", province.ward_a)

    def options(**chosen):
        return [label.strip() for _value, label in at_desk.get(LIST, chosen).context["form"].fields["unit"].widget.choices][1:]

    first = ["Công đoàn phường Tân Lập", "CĐCS Công ty may Hòa Bình", "CĐCS Trường Mầm non Hoa Sen"]
    assert options() == first
    assert options(unit=str(province.company_a.uuid)) == [first[0], first[1], group.name, first[2]]


@pytest.mark.parametrize(("days", "found"), [
    ({"since": "30/10/2026"}, ["Hoàng Văn Ân", "Nguyễn Thị Mai"]),
    ({"until": "31/10/2026"}, ["Đặng Thị Hòa", "Nguyễn Thị Mai"]),
    ({"since": "31/10/2026", "until": "31/10/2026"}, ["Nguyễn Thị Mai"]),
    ({"since": "2026-11-01"}, ["Hoàng Văn Ân"]),
])
def test_days_of_enrolment_are_whole_days_in_vietnam(at_desk, three, days, found):
    late = Enrolment.objects.get(user__full_name="Nguyễn Thị Mai")
    Enrolment.objects.filter(pk=late.pk).update(enrolled_at=datetime(2026, 10, 31, 16, 59, 59, tzinfo=UTC))  # 23:59:59 in Hà Nội
    assert names(at_desk.get(LIST, days)) == found


@pytest.mark.parametrize(("wrong", "field"), [
    ({"since": "31/02/2026"}, "since"), ({"until": "hôm qua"}, "until"), ({"since": "25/10/2026", "until": "01/10/2026"}, "until"),
    ({"state": "dreaming"}, "state"), ({"course": "khong-co"}, "course"), ({"unit": "khong-phai-uuid"}, "unit"), ({"sort": "salary"}, "sort"),
])
def test_what_is_not_understood_is_left_out_and_named(at_desk, three, wrong, field):
    response = at_desk.get(LIST, wrong)
    assert list(response.context["form"].errors) == [field]
    assert len(names(response)) >= 2
    assert f'id="id_{field}_error"' in response.content.decode()
    assert f"{field}=" not in response.context["query"]


def test_names_stand_in_vietnamese_order(at_desk, province):
    for name in ("Nguyễn Văn Đạt", "Trần Thị Dung", "Lê Thị Ánh", "Lê Thị Ân", "Phạm Văn An", "Bùi Thị Ánh", "Vũ Minh Yến", "Hồ Văn Ước"):
        office.enrolled(office.person(name, province.company_a))
    order = ["Phạm Văn An", "Bùi Thị Ánh", "Lê Thị Ánh", "Lê Thị Ân", "Trần Thị Dung", "Nguyễn Văn Đạt", "Hồ Văn Ước", "Vũ Minh Yến"]
    assert names(at_desk.get(LIST)) == order
    assert names(at_desk.get(LIST, {"sort": "-name"})) == order[::-1]


@pytest.mark.parametrize(("sort", "first", "last"), [
    ("-progress", "Đặng Thị Hòa", "Hoàng Văn Ân"), ("progress", "Hoàng Văn Ân", "Đặng Thị Hòa"),
    ("-seen", "Nguyễn Thị Mai", "Hoàng Văn Ân"), ("seen", "Hoàng Văn Ân", "Nguyễn Thị Mai"),
    ("-finished", "Đặng Thị Hòa", "Nguyễn Thị Mai"), ("finished", "Nguyễn Thị Mai", "Đặng Thị Hòa"), ("enrolled", "Đặng Thị Hòa", "Hoàng Văn Ân"), ("-enrolled", "Hoàng Văn Ân", "Đặng Thị Hòa"),
])
def test_the_list_sorts_by_what_happened(at_desk, three, sort, first, last):
    found = names(at_desk.get(LIST, {"sort": sort}))
    assert (found[0], found[-1]) == (first, last)


def test_headings_turn_the_order_round_and_keep_the_filters(at_desk, three):
    page = at_desk.get(LIST, {"state": "finished", "sort": "-seen"}).content.decode()
    assert 'aria-sort="descending"><a href="?state=finished&amp;sort=seen"' in page
    assert '<a href="?state=finished&amp;sort=name"' in page
    assert '<a href="?state=finished&amp;sort=-progress"' in page


@pytest.fixture
def crowd(province):
    """120 people with the same name and the same day, whom only their keys tell apart."""
    users = User.objects.bulk_create([
        User(full_name="Nguyễn Văn Nam", email=f"nam{number}@example.org", sort_key="n", search_key=f"nguyen van nam nam{number} example org")
        for number in range(120)])
    for user in users:
        unions.post(user, province.company_a)
    course = office.course()
    Enrolment.objects.bulk_create([
        Enrolment(user=user, course=course, enrolled_at=office.NOW, last_seen_at=office.NOW, steps_done=1, steps_total=8) for user in users])


@pytest.mark.parametrize("sort", ["name", "-name", "seen", "-seen", "progress", "finished", "-finished", "enrolled"])
def test_pages_hold_everybody_once_even_among_equals(at_desk, crowd, sort):
    pages = [at_desk.get(LIST, {"sort": sort, "trang": number}).context["roll"].rows for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [50, 50, 20]
    assert len({row.enrolment.pk for page in pages for row in page}) == 120


def test_a_page_counted_from_the_end_is_the_page_counted_from_the_start(at_desk, crowd):
    everybody = list(Enrolment.objects.order_by("user__sort_key", "user_id", "pk").values_list("pk", flat=True))
    shown = [row.enrolment.pk for number in (1, 2, 3) for row in at_desk.get(LIST, {"trang": number}).context["roll"].rows]
    assert shown == everybody


def test_the_pager_keeps_filters_and_a_page_too_far_is_the_last(at_desk, crowd):
    page = at_desk.get(LIST, {"q": "nam", "sort": "-seen", "trang": "2"}).content.decode()
    assert re.findall(r'href="\?trang=(\d)([^"]*)"', page) == [("1", "&amp;q=nam&amp;sort=-seen"), ("3", "&amp;q=nam&amp;sort=-seen")]
    assert at_desk.get(LIST, {"trang": "9999"}).context["roll"].page.number == 3
    assert at_desk.get(LIST, {"trang": "x"}).context["roll"].page.number == 1


def test_an_empty_office_and_an_empty_search_say_different_things(at_desk, three):
    Enrolment.objects.filter(user__full_name="Hoàng Văn Ân").delete()
    searched = at_desk.get(LIST, {"q": "khong co ai"}).content.decode()
    assert "Nobody fits" in searched
    assert "<table" not in searched


def test_an_office_without_learners_says_when_they_will_appear(at_desk, province):
    assert "Nobody of your units is enrolled yet" in at_desk.get(LIST).content.decode()


@pytest.mark.parametrize("address", [LIST, "/dao-tao/theo-khoa-hoc/"])
def test_the_list_costs_the_same_with_1_3_and_30_rows(as_user, admin_a, province, address):
    client, spent = as_user(admin_a), []
    for count in (1, 3, 30):
        for number in range(Enrolment.objects.count(), count):
            person = office.person(f"Học Viên {number}", province.company_a)
            topic = office.course(f"Khóa {number}", f"khoa-{number}")
            (office.certified if number % 3 == 0 else office.enrolled)(person, topic)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        spent.append(len(queries))
    assert spent[0] == spent[1] == spent[2]
    assert spent[0] <= 12


def test_the_last_visit_and_the_day_of_completion_are_shown_as_days(at_desk, three):
    page = at_desk.get(LIST, {"state": "finished"}).content.decode()
    enrolment = Enrolment.objects.get(user__full_name="Đặng Thị Hòa")
    day = (enrolment.last_seen_at + timedelta(hours=7)).date()
    assert page.count(f"{day:%d/%m/%Y}") == 2
    assert day == date(2026, 10, 22)


def test_sums_of_a_long_list_are_kept_for_a_while_and_the_page_says_so(as_user, admin_a, province, monkeypatch):
    course = office.course("Đối thoại", "doi-thoai")
    office.enrolled(office.person("Lê Thị Mai", province.company_a), course)
    client = as_user(admin_a, HTTP_ACCEPT_LANGUAGE="en")
    monkeypatch.setattr("training.selectors.learners.MANY", 0)
    for number in range(2):
        page = client.get(LIST)
        assert page.context["roll"].figures.enrolled == 1 and "every ten minutes" in page.content.decode(), number
        office.enrolled(office.person(f"Lê Văn {number}", province.company_a), course)
    # Whoever asks for less, or sees other units, is told what holds there.
    assert client.get(LIST, {"q": "Mai"}).context["roll"].figures.enrolled == 1
    monkeypatch.setattr("training.selectors.learners.MANY", 20)
    caches["pages"].clear()
    page = client.get(LIST)
    assert page.context["roll"].figures.enrolled == 3 and "every ten minutes" not in page.content.decode()
