"""The register as a workbook and as a book to print: the office's own columns, nothing run as a formula, everybody's look noted."""

import io
from datetime import date

import pypdfium2
import pytest
from django.urls import reverse
from openpyxl import load_workbook

from certificates.enums import LookKind
from certificates.models import Certificate, Issuer, Look, Printout
from certificates.services import errors, printouts, register_exports
from certificates.services.changing import correct_certificate, revoke_certificate
from tests.certificates.test_register import copied, five, keeper  # noqa: F401 - fixtures
from tests.factories import certificates as factory
from tests.factories import unions

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


def written(write, by, now, **filters) -> bytes:
    told, out = [], io.BytesIO()
    printout = Printout.objects.create(kind="reg-xlsx", by=by, made_at=now, filters=filters)
    write(printout, out, lambda done, total: told.append((done, total)))
    assert not told or told[-1][0] == told[-1][1]
    return out.getvalue()


def rows_of(content: bytes) -> list[list]:
    rows = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(content)).active.iter_rows()]
    begin = next(place for place, row in enumerate(rows) if row[0] == "STT")
    assert rows[begin] == [column.heading for column in register_exports.COLUMNS]
    return rows[begin + 1:]


def text_of(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def test_a_sheet_has_the_columns_of_the_book_in_the_order_of_the_book(five, keeper, now):  # noqa: F811
    correct_certificate(
        certificate=five[1], changes={"born_on": "1988"}, reason="Ghi sai", by=keeper, now=now, decision_number="15/QĐ-CĐ", decision_on=date(2026, 11, 18))
    revoke_certificate(certificate=five[2], reason="Cấp nhầm người", by=keeper, now=now, decision_number="16/QĐ-CĐ", decision_on=date(2026, 11, 19))
    rows = rows_of(written(register_exports.write_register_sheet, keeper, now))
    assert [(row[0], row[1], row[10], row[11]) for row in rows[:2]] == [
        (1, "Trần Văn Bình", "001/GCN-CĐ", "0001/2026"), (2, "Đặng Thị Hòa", "002/GCN-CĐ", "0002/2026")]
    assert rows[1][2] == "1988"
    assert (rows[1][16], rows[1][17], rows[1][18], rows[1][19].date()) == ("Đã cấp", "Ngày sinh: (trống) thành 1988", "15/QĐ-CĐ", date(2026, 11, 18))
    assert rows[2][16:19] == ["Thu hồi", "Thu hồi: Cấp nhầm người", "16/QĐ-CĐ"]
    assert rows[0][14].date() == date(2026, 11, 20)


def test_nothing_in_a_sheet_is_a_formula_or_a_link(five, keeper, now):  # noqa: F811
    evil = five[0].snapshot | {"name": "=HYPERLINK(\"http://x\")", "unit": "+1", "course": "@SUM(A1)", "birth_place": "http://example.org"}
    Certificate.objects.filter(pk=five[0].pk).update(snapshot=evil)
    content = written(register_exports.write_register_sheet, keeper, now)
    cells = [cell for row in load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row if cell.value]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert "=HYPERLINK(\"http://x\")" in [cell.value for cell in cells]


def test_an_export_is_noted_at_every_record_in_few_queries(five, keeper, now, django_assert_max_num_queries):  # noqa: F811
    for place in range(5, 20):
        copied(five[0], place)
    with django_assert_max_num_queries(16):
        written(register_exports.write_register_sheet, keeper, now)
    assert set(Look.objects.values_list("kind", "by")) == {(LookKind.PRINTED, keeper.pk)}
    assert Look.objects.count() == 20


def test_the_successor_of_a_merged_unit_takes_its_book_out_and_a_stranger_nothing_of_it(five, outsider, trainer, now):  # noqa: F811
    former, heir, stranger = factory.issuer().unit, unions.unit("Công đoàn Lập", "L"), unions.unit("Công đoàn phường Khác", "PK")
    former.successors.add(heir)
    Issuer.objects.create(unit=stranger, name=stranger.name, place="Khác", signer_name="Lê Văn B")
    unions.role(outsider, heir)
    unions.role(trainer, stranger)
    for user, count in ((outsider, 5), (trainer, 0)):
        assert len(rows_of(written(register_exports.write_register_sheet, user, now, issuer=str(former.uuid)))) == count


def test_filters_and_rights_hold_for_exports(five, keeper, outsider, now):  # noqa: F811
    assert len(rows_of(written(register_exports.write_register_sheet, keeper, now, q="hoa dang"))) == 1
    with pytest.raises(errors.NotYours):
        written(register_exports.write_register_sheet, outsider, now)


def test_a_printed_book_numbers_its_pages_across_its_parts(five, keeper, now, monkeypatch):  # noqa: F811
    whole = text_of(written(register_exports.write_register, keeper, now, issuer=str(factory.issuer().unit.uuid), since="01/01/2026"))
    assert "Trang 1/1" in whole[0]
    assert all(words in whole[0] for words in ("SỔ GỐC", "Số hiệu", "001/GCN-CĐ", "Đặng Thị Hòa", "Từ ngày 01/01/2026", "Cộng: 5 giấy", "Công đoàn phường Tân Lập"))
    monkeypatch.setattr(register_exports, "LINES_IN_PART", 3)
    parts = text_of(written(register_exports.write_register, keeper, now))
    assert ["Trang 1/2" in parts[0], "Trang 2/2" in parts[1], "Số hiệu" in parts[1], "Cộng: 5 giấy" in parts[0], "Cộng: 5 giấy" in parts[1]] == [
        True, True, True, False, True]


def test_a_book_that_nobody_could_bind_is_refused_in_words(five, keeper, now, monkeypatch):  # noqa: F811
    monkeypatch.setattr(register_exports, "MOST_PRINTED", 4)
    with pytest.raises(errors.TooManyToPrint) as refused:
        written(register_exports.write_register, keeper, now)
    assert "5" in refused.value.message


def test_the_button_begins_a_file_in_the_background(five, keeper, outsider, as_user, now):  # noqa: F811
    client = as_user(keeper)
    response = client.post(reverse("books:ask-printout") + "?q=hoa+dang", {"kind": "reg-xlsx"})
    printout = Printout.objects.get()
    assert (response.status_code, printout.filters, printout.by) == (303, {"q": "hoa dang"}, keeper)
    assert client.get(reverse("books:ask-printout")).status_code == 405
    assert client.post(reverse("books:ask-printout"), {"kind": "papers-pdf"}).status_code == 404
    assert as_user(outsider).post(reverse("books:ask-printout"), {"kind": "reg-xlsx"}).status_code == 403
    printout.refresh_from_db()
    if printout.state != "done":
        assert printouts.write_printout(printout=printout, clock=lambda: now)


def test_a_book_is_printed_whatever_signs_stand_in_its_reasons(five, keeper, now):  # noqa: F811
    correct_certificate(certificate=five[1], changes={"name": "Đặng Thị Hoà"}, reason="Ghi sai", by=keeper, now=now)
    revoke_certificate(certificate=five[2], reason="Cấp nhầm → 李明 ☎ 🙂", by=keeper, now=now)
    words = " ".join(text_of(written(register_exports.write_register, keeper, now)))
    assert "thành" in words and "Cấp nhầm" in words
