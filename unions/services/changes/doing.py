"""The one way in which a change of units is made: lock, plan again, compare with what was seen, write, keep for the undo, tell.

Keeps true: changes within one tree follow each other. The tops of the trees are locked first, then the units, each in the order of their ids;
so two who move A under B and B under A never both pass the check.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from accounts.enums import Act
from accounts.services import note_many
from unions.models import Post, Unit, UnitChange
from unions.services.changes.ledger import Ledger
from unions.services.changes.plans import Decision, Plan
from unions.services.errors import ChangeRefused, PlanChanged, ReasonMissing
from unions.signals import posts_changed
from vietnamese.text import clean

UNDO_WITHIN = timedelta(hours=24)
# Of more people than this nobody is named to those above: it may be anybody.
MOST_NAMED = 20_000


@dataclass
class Written:
    """What a change has written: whom it is about, and in numbers. `people`: who holds a post elsewhere now; `told`: notes in people's logs."""

    units: list[Unit]
    counts: dict[str, int] = field(default_factory=dict)
    asked: dict = field(default_factory=dict)
    people: set[int] | None = field(default_factory=set)
    told: list[tuple[Act, str, set[int]]] = field(default_factory=list)


def carry_out(
    *, units: Iterable[Unit | None], decision: Decision, seen: str | None, by, now: datetime,
    look: Callable[[dict[int, Unit]], tuple[Plan, object]], write: Callable[[object, Ledger], Written],
) -> UnitChange:
    """Make a change in one transaction and return it.

    :param look: plans, given the locked units by id; returns the plan and what `write` needs of it.
    :param seen: the digest of the plan that was looked at; None: nobody looked (commands).
    :raises ReasonMissing, PlanChanged, ChangeRefused: and nothing is written.
    """
    reason = clean(decision.reason)
    if not reason:
        raise ReasonMissing
    with transaction.atomic():
        plan, looked = look(lock_units(units))
        if plan.obstacles:
            raise ChangeRefused(plan.obstacles)
        if seen is not None and seen != plan.digest:
            raise PlanChanged
        ledger = Ledger()
        written = write(looked, ledger)
        change = UnitChange.objects.create(
            kind=plan.kind, effective_on=decision.on, reason=reason, decision_number=clean(decision.number), asked=written.asked,
            counts=written.counts, rows=ledger.as_rows(), by=by, at=now)
        change.units.set(written.units)
        forget_old_rows(now=now)
        tell(written, by=by, now=now)
    return change


def lock_units(units: Iterable[Unit | None]) -> dict[int, Unit]:
    """Lock the tops of the trees that these units stand in, then the units, and return the units as they are now.

    :raises PlanChanged: when one of them was moved into another tree meanwhile.
    """
    asked = {unit.pk for unit in units if unit is not None}
    paths = Unit.objects.filter(pk__in=asked).values_list("path", flat=True)
    tops = {int(path.split("/", 1)[0]) for path in paths}
    list(Unit.objects.select_for_update().filter(pk__in=tops).order_by("pk").values_list("pk"))
    found = {unit.pk: unit for unit in Unit.objects.select_for_update().filter(pk__in=asked).order_by("pk")}
    if any(int(unit.path.split("/", 1)[0]) not in tops for unit in found.values()):
        raise PlanChanged
    return found


def tell(written: Written, *, by, now: datetime) -> None:
    """Note in the logs of the people what became of their posts and roles, and tell those above once it is certain."""
    for act, subject, people in written.told:
        note_many(about=sorted(people), act=act, by=by, now=now, subject=subject)
    people = written.people
    transaction.on_commit(lambda: posts_changed.send(sender=UnitChange, people=people))


def people_under(units: Iterable[Unit]) -> set[int] | None:
    """Return who holds a post at or below these units, now or later; None when they are too many to name. One query."""
    held = Post.objects.filter(unit__in=Unit.objects.under_paths([unit.path for unit in units]), valid_until__isnull=True)
    people = set(held.values_list("user", flat=True)[:MOST_NAMED + 1])
    return people if len(people) <= MOST_NAMED else None


def forget_old_rows(*, now: datetime) -> int:
    """Empty what was kept for undoing changes that can no longer be undone, and return how many they were."""
    return UnitChange.objects.filter(at__lte=now - UNDO_WITHIN).exclude(rows={}).update(rows={})
