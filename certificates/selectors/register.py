"""The register: what is asked of it, and pages of what answers.

Built for 500,000 certificates: a page begins behind the last line of the one before instead of being counted from the beginning, it is
found as bare keys, and only its lines are filled in; beyond COUNTED nobody is told an exact number.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import CharField, Exists, Func, OuterRef, Q, QuerySet
from django.utils import timezone

from certificates import codes, wording
from certificates.enums import BookOrder, BookState, Origin, State
from certificates.models import Certificate, Issuer, IssueRun, RunRow, Series
from certificates.models.register import NAME_KEY
from certificates.selectors.states import facts_now, state_on
from certificates.validity import REMINDERS
from courses.models import CoursePage
from unions.models import Unit
from vietnamese.text import fold, search_key

PER_PAGE = 50
COUNTED = 10_000
ENDING_DAYS = max(REMINDERS)
_NUMBER = re.compile(r"(?:so ?:? ?)?(\d{1,9})(?: ?/ ?(.*))?")


# Written into the statement, not handed in beside it: only so does SQLite answer from a partial index.
_EMPTY = Func(template="''", output_field=CharField())


@dataclass(frozen=True)
class Filters:
    """What the register was asked for."""

    q: str = ""
    issuer: Issuer | None = None
    paper: str = ""
    unit: Unit | None = None
    run: IssueRun | None = None
    course: CoursePage | None = None
    year: int | None = None
    since: date | None = None
    until: date | None = None
    state: str = ""
    origin: str = ""
    sort: str = BookOrder.LATEST

    @property
    def params(self) -> dict[str, str]:
        """The same as parts of an address; what is empty or usual is left out."""
        parts = {
            "q": self.q, "issuer": self.issuer and self.issuer.unit.uuid, "paper": self.paper, "unit": self.unit and self.unit.uuid,
            "run": self.run and self.run.uuid, "course": self.course and self.course.slug, "year": self.year,
            "since": self.since and f"{self.since:%d/%m/%Y}", "until": self.until and f"{self.until:%d/%m/%Y}", "state": self.state,
            "origin": self.origin, "sort": "" if self.sort == BookOrder.LATEST else self.sort,
        }
        return {name: str(value) for name, value in parts.items() if value}

    @property
    def is_narrowed(self) -> bool:
        return bool(self.params.keys() - {"sort"})

    @property
    def is_detailed(self) -> bool:
        """Whether more is asked for than words and a state."""
        return bool(self.params.keys() - {"sort", "q", "state"})


@dataclass(frozen=True)
class Line:
    """A certificate as a line of the register."""

    certificate: Certificate
    facts: dict
    state: str

    @property
    def label(self) -> str:
        return State(self.state).label

    @property
    def born(self) -> str:
        return wording.fact("born_on", self.facts.get("born_on"))

    @property
    def is_corrected(self) -> bool:
        return bool(self.certificate.corrected)


@dataclass(frozen=True)
class BookPage:
    """Lines of the register, how many there are (COUNTED at most), and the lines behind which the pages before and after begin."""

    lines: list[Line]
    count: int
    is_more: bool
    earlier: UUID | None
    later: UUID | None


def filters_of(params: Mapping[str, str], user) -> Filters:
    """Read filters back from the parts of an address that `Filters.params` made; what is not there any more is left out. Four queries at most."""
    return Filters(
        q=params.get("q", ""), paper=params.get("paper", ""), state=params.get("state", ""), origin=params.get("origin", ""),
        sort=params.get("sort") or BookOrder.LATEST, year=int(params["year"]) if "year" in params else None,
        since=_day(params.get("since")), until=_day(params.get("until")),
        issuer=_found(Issuer.objects.visible_to(user).select_related("unit"), "unit__uuid", params.get("issuer")),
        unit=_found(Unit.objects.all(), "uuid", params.get("unit")),
        run=_found(IssueRun.objects.visible_to(user), "uuid", params.get("run")),
        course=_found(CoursePage.objects.all(), "slug", params.get("course")))


def _day(text: str | None) -> date | None:
    return datetime.strptime(text, "%d/%m/%Y").date() if text else None


def _found(rows: QuerySet, name: str, value: str | None):
    try:
        return rows.filter(**{name: value}).first() if value else None
    except (ValueError, ValidationError):
        return None


def book_page(user, filters: Filters, on: date, *, after: UUID | None = None, before: UUID | None = None) -> BookPage:
    """Return a page of the registers that the person may read. Six queries however long the register, one more from the second page on.

    Two of them are for the roles of whoever is no superuser; one more looks up a number that is searched for.

    :param after: the last line of the page before; `before`: the first line of the page that follows.
    """
    book = book_of(user, filters, on)
    mark = after or before
    page = _beyond(book, filters.sort, mark, backwards=before is not None and after is None) if mark else _ordered(book, filters.sort)
    keys = list(page.values_list("pk", flat=True)[:PER_PAGE + 1])
    goes_on, keys = len(keys) > PER_PAGE, keys[:PER_PAGE]
    is_back = before is not None and after is None
    lines = lines_of(keys[::-1] if is_back else keys, on)
    count = book.order_by()[:COUNTED + 1].count()
    has_earlier, has_later = (goes_on, bool(mark)) if is_back else (bool(mark), goes_on)
    return BookPage(
        lines, min(count, COUNTED), count > COUNTED,
        lines[0].certificate.uuid if lines and has_earlier else None, lines[-1].certificate.uuid if lines and has_later else None)


def book_of(user, filters: Filters, on: date) -> QuerySet[Certificate]:
    """Return the certificates in the person's books that answer to the filters, in no order. Three queries, for the series; with a unit one more at least."""
    every = list(Series.objects.select_related("issuer").annotate(is_open=Q(issuer__in=Issuer.objects.visible_to(user))).order_by("pk"))
    series = [each for each in every if each.is_open and _is_wanted(each, filters)]
    book = Certificate.objects.all()
    # Whoever reads all of them is not asked about each: a list of hundreds of series keeps databases from better ways.
    if len(series) < len(every):
        book = book.filter(series__in=[each.pk for each in series])
    for condition in (*_of_what(filters), *_of_when(filters, on)):
        book = book.filter(condition)
    return book.filter(_matches(filters.q, series)) if filters.q else book


def _is_wanted(series: Series, filters: Filters) -> bool:
    wanted = ((filters.issuer and filters.issuer.pk, series.issuer_id), (filters.paper, series.paper), (filters.year, series.year))
    return all(not asked or asked == held for asked, held in wanted)


def _of_what(filters: Filters) -> list[Q]:
    conditions = []
    if filters.unit:
        within, earlier = Q(unit__in=Unit.objects.under(filters.unit)), _went_into(filters.unit)
        conditions.append(within | Q(unit__in=earlier) if earlier else within)
    if filters.run:
        conditions.append(Q(pk__in=RunRow.objects.filter(run=filters.run, certificate__isnull=False).values("certificate")))
    if filters.course:
        conditions.append(Q(course=filters.course))
    if filters.origin:
        conditions.append(Q(pdf=_EMPTY) if filters.origin == Origin.BROUGHT else ~Q(pdf=_EMPTY))
    return conditions


def _went_into(unit: Unit) -> set[int]:
    """Return the units that were merged into this one or one below it, and those that had gone into these. One query a generation."""
    went = Unit.successors.through.objects
    found: set[int] = set()
    latest = set(went.filter(to_unit__in=Unit.objects.under(unit)).values_list("from_unit", flat=True))
    while latest - found:
        found |= latest
        latest = set(went.filter(to_unit__in=latest).values_list("from_unit", flat=True))
    return found


def _of_when(filters: Filters, on: date) -> list[Q]:
    conditions = []
    if filters.since:
        conditions.append(Q(issued_at__gte=_midnight(filters.since)))
    if filters.until:
        conditions.append(Q(issued_at__lt=_midnight(filters.until + timedelta(days=1))))
    if filters.state:
        conditions.append(_in_state(filters.state, on))
    return conditions


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _in_state(state: str, on: date) -> Q:
    over = Q(state=State.VALID, valid_until__lte=on)
    return {
        BookState.VALID: Q(state=State.VALID) & (Q(valid_until__isnull=True) | Q(valid_until__gt=on)),
        # Over, whether or not the register has entered it yet.
        BookState.EXPIRED: Q(state=State.EXPIRED) | over,
        BookState.ENDING: Q(state=State.VALID, valid_until__gt=on, valid_until__lte=on + timedelta(days=ENDING_DAYS)),
        BookState.SUPERSEDED: Q(state=State.SUPERSEDED),
        BookState.REVOKED: Q(state=State.REVOKED),
    }[BookState(state)]


def _matches(text: str, series: Sequence[Series]) -> Q:
    """Match a whole code, a number as it is printed ("118/GCN-CĐ", "0118/2026", "118"), or every word of the text."""
    code = codes.code_in(text)
    if codes.is_well_formed(code):
        return Q(code=code)
    words = search_key(text).split()
    found = Q(pk__in=[]) if not words else Q(*(Q(search_key__contains=word) for word in words))
    if not (said := _NUMBER.fullmatch(fold(text).strip())):
        return found
    numbered = Q(pk__in=_numbered(int(said[1]), said[2] or "", series))
    # A short bare number stands within half of all numbers and years: only those that have it are meant. With its tail it begins a word.
    if not said[2]:
        return numbered if len(said[1]) < 4 else numbered | found
    return numbered | Q(search_key__contains=f" {search_key(text)}")


def _numbered(number: int, tail: str, series: Sequence[Series]) -> list[int]:
    tail = search_key(tail)
    of_tail = [each.pk for each in series if tail in search_key(f"{each.paper}-{each.issuer.series_code} {each.year}")]
    return list(Certificate.objects.filter(number=min(number, 2**31 - 1), series__in=of_tail).values_list("pk", flat=True)[:COUNTED])


# How each order is told apart: its terms, and whether the first term falls.
_ORDERS = {
    BookOrder.LATEST: [("issued_at", True), ("pk", True)],
    BookOrder.EARLIEST: [("issued_at", False), ("pk", False)],
    BookOrder.NUMBER: [("series__year", True), ("series_id", False), ("number", False)],
    BookOrder.NAME: [("name_key", False), ("pk", False)],
}


def _ordered(book: QuerySet[Certificate], sort: str, *, backwards: bool = False) -> QuerySet[Certificate]:
    terms = _ORDERS[BookOrder(sort)]
    if sort == BookOrder.NAME:
        book = book.alias(name_key=NAME_KEY)
    return book.order_by(*(f"-{name}" if falls != backwards else name for name, falls in terms))


def _beyond(book: QuerySet[Certificate], sort: str, mark: UUID, *, backwards: bool) -> QuerySet[Certificate]:
    """Keep what stands behind a line in this order, or before it. One query, for the line."""
    terms = _ORDERS[BookOrder(sort)]
    page = _ordered(book, sort, backwards=backwards)
    values = Certificate.objects.filter(uuid=mark).annotate(name_key=NAME_KEY).values_list(*(name for name, _falls in terms)).first()
    return page.filter(_behind(terms, values, backwards=backwards)) if values else page


def _behind(terms: Sequence[tuple[str, bool]], values: Sequence, *, backwards: bool) -> Q:
    """(a, b) > (x, y) in words that both databases answer from an index: a >= x and (a > x or b > y)."""
    (name, falls), value = terms[0], values[0]
    sign = "lt" if falls != backwards else "gt"
    further = Q(**{f"{name}__{sign}": value})
    if len(terms) == 1:
        return further
    return Q(**{f"{name}__{sign}e": value}) & (further | _behind(terms[1:], values[1:], backwards=backwards))


def ordered_keys(book: QuerySet[Certificate], sort: str) -> QuerySet:
    """Return the keys of all of them in this order. One query when read."""
    return _ordered(book, sort).values_list("pk", flat=True)


def lines_of(keys: Sequence[int], on: date) -> list[Line]:
    """Fill in the lines of these certificates, in the order of the keys. One query."""
    found = Certificate.objects.select_related("series__issuer").in_bulk(keys)
    return [Line(found[key], facts_now(found[key]), state_on(found[key], on)) for key in keys if key in found]


def runs_with_papers(user) -> QuerySet[IssueRun]:
    """Return the lists that papers in the person's books were issued by, the latest first. Three queries."""
    issued = RunRow.objects.filter(run=OuterRef("pk"), certificate__isnull=False)
    return IssueRun.objects.visible_to(user).filter(Exists(issued)).order_by("-made_at", "-pk")
