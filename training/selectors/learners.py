"""The list of learners and courses: what is asked, who answers to it, in which order, and the sums above it.

Built for 100,000 enrolments: the gate is one subquery over posts, the page is first found as bare keys, and only its rows are filled in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, time, timedelta
from hashlib import blake2b

from django.core.cache import caches
from django.core.paginator import Page, Paginator
from django.db.models import CharField, Count, Exists, F, FloatField, Func, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, NullIf
from django.utils import timezone

from accounts.models import User
from certificates.enums import State
from certificates.models import Certificate, Series
from certificates.selectors import state_on
from courses.models import CoursePage
from learning.models import Enrolment
from training.enums import Order, Standing
from training.selectors.office import enrolments_in, posts_in
from unions.models import Post, Unit
from unions.selectors.scopes import Office
from vietnamese.text import fold

PER_PAGE = 50
MANY, NEAR_SECONDS = 20_000, 600
# Written into the statement, not handed in beside it: only so does SQLite answer from a partial index alone, without the row.
VALID, REVOKED = (Func(template=f"'{state.value}'", output_field=CharField()) for state in (State.VALID, State.REVOKED))


@dataclass(frozen=True)
class Filters:
    """What a list was asked for."""

    q: str = ""
    course: CoursePage | None = None
    unit: Unit | None = None
    state: str = ""
    since: date | None = None
    until: date | None = None
    sort: str = Order.NAME

    @property
    def params(self) -> dict[str, str]:
        """The same as parts of an address; what is empty or usual is left out."""
        parts = {
            "q": self.q, "course": self.course.slug if self.course else "", "unit": str(self.unit.uuid) if self.unit else "",
            "state": self.state, "since": f"{self.since:%d/%m/%Y}" if self.since else "",
            "until": f"{self.until:%d/%m/%Y}" if self.until else "", "sort": "" if self.sort == Order.NAME else self.sort,
        }
        return {name: str(value) for name, value in parts.items() if value}

    @property
    def is_narrowed(self) -> bool:
        return bool(self.params.keys() - {"sort"})


@dataclass(frozen=True)
class Figures:
    enrolled: int
    finished: int
    certificates: int

    @property
    def finished_fraction(self) -> float:
        return self.finished / self.enrolled if self.enrolled else 0.0


@dataclass(frozen=True)
class Row:
    """One enrolment of the list, with the post that lets one see it and the newest paper."""

    enrolment: Enrolment
    post: Post | None
    certificate: Certificate | None
    certificate_state: str

    @property
    def completion(self):
        return getattr(self.enrolment, "completion", None)

    @property
    def state(self) -> Standing:
        return standing_of(self.enrolment)

    @property
    def certificate_label(self) -> str:
        return State(self.certificate_state).label if self.certificate_state else ""


@dataclass(frozen=True)
class Roll:
    """A page of the list under its figures."""

    figures: Figures
    page: Page
    rows: list[Row]

    @property
    def is_near(self) -> bool:
        """Whether the figures may be NEAR_SECONDS old."""
        return self.figures.enrolled > MANY


def standing_of(enrolment: Enrolment) -> Standing:
    """Return how the enrolment stands, the papers left aside. No query when the completion was fetched with it."""
    if hasattr(enrolment, "completion"):
        return Standing.FINISHED
    return Standing.UNDER_WAY if enrolment.last_seen_at else Standing.NOT_BEGUN


def roll_page(office: Office, filters: Filters, number: str | int | None, on: date) -> Roll:
    """Return one page of the list and its figures. Six queries however long the list: figures (two), keys, rows, posts, papers.

    One more looks up series when the search reads like the number of a certificate.
    """
    roll = roll_of(office, filters, on)
    figures = figures_near(roll, office, filters, on)
    page = Paginator(range(figures.enrolled), PER_PAGE).get_page(number)
    keys = _keys_between(page.object_list.start, page.object_list.stop, roll, filters.sort, figures.enrolled)
    return Roll(figures, page, rows_of(keys, office, filters.unit, on))


def _keys_between(start: int, stop: int, roll: QuerySet[Enrolment], sort: str, total: int) -> list[int]:
    """Return the keys at these places; those of the second half are counted from the end, so that the last page costs what the first does."""
    if start <= total // 2:
        return list(ordered_keys(roll, sort)[start:stop])
    turned = sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"
    return list(ordered_keys(roll, turned)[total - stop:total - start])[::-1]


def roll_of(office: Office, filters: Filters, on: date) -> QuerySet[Enrolment]:
    """Return the enrolments that the office may see and that answer to the filters. No query before it is read."""
    roll = enrolments_in(office, on, filters.unit)
    if filters.course:
        roll = roll.filter(course=filters.course)
    if filters.since:
        roll = roll.filter(enrolled_at__gte=_midnight(filters.since))
    if filters.until:
        roll = roll.filter(enrolled_at__lt=_midnight(filters.until + timedelta(days=1)))
    if filters.state:
        roll = roll.filter(_stands(filters.state))
    return roll.filter(_matches(filters.q)) if filters.q else roll


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _stands(state: str) -> Q:
    return {
        Standing.NOT_BEGUN: Q(completion__isnull=True, last_seen_at__isnull=True),
        Standing.UNDER_WAY: Q(completion__isnull=True, last_seen_at__isnull=False),
        Standing.FINISHED: Q(completion__isnull=False),
        Standing.ISSUED: Q(has_valid_certificate()),
        Standing.REVOKED: Q(_has_certificate(state=REVOKED)) & ~Q(has_valid_certificate()),
    }[state]


def has_valid_certificate() -> Exists:
    """Return the condition that an enrolment has a valid certificate, for filters and sums."""
    return _has_certificate(state=VALID)


def _has_certificate(**condition) -> Exists:
    return Exists(Certificate.objects.filter(user=OuterRef("user"), course=OuterRef("course"), cycle=OuterRef("cycle"), **condition))


def _matches(text: str) -> Q:
    """Match name, e-mail and telephone number by words, and the number of a certificate as it is printed ("118/gcn-cd") or bare."""
    number, slash, tail = text.partition("/")
    if slash and number.strip().isdecimal():
        return _numbered(int(number), tail)
    compact = "".join(text.split())
    if "@" in compact:
        return Q(user__in=User.objects.filter(email__contains=compact.lower()).values("pk"))
    if not compact.isdecimal():
        return Q(user__in=User.objects.named(text).values("pk"))
    found = Q(user__in=User.objects.named(compact).values("pk"))
    return found | _numbered(int(compact), "") if len(compact) <= 7 else found


def _numbered(number: int, tail: str) -> Q:
    if number > 2**31 - 1:
        return Q(pk__in=[])
    series = [row.pk for row in Series.objects.select_related("issuer") if fold(tail.strip()) in fold(f"{row.paper}-{row.issuer.series_code} {row.year}")]
    papers = Certificate.objects.filter(number=number, series__in=series)
    return Q(user__in=papers.values("user")) & Q(_has_certificate(number=number, series__in=series))


def figures_of(roll: QuerySet[Enrolment]) -> Figures:
    """Return how many are enrolled, finished and hold a valid certificate. Two queries: asked for each row, papers would take most of the time."""
    return Figures(
        **roll.aggregate(enrolled=Count("pk"), finished=Count("completion__pk")), certificates=roll.filter(has_valid_certificate()).count())


def figures_near(roll: QuerySet[Enrolment], office: Office, filters: Filters, on: date) -> Figures:
    """Return the same; of a list of more than MANY, as they were at most NEAR_SECONDS ago: to count a million takes longer than anybody waits."""
    key = f"roll-figures:{blake2b(repr((office.sees_all, sorted(office.paths), sorted(filters.params.items()), on)).encode(), digest_size=16).hexdigest()}"
    if kept := caches["pages"].get(key):
        return Figures(*kept)
    figures = figures_of(roll)
    if figures.enrolled > MANY:
        caches["pages"].set(key, astuple(figures), NEAR_SECONDS)
    return figures


def ordered_keys(roll: QuerySet[Enrolment], sort: str) -> QuerySet:
    """Return the keys of the enrolments in this order, ties by key, so that no page shows what another has shown. One query when read."""
    backwards = sort.startswith("-")
    by = Order(sort.removeprefix("-"))
    terms = {
        Order.NAME: [F("user__sort_key"), F("user_id")],
        Order.PROGRESS: [Cast(F("steps_done"), FloatField()) / NullIf(F("steps_total"), 0)],
        Order.FINISHED: [F("completion__completed_at")],
        Order.SEEN: [F("last_seen_at")],
        Order.ENROLLED: [F("enrolled_at")],
    }[by]
    if by in (Order.NAME, Order.ENROLLED):
        # Never empty; said all the same, PostgreSQL would sort all people instead of reading them in the order of the index.
        return roll.order_by(*(term.desc() if backwards else term.asc() for term in terms), "-pk" if backwards else "pk").values_list("pk", flat=True)
    # Whoever was never seen or has not finished is the last of the latest and the first of the earliest, as both databases' indexes have it.
    order = [term.desc(nulls_last=True) if backwards else term.asc(nulls_first=True) for term in terms]
    return roll.order_by(*order, "-pk" if backwards else "pk").values_list("pk", flat=True)


def rows_of(keys: Sequence[int], office: Office, unit: Unit | None, on: date) -> list[Row]:
    """Fill in the rows of these enrolments, in the order of the keys. Three queries however many."""
    enrolments = Enrolment.objects.filter(pk__in=keys).select_related("user", "course", "completion").only(
        "uuid", "cycle", "enrolled_at", "last_seen_at", "steps_done", "steps_total", "user__full_name", "course__title",
        "completion__completed_at", "completion__fraction")
    by_key = {enrolment.pk: enrolment for enrolment in enrolments}
    people = {enrolment.user_id for enrolment in by_key.values()}
    posts = posts_in(office, people, on, unit)
    papers = _newest_papers(people)
    rows = []
    for key in keys:
        if enrolment := by_key.get(key):
            paper = papers.get((enrolment.user_id, enrolment.course_id, enrolment.cycle))
            rows.append(Row(enrolment, next(iter(posts.get(enrolment.user_id, ())), None), paper, state_on(paper, on) if paper else ""))
    return rows


def _newest_papers(people: Iterable[int]) -> dict[tuple[int, int, int], Certificate]:
    found = Certificate.objects.filter(user__in=people).order_by("pk").only(
        "uuid", "user_id", "course_id", "cycle", "state", "register_number", "valid_until")
    return {(paper.user_id, paper.course_id, paper.cycle): paper for paper in found}
