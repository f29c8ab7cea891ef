"""Taking a change of units back within a day: as a whole, or not at all."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery

from accounts.enums import Act
from unions.models import Post, RoleGrant, Unit, UnitChange, UnitPath, UnitPlacement
from unions.services.changes.doing import UNDO_WITHIN, Written, lock_units, people_under, tell
from unions.services.changes.keys import conditions, packed
from unions.services.changes.ledger import seal_of, take_back
from unions.services.errors import TouchedSince, UndoneAlready, UndoTooLate
from unions.services.roles import keep_staff_flags


def is_in_time(*, change: UnitChange, now: datetime) -> bool:
    """Return whether the change may still be undone; whether its rows are untouched is only known when it is tried. No query."""
    return change.undone_at is None and now < change.at + UNDO_WITHIN


def undo_change(*, change: UnitChange, by, now: datetime) -> UnitChange:
    """Give every row that the change wrote its former values, delete what it made, and bring back what it removed, in one transaction.

    The change itself stays in the history. Notes in people's logs stay, and say that it was undone. Locks the units and the change.

    :raises UndoneAlready, UndoTooLate, TouchedSince: and nothing is written.
    """
    with transaction.atomic():
        lock_units(change.units.all())
        change = UnitChange.objects.select_for_update().get(pk=change.pk)
        if change.undone_at is not None:
            raise UndoneAlready
        if not change.rows or not is_in_time(change=change, now=now):
            raise UndoTooLate
        units, steps = list(change.units.all()), change.rows["steps"]
        people = people_of(steps)
        if seal_of(steps) != change.rows["seal"]:
            raise TouchedSince
        moved = any(step[0] == "moved" for step in steps)
        below = people_under(units) if moved else set()
        take_back(steps)
        if not _stands_whole(steps):
            raise TouchedSince
        keep_staff_flags(people={row["user_id"] for row in _removed(steps, RoleGrant)})
        change.undone_at, change.undone_by, change.rows = now, by, {}
        change.save(update_fields=["undone_at", "undone_by", "rows"])
        tell(Written(units, people=None if below is None else people | below, told=_told(change, people)), by=by, now=now)
    return change


def people_of(steps: list[list]) -> set[int]:
    """Return whose posts the steps wrote. A query for each 900 posts."""
    people: set[int] = set()
    for _what, label, *rest in steps:
        if label == Post._meta.label_lower:
            for condition in conditions(rest[-1]):
                people.update(Post.objects.filter(condition).values_list("user", flat=True))
    return people


def _stands_whole(steps: list[list]) -> bool:
    """Say whether every unit whose place came back stands under one that is there still, where that one stands: it may have ended or moved since."""
    since = UnitPath.objects.filter(valid_until__isnull=True).values("valid_from")
    for keys in (*(rest[-1] for what, label, *rest in steps if (what, label) == ("changed", UnitPlacement._meta.label_lower)),
                 packed(row["id"] for row in _removed(steps, UnitPlacement))):
        for condition in conditions(keys):
            places = UnitPlacement.objects.filter(condition, valid_until__isnull=True, parent__isnull=False).annotate(
                since=Subquery(since.filter(unit=OuterRef("unit"))[:1]), above_since=Subquery(since.filter(unit=OuterRef("parent"))[:1]))
            for place in places.select_related("unit", "parent"):
                is_above = place.parent.active_until is None and place.unit.path == f"{place.parent.path}{place.unit_id}/"
                if not is_above or (place.since and place.above_since and place.since < place.above_since):
                    return False
    return True


def _removed(steps: list[list], model: type) -> Iterator[dict]:
    """Go through the rows of one model that the steps had removed, by their fields."""
    for what, label, *rest in steps:
        if (what, label) == ("removed", model._meta.label_lower):
            yield from (dict(zip(rest[0], row, strict=True)) for row in rest[1])


def _told(change: UnitChange, people: set[int]) -> list[tuple[Act, str, set[int]]]:
    names = ", ".join(Unit.objects.filter(changes=change).order_by("pk").values_list("name", flat=True)[:3])
    return [(Act.POST_CHANGED, f"↶ {names}", people)]
