"""What must hold of every question and every answer, right, wrong or hostile: words, hotspots, essays, files, reasons, surveys, cases."""

from copy import deepcopy
from math import isnan
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.grading.choices import mark_all_or_nothing, mark_lenient, mark_several, mark_ticks
from quizzes.grading.receipts import canonical
from quizzes.grading.weights import weighted_mean
from quizzes.types import InvalidAnswer, type_of
from tests.factories.question_types_b import kept_file
from tests.quizzes import test_types_case as case
from tests.quizzes import test_types_drag as drag
from tests.quizzes import test_types_hotspot as hotspot
from tests.quizzes import test_types_survey as survey
from tests.quizzes import test_types_written as written

# Each: the type's name, a frozen question, and answers of the right shape.
texts = st.text(max_size=60)
keys = st.sampled_from("abcz")
KINDS = {
    "drag_words": ("drag_words", drag.CONTENT, st.builds(
        lambda gaps: {"gaps": gaps}, st.dictionaries(st.sampled_from(["1", "2"]), st.sampled_from(["", "w1", "w2", "w3"])))),
    "hotspot of one": ("hotspot", hotspot.ONE, st.builds(lambda key: {"chosen": key}, st.lists(st.sampled_from("abc"), max_size=1))),
    "hotspot of two": ("hotspot", hotspot.TWO, st.builds(lambda key: {"chosen": key}, st.lists(st.sampled_from("abc")))),
    "essay": ("essay", written.ESSAY_CONTENT, st.builds(lambda text: {"text": text}, texts)),
    "file_upload": ("file_upload", written.FILE_CONTENT, st.builds(
        lambda numbers: {"files": [kept_file(number, name=f"{number}.pdf") for number in numbers]}, st.sets(st.integers(1, 9), max_size=2))),
    "true_false": ("true_false", written.OLD, st.builds(lambda key: {"chosen": key}, st.lists(st.sampled_from(["true", "false"]), max_size=1))),
    "true_false with reason": ("true_false", written.MARKED, st.builds(
        lambda key, reason: {"chosen": key, "reason": reason}, st.lists(st.sampled_from(["true", "false"]), max_size=1), texts)),
    "survey of choices": ("survey_item", survey.content("several"), st.builds(lambda key: {"chosen": key}, st.lists(st.sampled_from("abc")))),
    "survey of words": ("survey_item", survey.content("text"), st.builds(lambda text: {"text": text}, texts)),
    "case_file": ("case_file", case.WITH_ESSAY, st.builds(
        lambda parts: {"parts": parts}, st.fixed_dictionaries({}, optional={
            "p1-one_answer": st.builds(lambda key: {"chosen": key}, st.lists(st.sampled_from(["a1", "b2"]), max_size=1)),
            "p2-drag_words": st.builds(lambda key: {"gaps": {"1": key}}, st.sampled_from(["", "w1", "w2"])),
            "p3-essay": st.builds(lambda text: {"text": text}, texts)}))),
}
# The answer that earns everything; None where a person has to say so.
RIGHT = {
    "drag_words": {"gaps": {"1": "w1", "2": "w2"}}, "hotspot of one": {"chosen": ["a"]}, "hotspot of two": {"chosen": ["a", "b"]},
    "true_false": {"chosen": ["false"]},
}
WORDS = ["chosen", "gaps", "text", "files", "parts", "reason", "file", "name", "size", "sha256", "a", "1", "w1", "p1-one_answer", "p3-essay"]
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.sampled_from(WORDS) | st.just("\ud800")
junk = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), inner, max_size=4),
    max_leaves=12)


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_clean_answer_stays_as_it_is_and_goes_through_a_form(name, data):
    kind_name, content, answers = KINDS[name]
    kind, before = type_of(kind_name), deepcopy(content)
    answer = kind.clean_answer(content, data.draw(answers))
    assert kind.clean_answer(content, answer) == answer
    canonical(answer).encode()
    back = kind.read_form(kind.write_form(answer))
    if kind.takes_files:
        # The form names files; who stores them completes the rest.
        known = {file["file"]: file for file in answer.get("files", [])}
        back = {"files": [known[file["file"]] for file in back["files"]]} if back else {}
    assert back == answer
    assert content == before


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_a_mark_is_a_fraction_or_waits_for_a_person(name, data, seed):
    kind_name, content, answers = KINDS[name]
    kind = type_of(kind_name)
    answer = kind.clean_answer(content, data.draw(answers))
    mark = kind.mark(content, answer)
    assert mark is None or (0.0 <= mark <= 1.0 and not isnan(mark))
    # What the templates are given holds together as well.
    kind.view(content, kind.draw_order(content, Random(seed), shuffle=True), answer)


@pytest.mark.parametrize("name", KINDS)
def test_no_answer_earns_exactly_nothing(name):
    kind_name, content, _answers = KINDS[name]
    assert type_of(kind_name).clean_answer(content, {}) == {}
    assert type_of(kind_name).mark(content, {}) == 0.0
    assert type_of(kind_name).read_form({}) == {}


@pytest.mark.parametrize("name", RIGHT)
def test_the_right_answer_earns_exactly_everything(name):
    kind_name, content, _answers = KINDS[name]
    assert type_of(kind_name).mark(content, type_of(kind_name).clean_answer(content, RIGHT[name])) == 1.0


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=150, deadline=None)
@given(answer=junk)
def test_whatever_a_hostile_client_sends_is_cleaned_or_refused(name, answer):
    kind_name, content, _answers = KINDS[name]
    kind = type_of(kind_name)
    try:
        cleaned = kind.clean_answer(content, answer)
    except InvalidAnswer:
        return
    assert kind.clean_answer(content, cleaned) == cleaned
    canonical(cleaned).encode()
    kind.mark(content, cleaned)


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=80, deadline=None)
@given(fields=st.dictionaries(st.sampled_from(["", "keep", "text", "reason", *WORDS, "p1-one_answer", "p2-drag_words.1", "p3-essay.x"]) | st.text(max_size=6), st.lists(st.text(max_size=6), max_size=3)))
def test_whatever_a_form_says_is_read_or_refused(name, fields):
    kind_name, content, _answers = KINDS[name]
    kind = type_of(kind_name)
    try:
        kind.clean_answer(content, kind.read_form(fields))
    except InvalidAnswer:
        return


ticks = st.sets(st.sampled_from("abcdefgh"))


@given(right=ticks.filter(bool), wrong=ticks, chosen=ticks, marking=st.sampled_from(["partial", "lenient", "all", "?"]))
def test_ticks_earn_a_fraction_and_leniency_never_costs(right, wrong, chosen, marking):
    wrong -= right
    assert 0.0 <= mark_ticks(marking, right, wrong, chosen) <= 1.0
    assert mark_ticks(marking, right, wrong, right) == 1.0
    assert mark_ticks(marking, right, wrong, set()) == 0.0
    assert mark_lenient(right, chosen) == mark_lenient(right, chosen | wrong)
    assert mark_all_or_nothing(right, chosen) <= mark_several(right, wrong, chosen) <= mark_lenient(right, chosen)


# No weight that a person can set is so small that its product with a fraction underflows.
weights = st.lists(st.tuples(st.floats(0, 100, allow_subnormal=False), st.floats(0, 1)), max_size=8)


@given(marks=weights)
def test_a_weighted_mean_lies_between_its_parts(marks):
    whole = weighted_mean(marks)
    assert 0.0 <= whole <= 1.0
    counted = [fraction for weight, fraction in marks if weight]
    if counted:
        assert min(counted) - 1e-9 <= whole <= max(counted) + 1e-9
        assert weighted_mean([(weight, 1.0) for weight, _fraction in marks]) == 1.0
    assert weighted_mean([*marks, (1, None)]) is None
