"""The statistics of a period: attendances and people kept apart, people once, the total counted anew."""

from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest

from accounts.enums import Gender
from certificates.services import reissue_certificate, revoke_certificate
from courses.models import Topic
from learning.enums import StudyState
from learning.models import Enrolment, OutsideStudy
from tests.factories import training as office
from tests.factories import unions
from training.enums import By
from training.selectors.statistics import Period, statistics_of
from unions.models import Unit

pytestmark = pytest.mark.django_db
PAGE, FILE = "/dao-tao/thong-ke/", "/dao-tao/thong-ke/xuat/"
# `office.enrolled` counts back from 20/11/2026.
AUTUMN = (date(2026, 10, 1), date(2026, 11, 20))


@pytest.fixture
def law():
    return office.course("Pháp luật lao động", "phap-luat")


def counted(unit: Unit, by: str = By.UNIT, days: tuple[date, date] = AUTUMN) -> dict[str | None, tuple[int, int, int, int]]:
    found = statistics_of(Period(unit, *days), by)
    rows = {line.name: line for line in found.lines} | {"=": found.total}
    return {name: (line.attendances, line.people, line.completed, line.certificates) for name, line in rows.items()}


def elsewhere(user, counts_as=None, ended_on: date = date(2026, 11, 2), state: str = StudyState.APPROVED) -> OutsideStudy:
    return OutsideStudy.objects.create(
        user=user, title="Lớp bồi dưỡng", organiser="Trường Chính trị", ended_on=ended_on, state=state, counts_as=counts_as, entered_by=user,
        entered_at=office.NOW, decided_at=office.NOW)


def test_one_person_in_two_courses_is_two_attendances_and_one_person(province, hoa, binh, law):
    office.finished(hoa)
    office.enrolled(hoa, law, done=3)
    elsewhere(hoa, law)
    office.enrolled(binh, law, done=1)
    assert counted(province.top) == {
        "Công đoàn phường Tân Lập": (3, 1, 2, 0), "Công đoàn phường Tân Mai": (1, 1, 0, 0), "=": (4, 2, 2, 0)}


def test_who_holds_two_posts_stands_in_both_rows_and_once_in_the_total(province, hoa, law):
    unions.post(hoa, province.ward_b, unions.post_kind("Ủy viên", "member", 4))
    office.finished(hoa, law)
    assert counted(province.top) == {
        "Công đoàn phường Tân Lập": (1, 1, 1, 0), "Công đoàn phường Tân Mai": (1, 1, 1, 0), "=": (1, 1, 1, 0)}
    assert counted(province.top, By.POST) == {"Chủ tịch": (1, 1, 1, 0), "Ủy viên": (1, 1, 1, 0), "=": (1, 1, 1, 0)}
    unions.post(hoa, province.company_a, unions.post_kind("Ủy viên", "member", 4), valid_from=date(2026, 1, 5))
    assert counted(province.ward_a)["="] == (1, 1, 1, 0)
    assert counted(province.ward_b) == {None: (1, 1, 1, 0), "CĐCS Công ty TNHH An Phú": (0, 0, 0, 0), "=": (1, 1, 1, 0)}


def test_people_of_the_unit_itself_have_a_row_and_idle_units_stand_with_zeros(province, law):
    office.finished(office.person("Ngô Văn Ân", province.ward_a), law)
    assert counted(province.ward_a) == {None: (1, 1, 1, 0), "CĐCS Công ty may Hòa Bình": (0, 0, 0, 0), "=": (1, 1, 1, 0)}


def test_only_what_was_in_the_period_counts(province, hoa, binh, law):
    office.finished(hoa, law, days_ago=51)
    office.enrolled(hoa, office.course(), days_ago=20)
    elsewhere(hoa, law, date(2026, 9, 30))
    elsewhere(hoa, law, date(2026, 11, 2), StudyState.REFUSED)
    enrolment = office.enrolled(binh, law, done=2, days_ago=50)
    # Begun on the first day; and again after the last one, which takes nothing away.
    Enrolment.objects.filter(pk=enrolment.pk).update(last_seen_at=office.NOW - timedelta(days=49))
    assert counted(province.top)["="] == (1, 1, 1, 0), "begun by Bình; completed by Hòa on the first day; never opened; too early; refused"
    assert counted(province.top, days=(date(2026, 10, 3), date(2026, 11, 20)))["="] == (0, 0, 0, 0)


def test_posts_are_those_of_the_last_day(province, hoa, law):
    office.finished(hoa, law, days_ago=40)
    hoa.posts.update(valid_until=date(2026, 11, 1))
    assert counted(province.top)["="] == (0, 0, 0, 0)
    assert counted(province.top, days=(date(2026, 10, 1), date(2026, 10, 31)))["="] == (1, 1, 1, 0)


def test_form_sector_gender_and_topic(province, hoa, binh, law):
    topic = Topic.objects.create(name="Pháp luật", slug="phap-luat")
    law.topic = topic
    law.save()
    Unit.objects.filter(pk=province.company_a.pk).update(sector="non_state")
    type(hoa).objects.filter(pk=hoa.pk).update(gender=Gender.FEMALE)
    office.certified(hoa, law)
    elsewhere(hoa, law)
    elsewhere(hoa)
    elsewhere(binh)
    total = {"=": (4, 2, 4, 1)}
    labels = {By.FORM: [(1, 1, 1, 1), (3, 2, 3, 0)], By.SECTOR: [(0, 0, 0, 0), (3, 1, 3, 1), (0, 0, 0, 0), (1, 1, 1, 0)],
              By.GENDER: [(3, 1, 3, 1), (0, 0, 0, 0), (1, 1, 1, 0)], By.TOPIC: [(2, 1, 2, 1), (2, 2, 2, 0)]}
    assert {by: list(counted(province.top, by).values()) for by in labels} == {by: [*rows, total["="]] for by, rows in labels.items()}


def test_a_revoked_or_replaced_paper_is_not_counted_twice(province, hoa, binh, law, admin_a):
    first = office.certified(hoa, law)
    assert counted(province.top)["="][3] == 1
    reissue_certificate(certificate=first, reason="Sai tên", by=admin_a, now=office.NOW)
    assert counted(province.top)["="][3] == 1
    paper = office.certified(binh, law)
    revoke_certificate(certificate=paper, reason="Nhầm người", by=admin_a, now=office.NOW)
    assert counted(province.top)["="][3] == 1


def test_statements_do_not_grow_with_people_and_units(province, law, django_assert_num_queries):
    def grow(count: int) -> None:
        for number in range(count):
            unit = unions.unit(f"CĐCS số {number}", f"N{Unit.objects.count()}", province.ward_a)
            office.finished(office.person(f"Người {number}", unit), law)

    grow(1)
    for by, count in {By.UNIT: 9, By.FORM: 8, By.POST: 9, By.SECTOR: 8, By.GENDER: 8, By.TOPIC: 9}.items():
        with django_assert_num_queries(count):
            statistics_of(Period(province.ward_a, *AUTUMN), by)
    grow(12)
    for by, count in {By.UNIT: 9, By.POST: 9, By.TOPIC: 9}.items():
        with django_assert_num_queries(count):
            statistics_of(Period(province.ward_a, *AUTUMN), by)


@pytest.mark.same_everywhere
def test_the_page_shows_ones_own_branch_only(as_user, province, admin_a, viewer_a, hoa, binh, law, outsider):
    office.finished(hoa, law)
    office.finished(binh, law)
    page = as_user(viewer_a).get(PAGE, {"until": "20/11/2026"})
    found = page.context["found"]
    assert (found.period.unit, found.period.since, found.total.people) == (province.ward_a, date(2026, 1, 1), 1)
    other = as_user(admin_a).get(PAGE, {"unit": str(province.ward_b.uuid), "until": "20/11/2026"})
    assert other.context["found"].period.unit == province.ward_a and other.context["form"].errors["unit"]
    assert "Tân Mai" not in other.content.decode()
    for address in (PAGE, FILE):
        assert as_user(outsider).get(address).status_code == 403
        assert as_user(None).get(address).status_code == 302
        assert as_user(admin_a).post(address).status_code == 405
    file = as_user(admin_a).get(FILE, {"unit": str(province.ward_b.uuid), "until": "20/11/2026"})
    assert "Tân Mai" not in " ".join(texts_of(file)["Đơn vị"])


def texts_of(response) -> dict[str, list[str]]:
    book = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content)))
    return {sheet.title: [cell for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)] for sheet in book}


@pytest.mark.same_everywhere
def test_the_workbook_has_a_sheet_for_each_grouping_and_no_formula(as_user, province, admin_a, hoa, law):
    unions.unit("=cmd|' /C calc'!A0", "X1", province.ward_a)
    office.finished(hoa, law)
    sheets = texts_of(as_user(admin_a).get(FILE, {"since": "01/10/2026", "until": "20/11/2026"}))
    assert list(sheets) == ["Đơn vị", "Hình thức", "Chức vụ", "Khu vực", "Giới tính", "Chuyên đề"]
    assert {"STT", "Đơn vị", "Số lượt", "Số người", "Lượt hoàn thành", "Giấy chứng nhận đã cấp", "Tổng cộng", "=cmd|' /C calc'!A0"} <= set(sheets["Đơn vị"])
    book = openpyxl.load_workbook(BytesIO(b"".join(as_user(admin_a).get(FILE, {"until": "20/11/2026"}).streaming_content)))
    assert {cell.data_type for row in book["Đơn vị"].iter_rows() for cell in row} <= {"s", "n"}


@pytest.mark.same_everywhere
def test_what_is_not_understood_is_said_and_left_out(as_user, admin_a):
    client = as_user(admin_a)
    for asked in (
        {"since": "hôm qua"}, {"until": "31/02/2026"}, {"since": "02/02/2026", "until": "01/02/2026"}, {"by": "'; drop"}, {"unit": "x"},
        {"since": "01/01/0001"}, {"until": "31/12/9999"},
    ):
        page = client.get(PAGE, asked)
        assert (page.status_code, list(page.context["form"].errors)) == (200, [list(asked)[-1]]), asked
    assert client.get(FILE, {"until": "31/12/9999"}).status_code == 200


@pytest.mark.same_everywhere
def test_an_empty_house_says_so(as_user, administrator):
    page = as_user(administrator, HTTP_ACCEPT_LANGUAGE="en").get(PAGE)
    assert "There are no units yet" in page.content.decode()
    assert as_user(administrator).get(FILE).status_code == 404


def test_a_page_of_many_attendances_may_be_kept_for_a_while_and_the_file_never_is(as_user, admin_a, province, hoa, binh, law, monkeypatch):
    office.enrolled(hoa, law, done=1, days_ago=10)
    monkeypatch.setattr("training.selectors.statistics.MANY", 0)
    period = Period(province.top, *AUTUMN)
    first = statistics_of(period, By.UNIT, may_be_near=True)
    assert first.is_near and (first.total.attendances, first.total.people) == (1, 1)
    office.enrolled(binh, law, done=1, days_ago=9)
    assert statistics_of(period, By.UNIT, may_be_near=True).total == first.total
    assert statistics_of(period, By.UNIT).total.attendances == 2 and not statistics_of(period, By.UNIT).is_near
    # Another branch and other days are other sums.
    assert statistics_of(Period(province.ward_b, *AUTUMN), By.UNIT, may_be_near=True).total.attendances == 1
