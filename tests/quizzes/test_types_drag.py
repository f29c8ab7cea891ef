"""Words into a text, and several answers without a penalty."""

from random import Random

import pytest
from django.template.loader import render_to_string
from wagtail.blocks import StructBlockValidationError

from quizzes.freezing import written_out
from quizzes.grading.review import EVERYTHING, NOTHING, Shown
from quizzes.types import InvalidAnswer, type_of
from quizzes.types.asked import Asked
from quizzes.types.drag_words import pieces_of
from tests.factories import question_types_b as questions
from tests.quizzes.walking import Walk, preview_of

CONTENT = {
    "stem": "<p>Điền từ.</p>", "materials": [], "reusable": False, "right": {"1": "w1", "2": "w2"},
    "text": '<p>Trong <b>[[2]]</b> ngày, hai bên <abbr title="a>[[1]]">bắt đầu</abbr> [[1]].</p>',
    "words": [{"key": "w1", "text": "thương lượng"}, {"key": "w2", "text": "30"}, {"key": "w3", "text": "hòa giải"}],
}
KIND = type_of("drag_words")


def asked(answer: dict, content: dict = CONTENT, order=("w3", "w1", "w2")) -> Asked:
    return Asked(1, KIND, content, list(order), answer)


@pytest.mark.parametrize(("html", "pieces"), [
    ("<p>a [[1]] b</p>", [("<p>a ", "1"), (" b</p>", "")]),
    ("[[2]][[1]]", [("", "2"), ("", "1"), ("", "")]),
    ('<a title="[[1]]">[[1]]</a>', [('<a title="[[1]]">', "1"), ("</a>", "")]),
    ('<abbr title="a>[[1]]">x</abbr>', [('<abbr title="a>[[1]]">x</abbr>', "")]),
    ("[[1]] [[1]]", [("", "1"), (" [[1]]", "")]),
    ("[[0]] [[x]] [[<b>1</b>]] [[1] ]", [("[[0]] [[x]] [[<b>1</b>]] [[1] ]", "")]),
])
def test_a_text_is_cut_at_its_gaps_and_never_inside_a_tag(html, pieces):
    assert pieces_of(html) == pieces
    assert "".join(part + (f"[[{gap}]]" if gap else "") for part, gap in pieces) == html


def test_the_lists_stand_in_the_text_which_stays_well_formed():
    page = render_to_string(KIND.take_template, {"asked": asked({"gaps": {"2": "w1"}}), "card": ""})
    assert page.count("<select") == page.count("</select>") == 2
    assert page.index('name="answer.2"') < page.index('name="answer.1"')
    assert "Trong <b><span" in page
    assert "</span></b> ngày" in page
    assert page.count(" selected") == 1
    assert "[[" not in page.replace('title="a>[[1]]"', "")


def test_nothing_on_the_page_tells_which_word_is_right():
    """Another key for the answer, the same page: what is right is not drawn."""
    other = CONTENT | {"right": {"1": "w3", "2": "w1"}}
    pages = [render_to_string(KIND.take_template, {"asked": asked({}, content), "card": ""}) for content in (CONTENT, other)]
    assert pages[0] == pages[1]


def test_words_are_shuffled_even_when_the_quiz_does_not_shuffle():
    drawn = {tuple(KIND.draw_order(CONTENT, Random(seed), shuffle=False)) for seed in range(30)}
    assert len(drawn) == 6
    assert KIND.draw_order(CONTENT, Random(4), shuffle=True) == KIND.draw_order(CONTENT, Random(4), shuffle=False)
    turned = CONTENT | {"words": CONTENT["words"][::-1]}
    assert KIND.draw_order(turned, Random(4), shuffle=True) == KIND.draw_order(CONTENT, Random(4), shuffle=True)


@pytest.mark.parametrize(("gaps", "fraction"), [
    ({}, 0.0), ({"1": "w1"}, 0.5), ({"1": "w1", "2": "w2"}, 1.0), ({"1": "w2", "2": "w1"}, 0.0), ({"1": "w1", "2": "w3"}, 0.5),
])
def test_each_gap_earns_its_share(gaps, fraction):
    assert KIND.mark(CONTENT, {"gaps": gaps} if gaps else {}) == fraction


@pytest.mark.parametrize("answer", [
    None, [], "w1", 7, {"gaps": []}, {"gaps": {"1": 1}}, {"gaps": {"1": ["w1"]}}, {"gaps": {"3": "w1"}}, {"gaps": {"1": "w9"}},
    {"gaps": {"1": "w1"}, "more": 1}, {"other": {}}, {"gaps": {str(number): "w1" for number in range(5000)}}, {"gaps": {"1": None}},
])
def test_what_is_no_answer_to_this_question_is_refused(answer):
    with pytest.raises(InvalidAnswer):
        KIND.clean_answer(CONTENT, answer)


def test_empty_gaps_are_no_answer():
    assert KIND.clean_answer(CONTENT, {"gaps": {"1": "", "2": ""}}) == {}
    assert KIND.clean_answer(CONTENT, {"gaps": {"2": "w2", "1": ""}}) == {"gaps": {"2": "w2"}}


def test_equal_words_are_equally_right_and_offered_once_where_words_may_be_used_again(db):
    text = "<p>[[1]] [[2]] [[3]]</p>"
    once = questions.drag_words(text=text, answers=("bên", "ngày", "bên")).content[0].value
    content = KIND.freeze(once)
    first, _day, second = content["right"].values()
    assert first != second
    assert KIND.mark(content, {"gaps": {"1": second, "2": content["right"]["2"], "3": first}}) == 1.0
    again = KIND.freeze(questions.drag_words(text=text, answers=("bên", "ngày", "bên"), distractors=("ngày",), reusable=True).content[0].value)
    assert [word["text"] for word in again["words"]] == ["bên", "ngày"]
    assert again["right"]["1"] == again["right"]["3"]


@pytest.mark.parametrize(("text", "answers"), [
    ("<p>không có chỗ trống</p>", ["a"]), ("<p>[[1]]</p>", ["a", "b"]), ("<p>[[1]] [[2]]</p>", ["a"]), ("<p>[[2]]</p>", ["a"]),
    ("<p>[[<b>1</b>]]</p>", ["a"]),
])
def test_the_author_is_told_when_gaps_and_words_do_not_fit(text, answers):
    value = KIND.to_python({"stem": "<p>Điền.</p>", "text": text, "answers": answers, "distractors": [], "reusable": False})
    with pytest.raises(StructBlockValidationError) as refused:
        KIND.clean(value)
    assert set(refused.value.block_errors) == {"text"}


def test_the_text_is_sanitised_when_a_version_is_made():
    content = written_out("drag_words", {**CONTENT, "text": "<p>[[1]]<script>alert(1)</script> [[2]]</p>", "explanation": ""})
    assert "<script" not in content["text"]
    assert [gap for _html, gap in pieces_of(content["text"]) if gap] == ["1", "2"]


def test_a_walk(learner, now):
    walk = Walk(questions.drag_words(), learner, now)
    right = walk.content["right"]
    wrong = next(word["key"] for word in walk.content["words"] if word["key"] not in right.values())
    assert walk.post({"1": [wrong], "2": [""]}) == {"gaps": {"1": wrong}}
    assert walk.send({"gaps": right}) == {"gaps": right}
    assert walk.post({"1": [right["1"]], "2": [right["2"]]}) == {"gaps": right}
    assert walk.submit().fraction == 1.0


@pytest.mark.parametrize(("answer", "shows", "there", "away"), [
    ({"gaps": {"1": "w3"}}, EVERYTHING, ["hòa giải", "thương lượng", "is-wrong"], []),
    ({"gaps": {"1": "w3"}}, Shown.of(["own_answer"]), ["hòa giải"], ["thương lượng", "is-wrong", "is-right"]),
    ({"gaps": {"1": "w3"}}, Shown.of(["own_answer", "correctness"]), ["hòa giải", "is-wrong"], ["thương lượng"]),
    ({"gaps": {"1": "w3"}}, Shown.of(["right_answer"]), ["thương lượng"], ["hòa giải"]),
    ({"gaps": {"1": "w3"}}, NOTHING, [], ["hòa giải", "thương lượng"]),
    ({}, Shown.of(["own_answer"]), [], ["thương lượng", "hòa giải"]),
])
def test_the_review_shows_what_it_may(answer, shows, there, away):
    page = render_to_string(KIND.review_template, {"asked": asked(answer), "shows": shows})
    assert [word for word in there if word not in page] == []
    assert [word for word in away if word in page] == []


def test_the_authors_preview(db, rf):
    page = preview_of(questions.drag_words(), rf)
    for shown in ("Điền từ.", "<select", "hòa giải", "drag-words.js"):
        assert shown in page


@pytest.mark.parametrize(("marking", "chosen", "fraction"), [
    ("lenient", ["a"], 0.5), ("lenient", ["a", "x"], 0.5), ("lenient", ["a", "b", "x"], 1.0), ("lenient", ["x"], 0.0), ("lenient", [], 0.0),
    ("partial", ["a", "x"], 0.0), ("all", ["a", "b", "x"], 0.0), (None, ["a", "x"], 0.0),
])
def test_several_answers_has_three_markings(marking, chosen, fraction):
    options = [{"key": key, "right": key in "ab"} for key in "abx"]
    content = {"options": options} | ({"marking": marking} if marking else {})
    assert type_of("several_answers").mark(content, {"chosen": chosen} if chosen else {}) == fraction
