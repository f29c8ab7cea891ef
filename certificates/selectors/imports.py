"""Reads for the pages of older registers: earlier imports, and what was understood of one."""

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, QuerySet, Value, When

from certificates import wording
from certificates.enums import ImportRowState
from certificates.models import RegisterImport, RegisterImportRow
from cms.work import WorkState

AT_ONCE = 50
EARLIER = 20
# What needs somebody first.
_ORDER = (ImportRowState.REFUSED, ImportRowState.NEW, ImportRowState.SAME)


@dataclass(frozen=True)
class Tab:
    """A part of the table: its state, its name and how many stand in it."""

    state: str
    label: str
    count: int


@dataclass(frozen=True)
class ImportPage:
    """An import with one page of what was understood of its file."""

    job: RegisterImport
    tabs: list[Tab]
    state: str
    page: Page

    @property
    def to_bring_in(self) -> int:
        return self.job.counts.get(ImportRowState.NEW, 0)

    @property
    def refused(self) -> int:
        return self.job.counts.get(ImportRowState.REFUSED, 0)

    @property
    def same(self) -> int:
        return self.job.counts.get(ImportRowState.SAME, 0)

    @property
    def holes(self) -> list[dict]:
        return self.job.counts.get("holes", [])

    @property
    def rows(self) -> list[tuple[RegisterImportRow, str, str]]:
        """The rows of this page, each with the day of birth and of issue as the book writes them."""
        return [(row, wording.fact("born_on", row.data.get("born_on")), wording.fact("issued_on", row.data.get("issued_on"))) for row in self.page]


def import_page(job: RegisterImport, state: str, number: str | None) -> ImportPage:
    """Return a page of the rows of an import, all of them or those in one state; refused ones first. One query, once its rows are looked at."""
    known = {each.value for each in _ORDER}
    state = state if state in known else ""
    rank = Case(*(When(state=each, then=Value(place)) for place, each in enumerate(_ORDER)), output_field=IntegerField())
    rows = job.rows.annotate(rank=rank).select_related("certificate").order_by("rank", "line")
    pages = Paginator(rows.filter(state=state) if state else rows, AT_ONCE)
    # Known beforehand: counting rows would read the whole table.
    pages.count = job.counts.get(state, 0) if state else sum(job.counts.get(each, 0) for each in _ORDER)
    tabs = [Tab(each.value, str(each.label), job.counts.get(each.value, 0)) for each in _ORDER]
    return ImportPage(job, [tab for tab in tabs if tab.count], state, pages.get_page(number))


def imports_of(user) -> QuerySet[RegisterImport]:
    """Return the latest imports into the registers that the person keeps. Two queries."""
    return RegisterImport.objects.managed_by(user).select_related("issuer", "by").order_by("-made_at", "-pk")[:EARLIER]


def how_far(job: RegisterImport, now: datetime) -> dict:
    """Return how far an import is, for the page that waits for it. `settled`: there is something else to see. No query."""
    waits = job.state in (WorkState.WAITING, WorkState.RUNNING, WorkState.APPLYING) and not job.is_given_up(now)
    return {"state": job.state, "settled": not waits, "percent": min(100, round(100 * job.fraction))}
