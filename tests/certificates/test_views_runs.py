"""The office's pages of issuing by decision: walked through as an administrator does, and closed to everybody else."""

import re
import zipfile
from io import BytesIO

import openpyxl
import pypdf
import pytest

from certificates import payload
from certificates.enums import PrintoutKind
from certificates.models import Certificate, Issuer, IssueRun, Look, Printout
from certificates.services import printouts, runs
from cms.work import WorkState
from tests.factories import accounts as people
from tests.factories import certificates as factory
from tests.factories import courses, unions
from unions.enums import Role

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
HERE = "/dao-tao/cap-giay/"


@pytest.fixture
def course(db):
    factory.issuer()
    return courses.course(issuing="decision")


def finish(course, count: int, unit=None) -> list:
    done = []
    for number in range(count):
        person = people.person(f"Nguyễn Văn {chr(65 + number % 26)}n", f"p{course.pk}-{number}@example.org")
        if unit:
            unions.post(person, unit)
        done.append(factory.completion(person, course))
    return done


@pytest.fixture
def run(course, administrator, now):
    return runs.make_run(course=course, issuer=Issuer.objects.get(), name="Lớp 1", by=administrator, now=now)


@pytest.fixture
def office(client, administrator):
    client.force_login(administrator)
    return client


@pytest.fixture
def issued(office, course, run):
    """A list of three that is issued, through the pages."""
    finish(course, 3)
    office.post(f"{HERE}{run.uuid}/nguoi/", {"do": "all"})
    office.post(f"{HERE}{run.uuid}/quyet-dinh/", DECISION)
    run.refresh_from_db()
    return run


DECISION = {"decision_number": "15/QĐ-CĐ", "decision_on": "19/11/2026", "order": "name", "notifies": "on", "decide": "1"}


@pytest.fixture(autouse=True)
def today(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def test_walk_from_a_new_list_to_the_papers(office, course):
    done = finish(course, 3)
    assert office.get(HERE).status_code == 200
    page = office.post(f"{HERE}lap/", {"course": course.pk, "issuer": Issuer.objects.get().pk, "name": " Lớp  nghiệp vụ "})
    run = IssueRun.objects.get()
    assert (page.status_code, page["Location"], run.name) == (303, f"{HERE}{run.uuid}/nguoi/", "Lớp nghiệp vụ")
    assert office.get(f"{HERE}{run.uuid}/")["Location"] == page["Location"]
    saved = office.post(page["Location"], {
        "do": "go", "shown": [one.uuid for one in done], "chosen": [done[0].uuid, done[2].uuid]})
    assert saved["Location"] == f"{HERE}{run.uuid}/quyet-dinh/"
    assert office.post(saved["Location"], DECISION)["Location"] == f"{HERE}{run.uuid}/"
    run.refresh_from_db()
    assert (run.state, run.done, Certificate.objects.count()) == (WorkState.DONE, 2, 2)
    body = office.get(f"{HERE}{run.uuid}/").content.decode()
    assert "001/GCN-CĐ" in body and "002/GCN-CĐ" in body
    assert office.get(f"{HERE}{run.uuid}/", HTTP_ACCEPT="application/json").json() == {
        "state": "done", "done": 2, "total": 2, "percent": 100, "settled": True}
    assert office.get(f"{HERE}?trang=1").content.decode().count("15/QĐ-CĐ") == 1


def test_ticks_of_a_page_put_on_and_take_off(office, course, run):
    done = finish(course, 3)
    shown = [one.uuid for one in done]
    here = f"{HERE}{run.uuid}/nguoi/"
    office.post(here, {"do": "save", "shown": shown, "chosen": shown[:2]})
    assert set(run.rows.values_list("completion__uuid", flat=True)) == set(shown[:2])
    office.post(here, {"do": "save", "nhom": "listed", "shown": shown[:2], "chosen": shown[1:2]})
    assert set(run.rows.values_list("completion__uuid", flat=True)) == {shown[1]}
    body = office.get(here).content.decode()
    assert re.findall(rf'value="({shown[0]}|{shown[1]})"( checked)?>', body).count((str(shown[1]), " checked")) == 1
    office.post(here, {"do": "none"})
    assert run.rows.count() == 0
    assert office.post(here, {"do": "save", "shown": ["khong-phai"]}).status_code == 404


def test_all_who_are_found_are_put_on(office, course, run):
    finish(course, 3)
    office.post(f"{HERE}{run.uuid}/nguoi/", {"do": "all", "q": "bn"})
    assert [row.completion.enrolment.user.full_name for row in run.rows.all()] == ["Nguyễn Văn Bn"]


@pytest.mark.parametrize("field, value", [
    ("decision_number", ""), ("decision_number", " – "), ("decision_on", ""), ("decision_on", "31/02/2026"), ("decision_on", "21/11/2026"),
    ("decision_on", "19/11/2016"), ("order", "nothing")])
def test_decision_is_refused_beside_its_field(office, course, run, field, value):
    finish(course, 1)
    office.post(f"{HERE}{run.uuid}/nguoi/", {"do": "all"})
    page = office.post(f"{HERE}{run.uuid}/quyet-dinh/", DECISION | {field: value})
    run.refresh_from_db()
    assert (page.status_code, list(page.context["form"].errors), run.state) == (422, [field], WorkState.READY)


def test_empty_list_cannot_be_decided(office, run):
    assert office.get(f"{HERE}{run.uuid}/quyet-dinh/").status_code == 200
    assert office.post(f"{HERE}{run.uuid}/quyet-dinh/", DECISION).status_code == 422


def test_preview_shows_what_is_typed_and_decides_nothing(office, course, run):
    [done] = finish(course, 1)
    office.post(f"{HERE}{run.uuid}/nguoi/", {"do": "all"})
    page = office.post(f"{HERE}{run.uuid}/quyet-dinh/?nguoi={done.uuid}", DECISION | {"preview": "1"})
    address = re.search(rf'src="({HERE}[^"]+\.png[^"]*)"', page.content.decode())[1].replace("&amp;", "&")
    assert page.status_code == 200 and "so=15%2FQ" in address
    picture = office.get(address)
    assert (picture["Content-Type"], picture.content[:4]) == ("image/png", b"\x89PNG")
    pdf = office.get(address.replace(".png", ".pdf")).content
    assert "Quyết định số 15/QĐ-CĐ" in pypdf.PdfReader(BytesIO(pdf)).pages[0].extract_text()
    run.refresh_from_db()
    assert (run.state, Certificate.objects.count()) == (WorkState.READY, 0)


def test_preview_carries_no_valid_signature(office, course, run, monkeypatch):
    [done] = finish(course, 1)
    office.post(f"{HERE}{run.uuid}/nguoi/", {"do": "all"})
    seen = []
    from certificates import typesetting
    typeset = typesetting.typeset_paper
    monkeypatch.setattr(typesetting, "typeset_paper", lambda snapshot, **how: seen.append(snapshot) or typeset(snapshot, **how))
    office.get(f"{HERE}{run.uuid}/xem-truoc/{done.uuid}.pdf")
    [snapshot] = seen
    with pytest.raises(payload.BadPayload):
        payload.read(snapshot["payload"], code=snapshot["code"], public_key=payload.signing_key().public_key())


def test_second_administrator_is_told_who_decided(office, course, run, client):
    finish(course, 1)
    office.post(f"{HERE}{run.uuid}/nguoi/", {"do": "all"})
    office.post(f"{HERE}{run.uuid}/quyet-dinh/", DECISION)
    page = office.post(f"{HERE}{run.uuid}/quyet-dinh/", DECISION | {"decision_number": "16/QĐ-CĐ"}, follow=True)
    said = [str(message) for message in page.context["messages"]][-1]
    assert "Trần Văn Ân" in said and "15/QĐ-CĐ" in said and "14:03 20/11/2026" in said
    assert Certificate.objects.count() == 1


def test_stopped_list_is_gone_on_with_and_called_off(office, course, run):
    finish(course, 2)
    office.post(f"{HERE}{run.uuid}/nguoi/", {"do": "all"})
    office.post(f"{HERE}{run.uuid}/quyet-dinh/", DECISION)
    IssueRun.objects.update(state=WorkState.FAILED, error="Ổ đĩa đầy")
    assert f"{HERE}{run.uuid}/tiep-tuc/" in office.get(f"{HERE}{run.uuid}/").content.decode()
    office.post(f"{HERE}{run.uuid}/tiep-tuc/")
    run.refresh_from_db()
    assert (run.state, run.error, Certificate.objects.count()) == (WorkState.DONE, "", 2)
    office.post(f"{HERE}{run.uuid}/huy/")
    run.refresh_from_db()
    assert run.state == WorkState.DONE


def test_progress_is_shown_without_script(office, run, now):
    IssueRun.objects.update(state=WorkState.APPLYING, total=10, done=4, decided_at=now, decided_by=run.by, decision_number="1", decision_on=now.date(), alive_at=now)
    body = office.get(f"{HERE}{run.uuid}/").content.decode()
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in body and 'value="40"' in body


# Who gets in

def test_strangers_and_learners_are_kept_out_and_viewers_only_look(client, course, run, learner, trainer, issued):
    client.logout()
    assert client.get(HERE).status_code == 302
    client.force_login(learner)
    assert client.get(HERE).status_code == client.get(f"{HERE}{run.uuid}/").status_code == 403
    unions.role(trainer, Issuer.objects.get().unit, Role.VIEWER)
    client.force_login(trainer)
    assert client.get(f"{HERE}{run.uuid}/").status_code == 200
    assert client.post(f"{HERE}lap/").status_code == 403
    other = runs.make_run(course=course, issuer=run.issuer, name="Lớp 2", by=None, now=run.made_at)
    assert client.get(f"{HERE}{other.uuid}/nguoi/").status_code == 200
    for name in ("nguoi/", "quyet-dinh/", "huy/", "tiep-tuc/"):
        assert client.post(f"{HERE}{other.uuid}/{name}", {"do": "all"}).status_code == 404


def test_administrators_of_other_units_see_neither_list_nor_people(client, run, course, outsider, administrator):
    other = unions.unit("Công đoàn phường Khác", "KH")
    Issuer.objects.create(unit=other, name="Công đoàn phường Khác", place="Khác", signer_name="Lê Văn Khác")
    unions.role(outsider, other)
    finish(course, 1)
    [theirs] = finish(courses.course("Khác", "khac", issuing="decision"), 1, other)
    client.force_login(outsider)
    assert client.get(f"{HERE}{run.uuid}/nguoi/").status_code == 404
    assert str(run.uuid) not in client.get(HERE).content.decode()
    own = runs.make_run(course=course, issuer=other.issuer, name="Lớp", by=outsider, now=run.made_at)
    assert client.get(f"{HERE}{own.uuid}/nguoi/").context["found"].qualify == 0
    own = runs.make_run(course=theirs.enrolment.course, issuer=other.issuer, name="Lớp", by=outsider, now=run.made_at)
    assert client.get(f"{HERE}{own.uuid}/nguoi/").context["found"].qualify == 1
    page = client.post(f"{HERE}lap/", {"course": course.pk, "issuer": run.issuer.pk, "name": "Lớp"})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["issuer"])


@pytest.mark.parametrize("address", ["", "{run}/nguoi/", "{run}/nguoi/?nhom=others", "{run}/nguoi/?nhom=listed", "{done}/"])
def test_pages_cost_as_many_queries_with_30_as_with_1(office, course, run, administrator, now, address, django_assert_max_num_queries):
    def count() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            assert office.get(HERE + address.format(run=run.uuid, done=done.uuid)).status_code == 200
        return len(queries)

    done = runs.make_run(course=course, issuer=run.issuer, name="Đã cấp", by=administrator, now=now)
    finish(course, 1)
    runs.put_all_on(run=done, by=administrator)
    office.post(f"{HERE}{done.uuid}/quyet-dinh/", DECISION)
    finish(courses.course("Một", "mot", issuing="decision"), 1)
    if "others" not in address:
        IssueRun.objects.filter(pk=run.pk).update(course=courses.course("Hai", "hai", issuing="decision"))
        finish(courses.CoursePage.objects.get(slug="hai"), 1)
    run.refresh_from_db()
    if "listed" in address:
        runs.put_all_on(run=run, by=administrator)
    office.get(HERE)
    few = count()
    for number in range(29):
        person = people.person(f"Trần Văn {number}", f"t{number}@example.org")
        completion = factory.completion(person, run.course)
        if "listed" in address:
            runs.change_list(run=run, add=[completion.uuid], by=administrator)
        if address == "":
            runs.make_run(course=course, issuer=run.issuer, name=f"Lớp {number}", by=administrator, now=now)
    assert count() <= few


# Files to print

def written(office, run, kind: str) -> tuple[Printout, bytes]:
    page = office.post(f"{HERE}{run.uuid}/in/", {"kind": kind})
    printout = Printout.objects.latest("pk")
    assert (page.status_code, page["Location"], printout.state, printout.error) == (303, f"{HERE}tep/{printout.uuid}/", WorkState.DONE, "")
    assert office.get(page["Location"]).status_code == 200
    answer = office.get(f"{HERE}tep/{printout.uuid}/tai/")
    assert "attachment" in answer["Content-Disposition"] and "no-store" in answer["Cache-Control"]
    return printout, b"".join(answer.streaming_content)


def test_papers_come_in_one_pdf_in_the_order_of_the_list(office, issued):
    printout, data = written(office, issued, PrintoutKind.PAPERS_PDF)
    pages = [page.extract_text() for page in pypdf.PdfReader(BytesIO(data)).pages]
    assert (printout.done, printout.total, len(pages)) == (3, 3, 3)
    assert [re.search(r"Số: (\d+)/GCN", text)[1] for text in pages] == ["001", "002", "003"]
    assert Look.objects.filter(kind="printed").count() == 3


def test_archive_holds_the_stored_files_named_by_place_number_and_name(office, issued):
    _printout, data = written(office, issued, PrintoutKind.PAPERS_ZIP)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        names = archive.namelist()
        assert names == [f"0000{n}-00{n}-gcn-cd-nguyen-van-{letter}n.pdf" for n, letter in ((1, "a"), (2, "b"), (3, "c"))]
        assert archive.read(names[1]) == Certificate.objects.get(number=2).pdf.open().read()


def test_list_to_sign_has_its_columns_head_and_page_numbers(office, issued):
    _printout, data = written(office, issued, PrintoutKind.LIST_PDF)
    text = pypdf.PdfReader(BytesIO(data)).pages[0].extract_text()
    for words in ("DANH SÁCH NHẬN GIẤY CHỨNG NHẬN", "Họ và tên", "Ký nhận", "Nguyễn Văn Cn", "0003/2026", "Quyết định số 15/QĐ-CĐ", "Trang 1/1"):
        assert words in text


def test_list_in_excel_keeps_text_text(office, issued):
    paper = Certificate.objects.get(number=1)
    Certificate.objects.filter(pk=paper.pk).update(snapshot=paper.snapshot | {"unit": "=1+1"})
    _printout, data = written(office, issued, PrintoutKind.LIST_XLSX)
    sheet = openpyxl.load_workbook(BytesIO(data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    at = next(place for place, row in enumerate(rows) if row[0] == "STT")
    assert rows[at] == ["STT", "Họ và tên", "Ngày sinh", "Đơn vị", "Số hiệu", "Số vào sổ", "Ký nhận", "Ghi chú"]
    assert rows[at + 1][:6] == [1, "Nguyễn Văn An", None, "=1+1", "001/GCN-CĐ", "0001/2026"]
    assert sheet.cell(at + 2, 4).data_type == "s" and len(rows) == at + 4


def test_files_open_only_for_whoever_asked_and_go_after_seven_days(office, issued, client, trainer, now):
    printout, _data = written(office, issued, PrintoutKind.LIST_XLSX)
    unions.role(trainer, Issuer.objects.get().unit)
    client.force_login(trainer)
    assert client.get(f"{HERE}tep/{printout.uuid}/").status_code == client.get(f"{HERE}tep/{printout.uuid}/tai/").status_code == 404
    printout.refresh_from_db()
    storage, name = printout.file.storage, printout.file.name
    assert printouts.forget_old_printouts(now=now + printouts.KEPT_FOR) == 0 and storage.exists(name)
    assert printouts.forget_old_printouts(now=now + printouts.KEPT_FOR * 2) == 1 and not storage.exists(name)


def test_file_bears_the_day_of_the_office(issued, administrator, now):
    early = now.replace(hour=23)
    printout = printouts.ask_printout(kind=PrintoutKind.LIST_XLSX, by=administrator, run=issued, now=early)
    assert printouts.file_name_of(printout) == "danh-sach-nhan-2026-11-21.xlsx"


def test_unknown_kinds_and_the_register_are_no_files_of_a_list(office, issued):
    for kind in ("", "nothing", PrintoutKind.REGISTER_PDF):
        assert office.post(f"{HERE}{issued.uuid}/in/", {"kind": kind}).status_code == 404


def test_file_is_not_written_for_whose_role_was_taken_away(issued, outsider, now):
    printout = printouts.ask_printout(kind=PrintoutKind.PAPERS_ZIP, by=outsider, run=issued, now=now)
    assert not printouts.write_printout(printout=printout, clock=lambda: now)
    printout.refresh_from_db()
    assert (printout.state, bool(printout.file)) == (WorkState.FAILED, False) and printout.error


def test_lost_file_fails_with_words_and_is_asked_for_again(office, issued, monkeypatch):
    paper = Certificate.objects.get(number=1)
    data = paper.pdf.open().read()
    paper.pdf.storage.delete(paper.pdf.name)
    office.post(f"{HERE}{issued.uuid}/in/", {"kind": PrintoutKind.PAPERS_ZIP})
    printout = Printout.objects.get()
    assert (printout.state, bool(printout.error)) == (WorkState.FAILED, True)
    assert f"{HERE}tep/{printout.uuid}/lai/" in office.get(f"{HERE}tep/{printout.uuid}/").content.decode()
    from django.core.files.base import ContentFile
    paper.pdf.storage.save(paper.pdf.name, ContentFile(data))
    office.post(f"{HERE}tep/{printout.uuid}/lai/")
    assert Printout.objects.latest("pk").state == WorkState.DONE
