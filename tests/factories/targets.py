"""Targets of a unit, as small as the test needs; and units that change, row by row."""

from datetime import UTC, date, datetime

from learning.models import OutsideStudy
from tests.factories import training as office
from training.models import Target
from unions.models import Audience, Unit, UnitPath, UnitPlacement

MADE_AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)


def target(unit: Unit, *courses, kinds=(), people=(), **fields) -> Target:
    """All cadres of the unit and below have completed the course (or those given) by the end of 2026."""
    wanted = {name: fields.pop(name) for name in list(fields) if name in {field.name for field in Audience._meta.get_fields()}}
    audience = Audience.objects.create(**wanted)
    audience.kinds.set(kinds)
    audience.people.set(people)
    made = Target.objects.create(**{
        "unit": unit, "year": 2026, "title": "100% cán bộ công đoàn được bồi dưỡng", "audience": audience, "due_on": date(2026, 12, 31),
        "made_at": MADE_AT, **fields})
    made.courses.set(courses or [office.course()])
    return made


def studied(user, course, ended_on: date, **fields) -> OutsideStudy:
    """A course taken elsewhere, approved."""
    return OutsideStudy.objects.create(**{
        "user": user, "title": "Bồi dưỡng nghiệp vụ", "organiser": "Trường Đại học Công đoàn", "ended_on": ended_on, "state": "approved",
        "counts_as": course, "entered_by": user, "entered_at": MADE_AT, "decided_at": MADE_AT, **fields})


def moved(unit: Unit, parent: Unit, on: date) -> None:
    """The unit stands below another one from that day on; it has none below itself."""
    UnitPlacement.objects.filter(unit=unit, valid_until=None).update(valid_until=on)
    UnitPlacement.objects.create(unit=unit, parent=parent, valid_from=on)
    UnitPath.objects.filter(unit=unit, valid_until=None).update(valid_until=on)
    unit.path = f"{parent.path}{unit.pk}/"
    unit.save(update_fields=["path"])
    UnitPath.objects.create(unit=unit, path=unit.path, valid_from=on)


def ended(unit: Unit, on: date, *successors: Unit) -> None:
    """The unit ends; its posts go on in its one successor, or end."""
    unit.active_until = on
    unit.save(update_fields=["active_until"])
    unit.successors.set(successors)
    for rows in (unit.placements, unit.paths, unit.names):
        rows.filter(valid_until=None).update(valid_until=on)
    unit.posts.filter(valid_from__gte=on).delete()
    unit.posts.filter(valid_until=None).update(valid_until=on)
