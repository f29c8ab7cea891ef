"""The list as a workbook: exactly what was filtered, real days and numbers, no formulas, and long ones in the background."""

import tracemalloc
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from tests.factories import training as office
from training.enums import ExportState
from training.models import Export
from training.selectors.learners import Filters
from training.services import exports
from training.services.workbook import HEADING_LINE, write_workbook
from unions.selectors.scopes import office_of

pytestmark = pytest.mark.same_everywhere

EXPORT = "/dao-tao/xuat/"


@pytest.fixture
def at_desk(as_user, admin_a):
    return as_user(admin_a, HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def no_patience(monkeypatch):
    """Every list is too long to wait for."""
    monkeypatch.setattr(exports, "ROWS_AT_ONCE", 0)


def sheet_of(response):
    return openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content))).active


def lines_of(sheet) -> list[list]:
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEADING_LINE + 2)]
    return [row for row in rows if row[0] is not None]


def vietnamese(*texts: str) -> list[str]:
    with override("vi"):
        return [gettext(text) for text in texts]


def test_the_workbook_holds_exactly_the_filtered_list(at_desk, province, hoa, binh):
    office.certified(hoa)
    office.enrolled(office.person("Nguyễn Thị Mai", province.company_a), done=5)
    office.enrolled(binh)
    response = at_desk.post(f"{EXPORT}?state=finished")
    assert response["Content-Disposition"] == f'attachment; filename="danh-sach-hoc-vien-{timezone.localdate():%Y-%m-%d}.xlsx"'
    lines = lines_of(sheet_of(response))
    assert [line[:5] for line in lines] == [[1, "Đặng Thị Hòa", "Chủ tịch", "CĐCS Công ty may Hòa Bình", "Thương lượng tập thể"]]


def test_headings_are_vietnamese_whatever_the_reader_reads(at_desk, hoa):
    office.enrolled(hoa)
    sheet = sheet_of(at_desk.get(EXPORT))
    headings = [cell.value for cell in sheet[HEADING_LINE + 1]]
    assert headings == vietnamese(
        "No.", "Full name", "Post", "Unit", "Course", "Enrolled on", "State", "Parts done", "Parts in all", "Finished on", "Result",
        "Certificate number", "State of the certificate", "Last visit")
    assert sheet["A3"].value == vietnamese("LIST OF LEARNERS")[0]


def test_days_are_days_numbers_are_numbers_and_the_head_stays(at_desk, hoa):
    office.certified(hoa)
    sheet = sheet_of(at_desk.get(EXPORT))
    line = sheet[HEADING_LINE + 2]
    assert (line[5].value.date(), line[5].number_format) == (datetime(2026, 11, 10).date(), "dd/mm/yyyy")
    assert isinstance(line[9].value, datetime)
    assert (line[7].value, line[8].value) == (8, 8)
    assert (line[10].value, line[10].number_format) == (0.875, "0.0%")
    assert line[11].value == "001/GCN-CĐ"
    assert sheet.freeze_panes == f"C{HEADING_LINE + 2}"
    assert sheet.auto_filter.ref == f"A{HEADING_LINE + 1}:N{HEADING_LINE + 2}"
    assert sheet.column_dimensions["B"].width > 20


def test_no_birth_date_telephone_number_or_address_leaves_the_office(at_desk, hoa):
    hoa.date_of_birth = datetime(1985, 3, 2).date()
    hoa.save()
    office.enrolled(hoa)
    words = " ".join(str(cell.value) for row in sheet_of(at_desk.get(EXPORT)).iter_rows() for cell in row)
    assert "Đặng Thị Hòa" in words
    for secret in ("0912", "912345678", "hoa@example.org", "1985"):
        assert secret not in words


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x.vn","Mai")', "+1+1", "-2", "@SUM(A1)", "=1+1", "{=1}", "http://x.vn/mai", "0123"])
def test_a_name_that_looks_like_a_formula_stays_a_name(at_desk, province, name):
    office.enrolled(office.person(name, province.company_a))
    cell = sheet_of(at_desk.get(EXPORT))[HEADING_LINE + 2][1]
    assert (cell.value, cell.data_type, cell.hyperlink) == (name, "s", None)


def test_a_search_that_looks_like_a_formula_stays_text_too(at_desk, hoa):
    office.enrolled(hoa)
    sheet = sheet_of(at_desk.get(EXPORT, {"q": "=hoa"}))
    assert sheet["A4"].data_type == "s"
    assert "=hoa" in sheet["A4"].value


def test_the_order_of_the_list_is_the_order_of_the_lines(at_desk, province, hoa):
    office.enrolled(hoa, days_ago=5, done=1)
    office.enrolled(office.person("Nguyễn Thị Mai", province.company_a), days_ago=50, done=1)
    assert [line[1] for line in lines_of(sheet_of(at_desk.get(EXPORT, {"sort": "seen"})))] == ["Nguyễn Thị Mai", "Đặng Thị Hòa"]


def test_more_than_one_chunk_is_one_list(at_desk, province, monkeypatch):
    monkeypatch.setattr(exports, "CHUNK", 2)
    for name in ("An", "Bình", "Chi", "Dung", "Em"):
        office.enrolled(office.person(f"Lê Thị {name}", province.company_a))
    lines = lines_of(sheet_of(at_desk.get(EXPORT)))
    assert [(line[0], line[1]) for line in lines] == [
        (1, "Lê Thị An"), (2, "Lê Thị Bình"), (3, "Lê Thị Chi"), (4, "Lê Thị Dung"), (5, "Lê Thị Em")]


def test_an_empty_list_is_an_empty_sheet_that_opens(at_desk, hoa):
    assert lines_of(sheet_of(at_desk.get(EXPORT))) == []


def test_a_long_list_is_written_behind_and_fetched_by_its_owner_alone(at_desk, as_user, administrator, viewer_a, hoa, no_patience):
    office.enrolled(hoa)
    response = at_desk.post(f"{EXPORT}?q=hoa")
    export = Export.objects.get()
    assert response.url == reverse("training:show-export", args=[export.uuid])
    assert (export.state, export.done, export.total, export.filters) == (ExportState.DONE, 1, 1, {"q": "hoa"})
    download = reverse("training:download-export", args=[export.uuid])
    assert download in at_desk.get(response.url).content.decode()
    assert [line[1] for line in lines_of(sheet_of(at_desk.get(download)))] == ["Đặng Thị Hòa"]
    for other in (administrator, viewer_a):
        assert as_user(other).get(response.url).status_code == 404
        assert as_user(other).get(download).status_code == 404


def test_looking_never_begins_work(at_desk, hoa, no_patience):
    office.enrolled(hoa)
    response = at_desk.get(EXPORT, {"q": "hoa"})
    assert (response.status_code, response.url) == (302, "/dao-tao/?q=hoa")
    assert not Export.objects.exists()


@pytest.fixture
def waiting(admin_a, hoa, now):
    office.enrolled(hoa)
    return exports.start_export(office=office_of(admin_a), filters=Filters(), now=now)


def test_the_page_tells_how_far_the_file_is(at_desk, waiting):
    Export.objects.update(state=ExportState.RUNNING, done=43, total=100)
    address = reverse("training:show-export", args=[waiting.uuid])
    page = at_desk.get(address).content.decode()
    assert "43%" in page
    assert 'http-equiv="refresh"' in page
    answer = at_desk.get(address, headers={"accept": "application/json"})
    assert answer.json() == {"over": False, "done": 43, "total": 100, "percent": 43}
    assert at_desk.get(reverse("training:download-export", args=[waiting.uuid])).status_code == 404


def test_asking_twice_for_the_same_list_is_asking_once(admin_a, waiting, now):
    again = exports.start_export(office=office_of(admin_a), filters=Filters(), now=now + timedelta(seconds=2))
    other = exports.start_export(office=office_of(admin_a), filters=Filters(q="mai"), now=now)
    assert again == waiting
    assert other != waiting
    later = exports.start_export(office=office_of(admin_a), filters=Filters(), now=now + timedelta(hours=1))
    assert later != waiting


def test_a_task_that_runs_twice_writes_once(admin_a, waiting, now):
    call = {"export": waiting, "office": office_of(admin_a), "filters": Filters(), "now": now, "clock": lambda: now}
    assert [exports.write_export(**call), exports.write_export(**call)] == [True, False]
    waiting.refresh_from_db()
    assert (waiting.state, waiting.finished_at) == (ExportState.DONE, now)


def test_whoever_lost_the_role_meanwhile_gets_no_file(admin_a, waiting):
    from training.tasks import write_export

    admin_a.role_grants.all().delete()
    write_export.enqueue(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.file.name) == (ExportState.FAILED, "")


def test_a_list_that_could_not_be_written_says_so_and_offers_another_try(at_desk, admin_a, waiting, monkeypatch, now):
    def broken(**_kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(exports, "write_workbook", broken)
    with pytest.raises(OSError, match="disk full"):
        exports.write_export(export=waiting, office=office_of(admin_a), filters=Filters(), now=now, clock=lambda: now)
    waiting.refresh_from_db()
    assert waiting.state == ExportState.FAILED
    page = at_desk.get(reverse("training:show-export", args=[waiting.uuid])).content.decode()
    assert f'action="{EXPORT}"' in page


def test_files_go_away_after_seven_days(admin_a, waiting, now):
    waiting.file.save("old.xlsx", ContentFile(b"old"), save=True)
    storage, name = waiting.file.storage, waiting.file.name
    exports.start_export(office=office_of(admin_a), filters=Filters(q="mai"), now=now + timedelta(days=8))
    assert not Export.objects.filter(pk=waiting.pk).exists()
    assert not storage.exists(name)


def test_a_file_that_is_gone_is_not_found(at_desk, waiting):
    Export.objects.update(state=ExportState.DONE, file="exports/gone.xlsx", finished_at=waiting.created_at)
    assert at_desk.get(reverse("training:download-export", args=[waiting.uuid])).status_code == 404


def test_memory_stays_flat_while_a_workbook_grows():
    moment = datetime(2026, 11, 20, 7, 3, tzinfo=timezone.get_default_timezone())
    row = SimpleNamespace(
        enrolment=SimpleNamespace(
            user=SimpleNamespace(full_name="Đặng Thị Hòa"), course=SimpleNamespace(title="Thương lượng tập thể"), enrolled_at=moment,
            steps_done=8, steps_total=8, last_seen_at=moment),
        completion=None, post=None, certificate=None, certificate_label="", state=SimpleNamespace(label="Hoàn thành"))

    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            with Path("/dev/null").open("r+b") as nowhere:
                assert write_workbook(rows=(row for _ in range(count)), out=nowhere, site="Lớp học", asked="", now=moment) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    # Held in memory, a line would cost some 3,000 bytes.
    assert (peak(3000) - peak(300)) / 2700 < 200
