"""Who has met a target, who is under way, who is missing: by name."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from training.models import Target
from training.selectors.coverage import live
from training.selectors.coverage.live import Basis, Branch, branch_of
from training.selectors.coverage.many import STATES, people_by_state, posts_in
from training.selectors.coverage.measures import Measure, deeds_of, end_of, measures_of, those
from training.selectors.coverage.stored import kept_tree, row_on
from training.selectors.coverage.trees import ground_of
from training.tally import Deeds, Facts, since_when
from unions.models import Unit, UnitName

PER_PAGE = 50
# Names are judged in memory up to three times the size of a branch that is counted at once: of an audience that is thin among the people of a
# large branch no statement finds the first fifty soon.
TIMES_LARGE = 3
# So many people are looked at one by one to fill a page; where more would have to be, those in the state are gathered and sorted instead.
LOOKED_AT = 30_000
# Of a longer list the first names are shown: nobody leafs further, and whoever looks for somebody searches, or opens a unit below.
LISTED_AT_MOST = 2000


@dataclass(frozen=True)
class PersonRow:
    """Somebody who is meant, with the post by which they are."""

    user: User
    post_name: str
    unit_name: str
    state: str
    # The day on which it was done, or on which whoever is under way was enrolled.
    since: date | None

    @property
    def uuid(self) -> UUID:
        return self.user.uuid


@dataclass(frozen=True)
class People:
    page: Page
    rows: list[PersonRow]


def people_of(
    *, target: Target, unit: Unit, on: date, tree: str, state: str = "", q: str = "", number: str | int | None = None, now: datetime | None = None,
    basis: Basis | None = None,
) -> People:
    """Return a page of the people whom a target means in a unit and below, whoever is missing first, then by name. Whoever never signed in is missing.

    At most 12 queries however many people, 6 where its figures were counted before. Where more than 9,000 posts are meant, the page is first found as bare keys, and only its rows are filled in.

    Of those no more than the first 2,000 are listed.

    :param state: only these: "missing", "under_way" or "done".
    :param basis: what `coverage_of` has counted from, when it was asked the same before.
    """
    basis = basis or _basis(target, unit, on, tree, now)
    branch, measure = basis.branch, basis.measure
    states = [each for each in STATES if not state or each == state]
    among = User.objects.named(q) if q else None
    if branch.is_large and _are_many(branch, measure, among):
        page, keys = _large_page(branch, measure, states, among, number)
        return People(page, _rows(keys, branch, measure, deeds_of([measure], [on], [key for key, _state in keys])))
    found = basis if among is None else Basis(branch, measure, among)
    names = User.objects.filter(pk__in=those(found.placed.people)).values_list("sort_key", "pk")
    people = sorted((STATES.index(_state(key, found.facts)), name, key) for name, key in names)
    page = Paginator([(key, STATES[place]) for place, _name, key in people if STATES[place] in states], PER_PAGE).get_page(number)
    return People(page, _rows(list(page.object_list), branch, measure, found.deeds))


def people_in_state(*, target: Target, unit: Unit, on: date, tree: str, state: str, now: datetime | None = None) -> list[int]:
    """Return the ids of the people of a unit and below who stand so towards a target, in order: for enrolling and reminding. At most 20 queries."""
    basis = _basis(target, unit, on, tree, now)
    if basis.branch.is_large:
        return sorted(people_by_state(posts_in(basis.branch, basis.measure), basis.branch, basis.measure)[state].values_list("pk", flat=True))
    return [person for person in basis.placed.people if _state(person, basis.facts) == state]


def _basis(target: Target, unit: Unit, on: date, tree: str, now: datetime | None) -> Basis:
    today = timezone.localdate(now or timezone.now())
    return Basis(branch_of(ground_of(kept_tree(tree, on, today), on, today), unit), measures_of([target])[0])


def _state(person: int, facts: Facts) -> str:
    if person in facts.done:
        return "done"
    return "under_way" if person in facts.under_way else "missing"


# Large branches

def _are_many(branch: Branch, measure: Measure, among: QuerySet[User] | None) -> bool:
    posts = posts_in(branch, measure)
    if among is not None:
        posts = posts.filter(user__in=among.values("pk"))
    most = TIMES_LARGE * live.LARGE
    return posts[:most + 1].count() > most


def _large_page(branch: Branch, measure: Measure, states: Sequence[str], among: QuerySet[User] | None, number) -> tuple[Page, list[tuple[int, str]]]:
    posts = posts_in(branch, measure)
    if among is not None:
        posts = posts.filter(user__in=among.values("pk"))
    people = people_by_state(posts, branch, measure)
    totals = (_stored_totals(branch, measure) if among is None else None) or {state: people[state].count() for state in states}
    page = Paginator(range(min(sum(totals[state] for state in states), LISTED_AT_MOST)), PER_PAGE).get_page(number)
    one_by_one = people_by_state(posts, branch, measure, one_by_one=True)
    everybody = User.objects.aggregate(most=Max("pk"))["most"] or 0
    parts = [_Part(state, people[state], one_by_one[state], totals[state], everybody) for state in states]
    return page, _keys_between(page.object_list.start, page.object_list.stop, parts)


def _stored_totals(branch: Branch, measure: Measure) -> dict[str, int] | None:
    row = row_on(measure.target.pk, branch.unit.pk, branch.ground.tree, branch.on)
    return {state: getattr(row, state) for state in STATES} if row else None


@dataclass(frozen=True)
class _Part:
    """Those in one state: as a set, and to be looked for one by one among everybody in order of names."""

    state: str
    people: QuerySet[User]
    one_by_one: QuerySet[User]
    total: int
    everybody: int

    def keys(self, first: int, last: int) -> list[int]:
        """Return the keys at these places; those of the second half are counted from the end."""
        from_end = self.total - first <= last
        start, stop = (self.total - last, self.total - first) if from_end else (first, last)
        people = self.one_by_one if stop * self.everybody <= LOOKED_AT * self.total else self.people
        keys = list(people.order_by(*(["-sort_key", "-pk"] if from_end else ["sort_key", "pk"])).values_list("pk", flat=True)[start:stop])
        return keys[::-1] if from_end else keys


def _keys_between(start: int, stop: int, parts: Sequence[_Part]) -> list[tuple[int, str]]:
    """Return the keys at these places of one list after another."""
    keys: list[tuple[int, str]] = []
    for part in parts:
        first, last = max(start, 0), min(stop, part.total)
        if first < last:
            keys += [(key, part.state) for key in part.keys(first, last)]
        start, stop = start - part.total, stop - part.total
    return keys


# Rows

def _rows(keys: Collection[tuple[int, str]], branch: Branch, measure: Measure, deeds: Deeds) -> list[PersonRow]:
    ids = [key for key, _state in keys]
    users = User.objects.in_bulk(ids)
    posts = _highest_posts(ids, branch, measure)
    done, enrolled = since_when(measure.asked, _of(deeds, ids), end_of(branch.on).timestamp())
    moments = {"done": done, "under_way": enrolled}
    rows = []
    for key, state in keys:
        at = moments.get(state, {}).get(key)
        post_name, unit_name = posts.get(key, ("", ""))
        rows.append(PersonRow(users[key], post_name, unit_name, state, timezone.localdate(datetime.fromtimestamp(at, UTC)) if at else None))
    return rows


def _of(deeds: Deeds, people: Collection[int]) -> Deeds:
    wanted = set(people)
    return Deeds(*([deed for deed in part if deed[0] in wanted] for part in (deeds.begun, deeds.studied, deeds.held)))


def _highest_posts(people: Collection[int], branch: Branch, measure: Measure) -> dict[int, tuple[str, str]]:
    """Of each person the highest post by which the target means them in this branch, with the unit's name of that day."""
    name_then = UnitName.objects.on(branch.on).filter(unit=OuterRef("unit")).order_by("-valid_from").values("name")[:1]
    posts = posts_in(branch, measure).filter(user__in=people).annotate(unit_then=Coalesce(Subquery(name_then), "unit__name"))
    found: dict[int, tuple[str, str]] = {}
    for person, post_name, unit_name in posts.order_by("kind__rank", "-full_time", "valid_from", "pk").values_list("user", "kind__name", "unit_then"):
        found.setdefault(person, (post_name, unit_name))
    return found
