"""Targets and schemes as the office looks at them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from training.models import Scheme, Target
from training.selectors.statistics import first_unit
from unions.models import Unit
from unions.selectors.audiences import describe, describe_many
from unions.selectors.scopes import Office

ON_A_PAGE = 50
# A list to choose a target from is no help beyond that.
CHOSEN_FROM = 200


@dataclass(frozen=True)
class TargetRow:
    target: Target
    audience: str
    may_change: bool
    days_left: int


@dataclass(frozen=True)
class TargetList:
    """A page of the targets of a year, grouped by scheme: those without one come first."""

    page: Page
    groups: list[tuple[Scheme | None, list[TargetRow]]]
    years: list[int]
    year: int


@dataclass(frozen=True)
class TargetRecord:
    target: Target
    audience: str
    may_change: bool
    days_left: int
    # Of the same unit in the next year, with the same words.
    next_year: int


def years_of(user, on: date) -> list[int]:
    """Return the years that have targets which the person sees, this year always, the latest first. Two queries."""
    found = set(Target.objects.visible_to(user).order_by().values_list("year", flat=True).distinct())
    return sorted(found | {on.year}, reverse=True)


def targets_page(office: Office, *, year: int, mine: bool, on: date, number=None) -> TargetList:
    """Return a page of the targets of a year that hold in the office's units (`mine`), or that units further below have set. At most 12 queries."""
    found = Target.objects.visible_to(office.user).filter(year=year)
    found = found.filter(_set_here_or_above(office)) if mine else found.exclude(_set_here_or_above(office))
    ordered = found.select_related("unit", "scheme", "audience__from_kind").prefetch_related("courses")
    # In force first; a scheme's targets stand together.
    page = Paginator(ordered.order_by("-is_active", "scheme__title", "unit__path", "due_on", "pk"), ON_A_PAGE).get_page(number)
    targets = list(page.object_list)
    words = describe_many(target.audience for target in targets)
    rows = [TargetRow(target, words[target.audience_id], office.manages(target.unit), (target.due_on - on).days) for target in targets]
    return TargetList(page, grouped(rows), years_of(office.user, on), year)


def grouped(rows: Iterable) -> list[tuple[Scheme | None, list]]:
    """Return rows of targets by their scheme, in the order in which the schemes come; those without one first."""
    groups: dict[Scheme | None, list] = {}
    for row in rows:
        groups.setdefault(row.target.scheme, []).append(row)
    alone = [(None, groups.pop(None))] if None in groups else []
    return [*alone, *groups.items()]


def _set_here_or_above(office: Office) -> Q:
    if office.sees_all:
        top = first_unit(office)
        return Q(unit__in=[top.pk] if top else [])
    return Q(unit__in={int(part) for path in office.paths for part in path.split("/") if part})


def target_record(office: Office, target: Target, on: date) -> TargetRecord:
    """Return one target with its audience in words. Seven queries."""
    return TargetRecord(target, describe(target.audience), office.manages(target.unit), (target.due_on - on).days, target.year + 1)


def targets_for(office: Office, unit: Unit, year: int) -> QuerySet[Target]:
    """Return the targets of a year that are in force and hold in a unit, as far as the office sees them. No query before it is read."""
    found = Target.objects.seen_in(office).of_line(unit).filter(year=year, is_active=True)
    return found.select_related("unit", "scheme", "audience").order_by("scheme__title", "due_on", "pk")


def targets_to_copy(user, year: int) -> QuerySet[Target]:
    """Return the targets of a year that the person may carry on to the next. One query more."""
    return Target.objects.managed_by(user).filter(year=year, is_active=True).select_related("unit", "scheme", "audience").order_by("unit__path", "pk")


def schemes_of(office: Office) -> QuerySet[Scheme]:
    """Return the schemes that hold in the office's units, with the number of their targets. One query more."""
    found = Scheme.objects.visible_to(office.user).select_related("unit")
    return found.annotate(count=Count("targets")).order_by("-year_from", "title", "pk")
