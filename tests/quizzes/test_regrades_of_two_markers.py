"""Regrades of answers that two people mark: what one has given, what both have given, and what is given afterwards."""

from decimal import Decimal

import pytest

from quizzes import services
from quizzes.enums import AttemptState
from quizzes.models import Attempt, Question, Quiz
from quizzes.services.errors import NotYourMark
from tests.factories import accounts as people
from tests.factories import marking as scripts
from tests.factories.analysing import edited, regraded

pytestmark = pytest.mark.django_db


@pytest.fixture
def quiz() -> Quiz:
    return scripts.essay_quiz(1, needs_second_marker=True, marking_tolerance=Decimal("0.2"))


@pytest.fixture
def attempt(quiz, learner, now) -> Attempt:
    return scripts.answered(quiz, learner, now)


@pytest.fixture
def markers(quiz):
    return [scripts.marker(people.person(name, f"m{number}@example.org"), quiz) for number, name in enumerate(("Lý An", "Hồ Bình", "Vũ Chi"))]


@pytest.fixture
def essay(attempt) -> Question:
    return attempt.slots.get(position=2).version.question


def mark(attempt, by, fraction, now):
    services.mark_by_hand(attempt=attempt, position=2, fraction=fraction, by=by, now=now)


def stands(attempt) -> tuple:
    attempt.refresh_from_db()
    return attempt.state, attempt.points, [slot.fraction for slot in attempt.slots.order_by("position")]


def test_an_answer_that_one_of_two_has_marked_goes_on_waiting_for_the_second(quiz, attempt, markers, trainer, now):
    mark(attempt, markers[0], 0.4, now)
    edited(attempt.slots.get(position=1).version.question, right=1)
    regraded(quiz, by=trainer, now=now, keeps_better=False)
    assert stands(attempt) == (AttemptState.SUBMITTED, None, [0.0, None])
    mark(attempt, markers[1], 0.6, now)
    assert stands(attempt) == (AttemptState.MARKED, Decimal("0.5"), [0.0, 0.5])


def test_what_two_came_to_stays_and_is_added_up_with_the_new_marks(quiz, attempt, markers, trainer, now):
    mark(attempt, markers[0], 0.4, now)
    mark(attempt, markers[1], 0.6, now)
    edited(attempt.slots.get(position=1).version.question, right=1)
    regrade = regraded(quiz, by=trainer, now=now, keeps_better=False)
    assert stands(attempt) == (AttemptState.MARKED, Decimal("0.5"), [0.0, 0.5])
    assert [change.slot.position for change in regrade.results.get().changes.all()] == [1]


@pytest.mark.parametrize("fractions", [(0.4,), (0.0, 0.9), (0.4, 0.6)], ids=["one mark", "two that differ", "two that agree"])
def test_all_the_points_end_the_waiting_and_only_a_third_person_decides_otherwise(quiz, attempt, essay, markers, trainer, now, fractions):
    for by, fraction in zip(markers, fractions, strict=False):
        mark(attempt, by, fraction, now)
    regraded(quiz, by=trainer, now=now, question=essay, way="full")
    assert stands(attempt) == (AttemptState.MARKED, Decimal("2"), [1.0, 1.0])
    if len(fractions) == 2:
        with pytest.raises(NotYourMark):
            mark(attempt, markers[0], 0.1, now)
    mark(attempt, markers[2], 0.7, now)
    assert stands(attempt) == (AttemptState.MARKED, Decimal("1.7"), [1.0, 0.7])
