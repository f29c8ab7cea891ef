"""GIFT written: what comes back is what went out, Moodle can read it, and what GIFT has no place for is named."""

import io
from dataclasses import replace

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quizzes.interchange import gift
from quizzes.interchange.items import Item
from quizzes.interchange.markup import from_plain
from tests.quizzes.interchange.test_gift import PLAIN, one, read
from vietnamese.text import clean

SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SIGNS = "\\~=#{}:%[]*->/$&<>;\"'|_.,?()@`^ \n"
LETTERS = st.sampled_from(SIGNS + "aăâbđêôơưnTF05ạầộựệÀĐ😀🇻🇳\u200d\u00a0")
HARD = st.sampled_from([
    "####", "->", "::", "//", "[html]", "[plain]", "%50%", "$CATEGORY: ", "\\n", "\\", "<b>x</b>", "&lt;", "TRUE", "= ", "[tag:x]", "*", "…", "\n\n", "}\n\n{"])
TEXTS = st.lists(LETTERS | HARD, min_size=1, max_size=14).map(lambda parts: "".join(parts).strip()).filter(bool)
LINES = TEXTS.map(clean).filter(bool)
STEMS = TEXTS.map(from_plain).filter(bool) | TEXTS.map(lambda text: f"<p><strong>{text}</strong></p>") | TEXTS
WEIGHTS = st.sampled_from([0.0, 0.333, 0.5, 0.667, 0.25, 0.123, 1.0])
NUMBERS = st.decimals(min_value=-10**6, max_value=10**6, places=3).map(lambda number: f"{number.normalize():f}").map(lambda text: "0" if text == "-0" else text)
OFF = st.decimals(min_value=0, max_value=50, places=2).map(lambda number: f"{number.normalize():f}")


def rows(**fields):
    return st.fixed_dictionaries(fields)


def options(least_right, most_right):
    option = rows(text=LINES, is_right=st.just(False), feedback=LINES | st.just(""))

    @st.composite
    def drawn(draw):
        found = draw(st.lists(option, min_size=2, max_size=8))
        right = draw(st.sets(st.integers(0, len(found) - 1), min_size=least_right, max_size=min(most_right, len(found))))
        return [{**row, "is_right": place in right} for place, row in enumerate(found)]

    return drawn()


VALUES = {
    "one_answer": rows(stem=STEMS, options=options(1, 1)),
    "several_answers": rows(stem=STEMS, options=options(1, 8), marking=st.sampled_from(["partial", "lenient", "all"])),
    "true_false": rows(stem=STEMS, is_true=st.booleans(), feedback=LINES | st.just("")),
    "short_answer": rows(
        stem=STEMS, comparing=st.sampled_from(["exact", "case", "tones", "diacritics"]),
        accepted=st.lists(rows(text=LINES, fraction=WEIGHTS, feedback=LINES | st.just("")), min_size=1, max_size=5)),
    "numeric": rows(
        stem=STEMS, unit=LINES | st.just(""),
        accepted=st.lists(rows(
            value=NUMBERS, tolerance=OFF, measure=st.sampled_from(["absolute", "percent"]), fraction=WEIGHTS, feedback=LINES | st.just("")),
            min_size=1, max_size=4)),
    "matching": rows(
        stem=STEMS, pairs=st.lists(rows(left=LINES, right=LINES, feedback=LINES | st.just("")), min_size=2, max_size=6),
        distractors=st.lists(LINES, max_size=3)),
    "essay": rows(
        stem=STEMS, model_answer=STEMS | st.just(""), least_words=st.none() | st.integers(1, 4000), most_words=st.none() | st.integers(1, 4000),
        criteria=st.lists(rows(title=LINES, description=TEXTS | st.just(""), points=st.floats(0, 100)), max_size=3)),
}


@st.composite
def items(draw):
    kind = draw(st.sampled_from(sorted(VALUES)))
    return Item(
        kind=kind, value=draw(VALUES[kind]), explanation=draw(STEMS | st.just("")), code=draw(LINES.map(lambda text: text[:40].strip()) | st.just("")),
        difficulty=draw(st.sampled_from(["easy", "medium", "hard"])), topic=draw(LINES | st.just("")),
        tags=tuple(draw(st.lists(LINES | st.sampled_from(["unit:m", "comparing:exact", "marking:all", "law:x", "difficulty:easy"]), max_size=4, unique=True))),
        citations=tuple(draw(st.lists(LINES, max_size=2, unique=True))), category=tuple(draw(st.lists(LINES, max_size=3))),
        pictures={})


def written(given_items):
    out, left = io.BytesIO(), []
    with translation.override("en"):
        gift.write(given_items, out, lambda item, reason, written: left.append((item, reason, written)))
    return out.getvalue().decode(), left


@SOME
@given(st.lists(items(), min_size=1, max_size=3))
def test_questions_come_back_unchanged_when_written_and_read(wanted):
    text, left = written(wanted)
    assert left == []
    found = read(PLAIN + text)
    assert [replace(item, line=0) if isinstance(item, Item) else item for item in found] == wanted


def test_written_file_is_what_moodle_reads():
    items = [
        Item("one_answer", {"stem": "<p>Lương tối thiểu = ?</p>", "options": [
            {"text": "4,96 triệu", "is_right": True, "feedback": "Đúng"}, {"text": "< 4 triệu", "is_right": False, "feedback": ""}]},
            explanation="<p>Điều 3</p>", code="L-1", tags=("lương", "a]b"), difficulty="hard", category=("Luật", "Lương/thưởng")),
        Item("several_answers", {"stem": "<p>Chọn <b>mọi</b> câu đúng</p>", "marking": "partial", "options": [
            {"text": "a", "is_right": True, "feedback": ""}, {"text": "%", "is_right": True, "feedback": ""}, {"text": "c", "is_right": True, "feedback": ""},
            {"text": "x\ny", "is_right": False, "feedback": ""}]}, category=("Luật", "Lương/thưởng")),
        Item("short_answer", {"stem": "<p>Ai?</p>", "comparing": "tones", "accepted": [
            {"text": "Hồ*", "fraction": 1.0, "feedback": "a -> b"}, {"text": "Bác", "fraction": 0.667, "feedback": ""}]}),
        Item("numeric", {"stem": "<p>Bao nhiêu?</p>", "unit": "ngày", "accepted": [
            {"value": "12", "tolerance": "5", "measure": "percent", "fraction": 1.0, "feedback": ""}]}),
    ]
    assert written(items) == (WRITTEN, [])


WRITTEN = """$CATEGORY: $course$/top/Luật/Lương//thưởng

// [id:L-1] [tag:lương] [tag:a\\]b] [tag:difficulty:hard]
::L-1::Lương tối thiểu \\= ?{
\t=4,96 triệu#Đúng
\t~< 4 triệu
\t####Điều 3
}

[html]<p>Chọn <b>mọi</b> câu đúng</p>{
\t~%33.33333%a
\t~%33.33333%[plain]%
\t~%33.33333%c
\t~%-100%[plain]x\\ny
}

$CATEGORY: $course$/top

// [tag:comparing:tones]
Ai?{
\t=Hồ\\\\*#[html]a -&gt; b
\t=%66.66667%Bác
}

// [tag:unit:ngày] [tag:percent:1=5]
Bao nhiêu?{#
\t=12:0.6
}

"""


def test_pictures_travel_in_the_text():
    item = Item(
        "essay", {"stem": '<p>Đọc <img src="@@PLUGINFILE@@/bảng%20lương.png" alt="Bảng"/></p>'}, explanation='<img src="@@PLUGINFILE@@/a.jpg">',
        pictures={"bảng lương.png": b"\x89PNG=:~{}", "a.jpg": bytes(range(256))})
    text, left = written([item])
    found = one(text)
    assert (left, found.value["stem"], found.explanation, found.pictures) == ([], item.value["stem"], item.explanation, item.pictures)


def test_fact_that_only_a_comment_says_gives_way_when_the_text_was_changed_by_hand():
    pairs = [{"left": "a", "right": "b", "feedback": "xem Điều 1"}, {"left": "c", "right": "d", "feedback": ""}]
    text, _left = written([Item("matching", {"stem": "<p>Ghép</p>", "pairs": pairs})])
    assert one(text).value["pairs"] == pairs
    changed = one(text.replace("=a ->", "=A ->"))
    assert ([pair["left"] for pair in changed.value["pairs"]], len(changed.notes)) == (["A", "c"], 1)


def test_criteria_stay_when_the_text_of_an_essay_was_changed_by_hand():
    criteria = [{"title": "Ý chính", "description": "", "points": 2.0}]
    text, _left = written([Item("essay", {"stem": "<p>Nêu</p>", "criteria": criteria, "least_words": 50})])
    found = one(text.replace("Nêu{", "Trình bày{"))
    assert (found.value["criteria"], found.value["least_words"], found.notes) == (criteria, 50, ())


@pytest.mark.parametrize("more", [
    '{"value": {"criteria": 5, "stem": {"a": 1}, "kind": "x", "least_words": true}, "item": {"tags": "abc", "code": 5, "difficulty": "impossible"}}',
    '{"value": [], "item": 3}', "[]", "{", "null", '{"item": {"pictures": {"a": "b"}, "line": 7}}'])
def test_comment_of_a_strange_shape_changes_nothing(more):
    text = f"// [more:00000000:{more}]\nNêu{{}}"
    found = one(text)
    assert replace(found, notes=()) == replace(one("\nNêu{}"), line=2)


def test_question_is_left_with_a_reason_when_gift_has_no_such_kind():
    items = [Item(kind, {"stem": "<p>x</p>"}) for kind in ("ordering", "gaps", "drag_words", "hotspot", "case_file", "survey_item", "file_upload")]
    text, left = written(items)
    assert (text, [(item, is_written) for item, _reason, is_written in left]) == ("", [(item, False) for item in items])
    assert all(reason for _item, reason, _is_written in left)


@pytest.mark.parametrize(("kind", "value"), [
    ("short_answer", {"stem": "x", "accepted": []}),
    ("numeric", {"stem": "x", "accepted": [{"value": "nhiều"}]}),
    ("one_answer", {"stem": "x", "options": [{"text": "a", "is_right": True}]}),
    ("one_answer", {"stem": "x", "options": [{"text": "a"}, {"text": "b"}]}),
    ("several_answers", {"stem": "x", "options": [{"text": "a"}, {"text": "b"}]}),
])
def test_question_is_left_and_the_next_one_written_when_it_cannot_be_read_back(kind, value):
    good = Item("true_false", {"stem": "<p>Đúng</p>", "is_true": True, "feedback": ""})
    text, left = written([Item(kind, value), good])
    assert ([is_written for _item, _reason, is_written in left], [replace(item, line=0) for item in read(text)]) == ([False], [good])


def test_what_gift_has_no_place_for_is_named_when_the_rest_is_written():
    text, left = written([Item("essay", {"stem": "<p>x</p>", "materials": ["a"]}, pictures={"a.png": b"x"})])
    assert (one(text).kind, [is_written for _item, _reason, is_written in left]) == ("essay", [True])
