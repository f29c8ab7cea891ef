"""Reads for the pages of question files: somebody's earlier ones, and what was understood of one."""

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, QuerySet, Value, When

from quizzes.enums import RowState, WorkState
from quizzes.models import BankExport, BankImport, Category, ImportRow
from quizzes.selectors.lines import Line
from quizzes.selectors.versions import lines_of_content
from quizzes.types import TYPES

AT_ONCE = 50
EARLIER = 20
# What needs somebody first: what was refused, then what changes, what is new, and what is there.
_ORDER = [RowState.REFUSED, RowState.CHANGED, RowState.NEW, RowState.SAME]


@dataclass(frozen=True)
class Tab:
    """A part of the table: its state ("" for all), its name and how many stand in it."""

    state: str
    label: str
    count: int


@dataclass(frozen=True)
class ImportPage:
    """An import with one page of what was understood of its file."""

    job: BankImport
    tabs: list[Tab]
    state: str
    page: Page

    @property
    def to_bring_in(self) -> int:
        return self.count(RowState.NEW) + self.count(RowState.CHANGED)

    @property
    def refused(self) -> int:
        return self.count(RowState.REFUSED)

    def count(self, state: str) -> int:
        return self.job.counts.get(state, 0)

    @property
    def rows(self) -> list[tuple[ImportRow, str, list[Line]]]:
        """The rows of this page, each with its kind of question in words and what would be brought in, the right answers marked."""
        return [(row, str(TYPES[row.kind].label) if row.kind in TYPES else "", _answers(row)) for row in self.page]


def import_page(job: BankImport, state: str, number: str | None) -> ImportPage:
    """Return a page of the rows of an import, all of them or those in one state; refused ones first. One query, once its rows are looked at."""
    rows = job.rows.annotate(rank=_rank()).order_by("rank", "number")
    known = {each.value: each for each in _ORDER}
    state = state if state in known else ""
    pages = Paginator(rows.filter(state=state) if state else rows, AT_ONCE)
    # Known beforehand: counting rows would read the whole table.
    pages.count = job.counts.get(state, 0) if state else sum(job.counts.values())
    tabs = [Tab(each.value, str(each.label), job.counts.get(each.value, 0)) for each in _ORDER]
    return ImportPage(job, [tab for tab in tabs if tab.count], state, pages.get_page(number))


def _answers(row: ImportRow) -> list[Line]:
    said = row.data.get("content")
    return [line for line in lines_of_content(said) if line.is_answer] if said else []


def _rank() -> Case:
    places = [When(state=state, then=Value(place)) for place, state in enumerate(_ORDER)]
    return Case(*places, default=Value(len(_ORDER)), output_field=IntegerField())


def imports_of(user) -> QuerySet[BankImport]:
    """Return somebody's latest imports. One query."""
    return BankImport.objects.visible_to(user).filter(by=user).order_by("-made_at", "-pk")[:EARLIER]


def exports_of(user) -> QuerySet[BankExport]:
    """Return somebody's latest exports. One query."""
    return BankExport.objects.visible_to(user).filter(by=user).defer("left_out").order_by("-made_at", "-pk")[:EARLIER]


def categories_by_path() -> list[tuple[str, Category]]:
    """Return every category of the bank with the path of its names, in the order of the tree. One query."""
    found, above = [], {}
    for category in Category.objects.order_by("path"):
        outer = above.get(category.path[:-Category.steplen])
        name = category.name.replace("/", "//")
        above[category.path] = path = f"{outer}/{name}" if outer else name
        found.append((path, category))
    return found


def how_far(job: BankImport | BankExport, now: datetime) -> dict:
    """Return how far work in the background is, for the page that waits for it. `settled`: there is something else to see. No query."""
    waits = job.state in (WorkState.WAITING, WorkState.RUNNING, WorkState.APPLYING) and not job.is_given_up(now)
    percent = round(100 * job.done / job.total) if job.total and job.state != WorkState.APPLYING else 0
    return {"state": job.state, "settled": not waits, "percent": min(percent, 100), "counts": getattr(job, "counts", {})}
