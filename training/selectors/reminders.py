"""Reminders of the office, as the person who is reminded sees them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.models import User
from certificates.selectors.held import valid_on
from courses.models import CoursePage
from learning.enums import Need
from learning.selectors.done import completions_by, midnight, studies_by
from training.enums import Match
from training.models import Reminder, Target

# Older ones are not shown any more: whoever did nothing for so long is reminded anew.
SHOWN_FOR = timedelta(days=60)


@dataclass(frozen=True)
class Shown:
    """The latest reminder of one target that is still to be met."""

    reminder: Reminder
    target: Target
    courses: list[CoursePage]
    is_overdue: bool


def reminders_of(user: User, now: datetime) -> list[Shown]:
    """Return what the person is reminded of and has not done yet, the latest first. One query for whoever is not reminded, six at most."""
    found = Reminder.objects.filter(user=user, at__gt=now - SHOWN_FOR, target__is_active=True)
    latest: dict[int, Reminder] = {}
    for row in found.select_related("target", "by").prefetch_related("target__courses").order_by("-at", "-pk"):
        latest.setdefault(row.target_id, row)
    on = timezone.localdate(now)
    met = _met(user.pk, [row.target for row in latest.values()], on)
    return [
        Shown(row, row.target, sorted(row.target.courses.all(), key=lambda course: course.path), row.target.due_on < on)
        for row in latest.values() if row.target_id not in met]


def is_met(reminder: Reminder) -> bool:
    """Say whether the person has done what the target asks for. At most three queries when the target's courses were fetched."""
    return bool(_met(reminder.user_id, [reminder.target], timezone.localdate()))


def _met(user_id: int, targets: Iterable[Target], on: date) -> set[int]:
    targets = list(targets)
    deeds = {need: _deeds(need, user_id, {course.pk for target in targets if target.need == need for course in target.courses.all()}, on) for need in Need}
    return {target.pk for target in targets if _is_met(target, deeds[target.need])}


def _deeds(need: str, user_id: int, courses: set[int], on: date) -> list[tuple[int, datetime]]:
    if not courses:
        return []
    if need == Need.CERTIFICATE:
        return list(valid_on(courses, on).filter(user=user_id).values_list("course", "issued_at"))
    completed = completions_by(courses, on).filter(enrolment__user=user_id).values_list("enrolment__course", "completed_at")
    studied = studies_by(courses, on).filter(user=user_id).values_list("counts_as", "ended_on")
    return [*completed, *((course, midnight(day)) for course, day in studied)]


def _is_met(target: Target, deeds: list[tuple[int, datetime]]) -> bool:
    since = midnight(target.since) if target.since else None
    done = {course for course, at in deeds if since is None or at >= since}
    asked = [course.pk for course in target.courses.all()]
    return bool(asked) and (any if target.match == Match.ANY else all)(course in done for course in asked)
