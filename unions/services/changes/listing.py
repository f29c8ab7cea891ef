"""Many units at once under other units, as a list says it: each line with its own day and decision.

Keeps true: lines of one day are judged against the tree as the lines of the days before have left it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from unions.enums import ChangeKind
from unions.models import Unit, UnitChange, UnitPath, UnitPlacement
from unions.services.changes import tree
from unions.services.changes.doing import Written, carry_out, people_under
from unions.services.changes.ledger import Ledger
from unions.services.changes.plans import Decision, Names, Obstacle, Plan, digest_of, fact_of, names_told, not_standing, shown, wrong_day
from vietnamese.text import clean


@dataclass(frozen=True)
class MoveLine:
    """One line of a list: which unit stands under which from which day on."""

    line: int
    unit: Unit
    parent: Unit
    on: date
    decision_number: str = ""


@dataclass(frozen=True)
class RefusedLine:
    line: int
    name: str
    reason: str


@dataclass(frozen=True)
class ListPlan(Plan):
    """A plan with the lines that stay out of it and those that change nothing."""

    moves: tuple[MoveLine, ...] = ()
    same: int = 0
    refused: tuple[RefusedLine, ...] = ()


def plan_list(*, lines: Sequence[MoveLine], now: datetime, refused: Sequence[RefusedLine] = ()) -> ListPlan:
    """Return what the list would do; lines that cannot be done are refused by themselves. Five queries, however many lines.

    :param refused: lines that were not understood, told with the others.
    """
    judge = _Judge(lines, now)
    for line in sorted(lines, key=lambda line: (line.on, line.line)):
        judge.judge(line)
    moves = sorted(judge.moves, key=lambda line: line.line)
    both = sorted([*refused, *judge.refused], key=lambda line: line.line)
    facts = ("list", [[line.line, fact_of(line.unit), fact_of(line.parent), line.on, line.decision_number] for line in moves])
    obstacles = () if moves else (Obstacle("nothing_to_move", _("No line of this list moves a unit.")),)
    says = (_("Units that stand under another unit then: %(count)d.") % {"count": len(moves)},)
    names: tuple[Names, ...] = (names_told(_("Units that move"), [line.unit for line in moves]),)
    latest = max((line.on for line in moves), default=min((line.on for line in lines), default=date.min))
    return ListPlan(
        ChangeKind.BULK_MOVE, latest, says, obstacles, digest_of(*facts), names, {"units": len(moves)}, tuple(moves), judge.same, tuple(both))


def move_by_list(*, lines: Sequence[MoveLine], reason: str, by, now: datetime, seen: str | None = None) -> UnitChange:
    """Move the units of the lines that can be done, in one transaction; the others are left out.

    :raises ChangeRefused, PlanChanged, ReasonMissing: and nothing is written.
    """
    def look(units: dict[int, Unit]) -> tuple[ListPlan, ListPlan]:
        fresh = [MoveLine(line.line, units[line.unit.pk], units[line.parent.pk], line.on, line.decision_number) for line in lines]
        plan = plan_list(lines=fresh, now=now)
        return plan, plan

    involved = [unit for line in lines for unit in (line.unit, line.parent)]
    latest = max((line.on for line in lines), default=now.date())
    numbers = {clean(line.decision_number) for line in lines}
    decision = Decision(latest, reason, numbers.pop() if len(numbers) == 1 else "")
    return carry_out(units=involved, decision=decision, seen=seen, by=by, now=now, look=look, write=_write)


@dataclass
class _Judge:
    lines: Sequence[MoveLine]
    now: datetime
    moves: list[MoveLine] = field(default_factory=list)
    refused: list[RefusedLine] = field(default_factory=list)
    same: int = 0

    def __post_init__(self) -> None:
        involved = {unit.pk for line in self.lines for unit in (line.unit, line.parent)}
        # The latest change of the place of each unit: nothing may be entered before it.
        latest = UnitPath.objects.filter(unit__in=involved) if len(involved) < 500 else UnitPath.objects.all()
        self._latest = dict(latest.values_list("unit").annotate(day=Max("valid_from")))
        self._above: dict[int, int] = {}
        self._paths: dict[int, list[int]] = {
            unit.pk: [int(part) for part in unit.path.split("/") if part] for line in self.lines for unit in (line.unit, line.parent)}
        self._seen: dict[int, int] = {}
        self._moved_on: dict[int, date] = {}

    def judge(self, line: MoveLine) -> None:
        """Take the line among the moves, or say why not."""
        if reason := self._reason(line):
            self.refused.append(RefusedLine(line.line, line.unit.name, reason))
        elif self._way_up(line.unit.pk)[1:2] == [line.parent.pk]:
            self._seen[line.unit.pk] = line.line
            self.same += 1
        else:
            self._seen[line.unit.pk] = line.line
            self._above[line.unit.pk] = line.parent.pk
            self._moved_on[line.unit.pk] = line.on
            self.moves.append(line)

    def _reason(self, line: MoveLine) -> str:
        if (first := self._seen.get(line.unit.pk)) is not None:
            return _("This unit stands in line %(line)d already.") % {"line": first}
        if found := [*wrong_day(line.on, self.now), *not_standing([line.unit, line.parent], line.on)]:
            return found[0].message
        if line.unit.pk in self._way_up(line.parent.pk):
            return _("“%(unit)s” cannot stand under itself or under a unit below it. Choose another unit above.") % {"unit": line.unit}
        for unit in (line.unit, line.parent):
            latest = self._latest.get(unit.pk, unit.active_from)
            if latest > line.on and latest != unit.active_from:
                text = _("“%(unit)s” was changed later: %(change)s. Choose that day or a later one, or undo that change first.")
                return text % {"unit": unit, "change": shown(latest)}
        return ""

    def _way_up(self, unit: int) -> list[int]:
        """The units from this one to the top, as the lines so far leave them."""
        way, at = [], unit
        while at is not None and at not in way:
            way.append(at)
            at = self._above.get(at) or self._standing_above(at, way)
        return way

    def _standing_above(self, unit: int, way: list[int]) -> int | None:
        """By the path of a unit on the way that a line names: all units above it are in its path."""
        path = next(path for named in way if unit in (path := self._paths.get(named, ())))
        place = path.index(unit)
        return path[place - 1] if place else None


def _write(plan: ListPlan, ledger: Ledger) -> Written:
    units = [line.unit for line in plan.moves]
    people = people_under(units) if len(units) < 200 else None
    days: dict[date, list[MoveLine]] = defaultdict(list)
    for line in plan.moves:
        days[line.on].append(line)
    for on, lines in sorted(days.items()):
        _write_day(ledger, lines, on)
    parents = {line.parent.pk: line.parent for line in plan.moves}
    return Written([*units, *(parent for key, parent in parents.items() if parent not in units)], counts={"units": len(units)}, people=people,
                   asked={"lines": len(units)})


def _write_day(ledger: Ledger, lines: list[MoveLine], on: date) -> None:
    targets: dict[tuple[int, str], list[int]] = defaultdict(list)
    for line in lines:
        targets[line.parent.pk, clean(line.decision_number)].append(line.unit.pk)
    for (parent, number), units in targets.items():
        for start in range(0, len(units), 500):
            places = UnitPlacement.objects.filter(unit__in=units[start:start + 500])
            tree.hand_over(ledger, places, Unit(pk=parent), on, number)
    paths = _paths_now({unit.pk for line in lines for unit in (line.unit, line.parent)})
    above = {line.unit.pk: line.parent.pk for line in lines}
    moves = {paths[line.unit.pk]: _path_then(line.unit.pk, above, paths) for line in lines}
    tree.shift(ledger, moves, on)


def _paths_now(units: set[int]) -> dict[int, str]:
    ids, paths = sorted(units), {}
    for start in range(0, len(ids), 500):
        paths.update(Unit.objects.filter(pk__in=ids[start:start + 500]).values_list("pk", "path"))
    return paths


def _path_then(unit: int, above: dict[int, int], paths: dict[int, str]) -> str:
    """The path of a unit when all of the day have moved: under its new parent, which may have moved too, or stand below one that did."""
    way: list[int] = []
    parts = [unit]
    while parts:
        deepest = max((place for place, part in enumerate(parts) if part in above and part not in way), default=None)
        if deepest is None:
            way = parts + way
            break
        way = parts[deepest:] + way
        parent = above[parts[deepest]]
        parts = [int(part) for part in paths[parent].split("/") if part]
    return "".join(f"{part}/" for part in way)
