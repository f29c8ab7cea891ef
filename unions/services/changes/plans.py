"""A change of units before it is made: what it would do, and what stands in its way."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from unions.models import Region, Unit, UnitChange, UnitName, UnitPath, UnitType

# So many names are told; of the others how many they are.
NAMES_TOLD = 20


@dataclass(frozen=True)
class Decision:
    """What every change is entered with: the day from which it holds, why, and the number of the decision if there is one."""

    on: date
    reason: str
    number: str = ""


@dataclass(frozen=True)
class NewUnit:
    """A unit that a merge or a split sets up; without a parent at the top of the tree."""

    code: str
    name: str
    type: UnitType
    parent: Unit | None = None
    sector: str = ""
    region: Region | None = None


@dataclass(frozen=True)
class Obstacle:
    """Why a change cannot be made as it was asked for, and what to do about it."""

    code: str
    message: str


@dataclass(frozen=True)
class Names:
    """Some names under a heading, and how many more there are."""

    heading: str
    names: tuple[str, ...]
    more: int


@dataclass(frozen=True)
class Plan:
    """What a change would do, for people; `digest` says whether it is still what they have looked at."""

    kind: str
    on: date
    says: tuple[str, ...]
    obstacles: tuple[Obstacle, ...]
    digest: str
    names: tuple[Names, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def is_possible(self) -> bool:
        return not self.obstacles


def digest_of(*facts: object) -> str:
    """Return a digest of whatever a plan rests on."""
    return hashlib.sha256(json.dumps(facts, default=str).encode()).hexdigest()[:32]


def fact_of(unit: Unit | None) -> list:
    """Return what of a unit a plan rests on."""
    return [unit.pk, unit.code, unit.name, unit.path, unit.active_until] if unit else []


def names_told(heading: str, units: Sequence[object]) -> Names:
    """Return the first names and how many more there are."""
    return Names(heading, tuple(str(unit) for unit in units[:NAMES_TOLD]), max(0, len(units) - NAMES_TOLD))


def shown(day: date) -> str:
    """Return a day as it is written in Vietnam."""
    return f"{day:%d/%m/%Y}"


def quoted(units: Iterable[object]) -> str:
    """Return names in quotation marks, with commas."""
    return ", ".join(f"“{unit}”" for unit in units)


def wrong_day(on: date, now: datetime) -> list[Obstacle]:
    """Return what is wrong with the day of a decision: one that is still to come is entered when it comes."""
    if on <= timezone.localdate(now):
        return []
    text = _("This change comes into force only on %(day)s. Enter it on that day or later.")
    return [Obstacle("future", text % {"day": shown(on)})]


def not_standing(units: Iterable[Unit], on: date) -> list[Obstacle]:
    """Return which of the units have ended, or had not begun before that day."""
    found = []
    for unit in units:
        if unit.active_until is not None:
            text = _("“%(unit)s” ended on %(day)s. Choose the unit that took its place.")
            found.append(Obstacle("ended", text % {"unit": unit, "day": shown(unit.active_until)}))
        elif unit.active_from > on:
            text = _("“%(unit)s” has existed only since %(day)s. Choose that day or a later one.")
            found.append(Obstacle("not_begun", text % {"unit": unit, "day": shown(unit.active_from)}))
    return found


def begun_that_day(units: Iterable[Unit], on: date) -> list[Obstacle]:
    """Return which units began on that very day: they cannot end on it."""
    text = _("“%(unit)s” began on %(day)s and cannot end on the same day. Choose a later day.")
    return [Obstacle("not_begun", text % {"unit": unit, "day": shown(on)}) for unit in units if unit.active_from == on]


def later_names(units: Iterable[Unit], on: date) -> list[Obstacle]:
    """Return which units were given another name after that day. One query, and one more if there are any."""
    return _later(UnitName.objects.filter(unit__in=list(units), valid_from__gt=on), on)


def later_places(units: Iterable[Unit], on: date) -> list[Obstacle]:
    """Return which units stood in another place after that day, they or a unit above them having moved. One query, and one more if there are any."""
    return _later(UnitPath.objects.filter(unit__in=list(units), valid_from__gt=on), on)


def _later(rows, on: date) -> list[Obstacle]:
    found = {}
    for row in rows.select_related("unit").order_by("valid_from"):
        if row.valid_from != row.unit.active_from:
            found.setdefault(row.unit_id, row)
    return [Obstacle("later_change", _said(row)) for row in list(found.values())[:NAMES_TOLD]]


def _said(row: UnitName | UnitPath) -> str:
    change = UnitChange.objects.filter(units=row.unit_id, effective_on=row.valid_from, undone_at__isnull=True).order_by("-at").first()
    text = _("“%(unit)s” was changed later: %(change)s. Choose that day or a later one, or undo that change first.")
    return text % {"unit": row.unit, "change": change or shown(row.valid_from)}


def taken_codes(news: Sequence[NewUnit]) -> list[Obstacle]:
    """Return which codes of new units others have already, among each other too. One query."""
    codes = [new.code for new in news]
    taken = {unit.code: unit for unit in Unit.objects.filter(code__in=codes)}
    found = [Obstacle("code_taken", _("“%(unit)s” has the code %(code)s already. Enter a code of its own for the new unit.") % {
        "unit": unit, "code": code}) for code, unit in sorted(taken.items())]
    text = _("Two new units have the code %(code)s. Enter a code of its own for each.")
    return found + [Obstacle("code_taken", text % {"code": code}) for code in sorted({code for code in codes if codes.count(code) > 1})]
