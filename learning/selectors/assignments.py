"""Required courses: which turn a rule is in, by which day it is due, who fits it, and what is asked of one person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from courses.models import CoursePage
from learning.enums import Need
from learning.models import Assignment, AssignmentRule
from unions.models import Post, Unit
from unions.selectors.audiences import Meant, meant_by, posts_meant
from unions.terms import months_after, turn_on


@dataclass(frozen=True)
class Turn:
    """The period of a rule that a day lies in; `since`: what was done before it does not count."""

    period: int
    since: date | None


def turn_of(rule: AssignmentRule, on: date) -> Turn | None:
    """Return the period of the rule on that day; None before its first day. No query."""
    if rule.recurs_months:
        span = turn_on(rule.starts_on, rule.recurs_months, on)
        return Turn(span.number, span.begins_on) if span else None
    return Turn(1, rule.starts_on) if rule.starts_on is None or rule.starts_on <= on else None


def due_on(rule: AssignmentRule, turn: Turn, on: date) -> date | None:
    """Return by which day somebody who is assigned on that day is to have met the rule: the later of its two days. No query.

    The day for everybody moves along with the periods of a recurring rule. The days to do it in begin when somebody is assigned, so that
    nobody who enters a post late in a period is late from the first day on.
    """
    days = []
    if rule.due_on:
        days.append(months_after(rule.due_on, (turn.period - 1) * (rule.recurs_months or 0)))
    if rule.due_days:
        days.append(on + timedelta(days=rule.due_days))
    return max(days, default=None)


def posts_asked(rule: AssignmentRule, on: date, people: Collection[int] | None = None, meant: Meant | None = None) -> QuerySet[Post]:
    """Return the posts by which people fit the rule that day. Five queries for the audience, unless it was read before."""
    posts = posts_meant(meant or meant_by(rule.audience), Unit.objects.under(rule.unit), on)
    return posts if people is None else posts.filter(user__in=people)


def rules_touching(people: Collection[int]) -> QuerySet[AssignmentRule]:
    """Return the rules in force that these people may fit, or are assigned by: of units in or above which they ever held a post. One query."""
    paths = Post.objects.filter(user__in=people).values_list("unit__path", flat=True).distinct()
    above = {int(part) for path in paths for part in path.split("/") if part}
    assigned = Assignment.objects.filter(user__in=people, ended_at__isnull=True).values("rule")
    rules = AssignmentRule.objects.in_force().select_related("unit", "audience__from_kind")
    return (rules.filter(unit__in=above) | rules.filter(pk__in=assigned)).order_by("pk")


def rules_asking(courses: Collection[int], need: str) -> QuerySet[AssignmentRule]:
    """Return the rules in force that ask for one of these courses, or for its certificate. One query."""
    return AssignmentRule.objects.in_force().filter(course__in=courses, need=need).order_by("pk")


@dataclass(frozen=True)
class Asked:
    """A course that is required of one person, by one rule or several; the earliest day holds."""

    course: CoursePage
    due_on: date | None
    on: date
    needs_certificate: bool
    titles: tuple[str, ...]

    @property
    def is_overdue(self) -> bool:
        return self.due_on is not None and self.due_on < self.on

    @property
    def days_left(self) -> int | None:
        """Days until it is due, 0 on that day; None without a day, or after it."""
        return None if self.due_on is None or self.is_overdue else (self.due_on - self.on).days

    @property
    def days_late(self) -> int:
        return (self.on - self.due_on).days if self.is_overdue else 0


def asked_of(user, on: date, course: CoursePage | None = None) -> list[Asked]:
    """Return what is required of the person and not yet met, the earliest due first, what has no day last. One query."""
    rows = Assignment.objects.open().filter(user=user).select_related("rule__course")
    if course is not None:
        rows = rows.filter(rule__course=course)
    by_course: dict[int, list[Assignment]] = {}
    for row in rows.order_by("pk"):
        by_course.setdefault(row.rule.course_id, []).append(row)
    asked = [_asked(rows, on) for rows in by_course.values()]
    return sorted(asked, key=lambda one: (one.due_on or date.max, one.course.title))


def _asked(rows: list[Assignment], on: date) -> Asked:
    days = [row.due_on for row in rows if row.due_on]
    # The course itself is asked for first; what is left of a certificate alone is said differently.
    needs_certificate = all(row.rule.need == Need.CERTIFICATE for row in rows)
    return Asked(rows[0].rule.course, min(days, default=None), on, needs_certificate, tuple(dict.fromkeys(row.rule.title for row in rows)))
