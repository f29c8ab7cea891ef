"""What the marks of people come to, and marks by criteria: plain numbers, no database."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from quizzes.enums import Settling
from quizzes.grading import rubrics, settling
from quizzes.grading.settling import DECIDE, DECISION, FIRST, MARK, SECOND, Given

A, B, C, D = "an", "binh", "chi", "dung"
FRACTIONS = some.floats(0, 1)
MARKS = some.lists(some.builds(Given, some.sampled_from([A, B, C, D]), FRACTIONS, some.booleans()), max_size=8)


def marks(*rows) -> list[Given]:
    return [Given(*row) for row in rows]


def settle(*rows, tolerance: float = 0.1) -> float | None:
    return settling.settle(marks(*rows), needs_second=True, tolerance=tolerance)


@pytest.mark.parametrize(("rows", "fraction"), [
    ([], None),
    ([(A, 0.5)], None),
    ([(A, 0.5), (A, 0.7)], None),
    ([(A, 0.5), (B, 0.6)], 0.55),
    ([(A, 0.6), (B, 0.7)], 0.65),
    ([(A, 0.3), (B, 0.4)], 0.35),
    ([(A, 0.5), (B, 0.61)], None),
    ([(A, 0.2), (A, 0.5), (B, 0.5)], 0.5),
    ([(A, 0.2), (B, 0.9), (C, 0.6, True)], 0.6),
    ([(A, 0.2), (B, 0.9), (C, 0.6, True), (D, 0.8, True)], 0.8),
    ([(A, 0.2, True)], 0.2),
    ([(A, 0.5), (B, 0.55), (C, 0.6)], 0.55),
    ([(A, 0.5), (B, 0.55), (C, 0.7)], None),
    ([(A, 0.0), (B, 0.0)], 0.0),
    ([(A, 1.0), (B, 1.0)], 1.0),
])
def test_two_markers_come_to_their_mean_or_wait(rows, fraction):
    found = settle(*rows)
    assert found == (fraction if fraction is None else pytest.approx(fraction, abs=1e-12))


@pytest.mark.parametrize(("tolerance", "is_settled"), [(0, False), (0.299, False), (0.3, True), (1, True)])
def test_lying_as_far_apart_as_is_allowed_is_agreement(tolerance, is_settled):
    assert (settle((A, 0.4), (B, 0.7), tolerance=tolerance) is not None) is is_settled


def test_without_a_second_marker_the_newest_mark_counts_whoever_gave_it():
    assert settling.settle(marks((A, 0.2), (B, 0.9, True), (A, 0.4)), needs_second=False, tolerance=0) == 0.4
    assert settling.settle([], needs_second=False, tolerance=0) is None


@given(MARKS, FRACTIONS, some.booleans())
@settings(max_examples=60, deadline=None)
def test_a_result_lies_between_the_marks_that_count(given_marks, tolerance, needs_second):
    found = settling.settle(given_marks, needs_second=needs_second, tolerance=tolerance)
    counted = [mark.fraction for mark in settling.counting(given_marks, needs_second=needs_second)]
    if found is not None:
        assert min(counted) - 1e-12 <= found <= max(counted) + 1e-12
        assert max(counted) - min(counted) <= tolerance + 1e-8


@given(MARKS)
@settings(max_examples=60, deadline=None)
def test_nobody_is_both_markers_and_nobody_of_them_decides(given_marks):
    markers = settling.markers_of(given_marks)
    for person in (A, B, C, D):
        turn = settling.turn_of(person, given_marks, has_result=False, needs_second=True)
        if len(markers) > 1:
            assert turn == ("" if person in markers else DECIDE)
        else:
            assert turn == MARK


@pytest.mark.parametrize(("markers", "needs_second", "waits"), [
    (0, False, FIRST), (3, False, FIRST), (0, True, FIRST), (1, True, SECOND), (2, True, DECISION), (3, True, DECISION)])
def test_what_an_answer_waits_for(markers, needs_second, waits):
    assert settling.waits_for(markers, needs_second=needs_second) == waits
    assert Settling(waits)


def test_the_second_marker_sees_nothing_before_and_everything_after():
    stands = {"has_result": False, "needs_second": True}
    first = marks((A, 0.3))
    assert [settling.visible_to(person, first, **stands) for person in (A, B, C)] == [[True], [False], [False]]
    both = marks((A, 0.3), (B, 0.9))
    assert [settling.visible_to(person, both, **stands) for person in (A, B, C)] == [[True, True]] * 3
    assert settling.visible_to(B, first, has_result=True, needs_second=True) == [True]
    assert settling.visible_to(B, first, has_result=False, needs_second=False) == [True]


@pytest.mark.parametrize(("person", "rows", "has_result", "turn"), [
    (A, [], False, MARK), (A, [(A, 0.5)], False, MARK), (B, [(A, 0.5)], False, MARK), (A, [], True, DECIDE), (A, [(A, 0.5)], True, DECIDE),
    (A, [(A, 0.5), (B, 0.5)], True, ""), (C, [(A, 0.5), (B, 0.5)], True, DECIDE), (C, [(A, 0.1), (B, 0.9), (C, 0.5, True)], True, DECIDE),
])
def test_whose_turn_it_is(person, rows, has_result, turn):
    assert settling.turn_of(person, marks(*rows), has_result=has_result, needs_second=True) == turn
    assert settling.turn_of(person, marks(*rows), has_result=has_result, needs_second=False) == MARK


# --- marks by criteria -------------------------------------------------------------------------------------------------------------
RUBRIC = rubrics.lines_of([
    {"key": "a", "title": "Điều luật", "description": "", "points": 2}, {"key": "b", "title": "Lập luận", "description": "", "points": 1}])


@pytest.mark.parametrize(("criteria", "fraction"), [
    ({"a": 1, "b": 1}, 1.0), ({"a": 0, "b": 0}, 0.0), ({"a": 0.5, "b": 1}, 2 / 3), ({"a": 1, "b": 0}, 2 / 3)])
def test_the_sum_of_the_criteria_is_the_mark(criteria, fraction):
    assert rubrics.mark_by_lines(RUBRIC, criteria) == pytest.approx(fraction, abs=1e-12)


@pytest.mark.parametrize("criteria", [{}, {"a": 1}, {"a": 1, "b": 1, "c": 1}, {"a": 1.1, "b": 1}, {"a": -0.1, "b": 1}, {"a": float("nan"), "b": 1}])
def test_what_is_no_mark_by_the_criteria_is_refused(criteria):
    with pytest.raises(rubrics.WrongCriteria):
        rubrics.mark_by_lines(RUBRIC, criteria)


def test_all_the_points_that_are_shown_are_all_of_them_though_thirds_are_rounded():
    third = RUBRIC[1]
    assert rubrics.most_of(third, Decimal(1)) == Decimal("0.333")
    assert rubrics.fraction_of_line(third, Decimal("0.333"), Decimal(1)) == 1.0
    assert rubrics.fraction_of_line(third, Decimal("0.1"), Decimal(1)) == pytest.approx(0.3)
    assert rubrics.mark_by_lines(RUBRIC, {"a": 1.0, "b": 1.0}) == 1.0


def test_a_rubric_without_points_is_none():
    assert rubrics.lines_of([{"key": "a", "title": "", "description": "", "points": 0}]) == []


@pytest.mark.parametrize(("choice", "reason", "fraction"), [(1.0, 1.0, 1.0), (1.0, 0.0, 0.5), (1.0, 0.5, 0.75), (0.0, 0.0, 0.0)])
def test_a_choice_with_a_reason_is_half_for_each(choice, reason, fraction):
    lines = rubrics.choice_and_reason(choice, {"choice": "Lựa chọn", "reason": "Lý do"})
    assert rubrics.mark_by_lines(lines, {"reason": reason}) == fraction


def test_the_mean_of_two_markers_is_taken_line_by_line():
    assert rubrics.mean_by_line([{"a": 1.0, "b": 0.0}, {"a": 0.5, "b": 0.5}]) == {"a": 0.75, "b": 0.25}
    assert rubrics.mean_by_line([{"a": 1.0}, {}]) == rubrics.mean_by_line([]) == {}
