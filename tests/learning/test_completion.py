"""Completion as a pure function: tables of rules and facts, no database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning.completion import Facts, count_done, is_complete, overall_fraction, step_is_done

LESSON = {"page": 1, "kind": "lesson", "need": "read"}
VIDEO = {"page": 2, "kind": "lesson", "need": "watched"}
QUIZ = {"page": 3, "kind": "quiz", "quiz": 7, "pass": 0.7, "required": True}
SURVEY = {"page": 4, "kind": "quiz", "quiz": 8, "pass": 0.5, "required": False}


@pytest.mark.parametrize(("rule", "facts", "done"), [
    (LESSON, Facts(), False),
    (LESSON, Facts(opened=True), False),
    (LESSON, Facts(opened=True, read=True), True),
    ({**LESSON, "need": "opened"}, Facts(opened=True), True),
    (VIDEO, Facts(opened=True, read=True), False),
    (VIDEO, Facts(watched=True), True),
    (QUIZ, Facts(best_fraction=0.69), False),
    (QUIZ, Facts(best_fraction=0.7), True),
    (QUIZ, Facts(passed=True, best_fraction=0.6), True),
    (SURVEY, Facts(), False),
    (SURVEY, Facts(best_fraction=0.0), True),
])
def test_step_is_done(rule, facts, done):
    assert step_is_done(rule, facts) is done


def test_course_without_steps_is_never_complete():
    assert not is_complete([], {})


def test_course_of_optional_quizzes_only_is_never_complete():
    assert not is_complete([SURVEY], {4: Facts(best_fraction=1.0)})


def test_optional_quiz_holds_nobody_up():
    assert is_complete([LESSON, SURVEY], {1: Facts(read=True)})


def test_overall_fraction_is_that_of_the_last_required_quiz():
    rules = [{**QUIZ, "page": 5}, LESSON, QUIZ, SURVEY]
    assert overall_fraction(rules, {5: Facts(best_fraction=1.0), 3: Facts(best_fraction=0.8), 4: Facts(best_fraction=0.1)}) == 0.8
    assert overall_fraction([LESSON], {}) is None


facts = st.builds(Facts, opened=st.booleans(), read=st.booleans(), watched=st.booleans(), passed=st.booleans(),
                  best_fraction=st.none() | st.floats(0, 1))


@given(st.dictionaries(st.integers(1, 4), facts), st.integers(1, 4), facts)
def test_more_facts_never_undo_a_completion(known, page, more):
    rules = [LESSON, VIDEO, QUIZ, SURVEY]
    old = known.get(page, Facts())
    best = max((value for value in (old.best_fraction, more.best_fraction) if value is not None), default=None)
    grown = Facts(old.opened or more.opened, old.read or more.read, old.watched or more.watched, old.passed or more.passed, best)
    after = {**known, page: grown}
    assert count_done(rules, after) >= count_done(rules, known)
    assert is_complete(rules, after) or not is_complete(rules, known)
