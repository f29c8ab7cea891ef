"""What was learnt in a period, by unit, form, post, sector, gender or topic: attendances (lượt), people (người), completed, certificates.

Keeps true: people are counted once in each row they belong to and once in the total, which is counted anew and never added up; attendances
are never people. Whoever holds a post in the branch at the end of the period counts; units stand where they stand today.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.cache import caches
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat, StrIndex, Substr

from accounts.enums import Gender
from certificates.enums import Entry
from certificates.models import Certificate, RegisterEntry
from courses.models import Topic
from learning.enums import StudyState
from learning.models import Completion, Enrolment, OutsideStudy, StepRecord
from learning.selectors.done import midnight
from training.enums import By, Form
from unions.enums import Sector
from unions.models import Post, PostKind, Unit
from unions.selectors.scopes import Office

NUMBERS = ("attendances", "people", "completed", "certificates")
MANY, NEAR_SECONDS = 20_000, 600
# The key of people who hold their post in the unit itself, not below it.
ITSELF = ""


@dataclass(frozen=True)
class Period:
    """A branch and days, both included."""

    unit: Unit
    since: date
    until: date

    @property
    def begun(self) -> datetime:
        return midnight(self.since)

    @property
    def ended(self) -> datetime:
        """The midnight after the last day."""
        return midnight(self.until + timedelta(days=1))


@dataclass(frozen=True)
class Line:
    """One row: a name (None: nothing is said), and the unit that can be looked into."""

    key: object
    name: str | None
    unit: Unit | None = None
    attendances: int = 0
    people: int = 0
    completed: int = 0
    certificates: int = 0


@dataclass(frozen=True)
class Statistics:
    period: Period
    by: str
    lines: list[Line]
    total: Line
    # Counted up to ten minutes ago.
    is_near: bool = False


def first_unit(office: Office) -> Unit | None:
    """Return the unit whose people the office shows when nobody has chosen one: the highest it sees. One query."""
    if office.sees_all:
        top = Unit.objects.filter(placements__parent=None, placements__valid_until=None, active_until=None)
        return top.order_by("path").first()
    return Unit.objects.filter(path__in=office.paths).order_by("path").first()


def statistics_of(period: Period, by: str, *, may_be_near: bool = False) -> Statistics:
    """Return the rows of one grouping and their total, counted anew. Eight grouped statements, and one or two for the names of the rows.

    :param may_be_near: of more than MANY attendances, take what was counted within the last NEAR_SECONDS: at 300,000 people counting takes four seconds.
    """
    counting = _counts_near if may_be_near else _counts
    counts = counting(period, by)
    [total] = counting(period, None).values() or [Counter()]
    lines = [Line(key, name, unit, **_numbers(counts.get(key))) for key, name, unit in _names(period, by, counts)]
    return Statistics(period, by, lines, Line(None, None, **_numbers(total)), is_near=may_be_near and total["attendances"] > MANY)


def _counts_near(period: Period, by: str | None) -> dict[object, Counter]:
    # The place, too: a unit that has moved holds other people.
    key = f"statistics:{period.unit.pk}:{period.unit.path}:{period.since}:{period.until}:{by}"
    if (counts := caches["pages"].get(key)) is None:
        counts = _counts(period, by)
        if sum(row["attendances"] for row in counts.values()) > MANY:
            caches["pages"].set(key, counts, NEAR_SECONDS)
    return counts


def _numbers(counted: Counter | None) -> dict[str, int]:
    return {name: counted[name] if counted else 0 for name in NUMBERS}


def _counts(period: Period, by: str | None) -> dict[object, Counter]:
    """Return the four numbers by the key of the row. Four statements."""
    counts: dict[object, Counter] = {}

    def add(found: QuerySet, who: str, topic: str, form: str, **numbers: Count) -> None:
        rows = _of_branch(found, who, period, by).annotate(row=_key(by, who, topic, form, period)).order_by().values("row").annotate(**numbers)
        for row in rows:
            counts.setdefault(row.pop("row"), Counter()).update({name: row[name] for name in numbers})

    each = Count("pk", distinct=True)
    begun = _begun(period)
    add(begun, "user", "course__topic", Form.ONLINE, attendances=each, people=Count("user", distinct=True))
    # Who also began a course here is counted there: people once, whatever they did.
    others = Count("user", distinct=True, filter=_did_not_begin(begun, by))
    add(_studies(period), "user", "counts_as__topic", Form.ELSEWHERE, attendances=each, completed=each, people=others)
    add(_completions(period), "enrolment__user", "enrolment__course__topic", Form.ONLINE, completed=each)
    add(_certificates(period), "user", "course__topic", Form.ONLINE, certificates=each)
    return counts


def _did_not_begin(begun: QuerySet[Enrolment], by: str | None) -> Q:
    if by == By.FORM:
        return Q()
    twin = {"course__topic": OuterRef("counts_as__topic")} if by == By.TOPIC else {}
    return Q(~Exists(begun.filter(user=OuterRef("user"), **twin)))


def _begun(period: Period) -> QuerySet[Enrolment]:
    """Keep cycles that people enrolled in within the period, and were there before it ended."""
    opened = StepRecord.objects.filter(enrolment=OuterRef("pk"), opened_at__lt=period.ended)
    was_there = Q(last_seen_at__lt=period.ended) | Q(completion__completed_at__lt=period.ended) | Q(Exists(opened))
    return Enrolment.objects.filter(was_there, enrolled_at__gte=period.begun, enrolled_at__lt=period.ended)


def _studies(period: Period) -> QuerySet[OutsideStudy]:
    return OutsideStudy.objects.filter(state=StudyState.APPROVED, ended_on__gte=period.since, ended_on__lte=period.until)


def _completions(period: Period) -> QuerySet[Completion]:
    return Completion.objects.filter(completed_at__gte=period.begun, completed_at__lt=period.ended)


def _certificates(period: Period) -> QuerySet[Certificate]:
    """Keep papers issued within the period; not those that only took the place of another, nor what was revoked before it ended."""
    revoked = RegisterEntry.objects.filter(certificate=OuterRef("pk"), kind=Entry.REVOKED, at__lt=period.ended)
    return Certificate.objects.filter(
        ~Exists(revoked), issued_at__gte=period.begun, issued_at__lt=period.ended, replaces__isnull=True, user__isnull=False)


def _of_branch(found: QuerySet, who: str, period: Period, by: str | None) -> QuerySet:
    """Keep what people of the branch did; a grouping by posts joins these, any other looks the people through once."""
    if by not in (By.UNIT, By.POST, By.SECTOR):
        posts = Post.objects.on(period.until).filter(unit__in=Unit.objects.under(period.unit))
        return found.filter(**{f"{who}__in": posts.values("user")})
    held = f"{who}__posts"
    # In one call, so that all of it is said of the same post.
    return found.filter(
        Q(**{f"{held}__valid_until__isnull": True}) | Q(**{f"{held}__valid_until__gt": period.until}),
        **{f"{held}__valid_from__lte": period.until, f"{held}__unit__path__startswith": period.unit.path})


def _key(by: str | None, who: str, topic: str, form: str, period: Period) -> Combinable:
    """Return what the rows are grouped by, as one value."""
    if by == By.UNIT:
        # "4/17/230/" under "4/" is "17"; the unit itself is empty.
        rest = Concat(Substr(f"{who}__posts__unit__path", len(period.unit.path) + 1), Value("/"), output_field=CharField())
        return Substr(rest, 1, StrIndex(rest, Value("/")) - 1)
    if by == By.POST:
        return F(f"{who}__posts__kind")
    if by == By.SECTOR:
        return F(f"{who}__posts__unit__sector")
    if by == By.GENDER:
        return F(f"{who}__gender")
    if by == By.TOPIC:
        return F(topic)
    return Value(str(form) if by == By.FORM else "", output_field=CharField())


Name = tuple[object, str | None, Unit | None]


def _names(period: Period, by: str, counts: Iterable[object]) -> list[Name]:
    """Return the rows in their order, those of units that did nothing included. At most one query."""
    if by == By.UNIT:
        return _unit_names(period, counts)
    if by == By.POST:
        return [(kind.pk, kind.name, None) for kind in PostKind.objects.order_by("rank", "name") if kind.pk in counts]
    if by == By.TOPIC:
        return _with_rest([(topic.pk, topic.name) for topic in Topic.objects.order_by("name") if topic.pk in counts], counts, None)
    if by == By.FORM:
        return [(value, str(label), None) for value, label in Form.choices]
    choices = Sector.choices if by == By.SECTOR else [choice for choice in Gender.choices if choice[0] in counts or choice[0] != Gender.OTHER]
    return _with_rest([(value, str(label)) for value, label in choices], counts, "")


def _with_rest(rows: list[tuple], counts: Iterable[object], rest: object) -> list[Name]:
    """Add the row of what says nothing, where there is any."""
    return [(key, name, None) for key, name in rows] + ([(rest, None, None)] if rest in counts else [])


def _unit_names(period: Period, counts: Iterable[object]) -> list[Name]:
    own = Concat(Value(period.unit.path), Cast("pk", CharField()), Value("/"), output_field=CharField())
    children = Unit.objects.under(period.unit).filter(path=own, active_from__lte=period.until)
    standing = Q(active_until__isnull=True) | Q(active_until__gt=period.since)
    wanted = children.filter(standing | Q(pk__in=[int(key) for key in counts if key])).only("uuid", "name", "search_key")
    rows: list[Name] = [(str(unit.pk), unit.name, unit) for unit in sorted(wanted, key=lambda unit: unit.search_key)]
    return [(ITSELF, None, None), *rows] if ITSELF in counts or not rows else rows
