"""Lists that come as something else than a plain workbook, congresses, lists that are written out, and two who work at once."""

import io
import zipfile
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook
from xlsxwriter import Workbook

from accounts.models import LogEntry, User
from tests.factories import accounts as people
from tests.factories import unions as factory
from tests.unions.test_rosters import HB, HEAD, ON, SL, branch, brought, mai, read, said, workbook  # noqa: F401 - fixtures
from unions.models import Post, RosterImport, Unit
from unions.selectors import rosters as selectors
from unions.services import appoint_person
from unions.services.errors import NotYourUnit, Overtaken, RosterRefused
from unions.services.rosters import applying, exporting, reading, receiving
from unions.signals import posts_changed

pytestmark = pytest.mark.same_everywhere

ROW = [1, "Trần Văn Bình", "1990", "Chủ tịch", HB, "0977777777", "", ""]


# Bad input

def csv_of(*rows: list, encoding: str, sign: str = ";") -> io.BytesIO:
    return io.BytesIO("\r\n".join(sign.join(map(str, row)) for row in rows).encode(encoding))


@pytest.mark.parametrize(("encoding", "sign"), [("utf-8-sig", ";"), ("utf-16", "\t"), ("utf-8", ",")])
def test_separated_values_are_read_like_a_sheet(branch, now, encoding, sign):  # noqa: F811
    job = read(csv_of(HEAD, ROW, encoding=encoding, sign=sign), branch, now, name="ds.csv")
    assert (said(job), job.rows.get().data["name"]) == ([(2, "new")], "Trần Văn Bình")


def test_separated_values_in_windows_1258_are_read(branch, now):  # noqa: F811
    import unicodedata
    letters = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}

    def old(text: str) -> str:
        """Vietnamese as this encoding has it: letters with hats, tones behind them."""
        return "".join(
            letter if letter.encode("cp1258", "ignore") else "".join(_apart(letter, letters)) for letter in unicodedata.normalize("NFC", text))

    def _apart(letter: str, tones: set[str]):
        marks = unicodedata.normalize("NFD", letter)
        yield unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in tones))
        yield from (mark for mark in marks if mark in tones)

    content = "\r\n".join(";".join(map(str, row)) for row in (HEAD, ROW, [2, "Lê Thị Hòa", "1991", "Phó Chủ tịch", SL, "", "", ""]))
    job = read(io.BytesIO(old(content).encode("cp1258")), branch, now, name="ds.csv")
    assert [(row.verdict, row.data["name"]) for row in job.rows.order_by("number")] == [("new", "Trần Văn Bình"), ("new", "Lê Thị Hòa")]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for number in range(5):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b"<row>" + b"0" * 60_000_000)
    return out.getvalue()


def test_files_that_cannot_be_read_are_refused_with_what_to_do(branch, now):  # noqa: F811
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    files = {
        "xls": (old + b"Workbook", ".xlsx"), "protected": (old + "EncryptedPackage".encode("utf-16-le"), "mật khẩu|password"), "bomb": (bomb(), "MB"),
        "pdf": (b"%PDF-1.7", "PDF"), "broken": (b"PK\x03\x04 broken", ""), "old font": (
            "Hä vµ tªn;Chøc vô;§¬n vÞ\r\nNguyÔn ThÞ Hång;Chñ tÞch c«ng ®oµn;C«ng ty tr¸ch nhiÖm h÷u h¹n mét thµnh viªn".encode("latin-1"), "TCVN3")}
    for name, (content, words) in files.items():
        job = read(io.BytesIO(content), branch, now, name=f"{name}.xlsx")
        assert (name, job.state, bool(job.file), any(word in job.error for word in words.split("|"))) == (name, "failed", False, True)
    with pytest.raises(RosterRefused):
        read(io.BytesIO(b""), branch, now)


def test_old_fonts_in_a_cell_are_refused_with_a_clear_word(branch, now):  # noqa: F811
    row = read([HEAD, [1, "NguyÔn ThÞ Hång", "1990", "Chñ tÞch c«ng ®oµn", "C«ng ty tr¸ch nhiÖm h÷u h¹n mét thµnh viªn"]], branch, now).rows.get()
    assert (row.verdict, "TCVN3" in row.problems[0]["message"]) == ("refused", True)


def test_formulas_and_links_are_never_evaluated_and_only_what_excel_showed_is_read(branch, now):  # noqa: F811
    out = io.BytesIO()
    with Workbook(out) as book:
        sheet = book.add_worksheet("DS")
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, ROW)
        sheet.write_formula(1, 1, '=HYPERLINK("http://x.invalid","Trần Văn Bình")', None, "Trần Văn Bình")
        sheet.write_formula(1, 4, "='[ngoai.xlsx]S'!A1", None, "HB")
        sheet.write_formula(1, 5, "=1/0", None, "#DIV/0!")
        sheet.write_row(2, 0, [2, "=cmd|'/c calc'!A1", "1990", "Chủ tịch", HB])
    out.seek(0)
    first, second = read(out, branch, now).rows.order_by("number")
    assert first.data["name"] == "Trần Văn Bình"
    assert (first.verdict, first.problems[0]["message"][:20] != "") == ("refused", True)
    assert second.verdict == "refused"


def test_a_sheet_of_two_hundred_columns_is_read_by_its_headings(branch, now):  # noqa: F811
    head = [f"Cột {n}" for n in range(150)] + HEAD[1:] + [f"Thêm {n}" for n in range(50)]
    row = ["x"] * 150 + ROW[1:] + ["y"] * 50
    job = read([head, row], branch, now)
    assert (said(job), job.rows.get().data["phone"]) == ([(2, "new")], "+84977777777")


def test_headings_that_nobody_knows_are_said_by_hand(branch, now):  # noqa: F811
    rows = [["Danh sách"], ["Số", "Đồng chí", "Việc", "Nơi"], [1, "Trần Văn Bình", "Chủ tịch", HB], [2, "Lê Thị Hòa", "", HB]]
    job = read(rows, branch, now)
    assert (job.state, said(job), job.layout["sheets"][0]["row"]) == ("ready", [], None)
    assert receiving.choose_columns(job=job, sheet=1, columns={}, row=2)
    job = reading.read_roster(job=job, clock=lambda: now)
    assert (said(job), job.layout["sheets"][0]["headings"][1]) == ([], [1, "Đồng chí"])
    with pytest.raises(RosterRefused):
        receiving.choose_columns(job=job, sheet=1, columns={"post": 2}, row=2)
    assert receiving.choose_columns(job=job, sheet=1, columns={"name": 1, "post": 2, "unit": 3}, row=2, post_of_none="Tổ trưởng công đoàn")
    job = reading.read_roster(job=job, clock=lambda: now)
    assert said(job) == [(3, "new"), (4, "new")]


def test_days_and_births_that_are_none_are_refused_in_their_field(branch, now):  # noqa: F811
    rows = [[1, "Trần Văn A", "31/02/1990", "Chủ tịch", HB, "", "", ""], [2, "Trần Văn B", "1990", "Chủ tịch", HB, "", "", "hôm qua"],
            [3, "Trần Văn C", "1990", "", HB, "", "", ""], [4, "", "1990", "Chủ tịch", HB, "0911111111", "", ""], [5, "Trần Văn D", "1990", "Tổ trưởng", HB, "12", "", ""]]
    found = read([HEAD, *rows], branch, now).rows.order_by("number")
    assert [(row.verdict, row.problems[0]["field"]) for row in found] == [
        ("refused", "born_on"), ("refused", "begun_on"), ("refused", "post"), ("refused", "name"), ("new", "phone")]


# Congress

def congress(rows: list[list], unit: Unit, now) -> RosterImport:
    return read([HEAD, *rows], unit, now, mode="congress", on=date(2026, 10, 15), decision_number="45/QĐ-CĐ", term="2026-2031")


def test_a_congress_ends_former_terms_and_begins_new_ones_in_one_go(branch, mai, now):  # noqa: F811
    factory.post(old := people.person("Phạm Văn Cũ", "cu@example.org"), Unit.objects.get(code="HB"), factory.post_kind("Phó Chủ tịch", "vice"))
    factory.post(other := people.person("Đỗ Văn Khác", "khac@example.org"), Unit.objects.get(code="SL"))
    rows = [[1, "Nguyễn Thị Mai", "1988", "Chủ tịch", HB], [2, "Trần Văn Bình", "1990", "Phó Chủ tịch", HB]]
    job = congress(rows, branch, now)
    assert (said(job), job.counts["absent"]) == ([(2, "changed"), (3, "new")], 1)
    assert [post.user for post in selectors.absent_page(job, None)] == [old]
    applying.apply_roster(job=job, by=None, now=now, clock=lambda: now)
    day = date(2026, 10, 15)
    assert list(mai.posts.order_by("valid_from").values_list("valid_from", "valid_until", "term", "manner", "decision_number")) == [
        (date(2025, 7, 1), day, "", "", ""), (day, None, "2026–2031", "elected", "45/QĐ-CĐ")]
    assert old.posts.get().valid_until == day
    assert other.posts.get().valid_until is None
    assert {verdict for _row, verdict in said(congress(rows, branch, now))} == {"same"}


def test_a_congress_waits_until_every_row_is_clear(branch, mai, now):  # noqa: F811
    job = congress([[1, "Nguyễn Thị Mai", "1989", "Chủ tịch", HB]], branch, now)
    with pytest.raises(RosterRefused):
        receiving.ask_to_bring_in(job=job)


# Writing

def test_what_changed_meanwhile_stops_everything(branch, mai, now):  # noqa: F811
    job = read([HEAD, [1, "Nguyễn Thị Mai", "1988", "Phó Chủ tịch", HB, "0987654321"], [2, "Trần Văn Bình", "1990", "Chủ tịch", HB]], branch, now)
    User.objects.filter(pk=mai.pk).update(phone="+84966666666")
    with pytest.raises(Overtaken):
        applying.apply_roster(job=job, by=None, now=now, clock=lambda: now)
    job.refresh_from_db()
    assert (job.state, Post.objects.count(), User.objects.count()) == ("waiting", 1, 1)
    job = reading.read_roster(job=job, clock=lambda: now)
    assert (job.state, said(job)) == ("ready", [(2, "changed"), (3, "new")])
    assert applying.apply_roster(job=job, by=None, now=now, clock=lambda: now).state == "done"
    mai.refresh_from_db()
    assert (mai.phone, mai.birth_year, mai.search_key.count("0987654321")) == ("+84987654321", 1988, 1)


def test_of_two_who_bring_the_same_list_in_at_once_the_second_is_told(branch, now, monkeypatch):  # noqa: F811
    first, second = (read([HEAD, ROW], branch, now) for _ in range(2))
    prepare = applying._Applying._prepare

    def prepared_too_early(self, total):
        ready = prepare(self, total)
        if self.job.pk == second.pk:
            applying.apply_roster(job=first, by=None, now=now, clock=lambda: now)
        return ready

    monkeypatch.setattr(applying._Applying, "_prepare", prepared_too_early)
    with pytest.raises(Overtaken):
        applying.apply_roster(job=second, by=None, now=now, clock=lambda: now)
    assert (User.objects.count(), Post.objects.count()) == (1, 1)


def test_floors_above_hear_of_it_after_commit_and_the_log_keeps_old_and_new(branch, mai, now, django_capture_on_commit_callbacks):  # noqa: F811
    heard = []

    def listen(sender, people, **kwargs):
        heard.append(people)

    posts_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            brought([HEAD, [1, "Nguyễn Thị Mai", "1988", "Phó Chủ tịch", HB, "0987654321"], ROW], branch, now)
    finally:
        posts_changed.disconnect(listen)
    assert heard == [set(User.objects.values_list("pk", flat=True))]
    assert LogEntry.objects.get(about=mai, act="changed").changes == {"phone": ["+84912345678", "+84987654321"]}
    assert LogEntry.objects.get(about=mai, act="appointed").subject == f"Phó Chủ tịch, {HB}"


def test_queries_do_not_grow_with_the_rows_of_a_chunk(branch, now, django_assert_max_num_queries):  # noqa: F811
    rows = [HEAD, *([n, f"Trần Văn {chr(64 + n % 26)}{'b' * (n // 26)}", "1990", "Tổ trưởng", HB, f"09{n:08d}", "", ""] for n in range(1, 61))]
    with django_assert_max_num_queries(40):
        job = read(rows, branch, now)
    with django_assert_max_num_queries(50):
        applying.apply_roster(job=job, by=None, now=now, clock=lambda: now)
    assert Post.objects.count() == 60


def test_only_units_that_one_manages_are_written_and_other_offices_people_are_not_offered(branch, mai, now):  # noqa: F811
    clerk = people.outsider()
    factory.role(clerk, Unit.objects.get(code="SL"))
    with pytest.raises(NotYourUnit):
        read([HEAD, ROW], branch, now, by=clerk)
    rows = [HEAD, ROW, [2, "Nguyễn Thị Mai", "05/02/1988", "Chủ tịch", SL, "", "", ""], [3, "Nguyễn Thị Mai", "05/02/1988", "Phó Chủ tịch", SL, "0912345678", "DV99", ""]]
    first, second, third = read(rows, Unit.objects.get(code="SL"), now, by=clerk).rows.order_by("number")
    assert (first.verdict, second.verdict, second.candidates) == ("refused", "new", [])
    # Known by telephone and name: with a post here this office would see her record and could make a slip for her account.
    assert (third.verdict, third.person, third.changes, third.problems[0]["field"]) == ("refused", None, {}, "post")


def test_whoever_left_is_no_longer_changed_or_brought_back_by_a_list_of_a_former_day(branch, mai, now):  # noqa: F811
    own, other, clerk = Unit.objects.get(code="HB"), Unit.objects.get(code="SL"), people.outsider()
    factory.role(clerk, own)
    mai.posts.update(valid_until=date(2026, 8, 1))
    rows = [HEAD, [1, "Nguyễn Thị Mai", "05/02/1988", "Chủ tịch", HB, "0999999999", "", ""], [2, "Nguyễn Thị Mai", "05/02/1988", "Phó Chủ tịch", HB, "0999999999", "", ""]]
    assert [row.verdict for row in read(rows, own, now, by=clerk, on=date(2026, 7, 16)).rows.order_by("number")] == ["same", "changed"]
    factory.post(mai, other, valid_from=date(2026, 8, 1))
    same, back = read(rows, own, now, by=clerk, on=date(2026, 7, 15)).rows.order_by("number")
    assert (same.verdict, same.changes, back.verdict, back.changes) == ("same", {}, "refused", {})


# Export, command

def test_an_export_is_the_same_when_it_is_brought_in_again(branch, mai, administrator, now):  # noqa: F811
    people.person("=HYPERLINK(1)", "la@example.org")
    factory.post(people.person("Lê Thị Hòa", "hoa@example.org", birth_year=1970, gender="female"), Unit.objects.get(code="SL"), factory.post_kind("Phó Chủ tịch", "vice"),
                 full_time=True, manner="elected", decision_number="=1+1")
    appoint_person(user=mai, unit=branch, kind=factory.post_kind("Ủy viên Ban Chấp hành", "member"), valid_from=ON, valid_until=date(2031, 1, 1), term="2026–2031")
    factory.post(people.person("Trần Không Sinh", None), branch, factory.post_kind("Tổ trưởng công đoàn", "leader"))
    out = exporting.export_roster(unit=branch, by=administrator, now=now)
    content = io.BytesIO(out.read())
    job = read(content, branch, now, on=date(2026, 11, 20))
    assert [(verdict, row.changes) for row in job.rows.all() for verdict in [row.verdict]] == [("same", {})] * 4
    assert LogEntry.objects.filter(act="exported", by=administrator).count() == 3
    content.seek(0)
    cells = [cell for line in load_workbook(content).active.iter_rows() for cell in line if cell.value == "=1+1"]
    assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True)]


def test_the_template_can_be_brought_in(branch, now):  # noqa: F811
    job = read(exporting.template(), branch, now)
    assert (job.state, job.error, set(job.layout["sheets"][0]["columns"]) >= {"name", "born_male", "born_female", "unit_code", "member_code"}) == ("ready", "", True)


def test_the_command_counts_names_refusals_and_writes_nothing_when_dry(branch, tmp_path, capsys):  # noqa: F811
    path = tmp_path / "ds.xlsx"
    path.write_bytes(workbook([HEAD, ROW, [2, "Lê Thị Hòa", "1990", "Trưởng phòng", HB]]).getvalue())
    with pytest.raises(CommandError, match="1 rows"):
        call_command("import_roster", str(path), "--dry-run")
    told = capsys.readouterr()
    assert ("1 new, 0 changed, 0 unchanged, 0 to be decided, 1 refused" in told.out, "row 3" in told.err, User.objects.count()) == (True, True, 0)
    with pytest.raises(CommandError, match="1 rows"):
        call_command("import_roster", str(path), "--unit", "TL")
    assert (User.objects.count(), Post.objects.get().unit.code) == (1, "HB")
    with pytest.raises(CommandError, match="No unit"):
        call_command("import_roster", str(path), "--unit", "khong-co")
