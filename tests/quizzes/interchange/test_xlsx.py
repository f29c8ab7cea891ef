"""Questions in Excel: sheets as trainers fill them in, what Excel makes of what is typed, and hostile workbooks."""

import io
import re
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.errors import UnreadableFile
from intake.numbers import shown_number
from quizzes.interchange import xlsx
from quizzes.interchange.items import Item, Refused
from quizzes.interchange.xlsx.columns import name_of
from tests.vietnamese.test_encodings import TCVN3, VNI

PLAIN = ["Câu hỏi", "A", "B", "C", "D", "Đáp án"]
ASKED = ["Ai đại diện?", "Công đoàn", "Hội", "Đội", "Nhóm", "A"]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def book(*sheets: list[list], names: tuple[str, ...] = ()) -> io.BytesIO:
    """Make a workbook as Excel itself would: numbers, days and truth values as what they are."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for number, rows in enumerate(sheets):
        sheet = made.create_sheet(names[number] if names else f"S{number}")
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out


def shared_book(*rows: list) -> io.BytesIO:
    """Make a workbook whose cells name their texts by number, as Excel writes them."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out


def read_rows(*rows: list, headings: list[str] = PLAIN) -> list[Item | Refused]:
    return list(xlsx.read(book([headings, *rows])))


def read_one(row: list, headings: list[str] = PLAIN) -> Item | Refused:
    (found,) = read_rows(row, headings=headings)
    return found


def right_of(item: Item) -> list[str]:
    return [option["text"] for option in item.value["options"] if option["is_right"]]


def texts_of(item: Item) -> list[str]:
    return [option["text"] for option in item.value["options"]]


# What trainers fill in

def test_row_becomes_a_question_when_only_the_plain_columns_are_there():
    assert read_one(ASKED) == Item(
        kind="one_answer", line=2,
        value={"stem": "<p>Ai đại diện?</p>", "options": [
            {"text": text, "is_right": text == "Công đoàn", "feedback": ""} for text in ("Công đoàn", "Hội", "Đội", "Nhóm")]})


def test_headings_are_found_under_titles_in_any_order_and_any_writing():
    headings = ["STT", "dap an dung", "CÂU HỎI ", "Phương án\nA", "phuong an b", "Lựa chọn C", "Mức độ", "Người soạn", "Khoa"]
    found = list(xlsx.read(book([
        ["NGÂN HÀNG CÂU HỎI"], [], ["Khóa 1"], headings, [1, "c", "Hỏi?", "x", "y", "z", "Vận dụng", "An", "K1"], [], [2, "A", "Hai?", "x", "y", None, "dễ"]])))
    assert [(item.line, item.difficulty, right_of(item)) for item in found] == [(5, "hard", ["z"]), (7, "easy", ["x"])]
    assert len(found[0].notes) == 1 and "Khoa" in found[0].notes[0] and "STT" not in found[0].notes[0]
    assert found[1].notes == ()


@pytest.mark.parametrize(("answer", "right"), [
    ("B", "y"), ("b", "y"), ("B.", "y"), (" b) ", "y"), ("Đáp án B", "y"), ("phương án b", "y"), (2, "y"), ("2", "y"), (2.0, "y"), ("y", "y"), ("Y", "y"),
])
def test_answer_is_found_when_it_is_a_letter_a_number_or_the_words(answer, right):
    assert right_of(read_one(["?", "x", "y", "z", None, answer])) == [right]


@pytest.mark.parametrize("answer", ["A, C", "A;C", "AC", "a và c", "A C", "C,A", "A/C", "A & C", "A\nC", "A.C."])
def test_answers_are_several_when_several_letters_are_given(answer):
    item = read_one(["?", "x", "y", "z", None, answer])
    assert (item.kind, right_of(item), item.value["marking"]) == ("several_answers", ["x", "z"], "partial")


def test_empty_options_between_keep_the_letters_of_the_others():
    assert right_of(read_one(["?", "x", None, "z", "w", "D"])) == ["w"]


@pytest.mark.parametrize(("row", "cell", "words"), [
    (["?", "x", "y", "z", None, "D"], "F2", "no such option"), (["?", "x", "y", "z", None, None], "F2", "letter"), (["?", "x", None, None, None, "A"], "C2", "two"),
    (["?", "x", "y", None, None, "hai"], "F2", "hai"), (["?", "2", "3", "4", "5", 2], "F2", "letter"), ([None, "x", "y", None, None, "A"], "A2", "question"),
    (["?", None, None, None, None, None], "F2", "Tự luận"), (["?", TCVN3, "y", None, None, "A"], "B2", "TCVN3"), (["?", "x", VNI, None, None, "A"], "C2", "VNI"),
    (["?", "#NAME?", "y", None, None, "A"], "B2", "apostrophe"),
])
def test_row_is_refused_with_its_cell_when_it_cannot_be_understood(row, cell, words):
    found = read_one(row)
    assert isinstance(found, Refused)
    assert found.line == 2
    assert f"Row 2, cell {cell}:" in found.reason
    assert words in found.reason


def test_row_is_refused_when_a_cell_is_longer_than_excel_allows():
    made = repacked(shared_book(PLAIN, ASKED), "xl/sharedStrings.xml", lambda data: data.replace(b"Ai ", b"A" * 33_000))
    (found,) = xlsx.read(made)
    assert "A2" in found.reason


def test_rows_after_a_refused_one_are_read():
    found = read_rows(ASKED, ["?", "x", "y", None, None, "Z"], ASKED)
    assert [type(one) for one in found] == [Item, Refused, Item]
    assert found[1].excerpt == "?"


@pytest.mark.parametrize(("typed", "text"), [
    (1, "1"), (1.0, "1"), (12.5, "12,5"), (True, "TRUE"), (date(2021, 5, 1), "01/05/2021"), (datetime(2021, 5, 1, 7, 30), "01/05/2021 07:30:00"),
    ("=SUM(A1)+x", None), ("007", "007"), ("+84 24", "+84 24"), ("-5%", "-5%"), ("@all", "@all"), ("2 dòng\nhai", "2 dòng\nhai"),
])
def test_option_is_read_as_it_is_seen_when_excel_made_something_of_it(typed, text):
    if text is not None:
        assert texts_of(read_one(["?", typed, "y", None, None, "B"]))[0] == text


@pytest.mark.parametrize(("number", "form", "text"), [
    (0.5, "0%", "50%"), (0.125, "0.0%", "12,5%"), (1_000_000, "#,##0", "1.000.000"), (7, "000", "007"), (1500.5, '#,##0.00" đ"', "1.500,50 đ"),
    (44317, "d/m/yyyy;@", "01/05/2021"), (0.5, "h:mm", "12:00"), (44228, "d-mmm", "1/2"), (-3, "General", "-3"), (1 / 3, "0.00", "0,33"),
])
def test_number_is_shown_as_its_format_shows_it(number, form, text):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, PLAIN)
        sheet.write_row(1, 0, ["?", None, "y", None, None, "B"])
        sheet.write_number(1, 1, number, made.add_format({"num_format": form}))
    (item,) = xlsx.read(out)
    assert texts_of(item)[0] == text


@settings(max_examples=60, deadline=None)
@given(st.text("0#,.%;dmyhs\"\\[]_*@E?/ a", max_size=12), st.one_of(st.floats().map(repr), st.text(max_size=5)))
def test_any_number_in_any_format_is_shown(form, said):
    assert isinstance(shown_number(said, form), str)


# Kinds that a row does not name

@pytest.mark.parametrize(("cells", "kind"), [
    ({"Đáp án": "Đúng"}, "true_false"), ({"Đáp án": "S"}, "true_false"), ({"Đáp án": True}, "true_false"), ({"Đáp án": "30"}, "numeric"), ({"Đáp án": 30}, "numeric"),
    ({"Đáp án": "12,5 ± 0,5"}, "numeric"), ({"Đáp án": "Hà Nội"}, "short_answer"), ({"Đoạn văn": "Trong [[30]] ngày"}, "gaps"),
    ({"A": "Đúng", "B": "Sai", "Đáp án": "B"}, "true_false"), ({"A": "1 = 2", "B": "3 = 4"}, "matching"), ({"A": "x", "B": "y", "Đáp án": "AB"}, "several_answers"),
    ({"Loại": "sap xep", "A": "x", "B": "y"}, "ordering"), ({"Loại": "TỰ LUẬN"}, "essay"), ({"Loại": "Trắc nghiệm", "A": "x", "B": "y", "Đáp án": "A"}, "one_answer"),
])
def test_kind_is_guessed_or_read_when_a_row_is_filled_in(cells, kind):
    headings = ["Câu hỏi", "Đáp án", "A", "B", "Đoạn văn", "Loại"]
    assert read_one([{"Câu hỏi": "Hỏi?", **cells}.get(name) for name in headings], headings).kind == kind


@pytest.mark.parametrize(("answer", "accepted", "unit"), [
    ("30 ngày", [("30", "0", "absolute", 1.0)], "ngày"), ("50%", [("50", "0", "absolute", 1.0)], "%"), ("1.000", [("1000", "0", "absolute", 1.0)], ""),
    ("12,5 ± 2%\n[50%] 12 +- 1", [("12.5", "2", "percent", 1.0), ("12", "1", "absolute", 0.5)], ""),
])
def test_numbers_are_read_when_they_are_written_as_people_do(answer, accepted, unit):
    item = read_one(["?", answer, "Điền số"], ["Câu hỏi", "Đáp án", "Loại"])
    assert [(row["value"], row["tolerance"], row["measure"], row["fraction"]) for row in item.value["accepted"]] == accepted
    assert item.value["unit"] == unit


def test_words_to_drag_may_be_written_where_they_belong():
    item = read_one(["Bầu [[chủ tịch]] trong [[đại hội]]", None, "Kéo thả từ"], ["Câu hỏi", "Đáp án", "Loại"])
    assert (item.value["text"], item.value["answers"]) == ("<p>Bầu [[1]] trong [[2]]</p>", ["chủ tịch", "đại hội"])
    assert item.value["stem"]


def test_steps_are_put_in_the_order_of_the_answer():
    assert read_one(["?", "x", "y", "z", "C, A, B", "Sắp xếp"], ["Câu hỏi", "A", "B", "C", "Đáp án", "Loại"]).value["items"] == ["z", "x", "y"]


@pytest.mark.parametrize(("kind", "heading", "said"), [
    ("Gì đó", "Thẻ", ""), ("Một đáp án", "Độ khó", "rất"), ("Nhiều đáp án", "Cách chấm", "nhanh"), ("Điền chỗ trống", "Tùy chọn", "bay; hỏi lý do"),
    ("Trả lời ngắn", "Cách so", "gần"), ("Tự luận", "Số từ", "nhiều"), ("Tự luận", "Tiêu chí", "a // b // c // d"), ("Trả lời ngắn", "Tùy chọn", ""),
])
def test_word_is_refused_when_its_column_does_not_know_it(kind, heading, said):
    found = read_one(["[[?]]", "x", "y", "A", kind, said], ["Câu hỏi", "A", "B", "Đáp án", "Loại", heading])
    assert isinstance(found, Refused) == (bool(said) or kind == "Gì đó")


# Sheets and headings

def test_template_is_empty_when_it_comes_back_as_it_was():
    out = io.BytesIO()
    xlsx.template(out)
    assert list(xlsx.read(out)) == []
    made = openpyxl.load_workbook(out)
    assert made.sheetnames == ["Câu hỏi", "Hướng dẫn"]
    sheet = made["Câu hỏi"]
    assert sheet.freeze_panes == "A2"
    assert {validation.formula1.split(",")[0].strip('"') for validation in sheet.data_validations.dataValidation} >= {"Một đáp án", "Dễ"}
    assert all(cell.alignment.wrap_text for cell in sheet[2] if cell.value)


def test_examples_of_the_template_are_questions_of_every_kind(monkeypatch):
    monkeypatch.setattr("quizzes.interchange.xlsx.rows.EXAMPLE", "another mark")
    out = io.BytesIO()
    xlsx.template(out)
    found = list(xlsx.read(out))
    assert [item.kind for item in found] == [
        "one_answer", "several_answers", "true_false", "short_answer", "numeric", "matching", "ordering", "gaps", "drag_words", "essay"]
    left = []
    xlsx.write(found, io.BytesIO(), lambda item, reason, is_written: left.append(reason))
    assert left == []


def test_every_sheet_with_headings_is_read_and_later_ones_are_named():
    found = list(xlsx.read(book([["Bìa"]], [PLAIN, ASKED], [PLAIN, ["?"]], names=("Bìa", "Một", "Hai"))))
    assert [type(one) for one in found] == [Item, Refused]
    assert "“Hai”" in found[1].reason


@pytest.mark.parametrize(("rows", "code", "named"), [
    ([["Câu hỏi", "A", "B"], ["?", "x", "y"]], "columns", "Đáp án"), ([["x"], ["y"]], "columns", "Câu hỏi"), ([], "columns", "Câu hỏi"),
    ([*[["title"]] * 25, PLAIN, ASKED], "columns", "Câu hỏi"),
])
def test_workbook_is_refused_when_columns_are_missing(rows, code, named):
    with pytest.raises(UnreadableFile, match=named) as caught:
        list(xlsx.read(book(rows)))
    assert caught.value.code == code


@pytest.mark.parametrize(("heading", "name"), [
    ("Câu hỏi", "stem"), ("cau  hoi:", "stem"), ("NỘI DUNG CÂU HỎI", "stem"), ("Đáp án", "answer"), ("Đáp án đúng", "answer"), ("Đáp án A", "option A"),
    ("a", "option A"), ("Phương án 2", "option B"), ("Lựa chọn L", "option L"), ("M", ""), ("Phản hồi phương án C", "feedback C"), ("Căn cứ", "citations"),
    ("Ghi chú", ""), ("", ""), ("Phương án 13", ""),
])
def test_heading_is_known_however_it_is_written(heading, name):
    assert name_of(heading) == name


# Hostile workbooks

def repacked(file: io.BytesIO, part: str, change) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, change(data) if name == part else data)
    return out


SHEET1 = "xl/worksheets/sheet1.xml"


def test_cell_at_the_far_corner_costs_nothing():
    made = repacked(book([PLAIN, ASKED]), SHEET1, lambda data: data.replace(
        b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'))
    assert len(list(xlsx.read(made))) == 1


@pytest.mark.parametrize(("part", "change"), [
    (SHEET1, lambda data: b'<!DOCTYPE x [<!ENTITY a "b">]>' + data), (SHEET1, lambda data: data[:len(data) // 2]), (SHEET1, lambda data: b""),
    (SHEET1, lambda data: data.replace(b"<row ", b"<x>" * 200 + b"<row ", 1)), ("xl/workbook.xml", lambda data: b"<a"), ("xl/styles.xml", lambda data: b"\xff"),
])
def test_workbook_is_refused_when_a_part_is_broken(part, change):
    with pytest.raises(UnreadableFile):
        list(xlsx.read(repacked(shared_book(PLAIN, ASKED), part, change)))


@pytest.mark.parametrize("part", [SHEET1, "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"])
def test_workbook_is_read_or_refused_when_a_part_holds_nonsense(part):
    nonsense = lambda data: re.sub(rb'(r|s|t|Target|numFmtId)="[^"]*"', rb'\1="-9e9"', data)  # noqa: E731
    try:
        assert isinstance(list(xlsx.read(repacked(shared_book(PLAIN, ASKED), part, nonsense))), list)
    except UnreadableFile as error:
        assert str(error)


@pytest.mark.parametrize(("data", "code"), [
    (b"", "no_workbook"), (b"Question", "no_workbook"), (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "no_workbook"), (b"%PDF-1.7", "no_workbook"), (b"PK\x03\x04", "zip"),
])
def test_file_is_refused_when_it_is_no_workbook(data, code):
    with pytest.raises(UnreadableFile) as caught:
        list(xlsx.read(io.BytesIO(data)))
    assert caught.value.code == code


def test_bomb_is_refused_when_a_workbook_unpacks_to_more_than_it_may(monkeypatch):
    monkeypatch.setattr("intake.cells.MOST_UNPACKED", 10 * 1024 * 1024)
    made = repacked(shared_book(PLAIN, ASKED), "xl/sharedStrings.xml", lambda data: b" " * (11 * 1024 * 1024))
    with pytest.raises(UnreadableFile) as caught:
        list(xlsx.read(made))
    assert caught.value.code == "zip_size"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_bytes_raise_nothing_but_the_own_error(data):
    file = bytearray(WORKBOOK)
    for _change in range(data.draw(st.integers(1, 8))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    try:
        list(xlsx.read(io.BytesIO(file)))
    except UnreadableFile as error:
        assert str(error)


WORKBOOK = shared_book(PLAIN, ASKED).getvalue()
