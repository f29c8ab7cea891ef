"""Questions written to Excel and read again: the same, or left with a reason; and texts to everybody else who opens the workbook."""

import io
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quizzes.interchange import xlsx
from quizzes.interchange.items import Item
from quizzes.interchange.markup import from_plain
from quizzes.interchange.xlsx.lists import COMMAS, LINES_OR_SEMICOLONS, PAIR, PARTS, PATH
from tests.vietnamese.test_encodings import TCVN3


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def written(*items: Item) -> tuple[io.BytesIO, list[tuple[str, bool]]]:
    out, left = io.BytesIO(), []
    xlsx.write(items, out, lambda item, reason, is_written: left.append((reason, is_written)))
    return out, left


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
HTML = WORDS.map(from_plain).filter(bool)
FRACTION = st.integers(0, 1000).map(lambda number: number / 1000)
NUMBER = st.decimals(-10**9, 10**9, allow_nan=False, places=4).map(lambda number: format(Decimal(number).normalize() + 0, "f"))


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
