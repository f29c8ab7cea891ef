"""Questions in Excel: sheets as trainers fill them in, what Excel makes of what is typed, the way out and in again, and hostile workbooks."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quizzes.interchange import xlsx
from quizzes.interchange.items import InterchangeError, Item, Refused
from quizzes.interchange.xlsx.columns import name_of
from quizzes.interchange.xlsx.lists import COMMAS, LINES_OR_SEMICOLONS, PAIR, PARTS, PATH
from quizzes.interchange.xlsx.numbers import shown_number
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


def written(*items: Item) -> tuple[io.BytesIO, list[tuple[str, bool]]]:
    out, left = io.BytesIO(), []
    xlsx.write(items, out, lambda item, reason, is_written: left.append((reason, is_written)))
    return out, left


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
    assert written(*found)[1] == []


def test_every_sheet_with_headings_is_read_and_later_ones_are_named():
    found = list(xlsx.read(book([["Bìa"]], [PLAIN, ASKED], [PLAIN, ["?"]], names=("Bìa", "Một", "Hai"))))
    assert [type(one) for one in found] == [Item, Refused]
    assert "“Hai”" in found[1].reason


@pytest.mark.parametrize(("rows", "code", "named"), [
    ([["Câu hỏi", "A", "B"], ["?", "x", "y"]], "columns", "Đáp án"), ([["x"], ["y"]], "columns", "Câu hỏi"), ([], "columns", "Câu hỏi"),
    ([*[["title"]] * 25, PLAIN, ASKED], "columns", "Câu hỏi"),
])
def test_workbook_is_refused_when_columns_are_missing(rows, code, named):
    with pytest.raises(InterchangeError, match=named) as caught:
        list(xlsx.read(book(rows)))
    assert caught.value.code == code


@pytest.mark.parametrize(("heading", "name"), [
    ("Câu hỏi", "stem"), ("cau  hoi:", "stem"), ("NỘI DUNG CÂU HỎI", "stem"), ("Đáp án", "answer"), ("Đáp án đúng", "answer"), ("Đáp án A", "option A"),
    ("a", "option A"), ("Phương án 2", "option B"), ("Lựa chọn L", "option L"), ("M", ""), ("Phản hồi phương án C", "feedback C"), ("Căn cứ", "citations"),
    ("Ghi chú", ""), ("", ""), ("Phương án 13", ""),
])
def test_heading_is_known_however_it_is_written(heading, name):
    assert name_of(heading) == name


# Out and in again

OPTIONS = [{"text": "=1+1", "is_right": True, "feedback": "+84"}, {"text": "@x", "is_right": False, "feedback": ""}, {"text": "-5%", "is_right": True, "feedback": "a\nb"}]
KINDS = [
    Item("one_answer", {"stem": "<p>1 &lt; 2 &amp; 3</p><p>hai<br/>dòng</p>", "options": [{**OPTIONS[0]}, OPTIONS[1]]}, "<p>=A1</p>", "007", "hard", "Bài 3",
         ("a, b", "c"), ("45/2019/QH14 Điều 70; khoản 1", "x"), ("Công đoàn / cơ sở", "145/2020/NĐ-CP", "a > b")),
    Item("several_answers", {"stem": "<ul><li><b>x</b></li></ul>", "options": OPTIONS, "marking": "lenient"}, "<p>plain</p>"),
    Item("true_false", {"stem": "<p>x</p>", "is_true": False, "feedback": "sai rồi"}),
    Item("true_false", {"stem": "<p>x</p>", "is_true": True, "feedback": "", "asks_reason": True, "marks_reason": True}),
    Item("short_answer", {"stem": "<p>x</p>", "comparing": "tones", "accepted": [
        {"text": "[50%] x", "fraction": 1.0, "feedback": ""}, {"text": "a // b", "fraction": 0.333, "feedback": "// c"}, {"text": '"q"', "fraction": 0.0, "feedback": ""},
        {"text": "=1", "fraction": 1.0, "feedback": 'x "y"'}]}),
    Item("numeric", {"stem": "<p>x</p>", "unit": "đ", "accepted": [
        {"value": "12.5", "tolerance": "0", "measure": "absolute", "fraction": 1.0, "feedback": ""},
        {"value": "-1234567.89", "tolerance": "0.5", "measure": "percent", "fraction": 0.5, "feedback": "gần"},
        {"value": "1000", "tolerance": "0", "measure": "percent", "fraction": 0.0, "feedback": ""}]}),
    Item("matching", {"stem": "<p>x</p>", "pairs": [{"left": "a = b", "right": "c", "feedback": "f"}, {"left": "d -> e", "right": '"x"', "feedback": ""}],
                      "distractors": ["k; l", "m"]}),
    Item("ordering", {"stem": "<p>x</p>", "items": ["b", "a", "1"], "marking": "all"}),
    Item("gaps", {"stem": "<p>x</p>", "text": "<p>y [[30|ba mươi]] <b>z</b></p>", "filling": "list", "comparing": "exact", "distractors": ["w"]}),
    Item("drag_words", {"stem": "<p>x</p>", "text": "<p>[[1]] y [[2]]</p>", "answers": ["a;b", "c"], "distractors": [], "reusable": True}),
    Item("essay", {"stem": "<p>x</p>", "model_answer": "<p>mẫu</p>", "least_words": 5, "most_words": None, "shows_criteria": True, "criteria": [
        {"title": "t // u", "description": "2", "points": 0.5}, {"title": "3", "description": "a\nb", "points": 2.0}, {"title": "x", "description": "", "points": 0.0}]}),
]


@pytest.mark.parametrize("item", KINDS, ids=lambda item: item.kind)
def test_question_comes_back_unchanged_when_it_was_written(item):
    out, left = written(item)
    assert left == []
    assert [replace(back, line=0) for back in xlsx.read(out)] == [item]


def test_texts_are_texts_for_excel_and_others():
    """Read by somebody else's reader: nothing is a formula, a number or an address."""
    out, _left = written(*KINDS, replace(KINDS[0], code="http://x.vn"))
    rows = list(openpyxl.load_workbook(out).active.iter_rows())
    assert {cell.data_type for row in rows for cell in row if cell.value is not None} == {"s"}
    assert {cell.number_format for row in rows[1:] for cell in row if cell.value is not None} == {"@"}
    assert rows[1][4].value == "=1+1"


@pytest.mark.parametrize(("item", "is_written"), [
    (Item("hotspot", {"stem": "<p>x</p>"}), False), (replace(KINDS[0], value={"stem": "<p>x</p>"}), False), (replace(KINDS[0], explanation="<p>" + "x" * 33_000), False),
    (replace(KINDS[0], code="Ví dụ 1"), False), (replace(KINDS[0], explanation="\ud800"), False), (replace(KINDS[0], pictures={"a.png": b"x"}), True),
    (replace(KINDS[2], value={**KINDS[2].value, "materials": [{"type": "image"}]}), True), (replace(KINDS[7], value={**KINDS[7].value, "items": list("abcdefghijklm")}), False),
    (replace(KINDS[7], value={**KINDS[7].value, "items": ["a", "", "b"]}), False), (replace(KINDS[1], value={**KINDS[1].value, "options": OPTIONS[1:2] * 2}), False),
    (replace(KINDS[2], explanation=f"<p>{TCVN3}</p>"), False),
])
def test_question_is_left_with_a_reason_when_a_row_cannot_say_it(item, is_written):
    out, left = written(item, KINDS[2])
    assert [(bool(reason), said) for reason, said in left] == [(True, is_written)]
    assert len(list(xlsx.read(out))) == 1 + is_written


def test_signs_come_back_when_they_stand_alone_in_a_cell():
    item = replace(KINDS[2], value={**KINDS[2].value, "stem": "<p>5 × 3</p>"}, explanation="<p>20% × 200% = 270%</p>")
    out, left = written(item)
    assert left == []
    assert [replace(back, line=0) for back in xlsx.read(out)] == [item]


def test_reason_names_the_heading_when_a_row_is_in_no_sheet_yet():
    _out, left = written(replace(KINDS[2], explanation=f"<p>{TCVN3}</p>"))
    ((reason, is_written),) = left
    assert reason.startswith("Giải thích: ") and "TCVN3" in reason and not is_written


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]) | st.sampled_from("=+-@\"/;,|[]%#_x0041_\n\t"), min_size=1, max_size=12).map(str.strip).filter(bool)
LINE = WORDS.map(lambda text: " ".join(text.split())).filter(bool)
HTML = WORDS.map(lambda text: xlsx_html(text)).filter(bool)
FRACTION = st.integers(0, 1000).map(lambda number: number / 1000)
NUMBER = st.decimals(-10**9, 10**9, allow_nan=False, places=4).map(lambda number: format(Decimal(number).normalize() + 0, "f"))


def xlsx_html(text: str) -> str:
    from quizzes.interchange.markup import from_plain
    return from_plain(text)


def rows_of(**fields) -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries(fields)


FEEDBACK = st.just("") | LINE
VALUES = {
    "one_answer": rows_of(stem=HTML, options=st.lists(LINE, min_size=2, max_size=10).flatmap(lambda texts: st.integers(0, len(texts) - 1).map(
        lambda right: [{"text": text, "is_right": number == right, "feedback": ""} for number, text in enumerate(texts)]))),
    "short_answer": rows_of(stem=HTML, accepted=st.lists(rows_of(text=LINE, fraction=FRACTION, feedback=FEEDBACK), min_size=1, max_size=5),
                            comparing=st.sampled_from(["exact", "case", "tones", "diacritics"])),
    "numeric": rows_of(stem=HTML, unit=st.sampled_from(["", "ngày", "%", "m2"]), accepted=st.lists(rows_of(
        value=NUMBER, tolerance=NUMBER.map(lambda said: said.lstrip("-")), measure=st.sampled_from(["absolute", "percent"]), fraction=FRACTION, feedback=FEEDBACK),
        min_size=1, max_size=4)),
    "matching": rows_of(stem=HTML, pairs=st.lists(rows_of(left=LINE, right=LINE, feedback=FEEDBACK), min_size=2, max_size=12), distractors=st.lists(LINE, max_size=3)),
    "essay": rows_of(stem=HTML, model_answer=st.just("") | HTML, least_words=st.none() | st.integers(1, 4000), most_words=st.none() | st.integers(1, 4000),
                     criteria=st.lists(rows_of(title=LINE, description=st.just("") | WORDS, points=FRACTION), max_size=3)),
}
ITEMS = st.sampled_from(sorted(VALUES)).flatmap(lambda kind: st.builds(
    Item, kind=st.just(kind), value=VALUES[kind], explanation=st.just("") | HTML, code=st.just("") | LINE, difficulty=st.sampled_from(["easy", "medium", "hard"]),
    topic=st.just("") | LINE, tags=st.lists(LINE, max_size=3).map(tuple), citations=st.lists(LINE, max_size=2).map(tuple), category=st.lists(LINE, max_size=3).map(tuple)))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ITEMS, max_size=3))
def test_any_question_comes_back_unchanged_or_is_left(items):
    out, left = io.BytesIO(), []
    with translation.override("en"):
        xlsx.write(items, out, lambda item, reason, is_written: left.append((item, reason, is_written)))
        kept = [item for item in items if not any(item is one for one, _reason, _is_written in left)]
        assert [replace(back, line=0) for back in xlsx.read(out)] == kept
    # Only what looks like an old font's letter salad may be left.
    assert all("Unicode" in reason for _item, reason, _is_written in left)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([COMMAS, LINES_OR_SEMICOLONS, PAIR, PARTS, PATH]), st.lists(WORDS | st.just(""), min_size=1, max_size=4))
def test_lists_in_a_cell_are_read_as_they_were_written(between, texts):
    assert between.split(between.join(texts)) == texts


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
    with pytest.raises(InterchangeError):
        list(xlsx.read(repacked(shared_book(PLAIN, ASKED), part, change)))


@pytest.mark.parametrize("part", [SHEET1, "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"])
def test_workbook_is_read_or_refused_when_a_part_holds_nonsense(part):
    nonsense = lambda data: re.sub(rb'(r|s|t|Target|numFmtId)="[^"]*"', rb'\1="-9e9"', data)  # noqa: E731
    try:
        assert isinstance(list(xlsx.read(repacked(shared_book(PLAIN, ASKED), part, nonsense))), list)
    except InterchangeError as error:
        assert str(error)


@pytest.mark.parametrize(("data", "code"), [
    (b"", "no_workbook"), (b"Question", "no_workbook"), (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "no_workbook"), (b"%PDF-1.7", "no_workbook"), (b"PK\x03\x04", "zip"),
])
def test_file_is_refused_when_it_is_no_workbook(data, code):
    with pytest.raises(InterchangeError) as caught:
        list(xlsx.read(io.BytesIO(data)))
    assert caught.value.code == code


def test_bomb_is_refused_when_a_workbook_unpacks_to_more_than_it_may(monkeypatch):
    monkeypatch.setattr("quizzes.interchange.xlsx.cells.MOST_UNPACKED", 10 * 1024 * 1024)
    made = repacked(shared_book(PLAIN, ASKED), "xl/sharedStrings.xml", lambda data: b" " * (11 * 1024 * 1024))
    with pytest.raises(InterchangeError) as caught:
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
    except InterchangeError as error:
        assert str(error)


WORKBOOK = shared_book(PLAIN, ASKED).getvalue()
