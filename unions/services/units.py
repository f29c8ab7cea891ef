"""Writes on single units. A unit's name, place and size are dated rows; today's name, path and size on the unit itself follow them.

What a decision changes (a name, a place, whether there is a unit at all) goes through `unions.services.changes`, with its reason and its undo.
"""

import uuid
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.db.utils import IntegrityError

from unions.models import Region, Unit, UnitChange, UnitFigures, UnitName, UnitPath, UnitPlacement, UnitType
from unions.services.errors import CodeTaken, ParentEnded, ParentNotBegun, RenamedTooEarly
from unions.signals import posts_changed
from vietnamese.text import clean, search_key


@transaction.atomic
def create_unit(
    *, code: str, name: str, type: UnitType, active_from: date, parent: Unit | None = None, sector: str = "", decision_number: str = "",
    region: Region | None = None, members: int | None = None, workers: int | None = None,
) -> Unit:
    """Create a unit with its first name, its first place in the tree, and its size if that is known. Locks the unit above, so that it does not move meanwhile.

    :raises CodeTaken: when another unit has this code.
    :raises ParentEnded, ParentNotBegun: when the parent has ended, or is not active yet on that day.
    """
    above = _stretches_above(parent, active_from) if parent is not None else [("", active_from, None)]
    name, code = clean(name), clean(code)
    if Unit.objects.filter(code=code).exists():
        raise CodeTaken
    unit = Unit.objects.create(
        code=code, name=name, search_key=key_of(name, code), type=type, sector=sector, active_from=active_from,
        region=region, members=members, workers=workers, path=f"new-{uuid.uuid4()}")
    # The path is made of ids, so it can be written only once the row is there: "4/", "4/17/", "4/17/230/".
    paths = [UnitPath(unit=unit, path=f"{path}{unit.pk}/", valid_from=max(begun, active_from), valid_until=ended) for path, begun, ended in above]
    unit.path = paths[-1].path
    unit.save(update_fields=["path"])
    UnitName.objects.create(unit=unit, name=name, valid_from=active_from, decision_number=decision_number)
    UnitPlacement.objects.create(unit=unit, parent=parent, valid_from=active_from, decision_number=decision_number)
    UnitPath.objects.bulk_create(paths)
    if members is not None or workers is not None:
        UnitFigures.objects.create(unit=unit, valid_from=active_from, members=members, workers=workers)
    return unit


def _stretches_above(parent: Unit, begins: date) -> list[tuple[str, date, date | None]]:
    """Where the unit above has stood since that day; a unit that is entered late has moved with it.

    Locked like every change of the tree (`unions.services.changes.doing`): the top first, since the unit above moves with any unit above it.
    """
    top = Unit.objects.values_list("path", flat=True).get(pk=parent.pk).split("/", 1)[0]
    Unit.objects.select_for_update().values_list("pk").get(pk=top)
    parent = Unit.objects.select_for_update().get(pk=parent.pk)
    # Of a former day too: the new unit stands today, and would be left under nothing.
    if parent.active_until is not None:
        raise ParentEnded
    if parent.active_from > begins:
        raise ParentNotBegun
    stretches = parent.paths.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=begins)).order_by("valid_from")
    return list(stretches.values_list("path", "valid_from", "valid_until")) or [(parent.path, begins, None)]


@transaction.atomic
def rename_unit(*, unit: Unit, name: str, on: date, decision_number: str = "") -> Unit:
    """Give the unit another name from that day on; the former name stays true of the days before. The same name again changes nothing.

    A change on the first day of the present name corrects that name instead. Locks the unit. Offices go through `changes.rename_unit`.

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
    unit.name, unit.search_key = name, key_of(name, unit.code)
    unit.save(update_fields=["name", "search_key"])
    return unit


@transaction.atomic
def change_unit(*, unit: Unit, code: str, type: UnitType, sector: str, region: Region | None = None) -> Unit:
    """Correct what is not dated about a unit: its code, type, sector and region. Locks the unit.

    :raises CodeTaken: when another unit has this code.
    """
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    counts_otherwise = (unit.type_id, unit.sector) != (type.pk, sector)
    unit.code, unit.type, unit.sector, unit.region = clean(code), type, sector, region
    unit.search_key = key_of(unit.name, unit.code)
    try:
        with transaction.atomic():
            unit.save(update_fields=["code", "type", "sector", "region", "search_key"])
    except IntegrityError as error:
        raise CodeTaken from error
    if counts_otherwise:
        _tell(unit)
    return unit


@transaction.atomic
def count_members(*, unit: Unit, on: date, members: int | None, workers: int | None) -> Unit:
    """Write down how many members and workers the unit had from that day on; the same day again corrects that day. Locks the unit.

    Today's numbers on the unit are those of the latest day. The same numbers again change nothing.
    """
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    known = unit.figures.filter(valid_from__lte=on).order_by("-valid_from").values_list("members", "workers").first()
    if (known or (None, None)) == (members, workers):
        return unit
    UnitFigures.objects.update_or_create(unit=unit, valid_from=on, defaults={"members": members, "workers": workers})
    latest = unit.figures.latest("valid_from")
    unit.members, unit.workers = latest.members, latest.workers
    unit.save(update_fields=["members", "workers"])
    _tell(unit)
    return unit


@transaction.atomic
def correct_unit(
    *, unit: Unit, code: str, type: UnitType, sector: str, region: Region | None, members: int | None, workers: int | None, counted_on: date,
) -> Unit:
    """Correct what is not dated about a unit, and write down its size from that day on.

    :raises CodeTaken: when another unit has this code.
    """
    unit = change_unit(unit=unit, code=code, type=type, sector=sector, region=region)
    return count_members(unit=unit, on=counted_on, members=members, workers=workers)


def key_of(name: str, code: str) -> str:
    """Return what a unit is found by."""
    return search_key(f"{name} {code}")[:250]


def _tell(unit: Unit) -> None:
    """Whom rules and targets mean hangs on the type, sector and size of a unit."""
    people = set(unit.posts.filter(valid_until__isnull=True).values_list("user", flat=True))
    transaction.on_commit(lambda: posts_changed.send(sender=UnitChange, people=people))
