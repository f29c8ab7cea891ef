"""Pages and files of coverage: who sees which unit, what they say, how many queries they take, what stands in the workbook and on the paper."""

from datetime import UTC, date, datetime
from io import BytesIO

import openpyxl
import pytest
from pypdf import PdfReader

from accounts.enums import Act
from accounts.models import LogEntry
from learning.models import Enrolment
from tests.factories import courses, unions
from tests.factories import targets as factory
from tests.factories import training as office
from training.enums import Tree
from training.models import Count, Reminder, UnitCount
from training.selectors import coverage_pages as pages
from training.selectors.coverage import Figures, coverage_of, live
from training.selectors.coverage_pages import Wish, needed_for
from training.services import coverage_book
from training.services.coverage_book import book_of_coverage
from training.services.errors import TooManyNames
from training.wording import share_in_words, share_of
from unions.selectors.scopes import office_of

pytestmark = pytest.mark.django_db

PAGE = "/dao-tao/do-phu/"
NOW, TODAY = office.NOW, date(2026, 11, 20)
ON = {"on": "20/11/2026"}
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}


@pytest.fixture
def course():
    return office.course()


@pytest.fixture
def target(province, course):
    return factory.target(province.top, course, percentage="90")


@pytest.fixture
def client(as_user, admin_a):
    return as_user(admin_a, **ENGLISH)


def at(target, rest: str = "") -> str:
    return f"{PAGE}{target.uuid}/{rest}"


def told(client, address: str, **asked) -> str:
    page = client.get(address, {**ON, **asked})
    assert page.status_code == 200
    return page.content.decode()


def test_percentages_are_cut_off_and_what_is_needed_is_rounded_up(target):
    assert share_of(Figures(812, 536)) == 66.0 and share_in_words(Figures(10_000, 8996)) == "89,9%" and share_in_words(Figures()) == "–"
    assert needed_for(target, Figures(812, 536)) == 195, "90% of 812 is 730.8"
    assert needed_for(target, Figures(10, 9)) == needed_for(target, Figures()) == 0


def test_overview_shows_targets_of_the_unit_and_above_with_its_own_part(client, province, course, target, hoa, binh):
    own = factory.target(province.ward_a, course, title="Chỉ tiêu của phường")
    factory.target(province.ward_b, course, title="Chỉ tiêu của phường khác")
    factory.target(province.ward_a, course, title="Chỉ tiêu đã ngừng", is_active=False)
    office.finished(hoa, course)
    page = client.get(PAGE, {"nam": "2026"})
    rows = [row for _scheme, rows in page.context["groups"] for row in rows]
    assert [(row.target, row.figures, row.is_met, row.needed) for row in rows] == [
        (target, Figures(1, 1, 0, 1), True, 0), (own, Figures(1, 1, 0, 1), True, 0)]
    assert page.context["unit"] == province.ward_a and "Chỉ tiêu của phường khác" not in page.content.decode()


def test_a_target_is_gone_down_unit_by_unit_to_the_names(client, province, course, target, hoa, binh):
    office.finished(hoa, course)
    office.person("Phạm Văn Phường", province.ward_a)
    page = client.get(at(target), ON)
    level = page.context["level"]
    assert (level.coverage.own, level.needed, level.name) == (Figures(2, 1, 0, 1), 1, province.ward_a.name)
    assert [(row.uuid, row.figures.people, row.has_children) for row in level.rows] == [(None, 1, False), (province.company_a.uuid, 1, False)]
    assert level.crumbs == [], "what stands above is not the ward's to look at"
    names = client.get(at(target, "ten/"), {**ON, "unit": str(province.ward_a.uuid)}).context["names"]
    assert [(row.row.user.full_name, row.row.state, row.is_seen) for row in names.rows] == [
        ("Phạm Văn Phường", "missing", True), ("Đặng Thị Hòa", "done", True)]
    text = told(client, at(target, "ten/"), state="missing")
    assert "Phạm Văn Phường" in text and "Đặng Thị Hòa" not in text
    assert "Đặng Thị Hòa" in told(client, at(target, "ten/"), q="dang hoa") and "Phường" not in told(client, at(target, "ten/"), q="khongai", state="done").split("<table")[-1]


def test_the_way_up_ends_where_the_office_ends(as_user, province, target):
    province_officer = as_user(office.officer("Trần Tỉnh", province.top), **ENGLISH)
    page = province_officer.get(at(target), {**ON, "unit": str(province.company_a.uuid)})
    assert [crumb.uuid for crumb in page.context["level"].crumbs] == [province.top.uuid, province.ward_a.uuid]


@pytest.mark.same_everywhere
def test_another_unit_or_target_is_not_there(client, as_user, province, course, target, outsider):
    beside, nobody = factory.target(province.ward_b, course), as_user(outsider)
    for rest in ("", "ten/", "ghi-danh/", "nhac/", "excel/", "bao-cao.pdf"):
        for unit in (province.ward_b, province.company_b, province.top):
            assert client.get(at(target, rest), {"unit": str(unit.uuid)}).status_code == 404
            assert client.post(f"{at(target, rest)}?unit={unit.uuid}").status_code in (404, 405)
        assert client.get(at(beside, rest)).status_code == 404 and client.get(at(target, rest), {"unit": "x"}).status_code == 404
        assert nobody.get(at(target, rest)).status_code == 403
    assert client.get(PAGE, {"unit": str(province.ward_b.uuid)}).status_code == 404 and client.get(PAGE, {"target": str(beside.uuid)}).status_code == 404


@pytest.mark.same_everywhere
def test_another_target_is_chosen_from_the_list(client, province, target, course):
    other = factory.target(province.ward_a, course, title="Chỉ tiêu khác")
    choices = client.get(at(target), ON).context["form"].fields["target"].choices
    assert {value for value, _title in choices} == {str(target.uuid), str(other.uuid)}
    led = client.get(PAGE, {"target": str(other.uuid), "unit": str(province.company_a.uuid), **ON, "tree": "then"})
    assert led.status_code == 302 and led["Location"].startswith(at(other)) and "tree=then" in led["Location"]
    assert client.get(PAGE, {"target": "khong-phai"}).status_code == 404


@pytest.mark.same_everywhere
def test_a_filter_that_is_not_understood_is_said_and_today_is_shown(client, target):
    for asked in ({"on": "31/02/2026"}, {"on": "01/01/2999"}, {"on": "01/01/1999"}, {"tree": "x"}):
        page = client.get(at(target), asked)
        assert page.status_code == 200 and list(page.context["form"].errors) == list(asked) and page.context["is_today"]


def test_of_a_former_day_nobody_is_named_whom_the_office_no_longer_sees(client, province, target, hoa):
    moved = office.person("Lê Thị Chuyển", province.company_a)
    moved.posts.update(valid_until=date(2026, 11, 1))
    unions.post(moved, province.company_b, valid_from=date(2026, 11, 1))
    rows = client.get(at(target, "ten/"), {"on": "15/10/2026"}).context["names"].rows
    assert [(row.row.user, row.is_seen) for row in rows] == [(moved, False), (hoa, True)]
    assert "Chuyển" not in told(client, at(target, "ten/"), on="15/10/2026") and "Chuyển" not in told(client, at(target, "ten/"), on="15/10/2026", q="chuyen")
    book = client.post(f"{at(target, 'excel/')}?on=15/10/2026")
    names = openpyxl.load_workbook(BytesIO(b"".join(book.streaming_content)))["Người còn thiếu"]
    said = [cell for row in names.values for cell in row if cell]
    assert "Đặng Thị Hòa" in said and not any("Chuyển" in str(cell) for cell in said) and "Ngoài ra còn 1 người nay không còn thuộc đơn vị." in said


@pytest.mark.same_everywhere
def test_map_and_months_say_their_numbers(client, province, course, target, hoa):
    office.finished(hoa, course, days_ago=60)
    text = told(client, at(target), xem="ban-do")
    assert "CĐCS Công ty may Hòa Bình: 100%, 1 of 1 people" in text and text.count('class="map ') == 2 and "100% ✓" in text and "style=" not in text
    months = told(client, at(target), xem="thang")
    assert "30/09/2026" in months and "31/10/2026" in months and 'class="trend"' in months and "style=" not in months


@pytest.mark.parametrize("count", [1, 30])
def test_pages_take_the_same_queries_however_many_units_people_and_targets(client, province, course, target, count, django_assert_max_num_queries):
    for number in range(count):
        company = unions.unit(f"CĐCS Số {number}", f"S{number}", province.ward_a)
        office.person(f"Người Số {number}", company)
        factory.target(province.ward_a, course, title=f"Chỉ tiêu {number}")
    client.get(PAGE)
    # Two for who is signed in, four for the office, the unit, the target and the others to choose from, up to 10 of counting, the rest for the frame.
    for address, asked, most in ((PAGE, {"nam": "2026"}, 19), (at(target), ON, 16), (at(target), {**ON, "xem": "ban-do"}, 16), (at(target, "ten/"), ON, 21)):
        with django_assert_max_num_queries(most):
            client.get(address, asked)


def test_whoever_is_missing_is_enrolled_and_reminded_after_the_exact_number_was_said(client, as_user, province, hoa, binh, viewer_a, admin_a):
    course = courses.small_course(title="Nghiệp vụ", slug="nghiep-vu")
    target = factory.target(province.top, course)
    office.finished(office.person("Lê Thị Xong", province.company_a), course)
    for act, word in (("ghi-danh/", "Enrol 1 person"), ("nhac/", "Remind 1 person")):
        assert word in told(client, at(target, act))
        assert not Enrolment.objects.filter(user=hoa).exists() if act == "ghi-danh/" else not Reminder.objects.exists()
        assert client.post(at(target, act)).status_code == 302
    assert Enrolment.objects.filter(user=hoa).exists() and not Enrolment.objects.filter(user=binh).exists()
    assert list(Reminder.objects.values_list("user", "by")) == [(hoa.pk, admin_a.pk)]
    viewer = as_user(viewer_a, **ENGLISH)
    assert viewer.get(at(target, "ghi-danh/")).status_code == viewer.post(at(target, "nhac/")).status_code == 403
    assert "ghi-danh" not in told(viewer, at(target))


def test_while_it_is_counted_the_page_says_so_and_asks_again(client, province, target, hoa, monkeypatch):
    monkeypatch.setattr(live, "LARGE", 0)
    monkeypatch.setattr("training.selectors.coverage.branches.want_counts", lambda *args, **fields: None)
    former = Count.objects.create(
        target=target, on=date(2026, 10, 31), tree=Tree.TODAY, state="done", made_at=NOW, finished_at=datetime(2026, 10, 31, 18, tzinfo=UTC))
    UnitCount.objects.create(count=former, unit=province.ward_a, people=9, done=4, under_way=1, attendances=7)
    page = client.get(at(target), ON)
    assert page.context["level"].coverage.is_waiting and page.context["level"].coverage.own == Figures(9, 4, 1, 7)
    text = page.content.decode()
    assert "those of 31/10/2026" in text and "js/pages/coverage" in text and 'http-equiv="refresh"' in text
    assert client.get(at(target), ON, headers={"accept": "application/json"}).json() == {"settled": False}
    assert client.get(PAGE, headers={"accept": "application/json"}).json()["settled"] in (True, False)
    Count.objects.update(on=TODAY)
    assert client.get(at(target), ON, headers={"accept": "application/json"}).json() == {"settled": True}


# Files

def workbook(person, target, unit, **fields):
    return openpyxl.load_workbook(book_of_coverage(office=office_of(person), wish=Wish(target, unit, TODAY), now=NOW, **fields))


@pytest.mark.same_everywhere
def test_workbook_has_the_offices_headings_a_total_and_text_that_stays_text(province, course, target, hoa, binh):
    province.company_a.name = "=CĐCS Công ty may"
    province.company_a.save()
    unions.post(hoa, province.ward_b, unions.post_kind("Ủy viên", "member", 4))
    office.finished(hoa, course)
    office.enrolled(binh, course, done=1)
    by = office.officer("Trần Tỉnh", province.top)
    rows = [list(row) for row in workbook(by, target, province.top)["Độ phủ"].values]
    head = rows.index(["STT", "Đơn vị", "Tổng số cán bộ", "Đã hoàn thành", "Đang học", "Còn thiếu", "Tỷ lệ %", "Lượt"])
    assert rows[0][0] == "LĐLĐ TỈNH TÂN HÒA" and rows[2][0].startswith("BÁO CÁO TÌNH HÌNH") and "20/11/2026" in rows[4][0] and "90%" in rows[4][0]
    assert rows[head + 1:head + 4] == [
        [1, "Công đoàn phường Tân Lập", 1, 1, 0, 0, 100, 1], [2, "Công đoàn phường Tân Mai", 2, 1, 1, 0, 50, 2],
        [None, "Tổng cộng", 2, 1, 1, 0, 50, 2]], "who stands in both rows counts once in the total"
    sheet = workbook(by, target, province.ward_a)["Độ phủ"]
    assert [cell.data_type for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=CĐCS")] == ["s"]
    assert [row[0] for row in sheet.values][:2] == ["LĐLĐ TỈNH TÂN HÒA", "CÔNG ĐOÀN PHƯỜNG TÂN LẬP"], "the unit above, then the unit"


@pytest.mark.same_everywhere
def test_names_come_only_when_they_are_asked_for_and_are_noted(client, province, course, target, hoa, binh, admin_a):
    hoa.full_name = "=HYPERLINK(1)"
    hoa.save()
    office.finished(office.person("Lê Thị Xong", province.company_a), course)
    plain = client.get(at(target, "excel/"), ON)
    assert openpyxl.load_workbook(BytesIO(b"".join(plain.streaming_content))).sheetnames == ["Độ phủ"] and not LogEntry.objects.exists()
    book = openpyxl.load_workbook(BytesIO(b"".join(client.post(f"{at(target, 'excel/')}?on=20/11/2026").streaming_content)))
    cells = {cell.value: cell.data_type for row in book["Người còn thiếu"].iter_rows() for cell in row}
    assert cells["=HYPERLINK(1)"] == "s" and "Lê Thị Xong" not in cells and not any("Bình" in str(value) for value in cells if "Hòa Bình" not in str(value))
    [entry] = LogEntry.objects.all()
    assert (entry.about, entry.by, entry.act, entry.subject) == (hoa, admin_a, Act.EXPORTED, target.title)


@pytest.mark.same_everywhere
def test_too_many_names_are_refused_with_a_word_of_what_to_do(client, province, target, hoa, admin_a, monkeypatch):
    monkeypatch.setattr(coverage_book, "NAMES_AT_MOST", 0)
    with pytest.raises(TooManyNames):
        workbook(admin_a, target, province.ward_a, with_names=True)
    answer = client.post(f"{at(target, 'excel/')}?on=20/11/2026", follow=True)
    assert answer.redirect_chain and "too many for one file" in answer.content.decode() and not LogEntry.objects.exists()


@pytest.mark.same_everywhere
def test_paper_for_the_meeting_says_it_as_offices_write_it(client, province, course, target, hoa, binh):
    office.finished(hoa, course)
    answer = client.get(at(target, "bao-cao.pdf"), {**ON, "unit": str(province.ward_a.uuid)})
    assert answer["Content-Type"] == "application/pdf" and 'filename="do-phu-pa-2026-11-20.pdf"' in answer["Content-Disposition"]
    text = " ".join(PdfReader(BytesIO(answer.content)).pages[0].extract_text().split())
    for said in (
        "CÔNG ĐOÀN PHƯỜNG TÂN LẬP", "BÁO CÁO TÌNH HÌNH THỰC HIỆN CHỈ TIÊU", "Đã hoàn thành 1/1 người (100%, chỉ tiêu 90%); đã đạt chỉ tiêu.",
        "Tính đến ngày 20/11/2026", "CĐCS Công ty may Hòa Bình", "Tổng cộng", "NGƯỜI LẬP BIỂU", "TM. BAN CHẤP HÀNH",
    ):
        assert said in text


def test_by_the_tree_of_a_former_day_only_units_of_the_office_can_be_looked_into(province, target, admin_a, hoa):
    factory.moved(province.company_a, province.ward_b, date(2026, 11, 1))
    then = pages.level_of(office_of(admin_a), Wish(target, province.ward_a, date(2026, 10, 15), Tree.THEN), NOW)
    assert [(row.name, row.uuid, row.figures.people) for row in then.rows] == [("CĐCS Công ty may Hòa Bình", None, 1)]
    assert coverage_of(target=target, unit=province.ward_a, on=TODAY, tree=Tree.TODAY, now=NOW).own == Figures()
