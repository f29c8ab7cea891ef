"""Case files: questions of other types, asked together."""

from random import Random
from uuid import uuid4

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from wagtail.blocks import StructBlockValidationError

from quizzes.enums import AttemptState
from quizzes.freezing import written_out
from quizzes.grading.review import EVERYTHING, NOTHING, Shown
from quizzes.grading.weights import weighted_mean
from quizzes.types import TYPES, InvalidAnswer, _found, type_of
from quizzes.types.asked import Asked
from tests.factories import question_types_b as questions
from tests.quizzes.walking import Walk, preview_of

KIND = type_of("case_file")
OPTIONS = [{"key": "a1", "text": "30 ngày", "right": True, "feedback": ""}, {"key": "b2", "text": "90 ngày", "right": False, "feedback": "Quá lâu."}]
CHOICE = {"key": "p1-one_answer", "type": "one_answer", "weight": 3.0, "content": {
    "stem": "<p>Hạn?</p>", "materials": [], "multiple": False, "options": OPTIONS}}
WORDS = {"key": "p2-drag_words", "type": "drag_words", "weight": 1.0, "content": {
    "stem": "<p>Điền.</p>", "materials": [], "reusable": False, "right": {"1": "w1", "2": "w2"}, "text": "<p>[[1]] [[2]]</p>",
    "words": [{"key": "w1", "text": "một"}, {"key": "w2", "text": "hai"}]}}
ESSAY = {"key": "p3-essay", "type": "essay", "weight": 4.0, "content": {
    "stem": "<p>Viết.</p>", "materials": [], "criteria": [], "shows_criteria": False, "model_answer": "<p>Mẫu.</p>", "least_words": None,
    "most_words": None}}
CASE = {"stem": "<p>Công ty A.</p>", "title": "Vụ <A>", "materials": [], "parts": [CHOICE, WORDS]}
WITH_ESSAY = CASE | {"parts": [CHOICE, WORDS, ESSAY]}
RIGHT = {"parts": {"p1-one_answer": {"chosen": ["a1"]}, "p2-drag_words": {"gaps": {"1": "w1", "2": "w2"}}}}
HALF = {"parts": {"p2-drag_words": {"gaps": {"1": "w1"}}}}


def asked(content: dict, answer: dict) -> Asked:
    return Asked(4, KIND, content, KIND.draw_order(content, Random(1), shuffle=True), answer)


@pytest.mark.parametrize(("marks", "whole"), [
    ([(1, 1.0), (1, 0.0)], 0.5), ([(3, 1.0), (1, 0.0)], 0.75), ([(0, 1.0)], 0.0), ([], 0.0), ([(1, None), (1, 1.0)], None),
    ([(0.1, 1.0)] * 7, 1.0), ([(1, 0.0), (0, 1.0)], 0.0),
])
def test_a_whole_is_the_weighted_mean_of_its_parts(marks, whole):
    assert weighted_mean(marks) == whole


@pytest.mark.parametrize(("content", "answer", "mark"), [
    (CASE, RIGHT, 1.0), (CASE, HALF, 0.125), (CASE, {}, 0.0), (WITH_ESSAY, RIGHT, 0.5), (WITH_ESSAY, {}, 0.0),
    (WITH_ESSAY, {"parts": {"p3-essay": {"text": "Kính gửi"}}}, None),
])
def test_parts_are_marked_by_their_types_and_a_person_marks_what_needs_one(content, answer, mark):
    assert KIND.mark(content, answer) == mark


def test_any_type_may_stand_in_a_case_but_files_surveys_and_cases():
    offered = set(KIND.child_blocks["questions"].child_blocks)
    assert offered == set(TYPES) - {"case_file", "file_upload", "survey_item"}
    # Found anew while the types are being found: what it offers is looked up when it is asked for.
    assert set(_found()["case_file"].child_blocks["questions"].child_blocks) == offered


def test_a_form_is_read_and_written_by_the_types_of_the_parts():
    fields = {"p1-one_answer": ["a1"], "p2-drag_words.1": ["w1"], "p2-drag_words.2": ["w2"], "": ["x"]}
    assert KIND.read_form(fields) == RIGHT
    assert KIND.read_form(KIND.write_form(RIGHT)) == RIGHT
    assert KIND.read_form({"p1-one_answer": [""], "p2-drag_words.1": [""]}) == {}
    for key in ("p1-unknown", "p1", "p1-case_file", "p1-file_upload"):
        with pytest.raises(InvalidAnswer):
            KIND.read_form({key: ["a"]})


@pytest.mark.parametrize("answer", [
    None, [], {"parts": []}, {"parts": {"p9-one_answer": {}}}, {"parts": {"p1-one_answer": {"chosen": ["z"]}}}, {"parts": {"p1-one_answer": None}},
    {"parts": {"p1-one_answer": ["a1"]}}, {"parts": {}, "more": 1}, {"parts": {"p2-drag_words": {"gaps": {"1": [["w1"]]}}}}, {"chosen": ["a1"]},
])
def test_what_is_no_answer_to_this_case_is_refused(answer):
    with pytest.raises(InvalidAnswer):
        KIND.clean_answer(CASE, answer)


def test_parts_without_an_answer_leave_no_trace():
    assert KIND.clean_answer(CASE, {"parts": {"p1-one_answer": {"chosen": []}, "p2-drag_words": {"gaps": {}}}}) == {}
    cleaned = KIND.clean_answer(CASE, {"parts": {"p2-drag_words": {"gaps": {"1": "w1", "2": ""}}, "p1-one_answer": {}}})
    assert cleaned == HALF


def test_each_part_has_its_own_order_taken_from_the_cases():
    orders = set()
    for seed in range(20):
        order = KIND.draw_order(CASE, Random(seed), shuffle=True)
        assert sorted(order) == ["p1-one_answer:a1", "p1-one_answer:b2", "p2-drag_words:w1", "p2-drag_words:w2"]
        parts = KIND.case_of(Asked(1, KIND, CASE, order, {})).parts
        assert [f"p1-one_answer:{key}" for key in parts[0].asked.order] + [f"p2-drag_words:{key}" for key in parts[1].asked.order] == order
        orders.add(tuple(order))
    assert len(orders) == 4
    assert KIND.draw_order(CASE, Random(3), shuffle=False)[:2] == ["p1-one_answer:a1", "p1-one_answer:b2"]


def test_the_inputs_of_a_part_are_named_under_the_case():
    page = render_to_string(KIND.take_template, {"asked": asked(CASE, RIGHT), "card": ""})
    for name in ('name="answer.p1-one_answer" value="a1" checked', 'name="answer.p2-drag_words.1"', 'id="answer.p2-drag_words.2"'):
        assert name in page
    assert "Vụ &lt;A&gt;" in page
    ids = [part.split('"')[0] for part in page.split(' id="')[1:]]
    assert len(ids) == len(set(ids))
    # Of the case alone, not of each part.
    assert 'name="flag"' not in page


@pytest.mark.parametrize(("shows", "there", "away"), [
    (EVERYTHING, ["30 ngày", "90 ngày", "Quá lâu.", "Mẫu."], []),
    (Shown.of(["own_answer"]), ["90 ngày"], ["30 ngày", "Quá lâu.", "Mẫu.", "is-wrong", "tag--bad"]),
    (Shown.of(["right_answer"]), ["30 ngày", "Mẫu."], ["90 ngày"]),
    (NOTHING, ["Hạn?"], ["30 ngày", "90 ngày", "Mẫu."]),
])
def test_the_review_shows_of_each_part_what_it_may(shows, there, away):
    answer = {"parts": {"p1-one_answer": {"chosen": ["b2"]}, "p2-drag_words": {"gaps": {"1": "w2"}}, "p3-essay": {"text": "Kính gửi"}}}
    page = render_to_string(KIND.review_template, {"asked": asked(WITH_ESSAY, answer), "shows": shows})
    assert [word for word in there if word not in page] == []
    assert [word for word in away if word in page] == []


def test_the_texts_of_all_parts_are_sanitised_when_a_version_is_made():
    bad = "<p>x</p><script>alert(1)</script>"
    parts = [CHOICE | {"content": CHOICE["content"] | {"stem": bad}}, WORDS | {"content": WORDS["content"] | {"text": bad + "[[1]]"}}]
    content = written_out("case_file", CASE | {"stem": bad, "parts": parts, "explanation": bad})
    assert "<script" not in str(content)
    assert content["parts"][1]["content"]["text"].startswith("<p>x</p>")


def test_a_walk_without_anybody_to_mark(learner, now):
    walk = Walk(questions.case_file(), learner, now)
    choice, statement = (part["key"] for part in walk.content["parts"])
    right, wrong = (option["key"] for option in walk.content["parts"][0]["content"]["options"])
    assert choice.endswith("-one_answer")
    assert walk.post({choice: [wrong]}) == {"parts": {choice: {"chosen": [wrong]}}}
    answer = {"parts": {choice: {"chosen": [right]}, statement: {"chosen": ["true"]}}}
    assert walk.send(answer) == answer
    assert (walk.submit().state, walk.attempt.fraction) == (AttemptState.MARKED, 0.75)


def test_a_walk_that_waits_for_a_person(learner, trainer, now):
    walk = Walk(questions.case_file(questions.WORDS_PART, questions.ESSAY_PART), learner, now)
    words, essay = (part["key"] for part in walk.content["parts"])
    right = walk.content["parts"][0]["content"]["right"]
    walk.post({f"{words}.1": [right["1"]], f"{words}.2": [right["2"]], essay: ["Kính gửi Công ty."]})
    assert walk.answer == {"parts": {words: {"gaps": right}, essay: {"text": "Kính gửi Công ty."}}}
    assert walk.submit().state == AttemptState.SUBMITTED
    assert walk.mark(0.9, trainer).fraction == 0.9


def test_keys_stay_over_an_edit(learner, now):
    question = questions.case_file()
    before = KIND.freeze(question.content[0].value)
    question.content[0].value["title"] = "Tên khác"
    question.save_revision().publish()
    question.refresh_from_db()
    assert [part["key"] for part in KIND.freeze(question.content[0].value)["parts"]] == [part["key"] for part in before["parts"]]


@pytest.mark.parametrize(("parts", "field"), [
    ([("true_false", {"stem": "<p>Đúng.</p>", "is_true": True, "feedback": ""}, 0)] * 2, "questions"),
    ([("true_false", {"stem": "<p>Đúng.</p>", "is_true": True, "feedback": ""}, 1)], "questions"),
    ([("true_false", {"stem": "<p> </p>", "is_true": True, "feedback": ""}, 1)] * 2, "questions"),
])
def test_the_author_is_told_what_is_wrong_with_the_parts(parts, field):
    value = KIND.to_python({"title": "Vụ A", "stem": "<p>Công ty A.</p>", "questions": [
        {"type": kind, "value": {"question": value, "weight": weight}, "id": str(uuid4())} for kind, value, weight in parts]})
    with pytest.raises(StructBlockValidationError) as refused:
        KIND.clean(value)
    assert set(refused.value.block_errors) == {field}


def test_the_authors_preview_and_editor(db, rf, as_user, administrator):
    question = questions.case_file(questions.WORDS_PART, questions.ESSAY_PART)
    page = preview_of(question, rf)
    for shown in ("Công ty chậm trả lời", "Công ty A nhận yêu cầu", "<select", "<textarea", "Kính gửi"):
        assert shown in page
    editor = as_user(administrator).get(reverse(question.snippet_viewset.get_url_name("edit"), args=[question.pk]))
    assert editor.status_code == 200
    assert question.stem_text.startswith("Công ty chậm trả lời.")
