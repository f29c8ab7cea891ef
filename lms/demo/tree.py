"""The units of the invented province: made as they were first, and then what decisions did to them, as dated rows.

The decisions lie before the demonstration is loaded, so they are told (`UnitChange`) but cannot be undone.
"""

from datetime import date, datetime

from lms.demo.province import BASE
from unions.enums import ChangeKind
from unions.models import Region, Unit, UnitChange, UnitFigures, UnitPath, UnitPlacement, UnitType
from unions.services import create_unit, rename_unit


def load_tree(data: dict, *, now: datetime) -> int:
    """Make the units that are not there, and let happen to them what happened since; return how many were made."""
    units = {unit.code: unit for unit in Unit.objects.all()}
    places = [row["region"] for row in [*data["standing"].values(), *data["units"]] if "region" in row]
    regions = {name: Region.objects.get_or_create(name=name)[0] for name in dict.fromkeys(places)}
    rows = [row for row in data["units"] if row["code"] not in units]
    standing = {code: row for code, row in data["standing"].items() if code in units}
    # What stood under no district first: districts stand under it.
    for code, row in standing.items():
        if "before" not in row:
            _tell_past(units[code], row, data, units, regions)
    _make_units(rows, data, units, regions)
    for code, row in standing.items():
        if "before" in row:
            _tell_past(units[code], row, data, units, regions)
    for row in rows:
        _pass_on(row, data, units, now)
    _merge(rows, units, now)
    return len(rows)


def _make_units(rows: list[dict], data: dict, units: dict[str, Unit], regions: dict[str, Region]) -> None:
    types = {row.name: row for row in UnitType.objects.all()}
    for row in rows:
        units[row["code"]] = create_unit(
            code=row["code"], name=row["name"], type=types[row.get("type", BASE)], parent=units[row.get("before") or row["under"]],
            active_from=row.get("since", data["restructured"]), sector=row.get("sector", ""), region=regions.get(row.get("region")),
            members=row.get("members"), workers=row.get("workers"))


def _tell_past(unit: Unit, row: dict, data: dict, units: dict[str, Unit], regions: dict[str, Region]) -> None:
    """Tell what a unit of people.yaml was before, and how large it is, where nobody has said so."""
    if "since" in row and unit.active_from == data["restructured"]:
        _extend_back(unit, row["since"], parent=units[row["before"]] if "before" in row else None)
    if not unit.figures.exists():
        UnitFigures.objects.create(unit=unit, valid_from=unit.active_from, members=row.get("members"), workers=row.get("workers"))
        unit.members, unit.workers, unit.region = row.get("members"), row.get("workers"), unit.region or regions[row["region"]]
        unit.save(update_fields=["members", "workers", "region"])


def _pass_on(row: dict, data: dict, units: dict[str, Unit], now: datetime) -> None:
    """Do to one unit what was decided: on 01/07/2025 it passes from its district to a commune, a ward or the zones; it is renamed, or ends."""
    unit = units[row["code"]]
    if "before" in row:
        _place_anew(unit, units[row["under"]], on=data["restructured"], number=data["decision"])
    if new := row.get("renamed"):
        rename_unit(unit=unit, name=new["name"], on=new["day"], decision_number=new["decision"])
        _write_change(ChangeKind.RENAME, [unit], on=new["day"], reason=new["reason"], number=new["decision"], now=now)
    if "until" in row:
        _end(unit, row["until"], [units[code] for code in row["successors"]])
    if len(row.get("successors", [])) > 1:
        _write_change(
            ChangeKind.SPLIT, [unit, *unit.successors.all()], on=row["until"], reason="Kết thúc cấp huyện theo Luật số 97/2025/QH15",
            number=data["decision"], now=now)


def _merge(rows: list[dict], units: dict[str, Unit], now: datetime) -> None:
    """Tell of the units that became one with others."""
    merged: dict[str, list[Unit]] = {}
    for row in rows:
        if len(row.get("successors", [])) == 1:
            merged.setdefault(row["successors"][0], []).append(units[row["code"]])
    for code, former in merged.items():
        _write_change(
            ChangeKind.MERGE, [*former, units[code]], on=units[code].active_from, reason="Hai công ty sáp nhập thành một", number="42/QĐ-CĐP", now=now)


def _end(unit: Unit, on: date, successors: list[Unit]) -> None:
    unit.active_until = on
    unit.save(update_fields=["active_until"])
    for dated in (unit.names, unit.placements, unit.paths):
        dated.filter(valid_until__isnull=True).update(valid_until=on)
    unit.successors.set(successors)


def _extend_back(unit: Unit, begun: date, *, parent: Unit | None) -> None:
    """Let a unit have begun earlier: under another unit until the day of its first row, or, without one, where it stands."""
    first = unit.active_from
    unit.names.filter(valid_from=first).update(valid_from=begun)
    if parent is None:
        unit.placements.filter(valid_from=first).update(valid_from=begun)
        unit.paths.filter(valid_from=first).update(valid_from=begun)
    else:
        UnitPlacement.objects.create(unit=unit, parent=parent, valid_from=begun, valid_until=first)
        UnitPath.objects.create(unit=unit, path=f"{parent.path}{unit.pk}/", valid_from=begun, valid_until=first)
    unit.active_from = begun
    unit.save(update_fields=["active_from"])


def _place_anew(unit: Unit, parent: Unit, *, on: date, number: str) -> None:
    """Put a unit that has none below it under another one from that day on."""
    unit.placements.filter(valid_until__isnull=True).update(valid_until=on)
    unit.paths.filter(valid_until__isnull=True).update(valid_until=on)
    unit.path = f"{parent.path}{unit.pk}/"
    unit.save(update_fields=["path"])
    UnitPlacement.objects.create(unit=unit, parent=parent, valid_from=on, decision_number=number)
    UnitPath.objects.create(unit=unit, path=unit.path, valid_from=on)


def _write_change(kind: str, units: list[Unit], *, on: date, reason: str, number: str, now: datetime) -> None:
    """Keep the decision beside the units; told long after the day, so it can no longer be undone."""
    change = UnitChange.objects.create(kind=kind, effective_on=on, reason=reason, decision_number=number, asked={}, counts={}, at=now)
    change.units.set(units)
