"""How far a target is met in a unit and in those right below it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from training.models import Count, Target
from training.selectors.coverage.children import Child, children_of
from training.selectors.coverage.live import OWN, Basis, branch_of, count_live
from training.selectors.coverage.measures import measures_of
from training.selectors.coverage.stored import kept_tree, latest_counts, rows_of, want_counts
from training.selectors.coverage.trees import ground_of
from training.tally import Figures
from unions.models import Unit


@dataclass(frozen=True)
class UnitRow:
    """A unit right below; or, without id and uuid, the people whom the unit above holds itself."""

    unit_id: int | None
    uuid: UUID | None
    name: str
    has_children: bool
    figures: Figures
    # Where the unit stands today.
    path: str = ""

    @property
    def is_own(self) -> bool:
        return self.unit_id is None


@dataclass(frozen=True)
class Coverage:
    """A target in a unit: its figures, and a row for each unit right below it.

    Rows do not add up to the figures where people hold posts in several of them: each counts once in every row, and once above.
    """

    target: Target
    unit: Unit
    on: date
    tree: str
    own: Figures
    rows: list[UnitRow]
    # When the figures were counted in the background; None: just now.
    counted_at: datetime | None = None
    # The figures of that day are still being counted; those shown are of `counted_on`, or nothing where that is None.
    is_waiting: bool = False
    counted_on: date | None = None
    # What it was counted from, for whoever goes on to the names.
    basis: Basis | None = field(default=None, compare=False, repr=False)


def coverage_of(*, target: Target, unit: Unit, on: date, tree: str, now: datetime) -> Coverage:
    """Return how far a target is met on a day in a unit and in each unit right below it.

    A branch of up to 3,000 posts is counted at once, a larger one read as it was counted in the background; what is missing or old there is asked for.
    At most 10 queries whatever the size of the branch; of a former day by today's tree three more where units ended since, and two where the audience
    names branches.
    """
    today = timezone.localdate(now)
    branch = branch_of(ground_of(kept_tree(tree, on, today), on, today), unit)
    basis = Basis(branch, measures_of([target])[0])
    if branch.is_large:
        return _stored(basis, tree, now)
    figures = basis.figures
    own = figures.get(unit.pk, Figures())
    return Coverage(target, unit, on, tree, own, _rows(children_of(branch), figures), counted_on=on, basis=basis)


def _stored(basis: Basis, tree: str, now: datetime) -> Coverage:
    branch, target = basis.branch, basis.measure.target
    ground, unit, on = branch.ground, branch.unit, branch.on
    counts = latest_counts([target.pk], ground.tree, on)
    if want_counts([target.pk], counts, ground.tree, on, now, ground.today):
        # It may have been counted at once, where no worker stands between.
        counts = latest_counts([target.pk], ground.tree, on)
    children = children_of(branch)
    found = rows_of(counts.values(), [unit.pk, *(child.unit_id for child in children)])
    figures = {key: row for (_target, key), row in found.items()}
    if held := count_live(branch, [basis.measure], exactly=True)[target.pk, on].get(OWN):
        figures[OWN] = held
    count = counts.get(target.pk)
    is_waiting = count is None or count.on != on or unit.pk not in figures
    return Coverage(
        target, unit, on, tree, figures.get(unit.pk, Figures()), _rows(children, figures), count and count.finished_at, is_waiting, count and count.on,
        basis=basis)


def _rows(children: Sequence[Child], figures: Mapping[int, Figures]) -> list[UnitRow]:
    rows = [UnitRow(child.unit_id, child.uuid, child.name, child.has_children, figures.get(child.unit_id, Figures()), child.path) for child in children]
    if rows and OWN in figures:
        rows.insert(0, UnitRow(None, None, _("Held by the unit itself"), False, figures[OWN]))
    return rows


def sums_of_targets(*, targets: Iterable[Target], unit: Unit, on: date, now: datetime) -> dict[int, Figures]:
    """Return the figures of the unit for each target, by the target's id and by today's tree. At most 10 queries however many targets.

    Of a large branch those that nobody has counted yet are left out, and asked for.
    """
    targets, today = list(targets), timezone.localdate(now)
    branch = branch_of(ground_of(kept_tree("today", on, today), on, today), unit)
    if not targets:
        return {}
    if not branch.is_large:
        found = count_live(branch, measures_of(targets))
        return {target.pk: found[target.pk, on].get(unit.pk, Figures()) for target in targets}
    keys = [target.pk for target in targets]
    counts: dict[int, Count] = latest_counts(keys, branch.ground.tree, on)
    want_counts(keys, counts, branch.ground.tree, on, now, today)
    stored = rows_of(counts.values(), [unit.pk])
    return {key: stored.get((key, unit.pk), Figures()) for key in keys if key in counts}
