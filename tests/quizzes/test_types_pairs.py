"""Questions whose answer matches things or puts them in order."""

from itertools import permutations
from random import Random

import pytest
from django.template.loader import render_to_string
from wagtail.blocks import StructBlockValidationError

from quizzes.freezing import freeze, written_out
from quizzes.grading.order import mark_neighbours, mark_order
from quizzes.grading.pairs import mark_pairs
from quizzes.types import InvalidAnswer, type_of
from quizzes.types.asked import Asked
from tests.factories import question_types_a as factory

MATCHING = {
    "stem": "<p>?</p>",
    "pairs": [{"key": f"l{number}", "left": f"Việc {number}", "right": f"r{number % 3}", "feedback": "", "materials": []} for number in range(4)],
    "choices": [{"key": f"r{number}", "text": f"Điều {number}"} for number in range(4)],
}
ORDERING = {"stem": "<p>?</p>", "items": [{"key": key, "text": key.upper()} for key in "abcd"], "marking": "neighbours"}


# --- marks --------------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("said", "fraction"), [
    ({}, 0.0), ({"a": "1", "b": "2", "c": "1"}, 1.0), ({"a": "1"}, 1 / 3), ({"a": "2", "b": "1", "c": "1"}, 1 / 3), ({"a": "9", "b": "9", "c": "9"}, 0.0),
])
def test_each_pair_earns_its_share(said, fraction):
    assert mark_pairs({"a": "1", "b": "2", "c": "1"}, said) == fraction


@pytest.mark.parametrize(("order", "neighbours"), [
    ("abcd", 1.0), ("bcda", 2 / 3), ("dabc", 2 / 3), ("abdc", 1 / 3), ("badc", 0.0), ("dcba", 0.0), ("cdab", 2 / 3),
])
def test_order_earns_its_neighbours_or_everything_or_nothing(order, neighbours):
    places = {item: place for place, item in enumerate(order, 1)}
    assert mark_neighbours("abcd", places) == neighbours
    assert mark_order("abcd", places) == float(order == "abcd")


@pytest.mark.parametrize(("places", "fraction"), [
    ({}, 0.0), ({"a": 1}, 0.0), ({"b": 2, "c": 3}, 1 / 3), ({"a": 1, "b": 2, "c": 2, "d": 4}, 0.0), ({"a": 1, "c": 2, "b": 2, "d": 4}, 0.0), ({"a": 1, "b": 2, "c": 3, "d": 3}, 1 / 3),
    ({"a": 1, "b": 1, "c": 3, "d": 4}, 1 / 3), ({"a": 2, "b": 3, "c": 4}, 2 / 3),
])
def test_an_incomplete_order_earns_what_is_right_and_a_place_given_twice_nothing(places, fraction):
    assert mark_neighbours("abcd", places) == fraction
    assert mark_order("abcd", places) == 0.0


def test_only_the_right_order_earns_everything():
    full = [order for order in permutations("abcde") if mark_neighbours("abcde", {item: place for place, item in enumerate(order, 1)}) == 1.0]
    assert full == [tuple("abcde")]


# --- what a taker sees --------------------------------------------------------------------------------------------------------------
def test_choices_are_shuffled_always_and_the_left_side_only_where_the_quiz_says_so():
    matching = type_of("matching")
    orders = [matching.draw_order(MATCHING, Random(seed), shuffle=False) for seed in range(30)]
    assert {tuple(order[:4]) for order in orders} == {("l0", "l1", "l2", "l3")}
    assert len({tuple(order[4:]) for order in orders}) > 10
    assert orders[5] == matching.draw_order(MATCHING, Random(5), shuffle=False)
    assert len({tuple(matching.draw_order(MATCHING, Random(seed), shuffle=True)[:4]) for seed in range(30)}) > 10


@pytest.mark.parametrize("count", [2, 3, 12])
@pytest.mark.parametrize("shuffle", [True, False])
def test_steps_are_never_shown_in_the_right_order(count, shuffle):
    content = {"items": [{"key": f"k{number}", "text": f"Bước {number}"} for number in range(count)]}
    right = [item["key"] for item in content["items"]]
    for seed in range(200):
        drawn = type_of("ordering").draw_order(content, Random(seed), shuffle=shuffle)
        assert drawn != right
        assert sorted(drawn) == sorted(right)
    assert type_of("ordering").draw_order(content, Random(7), shuffle=shuffle) == type_of("ordering").draw_order(content, Random(7), shuffle=shuffle)


def test_steps_that_all_read_alike_do_not_shuffle_for_ever():
    content = {"items": [{"key": "a", "text": "x"}, {"key": "b", "text": "x"}]}
    assert sorted(type_of("ordering").draw_order(content, Random(1), shuffle=True)) == ["a", "b"]


def asked_of(question, answer=None, name="answer") -> Asked:
    kind, content = freeze(question, {})
    content, block = written_out(kind, content), type_of(kind)
    return Asked(1, block, content, block.draw_order(content, Random(1), shuffle=True), answer or {}, name)


def test_equal_words_on_the_right_are_one_choice(db):
    question = factory.matching(pairs=[("Một", "Điều 5"), ("Hai", "Điều  5"), ("Ba", "Điều 6")], distractors=["Điều 7"])
    content = asked_of(question).content
    assert sorted(choice["text"] for choice in content["choices"]) == ["Điều 5", "Điều 6", "Điều 7"]
    assert content["pairs"][0]["right"] == content["pairs"][1]["right"]


def test_no_key_order_or_feedback_gives_the_answer_away(db):
    asked = asked_of(factory.matching())
    page = render_to_string("quizzes/types/matching.html", {"asked": asked})
    assert not {pair["key"] for pair in asked.content["pairs"]} & {choice["key"] for choice in asked.content["choices"]}
    assert "không phải vậy" not in page
    lists = [part.split("</select>")[0].partition(">")[2] for part in page.split("<select")[1:]]
    assert len(lists) == 3
    assert len(set(lists)) == 1


def test_the_page_that_asks_for_an_order_knows_only_the_shuffled_one(db):
    asked = asked_of(factory.ordering())
    page = render_to_string("quizzes/types/ordering.html", {"asked": asked})
    texts = {item["key"]: item["text"] for item in asked.content["items"]}
    positions = [page.index(f">{texts[key]}<") for key in asked.order]
    assert positions == sorted(positions)
    assert "selected" not in page


def test_what_was_said_is_chosen_in_the_lists(db):
    question = factory.matching()
    pair = asked_of(question).content["pairs"][1]
    page = render_to_string("quizzes/types/matching.html", {"asked": asked_of(question, {"pairs": {pair["key"]: pair["right"]}}, "answer-2")})
    assert page.count(f'<option value="{pair["right"]}" selected>') == 1
    assert f'id="answer-2.{pair["key"]}" name="answer-2.{pair["key"]}"' in page
    steps = factory.ordering()
    key = asked_of(steps).content["items"][2]["key"]
    page = render_to_string("quizzes/types/ordering.html", {"asked": asked_of(steps, {"places": {key: 4}})})
    assert page.count("<option selected>4</option>") == 1


def test_long_choices_are_written_out_with_letters(db):
    long = "Chủ tịch công đoàn cơ sở và người sử dụng lao động cùng ký tên"
    page = render_to_string("quizzes/types/matching.html", {"asked": asked_of(factory.matching(distractors=[long]))})
    assert 'class="lettered"' in page
    assert "A. " in page
    assert 'class="lettered"' not in render_to_string("quizzes/types/matching.html", {"asked": asked_of(factory.matching())})


# --- what a hostile client sends ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("answer", [
    None, [], "l1", {"pairs": []}, {"pairs": {"l9": "r1"}}, {"pairs": {"l1": "r9"}}, {"pairs": {"l1": "l1"}}, {"pairs": {"l1": ["r1"]}},
    {"pairs": {"l1": None}}, {"pairs": {"l1": {}}}, {"pairs": {"l1": float("nan")}}, {"pairs": {}, "x": 1}, {"pairs": {str(n): "r1" for n in range(9999)}},
])
def test_what_is_no_match_is_refused(answer):
    with pytest.raises(InvalidAnswer):
        type_of("matching").clean_answer(MATCHING, answer)


@pytest.mark.parametrize("answer", [
    None, [], {"places": [1, 2]}, {"places": {"z": 1}}, {"places": {"a": 0}}, {"places": {"a": 5}}, {"places": {"a": -1}}, {"places": {"a": "1"}},
    {"places": {"a": 1.0}}, {"places": {"a": True}}, {"places": {"a": float("nan")}}, {"places": {"a": None}}, {"places": {"a": 10**30}}, {"places": {}, "x": 1},
])
def test_what_is_no_place_is_refused(answer):
    with pytest.raises(InvalidAnswer):
        type_of("ordering").clean_answer(ORDERING, answer)


@pytest.mark.parametrize("place", ["٣", "1.0", "x", "-1", "99999", "²"])
def test_a_form_that_says_no_number_is_refused(place):
    ordering = type_of("ordering")
    with pytest.raises(InvalidAnswer):
        ordering.clean_answer(ORDERING, ordering.read_form({"a": [place]}))


@pytest.mark.parametrize(("kind", "content", "fields", "answer"), [
    ("matching", MATCHING, {"l1": ["r1"], "l2": [""]}, {"pairs": {"l1": "r1"}}),
    ("matching", MATCHING, {"l1": [""], "l2": [""]}, {}),
    ("ordering", ORDERING, {"b": ["2"], "a": [""], "c": ["2"]}, {"places": {"b": 2, "c": 2}}),
    ("ordering", ORDERING, {}, {}),
])
def test_an_incomplete_form_is_an_answer_and_an_empty_one_none(kind, content, fields, answer):
    block = type_of(kind)
    assert block.clean_answer(content, block.read_form(fields)) == answer


# --- what the editor refuses --------------------------------------------------------------------------------------------------------
def refused(kind: str, **value) -> set[str]:
    block = type_of(kind)
    with pytest.raises(StructBlockValidationError) as error:
        block.clean(block.to_python({"stem": "<p>?</p>", **value}))
    return set(error.value.block_errors)


@pytest.mark.parametrize(("pairs", "distractors", "fields"), [
    ([("a", "1")], [], {"pairs"}),
    ([("a", "1"), ("a ", "2")], [], {"pairs"}),
    ([("a", "1"), ("b", "1")], [], {"pairs"}),
    ([("a", "1"), ("b", "2")], ["2"], {"distractors"}),
])
def test_the_editor_refuses_pairs_that_cannot_be_told_apart(pairs, distractors, fields):
    values = [{"left": left, "right": right, "feedback": "", "materials": []} for left, right in pairs]
    assert refused("matching", pairs=values, distractors=distractors) == fields


@pytest.mark.parametrize("items", [["a"], ["a", "b", "a "], [str(number) for number in range(13)]])
def test_the_editor_refuses_steps_that_have_no_one_order(items):
    assert refused("ordering", items=items, marking="all") == {"items"}
