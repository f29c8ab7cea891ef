"""Targets of a unit and year, and the schemes that group them: set, changed, carried on to another year, ended.

Keeps true: whoever sets or changes one manages its unit; a target that is changed is counted anew; nothing is deleted.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import transaction

from accounts.models import User
from courses.models import CoursePage
from learning.enums import Need
from training.enums import Match
from training.models import Count, Scheme, Target, UnitCount
from training.services.errors import (
    ChangedMeanwhile,
    DueBeforeYear,
    DueTooEarly,
    NoCertificateGiven,
    NoCourse,
    NotYourUnit,
    SchemeElsewhere,
    SchemeOfOtherYears,
    TargetsOutside,
)
from unions.models import Unit
from unions.selectors.audiences import Meant, meant_by, says
from unions.services.audiences import write_audience
from unions.terms import months_after


@dataclass(frozen=True)
class TargetFacts:
    """What a target says besides where it stands and whom it means."""

    year: int
    title: str
    due_on: date
    courses: tuple[CoursePage, ...]
    percentage: Decimal = Decimal(100)
    need: str = Need.COURSE
    match: str = Match.ALL
    since: date | None = None
    scheme: Scheme | None = None
    decision_number: str = ""


@dataclass(frozen=True)
class SchemeFacts:
    title: str
    year_from: int
    year_until: int
    decision_number: str = ""


def make_target(*, unit: Unit, facts: TargetFacts, meant: Meant, by: User, now: datetime, key: UUID) -> Target:
    """Set a target for the unit and everything below it; asked twice with the same key and words, return the one that stands.

    :raises NotYourUnit: when the person does not manage the unit.
    :raises TargetError: one of those of `_check`.
    """
    _check(unit, facts)
    with transaction.atomic():
        if not Unit.objects.managed_by(by).select_for_update().filter(pk=unit.pk).exists():
            raise NotYourUnit
        if standing := Target.objects.filter(uuid=key).select_related("audience", "unit", "scheme").first():
            if _is_told(standing, unit, facts, meant):
                return standing
            # Who goes back in the browser and writes something else means another target.
            key = uuid4()
        target = Target(unit=unit, uuid=key, audience=write_audience(meant=meant), made_by=by, made_at=now)
        return _write(target, facts)


def change_target(*, target: Target, facts: TargetFacts, meant: Meant, seen: str) -> Target:
    """Write what a target says from now on, and throw away its figures, which are counted anew. Locks the target.

    :param seen: what `told_of` said of the target when somebody began to change it.
    :raises ChangedMeanwhile: when it says something else by now.
    :raises TargetError: as `make_target`.
    """
    _check(target.unit, facts)
    with transaction.atomic():
        target = Target.objects.select_for_update(of=("self",)).select_related("audience", "unit").get(pk=target.pk)
        if told_of(target) != seen:
            raise ChangedMeanwhile
        write_audience(meant=meant, audience=target.audience)
        _forget_figures(target)
        return _write(target, facts)


def _is_told(target: Target, unit: Unit, facts: TargetFacts, meant: Meant) -> bool:
    """Say whether the target says just this: nothing that was entered may be lost behind one that stands."""
    words = [field.name for field in fields(TargetFacts) if field.name != "courses"]
    return (
        target.unit == unit and all(getattr(target, name) == getattr(facts, name) for name in words)
        and set(target.courses.all()) == set(facts.courses) and says(target.audience, meant))


def told_of(target: Target) -> str:
    """Return a digest of what the target says: it changes with every change. Six queries."""
    facts = [getattr(target, field.name) for field in fields(TargetFacts) if field.name not in ("courses", "scheme", "percentage")]
    said = [*facts, Decimal(target.percentage).normalize(), target.scheme_id, target.is_active, sorted(target.courses.values_list("pk", flat=True))]
    return hashlib.sha256(repr([*map(str, said), *map(repr, astuple(_keys(meant_by(target.audience))))]).encode()).hexdigest()


def end_target(*, target: Target) -> None:
    """Let a target hold no more: it leaves the overview, its figures can still be looked at. Safe to call twice."""
    Target.objects.filter(pk=target.pk).update(is_active=False)


def resume_target(*, target: Target) -> None:
    """Let a target that was ended hold again. Safe to call twice."""
    Target.objects.filter(pk=target.pk).update(is_active=True)


def copy_targets(*, targets: Iterable[Target], year: int, by: User, now: datetime) -> list[Target]:
    """Carry targets on to another year, with their audiences and courses, and return the new ones; what that year has already is left out.

    Days move by as many years, the year in the title changes with them, a scheme that is over by then is left behind. Locks the units.
    """
    targets = list(targets)
    with transaction.atomic():
        list(Unit.objects.select_for_update().filter(pk__in={target.unit_id for target in targets}).order_by("pk"))
        return [_copied(target, year, by, now) for target in targets if not _stands(target, year)]


def facts_for_year(target: Target, year: int) -> TargetFacts:
    """Return what a target would say in another year. One query for its courses, one for its scheme."""
    months = 12 * (year - target.year)
    scheme = target.scheme if target.scheme and target.scheme.year_from <= year <= target.scheme.year_until else None
    return TargetFacts(
        year=year, title=_title(target, year), due_on=months_after(target.due_on, months), courses=tuple(target.courses.order_by("title")),
        percentage=target.percentage, need=target.need, match=target.match, since=target.since and months_after(target.since, months),
        scheme=scheme, decision_number="")


def make_scheme(*, unit: Unit, facts: SchemeFacts, by: User, key: UUID) -> Scheme:
    """Set up a scheme that targets of the unit and those below may belong to; asked twice with the same key, return the one that stands.

    :raises NotYourUnit: when the person does not manage the unit.
    """
    if not Unit.objects.managed_by(by).filter(pk=unit.pk).exists():
        raise NotYourUnit
    return Scheme.objects.get_or_create(uuid=key, defaults={"unit": unit, **_columns(facts)})[0]


def change_scheme(*, scheme: Scheme, facts: SchemeFacts) -> Scheme:
    """Write what a scheme says. Locks it.

    :raises TargetsOutside: when targets of it lie outside the new years.
    """
    with transaction.atomic():
        scheme = Scheme.objects.select_for_update().get(pk=scheme.pk)
        if scheme.targets.exclude(year__range=(facts.year_from, facts.year_until)).exists():
            raise TargetsOutside
        for name, value in _columns(facts).items():
            setattr(scheme, name, value)
        scheme.save()
    return scheme


def _columns(facts: SchemeFacts) -> dict:
    return {field.name: getattr(facts, field.name) for field in fields(facts)}


def _check(unit: Unit, facts: TargetFacts) -> None:
    if not facts.courses:
        raise NoCourse
    if facts.due_on < date(facts.year, 1, 1):
        raise DueBeforeYear
    if facts.since and facts.due_on < facts.since:
        raise DueTooEarly
    if facts.need == Need.CERTIFICATE and (without := [course for course in facts.courses if not course.gives_certificate]):
        raise NoCertificateGiven(without[0].title)
    if facts.scheme and not unit.path.startswith(facts.scheme.unit.path):
        raise SchemeElsewhere
    if facts.scheme and not facts.scheme.year_from <= facts.year <= facts.scheme.year_until:
        raise SchemeOfOtherYears(facts.scheme)


def _write(target: Target, facts: TargetFacts) -> Target:
    for field in fields(facts):
        if field.name != "courses":
            setattr(target, field.name, getattr(facts, field.name))
    target.save()
    target.courses.set(facts.courses)
    return target


def _forget_figures(target: Target) -> None:
    # A worker that is just counting by the former words finds its count gone, and writes nothing.
    UnitCount.objects.filter(count__target=target).delete()
    Count.objects.filter(target=target).delete()


def _keys(meant: Meant) -> Meant:
    return replace(meant, from_kind=meant.from_kind and meant.from_kind.pk, kinds=[kind.pk for kind in meant.kinds], unit_types=[kind.pk for kind in meant.unit_types], units=sorted(unit.pk for unit in meant.units))


def _title(target: Target, year: int) -> str:
    return target.title.replace(str(target.year), str(year))


def _stands(target: Target, year: int) -> bool:
    return Target.objects.filter(unit=target.unit_id, year=year, title=_title(target, year)).exists()


def _copied(target: Target, year: int, by: User, now: datetime) -> Target:
    copy = Target(unit=target.unit, audience=write_audience(meant=meant_by(target.audience)), made_by=by, made_at=now)
    return _write(copy, facts_for_year(target, year))
