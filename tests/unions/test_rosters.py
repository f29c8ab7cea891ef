"""Lists of cadres: the habits of offices' Excel, whom a row means, what is written, and what a second time changes."""

import io
import unicodedata
from datetime import date

import pytest
from xlsxwriter import Workbook

from accounts.models import LogEntry, User
from tests.factories import accounts as people
from tests.factories import unions as factory
from unions.models import Post, PostKind, RosterImport, Unit
from unions.services.errors import RosterRefused
from unions.services.rosters import applying, deciding, reading, receiving
from unions.services.rosters.kinds import Kinds, UnknownPost
from unions.services.rosters.places import Places

pytestmark = pytest.mark.same_everywhere

ON = date(2026, 7, 1)
HEAD = ["STT", "Họ và tên", "Ngày sinh", "Chức vụ", "Đơn vị", "Số điện thoại", "Mã đoàn viên", "Từ ngày"]
KINDS = [("chair", "Chủ tịch"), ("vice", "Phó Chủ tịch"), ("member", "Ủy viên Ban Chấp hành"), ("leader", "Tổ trưởng công đoàn"), ("women", "Trưởng ban Nữ công")]


def workbook(*sheets: list[list], names: list[str] | None = None) -> io.BytesIO:
    out = io.BytesIO()
    with Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for place, rows in enumerate(sheets):
            page = book.add_worksheet(names[place] if names else f"Trang {place + 1}")
            for line, row in enumerate(rows):
                page.write_row(line, 0, row)
    out.seek(0)
    return out


@pytest.fixture
def branch(db) -> Unit:
    """A ward with two grassroots unions, and the usual kinds of post."""
    for rank, (slug, name) in enumerate(KINDS):
        factory.post_kind(name, slug, rank)
    ward = factory.unit("Công đoàn phường Tân Lập", "TL")
    factory.unit("CĐCS Công ty TNHH May Hòa Bình", "HB", ward)
    factory.unit("CĐCS Công ty CP Dệt Sông Lam", "SL", ward)
    return ward


def read(file, unit: Unit, now, by=None, name: str = "ds.xlsx", **fields) -> RosterImport:
    file = workbook(file) if isinstance(file, list) else file
    job = receiving.receive_roster(file=file, name=name, unit=unit, on=fields.pop("on", ON), by=by, now=now, **fields)
    return reading.read_roster(job=job, clock=lambda: now)


def brought(file, unit: Unit, now, by=None, **fields) -> RosterImport:
    return applying.apply_roster(job=read(file, unit, now, by, **fields), by=by, now=now, clock=lambda: now)


def said(job: RosterImport) -> list[tuple]:
    return list(job.rows.order_by("sheet", "number").values_list("number", "verdict"))


def test_an_office_list_is_read_written_and_the_same_the_second_time(branch, now):
    rows = [
        ["LIÊN ĐOÀN LAO ĐỘNG TỈNH TÂN HÒA"], ["DANH SÁCH CÁN BỘ CÔNG ĐOÀN"], [], HEAD, [f"({n})" for n in range(1, 9)],
        ["I. CĐCS Công ty TNHH May Hòa Bình"],
        [1, "Đ/c Nguyễn Thị Mai", "5/2/1988", "CT", "", "912345678", "", "01/07/2025"],
        [2, "TRẦN VĂN BÌNH", 1965, "UV BCH kiêm Tổ trưởng", "", "+84 912.345.679", "", ""],
        ["II. Công đoàn cơ sở Công ty cổ phần Dệt Sông Lam"],
        [1, unicodedata.normalize("NFD", "Lê Thị Hòa"), 32178, "Phó chủ tịch", "", "0912345678", "", ""],
        ["Tổng cộng: 3 người"], ["", "", "", "", "Tân Lập, ngày 20 tháng 11 năm 2026"], ["", "NGƯỜI LẬP BIỂU", "", "", "", "CHỦ TỊCH"], ["", "Phạm Văn Ký"],
    ]
    job = brought(rows, branch, now)
    assert (job.state, said(job), job.error) == ("done", [(7, "new"), (8, "new"), (10, "new")], "")
    mai, binh, hoa = User.objects.order_by("pk")
    assert (mai.full_name, mai.date_of_birth, mai.birth_year, mai.phone, mai.has_usable_password()) == ("Nguyễn Thị Mai", date(1988, 2, 5), 1988, "+84912345678", False)
    assert (binh.full_name, binh.date_of_birth, binh.birth_year, binh.phone) == ("Trần Văn Bình", None, 1965, "+84912345679")
    assert (hoa.full_name, hoa.date_of_birth, hoa.phone) == ("Lê Thị Hòa", date(1988, 2, 5), None)
    assert sorted(Post.objects.values_list("user__full_name", "unit__code", "kind__slug", "valid_from")) == sorted([
        ("Nguyễn Thị Mai", "HB", "chair", date(2025, 7, 1)), ("Trần Văn Bình", "HB", "member", ON), ("Trần Văn Bình", "HB", "leader", ON),
        ("Lê Thị Hòa", "SL", "vice", ON)])
    assert LogEntry.objects.filter(act="made").count() == 3
    assert not job.file
    again = read(rows, branch, now)
    assert [verdict for _row, verdict in said(again)] == ["same"] * 3
    before = list(Post.objects.values())
    applying.apply_roster(job=again, by=None, now=now, clock=lambda: now)
    assert list(Post.objects.values()) == before


# Whom a row means

def one(branch, now, *rows: list, head: list[str] = HEAD, **fields) -> RosterImport:
    return read([head, *rows], branch, now, **fields)


HB, SL = "CĐCS Công ty TNHH May Hòa Bình", "CĐCS Công ty CP Dệt Sông Lam"


@pytest.fixture
def mai(branch) -> User:
    person = people.person("Nguyễn Thị Mai", "mai@example.org", phone="+84912345678", date_of_birth=date(1988, 2, 5), member_code="DV01")
    factory.post(person, Unit.objects.get(code="HB"), factory.post_kind())
    return person


MEANT = [
    (["Nguyễn Thị Mai", "05/02/1988", "Chủ tịch", HB, "0912345678"], "same", []),
    (["Nguyễn Thị Mai", "1988", "Chủ tịch", HB, ""], "same", []),
    (["Nguyễn Thị Mai", "", "Chủ tịch", HB, ""], "same", []),
    (["nguyen thi mai", "1988", "Chủ tịch", HB, ""], "same", []),
    (["Nguyễn Thị Mài", "1988", "Chủ tịch", HB, "912345678"], "changed", ["full_name"]),
    (["Nguyễn Thị Mai", "05/02/1988", "Chủ tịch", HB, "0987654321"], "changed", ["phone"]),
    (["Nguyễn Thị Mai", "06/02/1988", "Chủ tịch", HB, "0912345678"], "changed", ["date_of_birth"]),
    (["Nguyễn Thị Mai", "05/02/1988", "Phó Chủ tịch", HB, ""], "changed", ["post"]),
    (["Nguyễn Thị Mai", "", "Phó Chủ tịch", SL, "0912345678"], "changed", ["post"]),
    (["Nguyễn Thị Mai", "1989", "Chủ tịch", HB, "0912345678"], "ask", []),
    (["Nguyễn Thị Mai", "1989", "Chủ tịch", HB, ""], "ask", []),
    (["Nguyễn Thị Mai", "", "Phó Chủ tịch", HB, ""], "ask", []),
    (["Nguyễn Thị Mai", "05/02/1988", "Chủ tịch", SL, ""], "ask", []),
    (["Nguyễn Thị Mai", "06/02/1988", "Chủ tịch", SL, ""], "new", ["post"]),
    (["Nguyễn Thị Mai", "", "Chủ tịch", SL, ""], "new", ["post"]),
    (["Trần Văn Bình", "1990", "Chủ tịch", HB, "0912345678"], "new", ["post"]),
]


def test_who_is_certain_is_matched_and_who_is_probable_is_asked(branch, mai, now):
    rows = [one(branch, now, [1, *cells]).rows.get() for cells, _verdict, _changes in MEANT]
    assert [(row.verdict, sorted({name.split(":")[0] for name in row.changes})) for row in rows] == [(verdict, changes) for _cells, verdict, changes in MEANT]
    assert [row.candidates for row in rows] == [[mai.pk] if verdict == "ask" else [] for _cells, verdict, _changes in MEANT]
    assert [row.person == mai for row in rows] == [verdict in ("same", "changed") for _cells, verdict, _changes in MEANT]


def test_a_telephone_of_two_names_stays_with_the_first(branch, mai, now):
    job = brought([HEAD, [1, "Trần Văn Bình", "1990", "Chủ tịch", HB, "0912 345 678"], [2, "Lê Thị Hòa", "1991", "Phó Chủ tịch", HB, "0977777777"],
                         [3, "Phạm Văn Sơn", "1992", "Tổ trưởng", HB, "0977777777"]], branch, now)
    assert dict(User.objects.values_list("full_name", "phone")) == {
        "Nguyễn Thị Mai": "+84912345678", "Trần Văn Bình": None, "Lê Thị Hòa": "+84977777777", "Phạm Văn Sơn": None}
    assert [bool(row.problems) for row in job.rows.order_by("number")] == [True, False, True]


def test_a_person_in_two_files_with_two_years_of_birth_is_asked_about(branch, now):
    brought([HEAD, [1, "Trần Văn Bình", "1990", "Chủ tịch", HB, "0977777777"]], branch, now)
    row = one(branch, now, [1, "Trần Văn Bình", "1991", "Chủ tịch", HB, "0977777777"]).rows.get()
    assert (row.verdict, row.candidates) == ("ask", [User.objects.get().pk])
    assert "1990" in row.problems[0]["message"]
    assert "1991" in row.problems[0]["message"]


def test_two_births_of_one_person_in_one_file_are_refused_with_the_row(branch, now):
    job = one(branch, now, [1, "Trần Văn Bình", "1990", "Chủ tịch", HB, "0977777777"], [2, "Trần Văn Bình", "1991", "Tổ trưởng", HB, "0977777777"])
    assert said(job) == [(2, "new"), (3, "refused")]
    assert "2" in job.rows.get(number=3).problems[0]["message"]


def test_one_person_in_two_rows_is_one_account_with_two_posts(branch, now):
    rows = [HEAD, [1, "Trần Văn Bình", "1990", "Chủ tịch", HB, "0977777777"], [2, "Trần Văn Bình", "1990", "Tổ trưởng", HB, ""],
            [3, "Trần Văn Bình", "", "UV BCH", SL, "84977777777"]]
    brought(rows, branch, now)
    assert User.objects.count() == 1
    assert sorted(Post.objects.values_list("unit__code", "kind__slug")) == [("HB", "chair"), ("HB", "leader"), ("SL", "member")]
    assert {verdict for _row, verdict in said(read(rows, branch, now))} == {"same"}


def test_two_rows_of_one_name_and_nothing_else_are_one_person_and_say_so(branch, now):
    job = one(branch, now, [1, "Trần Thị Lan", "", "Chủ tịch", HB, ""], [2, "Trần Thị Lan", "", "Tổ trưởng", HB, ""], [3, "Trần Thị Lan", "1990", "Tổ trưởng", HB, ""])
    assert [(bool(row.data.get("as_row")), [problem["field"] for problem in row.problems]) for row in job.rows.order_by("number")] == [
        (False, []), (True, ["name"]), (False, [])]


def test_a_shared_member_code_is_refused(branch, mai, now):
    row = one(branch, now, [1, "Trần Văn Bình", "1990", "Chủ tịch", HB, "", "dv01"]).rows.get()
    assert (row.verdict, row.problems[0]["field"]) == ("refused", "member_code")


def test_what_is_decided_is_written_and_certain_the_next_time(branch, mai, now):
    rows = [HEAD, [1, "Nguyễn Thị Mai", "05/02/1988", "Chủ tịch", SL, ""], [2, "Nguyễn Thị Mai", "1990", "Tổ trưởng", HB, ""]]
    job = read(rows, branch, now)
    assert [verdict for _row, verdict in said(job)] == ["ask", "ask"]
    first, second = job.rows.order_by("number")
    with pytest.raises(RosterRefused):
        deciding.decide_rows(job=job, choices={first.pk: str(people.outsider().pk)})
    assert deciding.decide_rows(job=job, choices={first.pk: str(mai.pk), second.pk: "new"}) == 2
    assert (said(job), job.counts["ask"], job.counts["changed"], job.counts["new"]) == ([(2, "changed"), (3, "new")], 0, 1, 1)
    deciding.decide_rows(job=job, choices={second.pk: ""})
    assert (said(job), job.rows.get(number=3).candidates) == ([(2, "changed"), (3, "ask")], [mai.pk])
    deciding.decide_rows(job=job, choices={second.pk: "new"})
    applying.apply_roster(job=job, by=None, now=now, clock=lambda: now)
    assert User.objects.filter(full_name="Nguyễn Thị Mai").count() == 2
    assert sorted(mai.posts.values_list("unit__code", flat=True)) == ["HB", "SL"]
    assert {verdict for _row, verdict in said(read(rows, branch, now))} == {"same"}


def test_open_rows_are_decided_at_once_and_stay_so_when_the_file_is_read_again(branch, mai, now):
    rows = [HEAD, [1, "Nguyễn Thị Mai", "05/02/1988", "Chủ tịch", SL, ""], [2, "Nguyễn Thị Mai", "1990", "Tổ trưởng", HB, ""]]
    for choice, verdicts in (("only", ["changed", "changed"]), ("new", ["new", "new"])):
        job = read(rows, branch, now)
        assert deciding.decide_all(job=job, choice=choice)
        job = reading.read_roster(job=RosterImport.objects.get(pk=job.pk), clock=lambda: now)
        assert [verdict for _row, verdict in said(job)] == verdicts


def test_whoever_holds_a_role_is_not_changed_by_a_list(branch, mai, now):
    factory.role(mai, branch)
    row = one(branch, now, [1, "Nguyễn Thị Mai", "05/02/1988", "Phó Chủ tịch", HB, "0987654321", "DV01"]).rows.get()
    assert (row.verdict, [name for name in row.changes if not name.startswith("post")]) == ("changed", [])
    assert row.problems


# Units, posts, days

def test_units_are_known_by_code_and_by_the_usual_ways_of_writing_their_names(branch):
    places, codes = Places(Unit.objects.under(branch), ON), dict(Unit.objects.values_list("pk", "code"))
    said = {
        "HB": "HB", "hb": "HB", "cong doan co so cong ty tnhh may hoa binh": "HB", "CĐCS Cty TNHH May Hoà Bình": "HB", "Công ty TNHH May Hòa Bình": "HB",
        "Công đoàn cơ sở Công ty cổ phần Dệt Sông Lam": "SL", "CĐ phường Tân Lập": "TL", "I. CĐCS Công ty CP Dệt Sông Lam": "SL"}
    assert {name: codes[places.of(name)] for name in said} == said


def test_an_unknown_unit_is_refused_with_the_nearest_names_and_never_made(branch, now):
    job = brought([HEAD, [1, "Trần Văn Bình", "1990", "Chủ tịch", "CĐCS Công ty May Hòa Bình 2"], ["CĐCS Công ty Lạ"], [2, "Lê Thị Hòa", "1990", "Chủ tịch", ""]], branch, now)
    assert said(job) == [(2, "refused"), (4, "refused")]
    assert HB in job.rows.get(number=2).problems[0]["message"]
    assert (Unit.objects.count(), User.objects.count()) == (3, 0)


def test_merged_cells_sheets_and_titles_say_the_unit(branch, now):
    merged = [HEAD, [1, "Trần Văn A", "1990", "Chủ tịch", HB], [2, "Trần Văn B", "1990", "Tổ trưởng"], [3, "Trần Văn C", "1990", "Chủ tịch", SL]]
    sheet = [["DANH SÁCH"], HEAD, [1, "Trần Văn D", "1990", "Tổ trưởng"]]
    titled = [["Đơn vị: CĐCS Cty CP Dệt Sông Lam"], HEAD, [1, "Trần Văn E", "1990", "Tổ trưởng"], ["", "Trần Văn F", "1990", "UV BCH"]]
    job = read(workbook(merged, sheet, titled, names=["1", "May Hòa Bình", "HB"]), branch, now)
    codes = dict(Unit.objects.values_list("pk", "code"))
    # The third sheet is called by a code: that says more than its title.
    assert [(row.data["name"][-1], codes[row.data["unit"]]) for row in job.rows.order_by("sheet", "number")] == [
        ("A", "HB"), ("B", "HB"), ("C", "SL"), ("D", "TL"), ("E", "HB"), ("F", "HB")]


def test_posts_are_known_by_their_many_spellings(branch):
    by_slug, kinds = {kind.pk: kind.slug for kind in PostKind.objects.all()}, Kinds()
    said = {
        "Chủ tịch CĐCS": ["chair"], "PCT": ["vice"], "P.Chủ tịch": ["vice"], "UV.BCH, Trưởng ban nữ công": ["member", "women"],
        "UVBCH kiêm tổ trưởng": ["member", "leader"], "ỦY VIÊN BAN CHẤP HÀNH; tổ trưởng công đoàn": ["member", "leader"],
        "Chủ tịch công đoàn phường Tân Lập": ["chair"]}
    assert {cell: [by_slug[pk] for pk in kinds.of(cell)] for cell in said} == said
    for cell in ("Chủ tịch công đoàn bộ phận", "Trưởng phòng", "Chủ tịch, Trưởng phòng", ","):
        with pytest.raises(UnknownPost):
            kinds.of(cell)


def test_two_lines_of_headings_split_names_and_two_columns_of_births(branch, now):
    upper = ["TT", "Họ đệm", "Tên", "Ngày, tháng, năm sinh", "", "Chức vụ, đơn vị công tác", "Chuyên trách", "Hình thức", "Nhiệm kỳ", "Thời gian giữ chức vụ", "", "Số QĐ"]
    lower = ["", "", "", "Nam", "Nữ", "", "", "", "", "Từ", "Đến", ""]
    rows = [[1, "Ông Trần Văn", "Bình", "5.2.65", "", f"Chủ tịch {HB}", "x", "Chỉ định", "2025 - 2030", "15-08-25", "31/12/2030", "12/QĐ"],
            [2, "Đ/c Lê Thị", "Hòa", "", "1970", f"PCT {SL}", "", "bầu", "", "", "", ""]]
    job = brought([upper, lower, *rows], branch, now)
    binh, hoa = Post.objects.order_by("pk").select_related("user", "unit", "kind")
    assert (binh.user.full_name, binh.user.gender, binh.user.date_of_birth, binh.unit.code, binh.kind.slug) == ("Trần Văn Bình", "male", date(1965, 2, 5), "HB", "chair")
    assert (binh.full_time, binh.manner, binh.term, binh.valid_from, binh.valid_until, binh.decision_number) == (
        True, "designated", "2025–2030", date(2025, 8, 15), date(2031, 1, 1), "12/QĐ")
    assert (hoa.user.full_name, hoa.user.gender, hoa.user.birth_year, hoa.unit.code, hoa.manner, hoa.valid_from, hoa.full_time) == (
        "Lê Thị Hòa", "female", 1970, "SL", "elected", ON, False)
    assert job.state == "done"


@pytest.mark.parametrize(("begun", "verdict", "spans"), [
    ("01/07/2025", "same", [(date(2025, 7, 1), None)]), ("", "same", [(date(2025, 7, 1), None)]),
    ("01/06/2026", "changed", [(date(2025, 7, 1), date(2026, 6, 1)), (date(2026, 6, 1), None)])])
def test_a_new_term_follows_the_former_one_without_a_gap(branch, mai, now, begun, verdict, spans):
    job = read([HEAD, [1, "Nguyễn Thị Mai", "1988", "Chủ tịch", HB, "", "", begun]], branch, now)
    assert job.rows.get().verdict == verdict
    applying.apply_roster(job=job, by=None, now=now, clock=lambda: now)
    assert list(mai.posts.order_by("valid_from").values_list("valid_from", "valid_until")) == spans
    assert one(branch, now, [1, "Nguyễn Thị Mai", "1988", "Chủ tịch", HB, "", "", begun]).rows.get().verdict == "same"


def test_terms_that_would_overlap_are_refused(branch, mai, now):
    mai.posts.update(valid_until=date(2026, 3, 1))
    factory.post(mai, Unit.objects.get(code="HB"), factory.post_kind(), valid_from=date(2026, 5, 1))
    row = one(branch, now, [1, "Nguyễn Thị Mai", "1988", "Chủ tịch", HB, "0912345678", "", "01/01/2026"]).rows.get()
    assert (row.verdict, row.problems[0]["field"]) == ("refused", "post")


@pytest.mark.parametrize(("begun", "until", "verdicts", "spans"), [
    ("01/01/2026", "", ["new", "refused"], [(date(2025, 8, 1), None)]),
    ("01/01/2026", "31/12/2027", ["new", "refused"], [(date(2025, 8, 1), None)]),
    ("01/07/2025", "31/07/2025", ["new", "new"], [(date(2025, 7, 1), date(2025, 8, 1)), (date(2025, 8, 1), None)])])
def test_two_terms_of_a_new_person_in_one_list_lie_behind_each_other(branch, now, begun, until, verdicts, spans):
    rows = [[*HEAD, "Đến ngày"], [1, "Trần Văn Bình", "1990", "Chủ tịch", HB, "0977777777", "", "01/08/2025"],
            [2, "Trần Văn Bình", "1990", "Chủ tịch", HB, "0977777777", "", begun, until]]
    job = brought(rows, branch, now)
    assert (job.state, [verdict for _row, verdict in said(job)]) == ("done", verdicts)
    assert sorted(Post.objects.values_list("valid_from", "valid_until"), key=lambda span: span[0]) == spans


def test_two_rows_that_end_one_term_on_two_days_are_refused(branch, mai, now):
    rows = [[*HEAD, "Đến ngày"], [1, "Nguyễn Thị Mai", "1988", "Chủ tịch", HB, "", "", "01/07/2025", "31/12/2025"],
            [2, "Nguyễn Thị Mai", "1988", "Chủ tịch", HB, "", "", "01/02/2026", ""]]
    assert [verdict for _row, verdict in said(read(rows, branch, now))] == ["changed", "refused"]


def test_names_merged_over_two_columns_are_whole_and_may_sound_like_units(branch, now):
    head = ["STT", "Họ và tên", "", "Năm sinh", "Chức vụ", "Điện thoại", "Mã đoàn viên"]
    rows = [["DANH SÁCH"], head, [1, HB], ["", "Tổ trưởng công đoàn", ""], [1, "Nguyễn Xuân", unicodedata.normalize("NFD", "Trường"), 1981],
            [2, "Lê Văn", "Phong", 1982, "Chủ tịch", "'0912345678 (Zalo)", "dv 07"], [3, "Trần", "Bé", 1983, "", "không", "chưa có"],
            [4, "Lê", "Hòa", 1984, "", "", "chưa có"], ["", "Cộng", "", 4]]
    job = read(rows, branch, now)
    assert [(row.data["name"], row.verdict, row.data["unit_name"], row.data["phone"], row.data["member_code"]) for row in job.rows.order_by("number")] == [
        ("Nguyễn Xuân Trường", "new", HB, "", ""), ("Lê Văn Phong", "new", HB, "+84912345678", "DV07"), ("Trần Bé", "new", HB, "", ""), ("Lê Hòa", "new", HB, "", "")]
    assert [2, "Họ và tên"] in job.layout["sheets"][0]["headings"]


def test_a_name_and_a_year_without_a_number_are_a_person(branch, now):
    rows = [["Họ và tên", "Sinh năm", "Chức vụ"], [HB, 12], ["Tổ trưởng công đoàn"], ["Nguyễn Xuân Trường", 1981], ["Lê Văn Phong", "12.5.82"], ["Cộng: 2"]]
    job = read(rows, branch, now)
    assert [(row.data["name"], row.verdict, row.data["unit_name"]) for row in job.rows.order_by("number")] == [
        ("Nguyễn Xuân Trường", "new", HB), ("Lê Văn Phong", "new", HB)]


def test_a_note_of_a_whole_cell_holds_nobody_up(branch, now):
    note = "ngày tháng " * 2_900
    rows = [HEAD, [note], [1, "Lê Văn Phong", "1982", "Chủ tịch", HB], ["", note, "", note], [2, "Trần Thị Bé", "1983", "Tổ trưởng", HB]]
    assert said(read(rows, branch, now)) == [(3, "new"), (5, "new")]
