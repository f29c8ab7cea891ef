"""Aiken: questions with one right answer, in plain lines; every question that is not like that is refused with its line."""

import io
import time
from dataclasses import replace

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.errors import UnreadableFile
from quizzes.interchange import aiken
from quizzes.interchange.items import Item, Refused
from quizzes.interchange.markup import from_plain
from vietnamese.text import clean

SOME = settings(max_examples=60, deadline=None)
SIGNS = st.sampled_from("ABab.):&<>/\"'{}=~#%ạầộựÀĐ😀\u00a0 ") | st.sampled_from(["A. ", "ANSWER: A", "ĐÁP ÁN: B", "B) ", "&amp;", "<b>"])
LINES = st.lists(SIGNS, min_size=1, max_size=10).map(lambda parts: clean("".join(parts))).filter(bool)
# Begins with words, so that no question looks like an option.
STEMS = LINES.map(lambda text: from_plain(f"Câu hỏi {text}"))
HEADING = "Người lao động làm việc đủ mười hai tháng được nghỉ hằng năm, hưởng nguyên lương theo hợp đồng lao động đã ký kết.\n\n"


@st.composite
def items(draw):
    texts = draw(st.lists(LINES, min_size=2, max_size=10))
    right = draw(st.integers(0, len(texts) - 1))
    options = [{"text": text, "is_right": place == right, "feedback": ""} for place, text in enumerate(texts)]
    return Item("one_answer", {"stem": draw(STEMS), "options": options})


def read(text):
    with translation.override("en"):
        return list(aiken.read(io.BytesIO(text if isinstance(text, bytes) else text.encode())))


def written(given_items):
    out, left = io.BytesIO(), []
    with translation.override("en"):
        aiken.write(given_items, out, lambda item, reason, is_written: left.append((item, reason, is_written)))
    return out.getvalue().decode(), left


def question(**changes):
    options = [{"text": "12 ngày", "is_right": True, "feedback": ""}, {"text": "14 ngày", "is_right": False, "feedback": ""}]
    return replace(Item("one_answer", {"stem": "<p>Nghỉ mấy ngày?</p>", "options": options}), **changes)


@SOME
@given(st.lists(items(), max_size=4))
def test_questions_come_back_unchanged_when_written_and_read(wanted):
    text, left = written(wanted)
    heading, *found = read(HEADING + text)
    assert (left, heading.line, [replace(item, line=0) for item in found]) == ([], 1, wanted)


@SOME
@given(st.lists(st.sampled_from(["A. x", "B) y", "c. z", "Z.", "ANSWER: A", "answer:b", "Đáp án: C", "ANSWER:", "Câu hỏi", "", "A.", "\t", "E. coli"]), max_size=30))
def test_reader_takes_any_heap_of_lines_without_failing(lines):
    assert all(isinstance(found, Item | Refused) for found in read(HEADING + "\n".join(lines)))


@SOME
@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_reader_raises_nothing_but_its_own_error_whatever_the_bytes(data):
    try:
        assert all(isinstance(found, Item | Refused) for found in read(data))
    except UnreadableFile as error:
        assert str(error)


@pytest.mark.parametrize("text", [
    "Nghỉ mấy ngày?\nA. 12 ngày\nB. 14 ngày\nANSWER: A\n",
    "Nghỉ mấy ngày?\r\nA) 12 ngày\r\nB) 14 ngày\r\nANSWER: A",
    "\ufeff\n\n  Nghỉ mấy ngày?\n\nA)12 ngày\n\n\tB)14 ngày\n\nANSWER:A\n\n",
    "Nghỉ mấy ngày?\na. 12 ngày\nb. 14 ngày\nanswer: a",
    "Nghỉ mấy ngày?\nA. 12 ngày\nB. 14 ngày\nĐÁP ÁN: A",
    "Nghỉ mấy ngày?\nA. 12 ngày\nB. 14 ngày\nĐa\u0301p a\u0301n đu\u0301ng : A. 12 ngày",
])
def test_question_is_read_however_it_is_laid_out(text):
    found, = read(text)
    assert replace(found, line=0) == question()


def test_question_runs_over_lines_and_what_looks_like_a_tag_stays_text():
    found, = read("E. coli là gì?\nChọn <một> & chỉ một:\nA. <b>\nB. B. tên\nANSWER: B")
    assert found.value["stem"] == "<p>E. coli là gì?<br/>Chọn &lt;một&gt; &amp; chỉ một:</p>"
    assert [(row["text"], row["is_right"]) for row in found.value["options"]] == [("<b>", False), ("B. tên", True)]


GOOD = "Được?\nA. có\nB. không\nANSWER: A"
REFUSED = {
    "no answer": ("Một\nA. x\nB. y", 1),
    "no options": ("Một", 1),
    "an answer alone": ("ANSWER: A", 1),
    "no question": ("A. x\nB. y\nANSWER: A", 1),
    "one option": ("Một\nA. x\nANSWER: A", 3),
    "an answer that is no option": ("Một\nA. x\nB. y\nANSWER: C", 4),
    "two answers": ("Một\nA. x\nB. y\nANSWER: A, B", 4),
    "an answer without a letter": ("Một\nA. x\nB. y\nANSWER:", 4),
    "text between the options": ("Một\nA. x\ntiếp\nB. y\nANSWER: A", 3),
    "text after the options": ("Một\nA. x\nB. y\n\nvì thế\nANSWER: A", 5),
    "a letter left out": ("Một\nA. x\nC. y\nANSWER: A", 3),
    "more options than letters": ("Một\n" + "".join(f"{letter}. x\n" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ") + "A. x\nANSWER: A", 28),
    "a text too long": ("Một\n" + "a" * 20_001 + "\nA. x\nB. y\nANSWER: A", 2),
    "an option too long": ("Một\nA. x\nB. " + "y" * 20_001 + "\nANSWER: A", 3),
}


@pytest.mark.parametrize("name", REFUSED)
def test_question_alone_is_refused_with_its_line_when_it_has(name):
    text, line = REFUSED[name]
    refused, good = read(f"{text}\n\n{GOOD}")
    assert (refused.line, bool(refused.reason), good.value["stem"]) == (line, True, "<p>Được?</p>")


def test_heading_is_refused_and_the_question_after_it_read():
    refused, good = read(f"PHẦN II\n\n{GOOD}")
    assert ((refused.line, refused.excerpt), good.line) == ((1, "PHẦN II"), 3)


@pytest.mark.parametrize("changes", [
    {"explanation": "<p>Điều 113</p>"}, {"code": "KH01"}, {"tags": ("phép",)}, {"difficulty": "hard"}, {"citations": ("Điều 113",)}, {"category": ("Luật",)},
    {"value": {**question().value, "stem": "<p>Nghỉ <b>mấy</b> ngày?</p>"}}, {"value": {**question().value, "stem": "<p>Nghỉ</p><p>mấy ngày?</p>"}},
    {"value": {"stem": "<p>Nghỉ mấy ngày?</p>", "options": [{**row, "feedback": "vì"} for row in question().value["options"]]}},
    {"value": {"stem": "<p>Nghỉ mấy ngày?</p>", "options": [{**row, "text": "a\nb"} for row in question().value["options"]]}},
    {"pictures": {"a.png": b"x"}}], ids=str)
def test_what_aiken_has_no_place_for_is_named_when_the_question_is_written(changes):
    item = question(**changes)
    text, left = written([item])
    found, = read(text)
    assert [(lost, is_written) for lost, _reason, is_written in left] == [(item, True)]
    assert [row["is_right"] for row in found.value["options"]] == [True, False]


def test_category_is_named_once_for_all_questions():
    _text, left = written([question(category=("A",)), question(category=("A",)), question(category=("B",))])
    assert len(left) == 1


@pytest.mark.parametrize("item", [
    Item("true_false", {"stem": "<p>x</p>", "is_true": True}), Item("several_answers", question().value), Item("essay", {"stem": "<p>x</p>"}),
    question(value={"stem": "<p>A. Nguyễn là ai?</p>", "options": question().value["options"]}),
    question(value={"stem": "<p>ANSWER: A</p>", "options": question().value["options"]}),
    question(value={"stem": "", "options": question().value["options"]}),
    question(value={"stem": "<p>x</p>", "options": question().value["options"][:1]}),
    question(value={"stem": "<p>x</p>", "options": question().value["options"][1:] * 2}),
], ids=lambda item: f"{item.kind} {item.value['stem']} {len(item.value.get('options', []))}")
def test_question_is_left_when_aiken_cannot_say_it(item):
    text, left = written([item, question()])
    assert ([(lost, is_written) for lost, _reason, is_written in left], len(read(text))) == ([(item, False)], 1)


@pytest.mark.parametrize("text", [
    "{" * 10**6, "A." * 10**6, " " * 10**6 + "a", "\n" * 10**6, "ANSWER" + " " * 10**6, "x\n" * 3 * 10**4, "A. x\n" * 3 * 10**4, "x\nA. y\n" * 2 * 10**4], ids=lambda text: f"{text[:9]!r}…")
def test_reader_is_done_in_a_moment_with_a_line_of_a_million_signs(text):
    began = time.process_time()
    assert all(isinstance(found, Item | Refused) for found in read(text))
    assert time.process_time() - began < 5


def test_file_is_refused_as_a_whole_when_it_has_millions_of_lines(monkeypatch):
    monkeypatch.setattr("quizzes.interchange.lines.MAX_LINES", 20)
    assert len(read("\n" * 20)) == 0
    with pytest.raises(UnreadableFile):
        read("\n" * 21)
