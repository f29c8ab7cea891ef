"""The office's pages of units: who may look and who may change, every change in two steps, a list from Excel, and the undo."""

import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from xlsxwriter import Workbook

from tests.factories import accounts as people
from tests.factories import unions as factory
from unions.enums import Role
from unions.models import Post, Unit, UnitChange

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
WHY = {"on": "01/07/2026", "reason": "Sắp xếp lại", "decision_number": "12/QĐ"}


@pytest.fixture
def tree():
    province = factory.unit("LĐLĐ tỉnh Tân Hòa", "TH")
    north, south = factory.unit("LĐLĐ huyện Bắc", "HB", parent=province), factory.unit("LĐLĐ huyện Nam", "HN", parent=province)
    return {"TH": province, "HB": north, "HN": south, "B1": factory.unit("CĐCS An Phú", "B1", parent=north)}


@pytest.fixture
def governor(tree, trainer, as_user):
    """Somebody who governs the north only."""
    factory.role(trainer, tree["HB"], Role.SYSTEM_ADMIN)
    return as_user(trainer, headers={"accept-language": "en"})


@pytest.fixture
def office(as_user, administrator):
    return as_user(administrator, headers={"accept-language": "en"})


def url(name: str, *args) -> str:
    return reverse(f"units:{name}", args=args)


def two_steps(client, unit: Unit, kind: str, **fields):
    """Look at the preview, then do what its form offers; returns both answers."""
    preview = client.post(url("change-unit", unit.uuid, kind), {**WHY, **fields, "step": "preview"})
    assert preview.status_code == 200, preview.content.decode()
    done = client.post(url("change-unit", unit.uuid, kind), {**WHY, **fields, "step": "do", "seen": preview.context["plan"].digest})
    return preview, done


def test_outsiders_and_people_of_other_units_find_nothing(tree, as_user, outsider, governor):
    pages = [url("list-units"), url("show-unit", tree["HB"].uuid), url("list-changes"), url("find-units"), url("move-by-list"), url("add-unit"),
             url("edit-unit", tree["HB"].uuid), url("change-unit", tree["HB"].uuid, "sap-nhap"), url("download-moves-template")]
    stranger = as_user(outsider)
    assert {stranger.get(page).status_code for page in pages} == {403}
    assert {as_user().get(page).status_code for page in pages} == {302}
    assert {governor.get(page).status_code for page in pages} == {200}
    others = [url("show-unit", tree["HN"].uuid), url("edit-unit", tree["HN"].uuid), url("change-unit", tree["TH"].uuid, "ket-thuc")]
    assert {governor.get(page).status_code for page in others} == {404}
    assert governor.get(url("find-units"), {"q": "huyen"}).json()["units"] == [{"value": "HB · LĐLĐ huyện Bắc", "note": "LĐLĐ tỉnh Tân Hòa"}]
    assert "huyện Nam" not in governor.get(url("list-units"), {"q": "huyen"}).content.decode()


def test_whoever_only_looks_changes_nothing(tree, as_user, learner):
    factory.role(learner, tree["HB"], Role.TRAINING_ADMIN)
    client = as_user(learner)
    assert client.get(url("show-unit", tree["HB"].uuid)).status_code == 200
    assert url("change-unit", tree["HB"].uuid, "doi-ten") not in client.get(url("show-unit", tree["HB"].uuid)).content.decode()
    for page in (url("change-unit", tree["HB"].uuid, "doi-ten"), url("edit-unit", tree["HB"].uuid), url("add-unit"), url("move-by-list")):
        assert (client.get(page).status_code, client.post(page, WHY).status_code) == (403, 403)


def test_tree_shows_a_level_and_a_former_day(tree, office, governor):
    html = office.get(url("list-units")).content.decode()
    assert all(name in html for name in ("tỉnh Tân Hòa", "huyện Bắc", "huyện Nam")) and "An Phú" not in html
    two_steps(office, tree["B1"], "chuyen", parent="HN · LĐLĐ huyện Nam")
    pages = [office.get(url("show-unit", tree["HB"].uuid), asked).content.decode() for asked in ({}, {"ngay": "30/06/2026"})]
    assert ["CĐCS An Phú</a>" in page.split("lich-su")[0] for page in pages] == [False, True]
    assert "huyện Bắc" in governor.get(url("list-units")).content.decode()
    assert office.get(url("list-units"), {"ngay": "hôm qua"}).status_code == 200


def test_pages_ask_the_same_with_1_and_30_units(tree, office, learner):
    def counts() -> list[int]:
        found = []
        for page in (url("list-units"), url("show-unit", tree["HB"].uuid), url("list-units") + "?q=cdcs", url("list-changes")):
            with CaptureQueriesContext(connection) as asked:
                assert office.get(page).status_code == 200
            found.append(len(asked))
        return found

    factory.post(learner, tree["HB"])
    two_steps(office, tree["HB"], "doi-ten", name="LĐLĐ huyện Bắc mới")
    office.get(url("list-units"))
    few = counts()
    for number in range(29):
        unit = factory.unit(f"CĐCS số {number}", f"S{number}", parent=tree["HB"])
        factory.post(people.person(f"Trần Văn {number}", f"{number}@example.org"), tree["HB"])
        if number < 5:
            two_steps(office, unit, "doi-ten", name=f"CĐCS khác {number}")
    assert counts() == few


def test_form_then_preview_then_done_then_undone(tree, governor):
    preview, done = two_steps(governor, tree["B1"], "doi-ten", name="CĐCS Bình Minh")
    assert "“CĐCS An Phú” is called “CĐCS Bình Minh”" in preview.content.decode() and Unit.objects.get(code="B1").name == "CĐCS Bình Minh"
    assert (done.status_code, done.url) == (302, url("show-unit", tree["B1"].uuid))
    change = UnitChange.objects.get()
    assert (change.by.email, change.decision_number) == ("van@example.org", "12/QĐ")
    assert governor.get(url("undo-change", change.uuid)).status_code == 405
    assert governor.post(url("undo-change", change.uuid)).status_code == 302
    assert Unit.objects.get(code="B1").name == "CĐCS An Phú"
    assert "already" in governor.post(url("undo-change", change.uuid), follow=True).content.decode()


def test_doing_without_the_preview_of_now_is_refused_and_keeps_what_was_typed(tree, office):
    answer = office.post(url("change-unit", tree["B1"].uuid, "doi-ten"), {**WHY, "name": "CĐCS Bình Minh", "step": "do", "seen": "x"})
    html = answer.content.decode()
    assert answer.status_code == 422 and "has changed since you looked" in html and 'value="CĐCS Bình Minh"' in html
    assert UnitChange.objects.count() == 0
    back = office.post(url("change-unit", tree["B1"].uuid, "doi-ten"), {**WHY, "name": "CĐCS Bình Minh", "step": "edit"})
    assert back.status_code == 200 and 'value="CĐCS Bình Minh"' in back.content.decode()


def test_what_stands_in_the_way_is_said_in_the_preview(tree, office):
    answer = office.post(url("change-unit", tree["HB"].uuid, "chuyen"), {**WHY, "parent": "B1", "step": "preview"})
    html = answer.content.decode()
    assert answer.status_code == 422 and "cannot stand under itself" in html and 'value="do"' not in html
    wrong = office.post(url("change-unit", tree["HB"].uuid, "chuyen"), {**WHY, "on": "31/02/2026", "parent": "huyen", "reason": ""})
    assert wrong.status_code == 422 and set(wrong.context["form"].errors) == {"on", "parent", "reason"}


def test_a_unit_of_others_can_be_neither_source_nor_place(tree, governor):
    for kind, fields in (("chuyen", {"parent": "HN"}), ("chuyen", {"parent": ""}), ("sap-nhap", {"goes_into": "other", "into": "HN"}),
                         ("sap-nhap", {"goes_into": "this", "others": "HN"}),
                         ("sap-nhap", {"goes_into": "new", "others": "B1", "new_name": "X", "new_code": "X", "new_type": factory.unit_type().pk, "new_parent": "TH"})):
        answer = governor.post(url("change-unit", tree["HB"].uuid, kind), {**WHY, **fields, "step": "preview"})
        assert answer.status_code == 422 and answer.context["form"].errors, (kind, fields)


def test_merge_with_a_sibling_into_a_new_unit(tree, office, learner):
    factory.post(learner, tree["HB"])
    fields = {"siblings": [str(tree["HN"].uuid)], "goes_into": "new", "new_name": "Công đoàn khu vực", "new_code": "KV", "new_type": factory.unit_type().pk,
              "new_parent": "TH", "carries_posts": "on"}
    _preview, done = two_steps(office, tree["HB"], "sap-nhap", **fields)
    successor = Unit.objects.get(code="KV")
    assert done.url == url("show-unit", successor.uuid)
    assert (Post.objects.get(unit=successor).user, set(Unit.objects.get(code="HB").successors.all())) == (learner, {successor})
    html = office.get(url("show-unit", tree["HB"].uuid)).content.decode()
    assert "This unit ended on 01/07/2026" in html and "Công đoàn khu vực" in html


def test_split_chooses_child_by_child_and_person_by_person(tree, office, learner, outsider):
    factory.post(learner, tree["HB"])
    factory.post(outsider, tree["HB"])
    fields = {"ends": "ends", "type": factory.unit_type().pk, "name1": "Công đoàn xã Một", "code1": "X1", "name2": "Công đoàn xã Hai", "code2": "X2",
              "others": "1", f"unit-{tree['B1'].uuid}": "2", f"person-{outsider.uuid}": "2"}
    two_steps(office, tree["HB"], "tach", **fields)
    one, two = Unit.objects.get(code="X1"), Unit.objects.get(code="X2")
    assert (Unit.objects.get(code="B1").path, Post.objects.get(unit=one).user, Post.objects.get(unit=two).user) == (
        f"{two.path}{tree['B1'].pk}/", learner, outsider)
    wrong = office.post(url("change-unit", tree["HN"].uuid, "tach"), {**WHY, "ends": "stays", "type": factory.unit_type().pk, "name1": "X", "others": "3"})
    assert set(wrong.context["form"].errors) == {"code1", "name3"}


def test_close_through_the_page(tree, office):
    two_steps(office, tree["B1"], "ket-thuc")
    assert Unit.objects.get(code="B1").active_until == date(2026, 7, 1)
    assert office.get(url("change-unit", tree["B1"].uuid, "khong-co")).status_code == 404


def test_new_unit_and_corrected_facts(tree, governor):
    kind = factory.unit_type()
    values = {"name": "CĐCS Sao Mai", "code": "SM", "parent": "HB", "active_from": "01/08/2026", "type": kind.pk, "sector": "non_state", "members": "1200"}
    assert governor.post(url("add-unit"), values).status_code == 302
    unit = Unit.objects.get(code="SM")
    assert (unit.members, unit.path) == (1200, f"{tree['HB'].path}{unit.pk}/")
    assert set(governor.post(url("add-unit"), {**values, "parent": "TH", "code": "SM2"}).context["form"].errors) == {"parent"}
    assert set(governor.post(url("add-unit"), values).context["form"].errors) == {"code"}
    facts = {"code": "SM", "type": kind.pk, "sector": "state", "members": "1250", "workers": "1400", "counted_on": "01/10/2026"}
    assert governor.post(url("edit-unit", unit.uuid), facts).status_code == 302
    unit.refresh_from_db()
    assert (unit.members, unit.sector, list(unit.figures.order_by("valid_from").values_list("members", flat=True))) == (1250, "state", [1200, 1250])
    assert set(governor.post(url("edit-unit", unit.uuid), {**facts, "code": "B1"}).context["form"].errors) == {"code"}


def workbook(*rows, title: bool = True) -> io.BytesIO:
    out = io.BytesIO()
    with Workbook(out) as book:
        sheet = book.add_worksheet()
        if title:
            sheet.write_string(0, 0, "DANH SÁCH ĐƠN VỊ CHUYỂN")
        for line, row in enumerate([("Mã CĐCS", "Tên CĐCS", "Công đoàn cấp trên cũ", "Công đoàn cấp trên mới", "Ngày hiệu lực", "Số quyết định"), *rows], start=2):
            for place, text in enumerate(row):
                sheet.write(line, place, text)
    out.seek(0)
    out.name = "chuyen.xlsx"
    return out


class TestMovesByList:
    def test_reads_previews_and_moves_what_can_be_moved(self, tree, office):
        factory.unit("CĐCS Hoa Sen", "B2", parent=tree["HB"])
        file = workbook(
            ("B1", "CĐCS An Phú", "LĐLĐ huyện Bắc", "LĐLĐ HUYỆN NAM", "01/07/2026", "7/QĐ"), ("", "CĐCS Hoa Sen", "", "HN", "1/7/2026", ""),
            ("ZZ", "", "", "HN", "01/07/2026", ""), ("B1", "CĐCS Khác", "", "HN", "01/07/2026", ""), ("HN", "", "LĐLĐ huyện Bắc", "HB", "01/07/2026", ""),
            ("TH", "", "", "HN", "01/07/2026", ""), ("HB", "", "", "HN", "mai", ""), ("", "Tổng cộng", "", "", "", ""))
        answer = office.post(url("move-by-list"), {"file": file, "reason": "Theo danh sách"})
        plan = answer.context["plan"]
        assert ([line.line for line in plan.moves], [line.line for line in plan.refused]) == ([4, 5], [6, 7, 8, 9, 10])
        said = [line.reason for line in plan.refused]
        assert "“ZZ”" in said[0] and "belongs to “CĐCS An Phú”" in said[1] and "not under “LĐLĐ huyện Bắc”" in said[2] and "“mai” is no day" in said[4]
        done = office.post(url("move-by-list"), {"lines": answer.context["lines"], "reason": "Theo danh sách", "seen": plan.digest})
        assert done.status_code == 302 and Unit.objects.under(Unit.objects.get(code="HN")).count() == 3
        change = UnitChange.objects.get()
        office.post(url("undo-change", change.uuid))
        assert Unit.objects.under(Unit.objects.get(code="HN")).count() == 1

    def test_units_of_others_do_not_exist_neither_in_the_file_nor_in_its_lines(self, tree, governor):
        answer = governor.post(url("move-by-list"), {"file": workbook(("B1", "", "", "HN", "01/07/2026", "")), "reason": "Thử"})
        assert ("None of your units" in answer.context["plan"].refused[0].reason, answer.context["plan"].moves) == (True, ())
        for lines in (f'[[4, "{tree["B1"].uuid}", "{tree["HN"].uuid}", "2026-07-01", ""]]', "[[1]]", "x", "{}", '[[1, 2, 3, 4, 5]]', "[" * 100_000):
            governor.post(url("move-by-list"), {"lines": lines, "reason": "Thử", "seen": "x"})
        assert UnitChange.objects.count() == 0

    def test_files_that_are_none_are_refused_with_a_word(self, tree, office):
        for file in (io.BytesIO(b"\xd0\xcf\x11\xe0 old"), io.BytesIO("Mã,Tên\n".encode("cp1258", "ignore")), workbook(title=False)):
            file.name = "chuyen.xlsx"
            answer = office.post(url("move-by-list"), {"file": file, "reason": "Thử"})
            if answer.status_code == 200:
                assert answer.context["plan"].moves == () and answer.context["plan"].obstacles
            else:
                assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"file"})

    def test_template_has_the_headings_it_reads(self, tree, office):
        from unions.services.changes import reading
        file = io.BytesIO(b"".join(office.get(url("download-moves-template")).streaming_content))
        assert reading.read_moves(file=file, units=Unit.objects.all(), today=date(2026, 11, 20)).lines == []
