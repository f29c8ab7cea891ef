"""What targets ask for and of whom, read once; and what people have done with their courses."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Case, F, FloatField, Func, OuterRef, Q, QuerySet, Subquery, Value, When, prefetch_related_objects
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from certificates.selectors.held import spans_held
from learning.enums import Need
from learning.models import Completion, Enrolment, StepRecord
from learning.selectors.done import midnight, studies_by
from training.enums import Match
from training.models import Target
from training.tally import Asked, Deeds, Held, Studied
from unions.models import Audience, PostKind, Unit, UnitType
from unions.selectors.audiences import PLAIN, Meant

CHUNK = 5000


@dataclass(frozen=True)
class Measure:
    """A target as it is counted: what it asks, and of whom."""

    target: Target
    asked: Asked
    meant: Meant


def measures_of(targets: Iterable[Target]) -> list[Measure]:
    """Return how each target is counted. One query however many; two more where branches are named, and one each for units and audiences not yet fetched."""
    targets = list(targets)
    prefetch_related_objects(targets, "unit", "audience__from_kind")
    listed = _listed(targets)
    named = {unit for audience in listed["units"].values() for unit in audience}
    units = {unit.pk: unit for unit in Unit.objects.filter(pk__in=named).order_by("path").prefetch_related("paths")} if named else {}
    return [
        Measure(target, _asked(target, listed["courses"].get(target.pk, ())), _meant(target.audience, listed, units)) for target in targets]


def _listed(targets: Collection[Target]) -> dict[str, dict[int, list[int]]]:
    """Return what targets and their audiences list, as ids, by kind of list and then by whose it is. One query."""
    of_audiences = {"kinds": "postkind", "unit_types": "unittype", "units": "unit", "people": "user"}
    parts = [Target.courses.through.objects.filter(target__in=targets).values_list(Value("courses"), "target", "coursepage")]
    for name, field in of_audiences.items():
        rows = getattr(Audience, name).through.objects.filter(audience__in=[target.audience_id for target in targets])
        parts.append(rows.values_list(Value(name), "audience", field))
    found: dict[str, dict[int, list[int]]] = {name: {} for name in ("courses", *of_audiences)}
    for name, owner, key in parts[0].union(*parts[1:], all=True):
        found[name].setdefault(owner, []).append(key)
    return found


def _asked(target: Target, courses: Iterable[int]) -> Asked:
    return Asked(
        frozenset(courses), certificate=target.need == Need.CERTIFICATE, all_of_them=target.match == Match.ALL,
        since=midnight(target.since).timestamp() if target.since else None)


def _meant(audience: Audience, listed: dict[str, dict[int, list[int]]], units: dict[int, Unit]) -> Meant:
    """Who is meant, to be counted and not to be told: kinds of posts and of units are bare ids."""
    keys = {name: listed[name].get(audience.pk, ()) for name in ("kinds", "unit_types", "units", "people")}
    return Meant(
        **{name: getattr(audience, name) for name in PLAIN}, kinds=tuple(PostKind(pk=key) for key in keys["kinds"]),
        unit_types=tuple(UnitType(pk=key) for key in keys["unit_types"]), units=tuple(units[key] for key in keys["units"]), people=tuple(keys["people"]))


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
    """Return what these people, or all, have done with the courses of the targets until the last of the days. Two queries for named people, none
    where there is nobody; at most three for all.

    Lists when people are named, so that several targets and days can be judged by them; else streams, to be read once.
    """
    if people is not None and not people:
        return Deeds()
    courses = list(frozenset().union(*(measure.asked.courses for measure in measures)))
    papers = list(frozenset().union(*(measure.asked.courses for measure in measures if measure.asked.certificate)))
    studied = studies_by(courses, max(days))
    held = spans_held(papers, max(days)) if papers else None
    if people is None:
        begun = _begun(courses, days, F("completion__completed_at"))
        return Deeds((row for row in _read(begun) if row[3] is not None), _studied(_read(studied.values_list("user", "counts_as", "ended_on"))), _held(_read(held)) if papers else ())
    # One by one: joined, PostgreSQL would read all completions for the sake of a few.
    completed = Completion.objects.filter(enrolment=OuterRef("pk")).values("completed_at")
    begun = _begun(courses, days, Subquery(completed)).filter(user__in=those(people))
    return Deeds([row for row in begun if row[3] is not None], *_elsewhere(studied.filter(user__in=those(people)), held and held.filter(user__in=those(people))))


def _elsewhere(studied: QuerySet, held: QuerySet | None) -> tuple[list[Studied], list[Held]]:
    """Read courses taken elsewhere and papers held in one query; moments come as seconds, a day as those of its midnight in UTC."""
    never = Value(None, output_field=FloatField())
    parts = [studied.values_list(Value(0), "user", "counts_as", Seconds("ended_on"), never, never)]
    if held is not None:
        parts.append(held.values_list(Value(1), "user", "course", Seconds("issued_at"), Seconds("over_at"), Seconds("valid_until")))
    rows = list(parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0])
    papers = ((person, course, issued, [*([over] if over is not None else []), *([_begins(until)] if until is not None else [])])
              for is_paper, person, course, issued, over, until in rows if is_paper)
    return (
        [(person, course, _begins(ended)) for is_paper, person, course, ended, _over, _until in rows if not is_paper],
        [(person, course, issued, min(ends, default=None)) for person, course, issued, ends in papers])


def _begins(seconds: float) -> float:
    """Return the moment at which a day begins here; of the day its midnight in UTC is known."""
    return midnight(date(1970, 1, 1) + timedelta(days=int(seconds // 86400))).timestamp()


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


