"""Counting, as tables: who is done, under way, missing, and how people add up over a tree. No database."""

from datetime import UTC, datetime

import pytest

from training.tally import Asked, Deeds, Facts, Figures, facts_of, figures_of, since_when, who_met

MAI, BINH, HOA, AN = 1, 2, 3, 4
LAW, TALKS = 10, 20
ENDED = datetime(2026, 6, 30, 17, tzinfo=UTC)


def at(month: int, day: int = 1, year: int = 2026) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def stand(deeds: Deeds, **asked) -> tuple[set, set, dict]:
    facts = facts_of(Asked(**{"courses": frozenset({LAW}), **asked}), deeds, ENDED)
    return set(facts.done), set(facts.under_way), dict(facts.attendances)


@pytest.mark.parametrize(("begun", "expected"), [
    pytest.param((at(1), at(2), at(3)), ({MAI}, set(), {MAI: 1}), id="completed"),
    pytest.param((at(1), at(2), None), (set(), {MAI}, {MAI: 1}), id="begun"),
    pytest.param((at(1), at(2), at(7)), (set(), {MAI}, {MAI: 1}), id="completed later"),
    pytest.param((at(1), at(7), None), (set(), set(), {}), id="there later"),
    pytest.param((at(7), at(7), at(8)), (set(), set(), {}), id="enrolled later"),
    pytest.param((at(1), at(7), at(3)), ({MAI}, set(), {MAI: 1}), id="completed, and there again later"),
    pytest.param((at(1), at(2), ENDED), (set(), {MAI}, {MAI: 1}), id="completed at the midnight after"),
])
def test_how_somebody_stands_follows_from_one_enrolment(begun, expected):
    assert stand(Deeds(begun=[(MAI, LAW, *begun)])) == expected


@pytest.mark.parametrize(("begun", "expected"), [
    pytest.param((at(1), at(1), at(5)), ({MAI}, set(), {}), id="completed since, begun before: no attendance of this time"),
    pytest.param((at(1), at(1), at(2)), (set(), set(), {}), id="a cycle that ended before has to be taken again"),
    pytest.param((at(1), at(1), None), (set(), {MAI}, {}), id="still open"),
    pytest.param((at(5), at(5), at(6)), ({MAI}, set(), {MAI: 1}), id="all of it since"),
])
def test_only_what_was_done_since_a_day_counts(begun, expected):
    assert stand(Deeds(begun=[(MAI, LAW, *begun)]), since=at(4)) == expected


def test_each_cycle_is_an_attendance_and_the_person_counts_once():
    deeds = Deeds(begun=[(MAI, LAW, at(1), at(1), at(2)), (MAI, LAW, at(3), at(3), None)], studied=[(MAI, LAW, at(4)), (BINH, LAW, at(7))])
    assert stand(deeds) == ({MAI}, set(), {MAI: 3})


def test_a_certificate_counts_while_it_is_valid():
    held = [(MAI, LAW, at(1), None), (BINH, LAW, at(1), at(6)), (HOA, LAW, at(7), None), (AN, LAW, at(1), ENDED)]
    begun = [(person, LAW, at(1), at(1), at(1)) for person in (MAI, BINH)]
    assert stand(Deeds(begun=begun, held=held), certificate=True) == ({MAI, AN}, {BINH}, {MAI: 1, BINH: 1})


@pytest.mark.parametrize(("asked", "met"), [
    (Asked(frozenset({LAW, TALKS})), {MAI}),
    (Asked(frozenset({LAW, TALKS}), all_of_them=False), {MAI, BINH}),
    (Asked(frozenset({LAW})), {MAI, BINH}),
    (Asked(frozenset()), set()),
    (Asked(frozenset(), all_of_them=False), set()),
])
def test_all_of_the_courses_or_any(asked, met):
    assert who_met(asked, [(MAI, LAW), (MAI, LAW), (MAI, TALKS), (BINH, LAW), (HOA, 30)]) == met


def test_done_since_the_last_of_all_or_the_first_of_any():
    deeds = Deeds(begun=[(MAI, LAW, at(1), at(1), at(2)), (MAI, TALKS, at(2), at(2), at(5))], studied=[(MAI, LAW, at(3))])
    both = frozenset({LAW, TALKS})
    assert since_when(Asked(both), deeds, ENDED) == ({MAI: at(5)}, {MAI: at(1)})
    assert since_when(Asked(both, all_of_them=False), deeds, ENDED) == ({MAI: at(2)}, {MAI: at(1)})


# Province 1 over wards 2 and 3; companies 4 and 5 under ward 2, 6 under ward 3.
PLACES = {1: (1,), 2: (1, 2), 3: (1, 3), 4: (1, 2, 4), 5: (1, 2, 5), 6: (1, 3, 6)}
FACTS = Facts(done={MAI}, under_way={BINH}, attendances={MAI: 2, BINH: 1})


@pytest.mark.parametrize(("posts", "expected"), [
    pytest.param([(MAI, 4)], {1: (1, 1, 0, 2), 2: (1, 1, 0, 2), 4: (1, 1, 0, 2)}, id="one post"),
    pytest.param([(MAI, 4), (MAI, 4)], {1: (1, 1, 0, 2), 2: (1, 1, 0, 2), 4: (1, 1, 0, 2)}, id="two posts in one unit"),
    pytest.param(
        [(MAI, 4), (MAI, 5)], {1: (1, 1, 0, 2), 2: (1, 1, 0, 2), 4: (1, 1, 0, 2), 5: (1, 1, 0, 2)}, id="two companies of a ward: once in the ward"),
    pytest.param(
        [(MAI, 4), (MAI, 6)], {1: (1, 1, 0, 2), 2: (1, 1, 0, 2), 3: (1, 1, 0, 2), 4: (1, 1, 0, 2), 6: (1, 1, 0, 2)}, id="two wards"),
    pytest.param([(MAI, 4), (MAI, 2)], {1: (1, 1, 0, 2), 2: (1, 1, 0, 2), 4: (1, 1, 0, 2)}, id="in a unit and above it"),
    pytest.param([(MAI, 1), (BINH, 2), (HOA, 4)], {1: (3, 1, 1, 3), 2: (2, 0, 1, 1), 4: (1, 0, 0, 0)}, id="three people"),
    pytest.param([(MAI, 99)], {}, id="a unit that stands nowhere"),
    pytest.param([], {}, id="nobody"),
])
def test_people_count_once_in_every_subtree(posts, expected):
    assert figures_of(iter(posts), FACTS, PLACES) == {unit: Figures(*row) for unit, row in expected.items()}


def test_missing_is_the_rest_and_nobody_is_no_fraction():
    assert Figures(10, 4, 3, 9).missing == 3
    assert (Figures(10, 4).fraction, Figures().fraction) == (0.4, 0.0)
