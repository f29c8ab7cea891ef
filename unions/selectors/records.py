"""What the office reads about one unit, and about the changes of units."""

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from accounts.models import User
from unions.models import Post, Unit, UnitChange, UnitFigures, UnitName, UnitPlacement
from unions.selectors.scopes import Office
from unions.selectors.trees import Level, UnitThen, ancestors_of, level_below, unit_on

CHANGES_ON_A_PAGE = 30
PEOPLE_SHOWN = 60
# More are not chosen one by one (`unions.forms.units`).
MOST_TO_CHOOSE = 101


@dataclass(frozen=True)
class UnitRecord:
    """A unit as its page tells it on a day. `above`: only what the viewer may see."""

    unit: Unit
    on: date
    then: UnitThen
    above: list[Unit]
    level: Level
    successors: list[Unit]
    predecessors: list[Unit]
    names: list[UnitName]
    places: list[UnitPlacement]
    sizes: list[UnitFigures]
    changes: list[UnitChange]
    posts: list[Post]
    more_posts: int
    may_change: bool

    @property
    def has_ended(self) -> bool:
        return self.unit.active_until is not None


def record_of(office: Office, unit: Unit, on: date, number: str | None = None) -> UnitRecord:
    """Return what the page of a unit tells, as of a day. A fixed number of queries."""
    posts = list(posts_in(unit, on)[:PEOPLE_SHOWN + 1])
    return UnitRecord(
        unit=unit, on=on, then=unit_on(unit, on), above=[each for each in ancestors_of(unit, on) if office.sees(each)],
        level=level_below(unit, on, number), successors=list(unit.successors.order_by("name")), predecessors=list(unit.predecessors.order_by("name")),
        names=list(unit.names.order_by("-valid_from")), places=list(unit.placements.select_related("parent").order_by("-valid_from")),
        sizes=list(unit.figures.order_by("-valid_from")[:12]), changes=list(changes_seen(office).filter(units=unit)[:20]),
        posts=posts[:PEOPLE_SHOWN], more_posts=posts_in(unit, on).count() - PEOPLE_SHOWN if len(posts) > PEOPLE_SHOWN else 0,
        may_change=office.governs(unit))


def posts_in(unit: Unit, on: date) -> QuerySet[Post]:
    """Return the posts held in the unit itself that day, the highest first, then by the people's names."""
    return Post.objects.on(on).filter(unit=unit).select_related("user", "kind").order_by("kind__rank", "user__sort_key", "pk")


def changes_seen(office: Office) -> QuerySet[UnitChange]:
    """Return the changes that concern a unit which this office sees, the latest first; `is_kept`: what they wrote is still known."""
    changes = UnitChange.objects.order_by("-at", "-pk").select_related("by", "undone_by").prefetch_related("units").defer("rows")
    changes = changes.annotate(is_kept=~Q(rows={}))
    return changes if office.sees_all else changes.filter(units__in=office.units).distinct()


def changes_page(office: Office, number: str | None) -> Page:
    """Return a page of changes. Three queries."""
    return Paginator(changes_seen(office), CHANGES_ON_A_PAGE).get_page(number)


def to_divide(unit: Unit, on: date) -> dict:
    """Return what hangs on a unit that is to be divided: the units directly below it, and who holds a post in it. Two queries."""
    children = Unit.objects.on(on).filter(pk__in=UnitPlacement.objects.on(on).filter(parent=unit).values("unit")).order_by("search_key")
    people = User.objects.filter(pk__in=Post.objects.on(on).filter(unit=unit).values("user")).in_order()
    return {"children": list(children[:MOST_TO_CHOOSE]), "people": list(people[:MOST_TO_CHOOSE])}
