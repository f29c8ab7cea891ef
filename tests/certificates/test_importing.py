"""Older registers: the habits of offices' Excel, what is refused and why, and what stands in the register afterwards."""

import io
import unicodedata
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation
from xlsxwriter import Workbook

from certificates import selectors, services
from certificates.enums import Entry, ImportRowState, State
from certificates.models import Certificate, RegisterImport, Series
from certificates.services import register_exports
from certificates.services.importing import bringing, reading, receiving
from certificates.services.importing.days import read_birth, read_day, read_period
from certificates.services.importing.numbers import in_words, read_number
from tests.certificates.test_register import keeper  # noqa: F401 - fixture
from tests.factories import accounts as people
from tests.factories import certificates as factory
from tests.factories import courses, unions

pytestmark = pytest.mark.same_everywhere

TODAY = date(2026, 11, 22)
HEAD = ["STT", "Họ và tên", "Ngày sinh", "Đơn vị", "Lớp bồi dưỡng", "Số hiệu", "Số vào sổ gốc", "Ngày cấp", "Tình trạng"]
BOOK = [
    ["LIÊN ĐOÀN LAO ĐỘNG TỈNH TÂN HÒA"], ["SỔ GỐC CẤP GIẤY CHỨNG NHẬN NĂM 2024"], [], HEAD, [f"({place})" for place in range(1, 10)],
    ["I. Lớp thứ nhất"],
    [1, "Đ/c Nguyễn Thị Mai", "05/02/1988", "CĐCS An Phú", "Kỹ năng đối thoại", "001/GCN-CĐ", "0001/2024", "20/11/2024", "Đã cấp"],
    [2, "Trần Văn Bình", "1965", "CĐCS An Phú", "Kỹ năng đối thoại", "002/GCN-CĐ", "0002/2024", "20/11/2024", "Thu hồi"],
    [3, "Lê Thị Hòa", 32178, "CĐCS Khác", "Kỹ năng đối thoại", "004/GCN-CĐ", "0004/2024", "20/11/24", "Đã cấp lại"],
    ["", "Tổng cộng: 3"], [], ["", "Tân Lập, ngày 20 tháng 11 năm 2024"], ["", "NGƯỜI LẬP BIỂU", "", "", "", "CHỦ TỊCH"], ["", "Phạm Văn Ký", "", "", "", "Trần Văn An"],
]


def workbook(rows: list[list], sheet: str = "Sổ gốc") -> io.BytesIO:
    out = io.BytesIO()
    with Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet(sheet)
        for line, row in enumerate(rows):
            page.write_row(line, 0, row)
    out.seek(0)
    return out


@pytest.fixture
def issuer(db):
    return factory.issuer()


def read(rows: list[list] | io.BytesIO, now, **fields) -> RegisterImport:
    file = workbook(rows) if isinstance(rows, list) else rows
    job = receiving.receive_register(file=file, name="so-goc.xlsx", issuer=factory.issuer(), by=None, now=now, **fields)
    return reading.read_register(job=job, clock=lambda: now)


def brought(rows: list[list] | io.BytesIO, now, by=None) -> RegisterImport:
    return bringing.bring_register_in(job=read(rows, now), by=by, now=now, clock=lambda: now)


def said(job: RegisterImport) -> list[tuple]:
    return list(job.rows.order_by("line").values_list("line", "state"))


def with_row(*, below: list[list] | None = None, head: list[str] = HEAD, **cells) -> list[list]:
    """A book of one good row, cells of which are put in place by their heading."""
    row = dict(zip(HEAD, BOOK[6], strict=True)) | cells
    return [head, [row.get(heading, "") for heading in head], *(below or [])]


# What people type

@pytest.mark.parametrize(("text", "day"), [
    ("20/11/2024", date(2024, 11, 20)), ("5.2.88", date(1988, 2, 5)), ("05-02-26", date(2026, 2, 5)), ("1/3/27", date(1927, 3, 1)), ("2024-11-20", date(2024, 11, 20)),
    ("ngày 05 tháng 02 năm 2024", date(2024, 2, 5)), ("45616", date(2024, 11, 20)), ("31/02/2024", None), ("20/13/2024", None), ("hôm qua", None), ("2024", None), ("", None)])
def test_days_are_read_as_they_are_typed(text, day):
    assert read_day(text, TODAY) == day


@pytest.mark.parametrize(("text", "birth"), [
    ("05/02/1988", "1988-02-05"), ("1988", "1988"), ("00/00/1988", "1988"), ("05/1988", "1988"), ("năm 1988", "1988"), ("05/02/2027", ""), ("không rõ", ""), ("1788", "")])
def test_of_a_birth_the_year_alone_is_enough(text, birth):
    assert read_birth(text, TODAY) == birth


@pytest.mark.parametrize(("text", "days"), [
    ("02/11/2024 - 20/11/2024", (date(2024, 11, 2), date(2024, 11, 20))), ("từ 02/11 đến 20/11/2024", (date(2024, 11, 2), date(2024, 11, 20))),
    ("02-20/11/2024", (date(2024, 11, 2), date(2024, 11, 20))), ("20/11/2024", (date(2024, 11, 20), date(2024, 11, 20))), ("3 ngày", (None, None))])
def test_periods_are_read_from_one_cell(text, days):
    assert read_period(text, TODAY) == days


@pytest.mark.parametrize(("text", "found"), [
    ("0123/2024", (123, 2024)), ("45/GCN-CĐ", (45, None)), ("2024-0007", (7, 2024)), ("Số: 12/GCN-CĐ-2019", (12, 2019)), ("A 001234", (1234, None)), ("2024", (2024, None)),
    ("0000", (None, None)), ("không số", (None, None)), ("1" * 12, (None, None))])
def test_old_numbers_are_read_for_their_place(text, found):
    assert read_number(text) == found


def test_missing_numbers_are_told_as_runs():
    assert in_words([3, 7, 8, 9, 12]) == "3, 7–9, 12"


# Reading

def test_titles_totals_numbering_and_signatures_are_no_rows(issuer, now):
    job = read(BOOK, now)
    assert said(job) == [(7, "new"), (8, "new"), (9, "new")]
    assert (job.state, job.counts["holes"]) == ("ready", [{"year": 2024, "count": 1, "numbers": "3"}])
    first, second, third = (row.data for row in job.rows.order_by("line"))
    assert (first["name"], first["born_on"], first["register_number"], first["register_entry"], first["number"], first["year"]) == (
        "Nguyễn Thị Mai", "1988-02-05", "001/GCN-CĐ", "0001/2024", 1, 2024)
    assert (second["born_on"], second["state"], third["born_on"], third["state"], third["issued_on"]) == ("1965", "revoked", "1988-02-05", "superseded", "2024-11-20")
    assert not Certificate.objects.exists()


def test_headings_of_two_lines_and_two_columns_of_births(issuer, now):
    upper = ["TT", "Họ đệm", "Tên", "Ngày, tháng, năm sinh", "", "Chức vụ, đơn vị công tác", "Chương trình", "Thời gian đào tạo", "", "Quyết định", "", "Số vào sổ", "Ngày cấp"]
    lower = ["", "", "", "Nam", "Nữ", "", "", "Từ", "Đến", "Số", "Ngày", "", ""]
    row = [1, "Nguyễn Thị", "Mai", "", "05/02/1988", "Chủ tịch CĐCS An Phú", "Đối thoại", "02/11/2024", "20/11/2024", "15/QĐ-CĐ", "18/11/2024", "7", "20/11/2024"]
    nfd = [unicodedata.normalize("NFD", text).upper() for text in upper]
    data = read([nfd, lower, row], now).rows.get().data
    assert [data[name] for name in ("name", "born_on", "gender", "begun_on", "ended_on", "decision_number", "decision_on", "number", "year")] == [
        "Nguyễn Thị Mai", "1988-02-05", "female", "2024-11-02", "2024-11-20", "15/QĐ-CĐ", "2024-11-18", 7, 2024]


@pytest.mark.parametrize(("cells", "words"), [
    ({"Ngày cấp": ""}, "day of issue is missing"), ({"Ngày cấp": "32/11/2024"}, "was not understood"), ({"Ngày cấp": "20/11/2030"}, "cannot be"),
    ({"Ngày sinh": "tháng hai"}, "date of birth"), ({"Số hiệu": "", "Số vào sổ gốc": ""}, "number is missing"), ({"Số hiệu": "không số", "Số vào sổ gốc": ""}, "was not understood"),
    ({"Họ và tên": ""}, "name is missing"), ({"Lớp bồi dưỡng": ""}, "programme is missing"), ({"Tình trạng": "Tạm giữ"}, "Tạm giữ"), ({"Số hiệu": "1" * 41}, "too long"),
    ({"Đơn vị": "C«ng ®oµn c¬ së C«ng ty TNHH mét thµnh viªn"}, "TCVN3"), ({"Đơn vị": "Coâng ñoaøn cô sôû Coâng ty moät thaønh vieân"}, "VNI")])
def test_what_is_not_understood_is_refused_with_a_reason(issuer, now, cells, words):
    with translation.override("en"):
        row = read(with_row(**cells), now).rows.get()
    assert (row.state, row.line) == ("refused", 2)
    assert words in row.reason


def test_a_number_twice_in_the_file_names_the_row_that_holds_it(issuer, now):
    twin = ["", "Lê Văn B", "1970", "X", "Đối thoại", "009/GCN-CĐ", "1/2024", "20/11/2024", ""]
    same_paper = ["", "Lê Văn C", "1970", "X", "Đối thoại", "001/GCN-CĐ", "2/2024", "20/11/2024", ""]
    job = read(with_row(below=[twin, same_paper]), now)
    assert said(job) == [(2, "new"), (3, "refused"), (4, "refused")]
    assert all("2" in row.reason for row in job.rows.filter(state="refused"))


def test_a_number_stays_that_of_a_row_that_has_still_to_be_mended(issuer, now):
    second = ["2", "Trần Văn Bình", "1965", "CĐCS An Phú", "Kỹ năng đối thoại", "001/GCN-CĐ", "0001/2024", "20/11/2024", ""]
    job = read(with_row(**{"Ngày sinh": "31/02/1979"}, below=[second]), now)
    assert [(state, "2" in reason) for state, reason in job.rows.order_by("line").values_list("state", "reason")][1] == ("refused", True)
    assert said(job) == [(2, "refused"), (3, "refused")]


def test_as_above_is_what_the_row_above_says(issuer, now):
    below = [
        ["2", "Trần Văn Bình", "1965", "nt", "-nt-", "002/GCN-CĐ", "0002/2024", '"', ""],
        ["3", "Lê Thị Hòa", "1970", "như trên", "〃", "003/GCN-CĐ", "0003/2024", "NT", ""]]
    job = read(with_row(below=below), now)
    assert said(job) == [(2, "new"), (3, "new"), (4, "new")]
    told = [[row.data[name] for name in ("unit", "course", "issued_on")] for row in job.rows.order_by("line")]
    assert told == [["CĐCS An Phú", "Kỹ năng đối thoại", "2024-11-20"]] * 3
    assert said(read(with_row(**{"Đơn vị": "nt"}), now)) == [(2, "refused")]


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04 broken"])
def test_a_file_that_is_no_workbook_is_refused(issuer, now, content):
    try:
        job = read(io.BytesIO(content), now)
    except receiving.RegisterError as error:
        assert error.code == "empty"
    else:
        assert (job.state, bool(job.error), bool(job.file)) == ("failed", True, False)


def test_a_sheet_without_headings_fails_in_words(issuer, now):
    job = read([["Danh sách"], ["Nguyễn Văn A", "1/2024"]], now)
    assert (job.state, "Họ và tên" in job.error) == ("failed", True)


def test_columns_may_be_said_by_hand(issuer, now):
    job = read(with_row(head=["STT", "Họ và tên", "Ngày sinh", "Đơn vị", "Số hiệu", "Số vào sổ gốc", "Ngày cấp"]), now)
    assert said(job) == [(2, "refused")]
    with pytest.raises(receiving.RegisterError):
        receiving.choose_columns(job=job, columns={"name": 1})
    assert receiving.choose_columns(job=job, columns={"name": 1, "register_number": 4, "issued_on": 6}, programme="Kỹ năng đối thoại")
    job = reading.read_register(job=job, clock=lambda: now)
    row = job.rows.get()
    assert (row.state, row.data["course"], row.data["number"]) == ("new", "Kỹ năng đối thoại", 1)


# Bringing in

def test_brought_in_is_found_and_verified_like_all_others_and_the_series_goes_on(issuer, learner, administrator, now, client):
    brought(BOOK, now, administrator)
    mai, binh, hoa = Certificate.objects.order_by("number")
    assert (mai.register_number, mai.snapshot["register_entry"], mai.number, mai.pdf.name, mai.user, mai.course) == ("001/GCN-CĐ", "0001/2024", 1, "", None, None)
    assert [row.state for row in (mai, binh, hoa)] == [State.VALID, State.REVOKED, State.SUPERSEDED]
    assert [entry.kind for entry in binh.entries.order_by("pk")] == [Entry.IMPORTED, Entry.REVOKED]
    assert mai.entries.get().by == administrator
    assert Series.objects.get(year=2024).taken == 4
    assert selectors.verification_of(mai.code, TODAY).state == State.VALID
    assert client.get(reverse("certificates:show-verification", args=[mai.code])).status_code == 200
    course = courses.course()
    done = factory.completion(learner, course, now=datetime(2024, 12, 1, tzinfo=UTC))
    next_one = services.issue_certificate(user=learner, course=course, completion=done, now=datetime(2024, 12, 1, tzinfo=UTC))
    assert next_one.number == 5


def test_the_same_book_again_changes_nothing(issuer, now):
    brought(BOOK, now)
    job = read(BOOK, now)
    assert [state for _line, state in said(job)] == ["same"] * 3
    before = list(Certificate.objects.values_list("pk", "code"))
    bringing.bring_register_in(job=job, by=None, now=now, clock=lambda: now)
    assert list(Certificate.objects.values_list("pk", "code")) == before


def test_a_number_that_somebody_else_has_is_refused_with_the_holder(issuer, now):
    brought(with_row(), now)
    row = read(with_row(**{"Họ và tên": "Người Khác"}), now).rows.get()
    assert (row.state, "Nguyễn Thị Mai" in row.reason) == (ImportRowState.REFUSED, True)


def test_a_number_taken_since_it_was_read_stops_everything(issuer, now):
    job = read(BOOK, now)
    brought(with_row(**{"Họ và tên": "Người Khác"}), now)
    with pytest.raises(receiving.Overtaken):
        bringing.bring_register_in(job=job, by=None, now=now, clock=lambda: now)
    assert (Certificate.objects.count(), RegisterImport.objects.get(pk=job.pk).state) == (1, "waiting")
    job = reading.read_register(job=RegisterImport.objects.get(pk=job.pk), clock=lambda: now)
    assert sorted(state for _line, state in said(job)) == ["new", "new", "refused"]


def test_people_units_and_courses_are_matched_only_where_certain(issuer, now):
    unit, course = unions.unit("CĐCS An Phú", "AP"), courses.course("Kỹ năng đối thoại", "doi-thoai")
    sure = people.person("Nguyễn Thị Mai", "mai@example.org", date_of_birth=date(1988, 2, 5))
    unions.post(sure, unit)
    people.person("Trần Văn Bình", "binh@example.org", date_of_birth=date(1965, 1, 1))
    by_phone = people.person("Lê Thị Hòa", "hoa@example.org", phone="+84912345678")
    head = [*HEAD, "Số điện thoại"]
    rows = [head, *([*row, phone] for row, phone in zip(BOOK[6:9], ["", "0912345678", "912345678"], strict=True))]
    brought(rows, now)
    mai, binh, hoa = Certificate.objects.order_by("number")
    assert (mai.user, mai.unit, mai.course, mai.cycle) == (sure, unit, course, 0)
    # The telephone is another's, and the year of birth alone tells nobody.
    assert (binh.user, hoa.user, hoa.unit) == (None, by_phone, None)


def test_two_valid_papers_of_one_person_and_course_are_both_kept(issuer, now):
    courses.course("Kỹ năng đối thoại", "doi-thoai")
    sure = people.person("Nguyễn Thị Mai", "mai@example.org")
    head = [*HEAD, "Email"]
    again = dict(zip(HEAD, BOOK[6], strict=True)) | {"Số hiệu": "9/GCN-CĐ", "Số vào sổ gốc": "0009/2025", "Ngày cấp": "20/11/2025"}
    brought([head, [*BOOK[6], "mai@example.org"], [*again.values(), "MAI@example.org"]], now)
    assert list(sure.certificates.order_by("pk").values_list("course__slug", "state")) == [("doi-thoai", "valid"), (None, "valid")]


def test_an_export_can_be_brought_in_again_and_is_known(issuer, administrator, now):
    brought(BOOK, now)
    from certificates.models import Printout
    out = io.BytesIO()
    register_exports.write_register_sheet(Printout.objects.create(kind="reg-xlsx", by=administrator, made_at=now), out, lambda done, total: None)
    out.seek(0)
    assert [state for _line, state in said(read(out, now))] == ["same"] * 3


def test_bringing_in_costs_few_queries_however_many_rows(issuer, now, django_assert_max_num_queries):
    rows = [HEAD, *([n, f"Người Số {n}", "1980", "X", "Đối thoại", f"{n}/GCN", f"{n}/2024", "20/11/2024", ""] for n in range(1, 121))]
    with django_assert_max_num_queries(20):
        job = read(rows, now)
    with django_assert_max_num_queries(30):
        bringing.bring_register_in(job=job, by=None, now=now, clock=lambda: now)
    assert Certificate.objects.count() == 120


def test_what_is_merged_over_rows_or_repeated_is_said_by_each(issuer, now):
    head = [*HEAD, "Có giá trị đến"]
    rows = [head, [*BOOK[6], "20/11/2027"], [*BOOK[7], "nt"], [*BOOK[8], "nt"]]
    rows[2][4] = rows[3][4] = rows[3][7] = ""
    file = workbook(rows)
    with Workbook(merged := io.BytesIO()) as book:
        page = book.add_worksheet("Sổ gốc")
        for line, row in enumerate(rows):
            page.write_row(line, 0, row)
        page.merge_range(1, 4, 3, 4, "Kỹ năng đối thoại")
        page.merge_range(2, 7, 3, 7, "21/11/2024")
        page.merge_range(4, 1, 4, 4, "Tổng cộng: 3")
    assert [row.state for row in read(file, now).rows.order_by("line")] == ["new", "refused", "refused"]
    merged.seek(0)
    data = [row.data for row in read(merged, now).rows.order_by("line")]
    assert [(one["course"], one["issued_on"], one["valid_until"]) for one in data] == [
        ("Kỹ năng đối thoại", day, "2027-11-21") for day in ("2024-11-20", "2024-11-21", "2024-11-21")]


def test_a_list_between_semicolons_is_read_in_the_old_windows_encoding(issuer, now):
    line = "1;Nguyễn Thị Thương;05/02/1988;CĐCS An Phú;Kỹ năng đối thoại;9/GCN-CĐ;0009/2018;20/11/2018;"
    text = "\r\n".join([";".join(HEAD), line])
    old = b"".join(as_windows_1258(letter) for letter in text)
    assert read(io.BytesIO(old), now).rows.get().data["name"] == "Nguyễn Thị Thương"


def as_windows_1258(letter: str) -> bytes:
    """Windows-1258 has letters with their hooks, and tones as signs behind them."""
    try:
        return letter.encode("cp1258")
    except UnicodeEncodeError:
        base, *marks = unicodedata.normalize("NFD", letter)
        tone = next(mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323")
        return (unicodedata.normalize("NFC", base + "".join(mark for mark in marks if mark != tone)) + tone).encode("cp1258")


def test_old_workbooks_are_told_apart(issuer, now):
    job = read(io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), now)
    assert (job.state, "(.xls)" in job.error) == ("failed", True)


# Doors

def test_a_file_without_a_column_for_the_name_says_so_where_it_can_be_chosen(issuer, keeper, as_user, tmp_path, now):  # noqa: F811
    rows = with_row(head=[heading.replace("Họ và tên", "Nhân sự") for heading in HEAD], **{"Nhân sự": "Nguyễn Thị Mai"})
    with translation.override("en"):
        job = read(rows, now)
    page = as_user(keeper, headers={"accept-language": "en"}).get(reverse("books:show-import", args=[job.uuid])).content.decode()
    assert "Row 1 holds the headings" in page and "<details open" in page.replace(' class="register__more"', "") and "in the register already" not in page
    path = tmp_path / "so-goc.xlsx"
    path.write_bytes(workbook(rows).getvalue())
    with translation.override("en"), pytest.raises(CommandError, match="Row 1 holds the headings"):
        call_command("import_register", str(path), "--issuer", issuer.unit.code)
    assert receiving.choose_columns(job=job, columns={**job.columns, "name": 1})
    assert reading.read_register(job=job, clock=lambda: now).rows.get().data["name"] == "Nguyễn Thị Mai"


def test_the_page_reads_shows_and_brings_in(issuer, keeper, as_user, now):  # noqa: F811
    client = as_user(keeper)
    upload = SimpleUploadedFile("so-goc.xlsx", workbook(BOOK).getvalue())
    response = client.post(reverse("books:import-register"), {"file": upload, "issuer": str(issuer.unit.uuid), "paper": "GCN"})
    job = RegisterImport.objects.get()
    assert (response.status_code, response.url) == (303, reverse("books:show-import", args=[job.uuid]))
    reading.read_register(job=job, clock=lambda: now)
    page = client.get(response.url).content.decode()
    assert all(words in page for words in ("Nguyễn Thị Mai", "001/GCN-CĐ", "Kỹ năng đối thoại"))
    client.post(reverse("books:bring-in", args=[job.uuid]))
    job.refresh_from_db()
    if job.state != "done":
        bringing.bring_register_in(job=RegisterImport.objects.get(), by=keeper, now=now, clock=lambda: now)
    assert Certificate.objects.count() == 3
    assert client.get(response.url).status_code == 200
    assert client.post(reverse("books:bring-in", args=[job.uuid])).status_code == 303
    assert Certificate.objects.count() == 3


def test_only_who_keeps_the_book_brings_in_and_looks(issuer, trainer, outsider, keeper, as_user, now):  # noqa: F811
    job = read(BOOK, now)
    unions.role(trainer, issuer.unit, "viewer")
    unions.role(outsider, unions.unit("Khác", "KH"))
    for name in ("show-import", "bring-in", "choose-columns", "cancel-import"):
        address = reverse(f"books:{name}", args=[job.uuid])
        ask = as_user(trainer).get if name == "show-import" else as_user(trainer).post
        assert ask(address).status_code == 404
    assert as_user(trainer).get(reverse("books:import-register")).status_code == 403
    assert as_user(outsider).get(reverse("books:import-register")).status_code == 403
    assert as_user(keeper).post(reverse("books:cancel-import", args=[job.uuid])).status_code == 303
    assert (RegisterImport.objects.get().state, RegisterImport.objects.get().file.name, job.rows.count()) == ("cancelled", "", 0)


def test_the_template_can_be_brought_in(issuer, keeper, as_user, now):  # noqa: F811
    content = b"".join(as_user(keeper).get(reverse("books:download-template")).streaming_content)
    job = read(io.BytesIO(content), now)
    assert (job.state, "Họ và tên" in job.error) == ("failed", False)


def test_the_command_counts_names_refusals_and_writes_nothing_when_dry(issuer, tmp_path, capsys):
    path = tmp_path / "so-goc.xlsx"
    path.write_bytes(workbook([*BOOK[:9], [4, "Không Số", "1970", "X", "Đối thoại", "", "không", "20/11/2024", ""]]).getvalue())
    with pytest.raises(CommandError, match="1 refused"):
        call_command("import_register", str(path), "--issuer", issuer.unit.code, "--dry-run")
    assert "3 new, 0 there already, 1 refused" in capsys.readouterr().out
    assert not Certificate.objects.exists()
    with pytest.raises(CommandError, match="1 refused"):
        call_command("import_register", str(path), "--issuer", issuer.unit.code)
    told = capsys.readouterr()
    assert ("row 10:" in told.err, "3 brought in" in told.out, Certificate.objects.count()) == (True, True, 3)
    with pytest.raises(CommandError, match="No issuing unit"):
        call_command("import_register", str(path), "--issuer", "khong-co")
