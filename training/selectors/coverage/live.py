"""Counting while somebody waits: branches of a few thousand posts, read and added up at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import QuerySet, Value

from accounts.models import User
from training.selectors.coverage.measures import Measure, deeds_of, end_of
from training.selectors.coverage.trees import Ground, ids_in, overlap
from training.tally import Deeds, Facts, Figures, facts_of, figures_of
from unions.models import Post, Unit
from unions.selectors.audiences import posts_meant

# A branch with more posts than this is counted in the background: eight targets at once then take about 300 ms on a busy machine (bench/coverage.py).
LARGE = 3000
# Among the figures of a branch those of people whom the highest unit holds itself.
OWN = 0


@dataclass(frozen=True)
class Branch:
    """A unit and everything below it, in a tree of a day."""

    ground: Ground
    unit: Unit
    root: str

    @property
    def on(self) -> date:
        return self.ground.on

    @property
    def units(self) -> QuerySet[Unit]:
        return self.ground.units_in([self.root] if self.root else [])

    @cached_property
    def is_large(self) -> bool:
        """Whether it is too large to be counted while somebody waits. One query, which stops counting there."""
        return bool(self.root) and Post.objects.on(self.on).filter(unit__in=self.units)[:LARGE + 1].count() > LARGE


def branch_of(ground: Ground, unit: Unit) -> Branch:
    """Return the branch of a unit. One query for a tree of another day."""
    return Branch(ground, unit, ground.root_of(unit))


def posts_of(
    branch: Branch, measures: Sequence[Measure], days: Collection[date] = (), exactly: bool = False, among: QuerySet[User] | None = None,
) -> QuerySet | None:
    """Return (person, unit, its place in the tree, target, day) of the posts that each target means on each day, as one query; None when it can mean none.

    :param exactly: only of the units at the root of the branch.
    :param among: only of these people.
    """
    whom = {} if among is None else {"user__in": among.values("pk")}
    ground = branch.ground
    scopes = ground.roots_of([measure.target.unit for measure in measures])
    parts = []
    for measure in measures:
        roots = overlap([branch.root] if branch.root else [], scopes.get(measure.target.unit_id, ()))
        if exactly:
            roots = tuple(root for root in roots if root == branch.root)
        within = ground.units_at(roots) if exactly else ground.units_in(roots)
        parts += [
            posts_meant(measure.meant, within, day).filter(**whom).order_by().values_list(
                "user", "unit", ground.place(), Value(measure.target.pk), Value(day.toordinal()))
            for day in (days or [branch.on]) if roots and not _has_lapsed(measure, day)]
    return parts[0].union(*parts[1:], all=True) if len(parts) > 1 else next(iter(parts), None)


def _has_lapsed(measure: Measure, day: date) -> bool:
    """Say whether the unit that set the target had ended by that day: of several days some may lie before it."""
    ended_on = measure.target.unit.active_until
    return ended_on is not None and ended_on <= day


@dataclass(frozen=True)
class Placed:
    """Posts that are meant: by target and day, people and the places where they count."""

    posts: Mapping[tuple[int, date], Sequence[tuple[int, str]]]

    @cached_property
    def people(self) -> list[int]:
        return sorted({person for posts in self.posts.values() for person, _place in posts})


def placed_posts(
    branch: Branch, measures: Sequence[Measure], days: Collection[date] = (), exactly: bool = False, among: QuerySet[User] | None = None,
) -> Placed:
    """Return the posts of a branch that are meant, with the places where they count. One query, however many targets and days; two for another day's tree."""
    query = posts_of(branch, measures, days, exactly, among)
    posts: dict[tuple[int, date], list[tuple[int, str]]] = {}
    for person, unit, stands, target, day in query if query is not None else ():
        place = branch.ground.place_of(person, unit, stands or "", date.fromordinal(day))
        if place and place.startswith(branch.root):
            posts.setdefault((target, date.fromordinal(day)), []).append((person, place))
    return Placed(posts)


def count_live(branch: Branch, measures: Sequence[Measure], days: Collection[date] = (), exactly: bool = False) -> dict[tuple[int, date], dict[int, Figures]]:
    """Return, by target and day, the figures of the branch's unit, of the units right below it, and of the people it holds itself (`OWN`).

    Three queries however many targets, days and posts; one more for a tree of another day.
    """
    days = days or [branch.on]
    placed = placed_posts(branch, measures, days, exactly)
    deeds = deeds_of(measures, days, placed.people)
    return {
        (measure.target.pk, day): figures_of(posts, facts_of(measure.asked, deeds, end_of(day).timestamp()), _keys(posts, branch))
        for measure in measures for day in days for posts in [placed.posts.get((measure.target.pk, day), ())]}


def _keys(posts: Sequence[tuple[int, str]], branch: Branch) -> dict[str, tuple[int, int]]:
    """Of each place the unit of the branch, and the one right below it through which the place is reached."""
    return {place: (branch.unit.pk, next(iter(ids_in(place[len(branch.root):])), OWN)) for place in {place for _person, place in posts}}


@dataclass(frozen=True)
class Basis:
    """A target as it is counted, in one branch or among some people of it. Whatever is read is read once: a page's figures and its names ask the same."""

    branch: Branch
    measure: Measure
    among: QuerySet[User] | None = None

    @cached_property
    def placed(self) -> Placed:
        return placed_posts(self.branch, [self.measure], among=self.among)

    @cached_property
    def deeds(self) -> Deeds:
        return deeds_of([self.measure], [self.branch.on], self.placed.people)

    @cached_property
    def facts(self) -> Facts:
        return facts_of(self.measure.asked, self.deeds, end_of(self.branch.on).timestamp())

    @property
    def figures(self) -> dict[int, Figures]:
        """The figures as `count_live` has them. Three queries, with those of `placed` and `deeds`; one more for a tree of another day."""
        posts = self.placed.posts.get((self.measure.target.pk, self.branch.on), ())
        return figures_of(posts, self.facts, _keys(posts, self.branch))


