"""Counting people and attendances over a tree of units. Plain Python: what is counted is law, and is tested as a table.

Keeps true: a person counts once in every subtree they hold a post in, however many posts; attendances (lượt) are counted beside people, never with them.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

# Seconds since 1970, as they come from the database: only compared with each other.
Moment = float
# Person, course, when issued, when it ends (None: never).
Held = tuple[int, int, Moment, Moment | None]
# Person, course, when enrolled, when first there, when completed.
Begun = tuple[int, int, Moment, Moment, Moment | None]
# Person, course, when it ended.
Studied = tuple[int, int, Moment]


@dataclass(frozen=True, slots=True)
class Figures:
    """People (người) by how they stand, and the attendances (lượt) of these people."""

    people: int = 0
    done: int = 0
    under_way: int = 0
    attendances: int = 0

    @property
    def missing(self) -> int:
        """Who has neither done it nor begun; whoever never signed in is one of them."""
        return self.people - self.done - self.under_way

    @property
    def fraction(self) -> float:
        """The part that has done it, from 0 to 1."""
        return self.done / self.people if self.people else 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a target asks of each person: courses, or a valid certificate of them; all of them, or any one; since a moment or whenever."""

    courses: frozenset[int]
    certificate: bool = False
    all_of_them: bool = True
    since: Moment | None = None

    def counts(self, at: Moment, ended: Moment) -> bool:
        """Say whether something done at that moment counts on the day that ended then."""
        return at < ended and (self.since is None or at >= self.since)


@dataclass(slots=True)
class Deeds:
    """What people have done with some courses; read once, it tells how they stood on any day."""

    begun: Iterable[Begun] = ()
    studied: Iterable[Studied] = ()
    held: Iterable[Held] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """How people stand towards a target on a day."""

    done: Container[int] = field(default_factory=set)
    under_way: Container[int] = field(default_factory=set)
    attendances: Mapping[int, int] = field(default_factory=dict)


def facts_of(asked: Asked, deeds: Deeds, ended: Moment) -> Facts:
    """Return how people stood at the end of a day.

    Done: completed or studied elsewhere, or, where a certificate is asked for, held a valid one; each within `since` and that day.
    Under way: not done, and there at least once, in a cycle that did not end before `since`.

    :param ended: the midnight after the day.
    """
    passed: list[tuple[int, int]] = []
    under_way: set[int] = set()
    attendances: Counter[int] = Counter()
    for person, course, enrolled, there, completed in deeds.begun:
        is_over = completed is not None and completed < ended
        if course not in asked.courses or enrolled >= ended or (there >= ended and not is_over):
            continue
        if asked.since is None or enrolled >= asked.since:
            attendances[person] += 1
        if not is_over:
            under_way.add(person)
        elif asked.since is None or completed >= asked.since:
            passed.append((person, course))
            under_way.add(person)
    for person, course, at in deeds.studied:
        if course in asked.courses and asked.counts(at, ended):
            attendances[person] += 1
            passed.append((person, course))
    if asked.certificate:
        passed = [(person, course) for person, course, at, until in deeds.held if asked.counts(at, ended) and (until is None or until >= ended)]
    done = who_met(asked, passed)
    return Facts(done, under_way - done, attendances)


def since_when(asked: Asked, deeds: Deeds, ended: Moment) -> tuple[dict[int, Moment], dict[int, Moment]]:
    """Return since when those who are done have been, and when those who are under way were first enrolled; it does not say who is which.

    Done since the first of any, or the last of all courses that are asked for.
    """
    passed: dict[tuple[int, int], Moment] = {}
    enrolled_at: dict[int, Moment] = {}
    for person, course, enrolled, _there, completed in deeds.begun:
        if course in asked.courses and enrolled < ended:
            enrolled_at[person] = min(enrolled, enrolled_at.get(person, enrolled))
            if completed is not None and not asked.certificate and asked.counts(completed, ended):
                _earlier(passed, (person, course), completed)
    for person, course, at in deeds.studied:
        if course in asked.courses and not asked.certificate and asked.counts(at, ended):
            _earlier(passed, (person, course), at)
    for person, course, at, until in deeds.held:
        if course in asked.courses and asked.certificate and asked.counts(at, ended) and (until is None or until >= ended):
            _earlier(passed, (person, course), at)
    done: dict[int, Moment] = {}
    choose = max if asked.all_of_them else min
    for (person, _course), at in passed.items():
        done[person] = choose(at, done.get(person, at))
    return done, enrolled_at


def _earlier(moments: dict[tuple[int, int], Moment], key: tuple[int, int], at: Moment) -> None:
    moments[key] = min(at, moments.get(key, at))


def who_met(asked: Asked, passed: Iterable[tuple[int, int]]) -> set[int]:
    """Return who has all of the courses that are asked for, or any one of them. A target without courses is met by nobody."""
    wanted = {pair for pair in passed if pair[1] in asked.courses}
    if not asked.all_of_them or len(asked.courses) == 1:
        return {person for person, _course in wanted}
    each = Counter(person for person, _course in wanted)
    return {person for person, count in each.items() if count == len(asked.courses)}


def figures_of(posts: Iterable[tuple[int, int]], facts: Facts, places: Mapping[int, tuple[int, ...]]) -> dict[int, Figures]:
    """Return the figures of every unit that holds somebody, in it or below.

    Most people hold one post: they are added up in their unit, and units in those above. Only whoever holds several is looked at one by one.

    :param posts: person and unit, in any order, repeated or not; a unit without a place is left out.
    :param places: of each unit those it counts in, itself and those above.
    """
    first, several = _by_person((person, unit) for person, unit in posts if unit in places)
    sums: dict[int, list[int]] = {}
    here: dict[int, list[int]] = {}
    for person, unit in first.items():
        if person not in several:
            _add(here.setdefault(unit, [0, 0, 0, 0]), person, facts)
    for unit, row in here.items():
        for above in places[unit]:
            total = sums.setdefault(above, [0, 0, 0, 0])
            for place, count in enumerate(row):
                total[place] += count
    for person, units in several.items():
        for above in set().union(*(places[unit] for unit in units)):
            _add(sums.setdefault(above, [0, 0, 0, 0]), person, facts)
    return {unit: Figures(*row) for unit, row in sums.items()}


def _by_person(posts: Iterable[tuple[int, int]]) -> tuple[dict[int, int], dict[int, set[int]]]:
    first: dict[int, int] = {}
    several: dict[int, set[int]] = {}
    for person, unit in posts:
        if (known := first.setdefault(person, unit)) != unit:
            several.setdefault(person, {known}).add(unit)
    return first, several


def _add(row: list[int], person: int, facts: Facts) -> None:
    row[0] += 1
    if person in facts.done:
        row[1] += 1
    elif person in facts.under_way:
        row[2] += 1
    row[3] += facts.attendances.get(person, 0)
