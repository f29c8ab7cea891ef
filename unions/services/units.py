"""Writes on units. A unit's name, place and size are dated rows; today's name, path and size on the unit itself follow them."""

import uuid
from datetime import date

from django.db import transaction

from unions.models import Region, Unit, UnitFigures, UnitName, UnitPath, UnitPlacement, UnitType
from unions.services.errors import ParentEnded, RenamedTooEarly
from vietnamese.text import clean, search_key


@transaction.atomic
def create_unit(
    *, code: str, name: str, type: UnitType, active_from: date, parent: Unit | None = None, sector: str = "", decision_number: str = "",
    region: Region | None = None, members: int | None = None, workers: int | None = None,
) -> Unit:
    """Create a unit with its first name, its first place in the tree, and its size if that is known.

    :raises ParentEnded: when the parent is not active on that day.
    """
    if parent is not None and parent.active_until is not None and parent.active_until <= active_from:
        raise ParentEnded
    name = clean(name)
    unit = Unit.objects.create(
        code=clean(code), name=name, search_key=_search_key(name, code), type=type, sector=sector, active_from=active_from,
        region=region, members=members, workers=workers, path=f"new-{uuid.uuid4()}")
    # The path is made of ids, so it can be written only once the row is there: "4/", "4/17/", "4/17/230/".
    unit.path = f"{parent.path if parent else ''}{unit.pk}/"
    unit.save(update_fields=["path"])
    UnitName.objects.create(unit=unit, name=name, valid_from=active_from, decision_number=decision_number)
    UnitPlacement.objects.create(unit=unit, parent=parent, valid_from=active_from, decision_number=decision_number)
    UnitPath.objects.create(unit=unit, path=unit.path, valid_from=active_from)
    if members is not None or workers is not None:
        UnitFigures.objects.create(unit=unit, valid_from=active_from, members=members, workers=workers)
    return unit


@transaction.atomic
def rename_unit(*, unit: Unit, name: str, on: date, decision_number: str = "") -> Unit:
    """Give the unit another name from that day on; the former name stays true of the days before. The same name again changes nothing.

    A change on the first day of the present name corrects that name instead. Locks the unit.

    :raises RenamedTooEarly: when the present name began after that day.
    """
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    name = clean(name)
    present = unit.names.get(valid_until__isnull=True)
    if name == present.name:
        return unit
    if on < present.valid_from:
        raise RenamedTooEarly
    if on == present.valid_from:
        unit.names.filter(pk=present.pk).update(name=name, decision_number=decision_number)
    else:
        unit.names.filter(pk=present.pk).update(valid_until=on)
        UnitName.objects.create(unit=unit, name=name, valid_from=on, decision_number=decision_number)
    unit.name, unit.search_key = name, _search_key(name, unit.code)
    unit.save(update_fields=["name", "search_key"])
    return unit


def change_unit(*, unit: Unit, code: str, type: UnitType, sector: str) -> Unit:
    """Correct what is not dated about a unit: its code, type and sector."""
    unit.code, unit.type, unit.sector = clean(code), type, sector
    unit.search_key = _search_key(unit.name, unit.code)
    unit.save(update_fields=["code", "type", "sector", "search_key"])
    return unit


def _search_key(name: str, code: str) -> str:
    return search_key(f"{name} {code}")[:250]
