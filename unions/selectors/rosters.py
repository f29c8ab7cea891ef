"""Reads for the pages of lists of cadres: earlier lists, what was understood of one, who would leave, who may be meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from cms.work import WorkState
from unions.enums import Manner, RosterMode, Verdict
from unions.models import Post, PostKind, RosterImport, RosterImportRow
from unions.selectors.people import Standing, units_of

AT_ONCE = 50
EARLIER = 20
ABSENT_AT_ONCE = 100
# What needs somebody first.
ORDER = (Verdict.ASK, Verdict.REFUSED, Verdict.CHANGED, Verdict.NEW, Verdict.SAME)


@dataclass(frozen=True)
class Tab:
    """A part of the table: its verdict, its name and how many stand in it."""

    verdict: str
    label: str
    count: int


@dataclass(frozen=True)
class Change:
    """What a row changes: of what, from what, to what."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be meant: who, born when, and where they stand."""

    pk: int
    name: str
    born: str
    standing: Standing | None


@dataclass(frozen=True)
class Line:
    """A row as the page shows it. `question`: the field of the form that decides it, with who comes into question."""

    row: RosterImportRow
    born: str
    posts: str
    changes: list[Change]
    candidates: list[Candidate]

    @property
    def is_question(self) -> bool:
        return not self.row.data.get("as_row") and (self.row.verdict == Verdict.ASK or bool(self.row.decided))


@dataclass(frozen=True)
class RosterPage:
    """A list with one page of what was understood of its file."""

    job: RosterImport
    tabs: list[Tab]
    verdict: str
    page: Page
    lines: list[Line]

    @property
    def to_write(self) -> int:
        return self.job.counts.get("new", 0) + self.job.counts.get("changed", 0)

    @property
    def counts(self) -> dict:
        return {verdict: self.job.counts.get(verdict, 0) for verdict in Verdict.values}

    @property
    def is_congress(self) -> bool:
        return self.job.mode == RosterMode.CONGRESS

    @property
    def is_incomplete(self) -> bool:
        """Whether a congress cannot be brought in yet."""
        return self.is_congress and bool(self.counts["ask"] or self.counts["refused"])

    @property
    def has_questions(self) -> bool:
        return any(line.is_question for line in self.lines)

    @property
    def sheets(self) -> list[dict]:
        return self.job.layout.get("sheets", [])

    @property
    def unread_sheets(self) -> list[str]:
        """Sheets in which no headings were found and that nobody left out."""
        return [sheet["name"] for sheet in self.sheets if sheet.get("row") is None and not sheet.get("skipped") and sheet.get("sample")]


def roster_page(job: RosterImport, verdict: str, number: str | None, *, at_once: int = AT_ONCE) -> RosterPage:
    """Return a page of the rows of a list, in the order of the file, or those of one verdict. Five queries; two less where nothing is asked."""
    tabs = [Tab(each.value, str(each.label), count) for each in ORDER if (count := job.counts.get(each.value, 0))]
    known = {tab.verdict for tab in tabs}
    verdict = verdict if verdict in known else ""
    rows = job.rows.order_by("sheet", "number")
    pages = Paginator(rows.filter(verdict=verdict) if verdict else rows, at_once)
    # Known beforehand: counting rows would read the whole table.
    pages.count = sum(tab.count for tab in tabs if not verdict or tab.verdict == verdict)
    page = pages.get_page(number)
    return RosterPage(job, tabs, verdict, page, _lines(list(page), job.on))


def _lines(rows: Sequence[RosterImportRow], on: date) -> list[Line]:
    kinds = dict(PostKind.objects.values_list("pk", "name"))
    asked = {pk for row in rows for pk in row.candidates}
    people = _candidates(asked, on) if asked else {}
    return [
        Line(
            row, _day(row.data.get("born_on")) or str(row.data.get("birth_year") or ""),
            ", ".join(kinds.get(kind, "") for kind in row.data.get("kinds", [])) or row.data.get("post_said", ""),
            _changes(row.changes, kinds), [people[pk] for pk in row.candidates if pk in people])
        for row in rows]


def _candidates(keys: set[int], on: date) -> dict[int, Candidate]:
    standings = units_of(keys, on)
    people = User.objects.filter(pk__in=keys).only("pk", "full_name", "date_of_birth", "birth_year")
    return {
        person.pk: Candidate(
            person.pk, person.full_name, f"{person.date_of_birth:%d/%m/%Y}" if person.date_of_birth else str(person.birth_year or ""), standings.get(person.pk))
        for person in people}


def _changes(changes: dict, kinds: dict[int, str]) -> list[Change]:
    """Say in words what a row changes."""
    return [Change(_label(name, kinds), _shown(before), _shown(after)) for name, (before, after) in changes.items()]


def _label(name: str, kinds: dict[int, str]) -> str:
    if not name.startswith("post:"):
        return str(User._meta.get_field(name).verbose_name)
    _post, kind, *field = name.split(":")
    label = kinds.get(int(kind), "")
    return f"{label}, {Post._meta.get_field(field[0]).verbose_name}" if field else _("%(post)s, from") % {"post": label}


def _shown(value) -> str:
    if value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value in Manner.values:
        return str(Manner(value).label)
    return _day(value) or {"female": _("Female"), "male": _("Male"), "other": _("Other")}.get(value, str(value))


def _day(text) -> str:
    """Write an ISO date as it is written in Vietnam; nothing for what is no date."""
    try:
        return f"{date.fromisoformat(text):%d/%m/%Y}" if len(text or "") == 10 else ""
    except ValueError:
        return ""


def absent_page(job: RosterImport, number: str | None) -> Page:
    """Return a page of the posts of whoever holds one in the units of the list and is not in it, the first 2,000 of them. Two queries."""
    named = job.counts.get("absent_posts", [])
    listed = RosterImportRow.objects.filter(job=job, person=OuterRef("user"))
    posts = Post.objects.filter(pk__in=named).exclude(Exists(listed)).select_related("user", "unit", "kind").order_by("unit__name", "kind__rank", "user__sort_key", "pk")
    return Paginator(posts, ABSENT_AT_ONCE).get_page(number)


def rosters_of(user) -> QuerySet[RosterImport]:
    """Return the latest lists for units that the person manages. Two queries."""
    return RosterImport.objects.managed_by(user).select_related("unit", "by").order_by("-made_at", "-pk")[:EARLIER]


def how_far(job: RosterImport, now: datetime) -> dict:
    """Return how far a list is, for the page that waits for it. `settled`: there is something else to see. No query."""
    waits = job.state in (WorkState.WAITING, WorkState.RUNNING, WorkState.APPLYING) and not job.is_given_up(now)
    return {"state": job.state, "settled": not waits, "percent": min(100, round(100 * job.fraction))}
