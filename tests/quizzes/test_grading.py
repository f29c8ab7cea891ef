"""Marks: tables of cases, and what must hold for every question and every answer."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.grading.choices import mark_all_or_nothing, mark_one, mark_several
from quizzes.grading.receipts import ALPHABET, answers_digest, canonical, receipt_code, tidy_code
from quizzes.grading.totals import Total, is_pass, points_of, total_of

keys = st.sets(st.sampled_from("abcdefghij"), max_size=10)


@pytest.mark.parametrize(("right", "chosen", "fraction"), [("a", "a", 1.0), ("a", "b", 0.0), ("a", "", 0.0), ("", "", 0.0)])
def test_one_answer_earns_all_or_nothing(right, chosen, fraction):
    assert mark_one(right, chosen) == fraction


@pytest.mark.parametrize(("chosen", "fraction"), [
    ("", 0.0), ("a", 0.5), ("ab", 1.0), ("ax", 0.0), ("abx", 0.5), ("abxy", 0.0), ("xy", 0.0), ("aa", 0.5), ("az", 0.5),
])
def test_several_answers_earn_a_part_and_wrong_ticks_cost(chosen, fraction):
    assert mark_several("ab", "xy", list(chosen)) == fraction


@pytest.mark.parametrize(("chosen", "fraction"), [("ab", 1.0), ("ba", 1.0), ("a", 0.0), ("abx", 0.0), ("", 0.0)])
def test_all_or_nothing_wants_exactly_the_right_ones(chosen, fraction):
    assert mark_all_or_nothing("ab", list(chosen)) == fraction


def test_a_question_without_right_options_earns_nothing():
    assert (mark_several("", "xy", []), mark_all_or_nothing("", [])) == (0.0, 0.0)


@given(right=keys, wrong=keys, chosen=st.lists(st.sampled_from("abcdefghijxyz")))
def test_a_mark_is_a_fraction_whatever_is_ticked(right, wrong, chosen):
    assert 0.0 <= mark_several(right, wrong - right, chosen) <= 1.0
    assert mark_all_or_nothing(right, chosen) in (0.0, 1.0)


@given(right=keys.filter(bool), wrong=keys)
def test_exactly_the_right_ticks_earn_everything(right, wrong):
    assert mark_several(right, wrong - right, right) == 1.0
    assert mark_all_or_nothing(right, right) == 1.0


@given(right=keys.filter(bool), wrong=keys)
def test_ticking_everything_earns_nothing(right, wrong):
    wrong = wrong - right or {"x"}
    assert mark_several(right, wrong, right | wrong) == 0.0


@given(right=keys.filter(bool), wrong=keys, chosen=keys, extra=st.sampled_from("abcdefghij"))
def test_one_more_right_tick_never_costs(right, wrong, chosen, extra):
    before = mark_several(right, wrong - right, chosen)
    after = mark_several(right, wrong - right, chosen | {extra})
    assert after >= before if extra in right else after <= before


def test_thirds_add_up_to_a_whole():
    third = 1 / 3
    marks = [(Decimal(1), 1.0), (Decimal(1), third), (Decimal(1), third), (Decimal(1), third)]
    total = total_of(marks)
    assert (total.points, total.max_points) == (Decimal("2.000"), Decimal(4))
    assert is_pass(total.fraction, Decimal("0.5"))
    assert points_of(Decimal(2), third) == Decimal("0.667")


def test_points_weigh_questions():
    assert total_of([(Decimal(3), 1.0), (Decimal(1), 0.0)]) == Total(Decimal("3.000"), Decimal(4), 0.75)


def test_an_attempt_without_points_to_earn_is_zero_and_fails():
    assert total_of([]) == Total(Decimal("0.000"), Decimal(0), 0.0)
    assert not is_pass(0.0, Decimal("0.5"))


@given(st.lists(st.tuples(st.decimals(0, 100, places=2), st.floats(0, 1)), max_size=40))
def test_a_total_lies_between_nothing_and_everything(marks):
    total = total_of(marks)
    assert 0 <= total.fraction <= 1
    assert 0 <= total.points <= total.max_points


def test_receipt_codes_can_be_read_out():
    codes = {receipt_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(code[:3] == "BN-" and len(code) == 10 and code[7] == "-" for code in codes)
    assert not set("".join(code[3:] for code in codes)) - set(ALPHABET) - {"-"}
    assert not set("01OI") & set(ALPHABET)


@pytest.mark.parametrize("typed", ["BN-4F7Q-2K", "bn-4f7q-2k", "4F7Q2K", " bn 4f7q 2k ", "bn4f7q2k"])
def test_a_code_is_found_however_it_is_typed(typed):
    assert tidy_code(typed) == "BN-4F7Q-2K"


def test_the_digest_knows_every_answer_but_not_their_order():
    answers = [(1, "v1", {"chosen": ["a", "b"]}), (2, "v2", {})]
    digest = answers_digest("x", answers)
    assert digest == answers_digest("x", reversed(answers))
    assert digest != answers_digest("x", [(1, "v1", {"chosen": ["a"]}), (2, "v2", {})])
    assert digest != answers_digest("y", answers)
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical(float("nan"))
