"""What targets ask for and of whom, read once; and what people have done with their courses."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Case, F, FloatField, Func, OuterRef, Q, QuerySet, Subquery, When, prefetch_related_objects
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from certificates.selectors.held import spans_held
from learning.enums import Need
from learning.models import Completion, Enrolment, StepRecord
from learning.selectors.done import midnight, studies_by
from training.enums import Match
from training.models import Target
from training.tally import Asked, Deeds, Held, Studied
from unions.models import Audience
from unions.selectors.audiences import PLAIN, Meant

CHUNK = 5000


@dataclass(frozen=True)
class Measure:
    """A target as it is counted: what it asks, and of whom."""

    target: Target
    asked: Asked
    meant: Meant


def measures_of(targets: Iterable[Target]) -> list[Measure]:
    """Return how each target is counted. Eight queries however many."""
    targets = list(targets)
    prefetch_related_objects(
        targets, "unit", "audience__from_kind", "audience__kinds", "audience__unit_types", "audience__units__paths")
    audiences = [target.audience for target in targets]
    courses = _by_first(Target.courses.through.objects.filter(target__in=targets).values_list("target", "coursepage"))
    people = _by_first(Audience.people.through.objects.filter(audience__in=audiences).values_list("audience", "user"))
    return [Measure(target, _asked(target, courses.get(target.pk, ())), _meant(target.audience, people)) for target in targets]


def _by_first(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for first, second in pairs:
        found.setdefault(first, []).append(second)
    return found


def _asked(target: Target, courses: Iterable[int]) -> Asked:
    return Asked(
        frozenset(courses), certificate=target.need == Need.CERTIFICATE, all_of_them=target.match == Match.ALL,
        since=midnight(target.since).timestamp() if target.since else None)


def _meant(audience: Audience, people: dict[int, list[int]]) -> Meant:
    return Meant(
        **{name: getattr(audience, name) for name in PLAIN}, kinds=tuple(audience.kinds.all()), unit_types=tuple(audience.unit_types.all()),
        units=tuple(audience.units.all()), people=tuple(people.get(audience.pk, ())))


def end_of(day: date) -> datetime:
    """Return the midnight after the day."""
    return midnight(day + timedelta(days=1))


def those(people: Iterable[int]) -> RawSQL:
    """Return these ids as a subquery: one parameter, where a list would be thousands of them, each taken through Django and the planner by itself."""
    ids = sorted(people)
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [ids])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(ids)])


class Seconds(Func):
    """A moment as seconds since 1970: numbers are read ten times as fast as moments, and there may be a million of them."""

    output_field = FloatField()

    def as_sql(self, compiler, connection, **context):
        return super().as_sql(compiler, connection, template="CAST(EXTRACT(EPOCH FROM %(expressions)s) AS double precision)", **context)

    def as_sqlite(self, compiler, connection, **context):
        return super().as_sql(compiler, connection, template="CAST(strftime('%%%%s', %(expressions)s) AS REAL)", **context)


def deeds_of(measures: Collection[Measure], days: Collection[date], people: Collection[int] | None = None) -> Deeds:
    """Return what these people, or all, have done with the courses of the targets until the last of the days. At most three queries.

    Lists when people are named, so that several targets and days can be judged by them; else streams, to be read once.
    """
    courses = list(frozenset().union(*(measure.asked.courses for measure in measures)))
    papers = list(frozenset().union(*(measure.asked.courses for measure in measures if measure.asked.certificate)))
    studied = studies_by(courses, max(days)).values_list("user", "counts_as", "ended_on")
    held = spans_held(papers, max(days)) if papers else None
    if people is None:
        begun = _begun(courses, days, F("completion__completed_at"))
        return Deeds((row for row in _read(begun) if row[3] is not None), _studied(_read(studied)), _held(_read(held)) if papers else ())
    # One by one: joined, PostgreSQL would read all completions for the sake of a few.
    completed = Completion.objects.filter(enrolment=OuterRef("pk")).values("completed_at")
    begun = _begun(courses, days, Subquery(completed)).filter(user__in=those(people))
    return Deeds(
        [row for row in begun if row[3] is not None], list(_studied(studied.filter(user__in=those(people)))),
        list(_held(held.filter(user__in=those(people)))) if papers else [])


def _read(rows: QuerySet) -> Iterator[tuple]:
    return rows.iterator(chunk_size=CHUNK)


def _begun(courses: list[int], days: Collection[date], completed: F | Subquery) -> QuerySet:
    """Enrolments, and when these people were there, if they were; when they first were is looked for only where the latest visit came after the first of the days."""
    opened = StepRecord.objects.filter(enrolment=OuterRef("pk"), opened_at__isnull=False).order_by("opened_at").values("opened_at")[:1]
    there = Case(
        When(last_seen_at__lt=end_of(min(days)), then=F("last_seen_at")),
        When(Q(last_seen_at__isnull=True) & Q(completed__isnull=True), then=None),
        default=Coalesce(Subquery(opened), F("last_seen_at"), F("completed")))
    found = Enrolment.objects.filter(course__in=courses, enrolled_at__lt=end_of(max(days)))
    return found.annotate(completed=completed, there=there).values_list("user", "course", Seconds("enrolled_at"), Seconds("there"), Seconds("completed"))


def _studied(rows: Iterable[tuple[int, int, date]]) -> Iterator[Studied]:
    return ((person, course, midnight(day).timestamp()) for person, course, day in rows)


def _held(rows: Iterable[tuple]) -> Iterator[Held]:
    for person, course, issued, revoked, until in rows:
        ends = [moment.timestamp() for moment in (revoked, until and midnight(until)) if moment]
        yield person, course, issued.timestamp(), min(ends, default=None)


