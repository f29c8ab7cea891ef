"""What the pages of coverage show: the year's targets of a unit, one target unit by unit, the way up, and names.

Keeps true: a unit is looked into only when the office sees it today; of a former day nobody is named whom the office no longer sees.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.utils import timezone

from training.enums import Tree
from training.models import Target
from training.selectors.coverage import Coverage, Figures, PersonRow, UnitRow, coverage_of, people_in_state, people_of, sums_of_targets
from training.selectors.office import posts_in
from training.selectors.statistics import first_unit
from training.selectors.targets import CHOSEN_FROM, targets_for
from unions.models import Post, Unit
from unions.selectors.people import visible_people
from unions.selectors.scopes import Office
from unions.selectors.trees import UnitThen, unit_on

ROWS_ON_A_PAGE = 100
CHUNK = 1000


@dataclass(frozen=True)
class Wish:
    """What is asked: how far a target is met in a unit on a day, by which tree."""

    target: Target
    unit: Unit
    on: date
    tree: str = Tree.TODAY

    @property
    def params(self) -> dict[str, str]:
        """The wish as parts of an address."""
        return {"unit": str(self.unit.uuid), "on": f"{self.on:%d/%m/%Y}", "tree": self.tree}


@dataclass(frozen=True)
class Crumb:
    uuid: UUID
    name: str


@dataclass(frozen=True)
class Row:
    """A row of the table: `uuid` only where the office may look into the unit."""

    name: str
    figures: Figures
    uuid: UUID | None = None
    has_children: bool = False


@dataclass(frozen=True)
class Level:
    """A target in a unit and the units right below it, as the office may look at them."""

    coverage: Coverage
    # Name and place of the unit in the tree that is asked for.
    name: str
    crumbs: list[Crumb]
    rows: list[Row]
    page: Page
    # People still to be done before the target is met.
    needed: int
    may_manage: bool


@dataclass(frozen=True)
class OverviewRow:
    """A target of the year in a unit; without figures they are still being counted."""

    target: Target
    figures: Figures | None
    days_left: int

    @property
    def needed(self) -> int:
        return needed_for(self.target, self.figures) if self.figures else 0

    @property
    def is_met(self) -> bool:
        return bool(self.figures and self.figures.people and not self.needed)


@dataclass(frozen=True)
class NamedRow:
    """Somebody of a list of names; `is_seen`: the office sees them today."""

    row: PersonRow
    is_seen: bool


@dataclass(frozen=True)
class Names:
    page: Page
    rows: list[NamedRow]


@dataclass(frozen=True)
class Missing:
    """Somebody who is missing, for a file."""

    user_id: int
    name: str
    post: str
    unit: str


def needed_for(target: Target, figures: Figures) -> int:
    """Return how many people more must have done it before the target is met: 90% of 812 people are 731."""
    wanted = (Decimal(target.percentage) * figures.people / 100).to_integral_value(ROUND_CEILING)
    return max(0, int(wanted) - figures.done)


def unit_for(office: Office, target: Target) -> Unit | None:
    """Return the unit in which a target is first looked at: the one that set it, or the office's highest below that. One query at most."""
    if office.sees(target.unit):
        return target.unit
    below = [path for path in office.paths if path.startswith(target.unit.path)]
    return Unit.objects.filter(path__in=below).order_by("path").first()


def overview_of(office: Office, unit: Unit, year: int, now: datetime) -> list[OverviewRow]:
    """Return the targets in force of a year that hold in a unit, each with its figures of today; of a year that is over, those of its last day.

    At most 12 queries however many targets.
    """
    today = timezone.localdate(now)
    on = min(today, date(year, 12, 31))
    targets = list(targets_for(office, unit, year).prefetch_related("courses")[:CHOSEN_FROM])
    sums = sums_of_targets(targets=targets, unit=unit, on=on, now=now)
    return [OverviewRow(target, sums.get(target.pk), (target.due_on - today).days) for target in targets]


def level_of(office: Office, wish: Wish, now: datetime, number: str | int | None = None) -> Level:
    """Return how far a target is met in a unit and in a page of those right below it. One query more than `coverage_of`; two by the tree of a former day."""
    coverage = coverage_of(target=wish.target, unit=wish.unit, on=wish.on, tree=wish.tree, now=now)
    then = unit_on(wish.unit, wish.on) if wish.tree == Tree.THEN else None
    rows = _rows(office, coverage.rows)
    return Level(
        coverage, then.name if then else wish.unit.name, crumbs_of(office, wish.unit, then), rows, Paginator(rows, ROWS_ON_A_PAGE).get_page(number),
        needed_for(wish.target, coverage.own), office.manages(wish.unit))


def crumbs_of(office: Office, unit: Unit, then: UnitThen | None = None) -> list[Crumb]:
    """Return the units above, as far up as the office sees, by today's tree or the one of `then`. One query."""
    above = [int(part) for part in ((then.path if then else "") or unit.path).split("/") if part and int(part) != unit.pk]
    found = {found.pk: Crumb(found.uuid, found.name) for found in office.units.filter(pk__in=above).only("uuid", "name")}
    return [found[pk] for pk in above if pk in found]


def _rows(office: Office, rows: Sequence[UnitRow]) -> list[Row]:
    # By the tree of a former day units may have stood here that are others' today.
    return [Row(row.name, row.figures, row.uuid if office.sees_all or row.path.startswith(office.paths) else None, row.has_children) for row in rows]


def names_of(
    office: Office, wish: Wish, now: datetime, *, state: str = "", q: str = "", number: str | int | None = None, level: Level | None = None,
) -> Names:
    """Return a page of the people whom a target means, whoever is missing first. At most 13 queries, 7 after `level`: the same wish as it was counted.

    Whom the office no longer sees today (they have left since) is shown without a name; a search finds only who is seen.
    """
    found = people_of(
        target=wish.target, unit=wish.unit, on=wish.on, tree=wish.tree, state=state, q=q, number=number, now=now, basis=level and level.coverage.basis)
    seen = seen_of(office, [row.user.pk for row in found.rows], now)
    rows = [NamedRow(row, row.user.pk in seen) for row in found.rows]
    return Names(found.page, [row for row in rows if row.is_seen or not q])


def seen_of(office: Office, people: Iterable[int], now: datetime) -> set[int]:
    """Return which of these people the office sees today. One query."""
    people = list(people)
    if office.sees_all:
        return set(people)
    held = Post.objects.on(timezone.localdate(now)).filter(user__in=people, unit__in=office.units)
    return {office.user.pk, *held.values_list("user", flat=True)} & set(people)


def number_missing(wish: Wish, now: datetime) -> int:
    """Return how many people are missing at this moment, counted one by one. At most 20 queries."""
    return len(people_in_state(target=wish.target, unit=wish.unit, on=wish.on, tree=wish.tree, state="missing", now=now))


def missing_of(office: Office, wish: Wish, now: datetime) -> tuple[list[Missing], int]:
    """Return who is missing, by name, as far as the office sees them today, and how many others are. At most 20 queries, and four a thousand people."""
    ids = people_in_state(target=wish.target, unit=wish.unit, on=wish.on, tree=wish.tree, state="missing", now=now)
    found: list[tuple[str, Missing]] = []
    for start in range(0, len(ids), CHUNK):
        found += _missing(office, ids[start:start + CHUNK], wish, now)
    return [person for _key, person in sorted(found, key=lambda pair: (pair[0], pair[1].user_id))], len(ids) - len(found)


def _missing(office: Office, ids: list[int], wish: Wish, now: datetime) -> list[tuple[str, Missing]]:
    posts = posts_in(office, ids, wish.on, wish.unit)
    people = visible_people(office.user, timezone.localdate(now)).filter(pk__in=ids)
    held = {pk: found[0] for pk, found in posts.items()}
    return [
        (key, Missing(pk, name, held[pk].kind.name if pk in held else "", held[pk].unit.name if pk in held else ""))
        for pk, name, key in people.values_list("pk", "full_name", "sort_key")]


def first_seen(office: Office) -> Unit | None:
    """Return the unit that the overview begins with. One query."""
    return first_unit(office)
