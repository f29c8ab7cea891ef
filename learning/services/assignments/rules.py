"""Rules of required courses: made, changed, ended. Assigning people is settling (`settle_rule`), which the caller asks for: at once, or in the background."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from courses.models import CoursePage
from learning.enums import Need
from learning.models import Assignment, AssignmentRule
from learning.selectors.assignments import due_on, turn_of
from learning.services.errors import CourseClosed, DueTooEarly, NoCertificateGiven, RuleEnded
from unions.models import Unit
from unions.selectors.audiences import Meant, says
from unions.services.audiences import write_audience
from vietnamese.text import clean

CHUNK = 1000


@dataclass(frozen=True)
class RuleFacts:
    """What a rule says besides where it stands, whom it means and what it asks for."""

    title: str
    decision_number: str = ""
    due_on: date | None = None
    due_days: int | None = None


def make_rule(
    *, unit: Unit, course: CoursePage, meant: Meant, facts: RuleFacts, by, now: datetime, need: str = Need.COURSE, starts_on: date | None = None,
    recurs_months: int | None = None, key: UUID | None = None,
) -> AssignmentRule:
    """Require a course, or its certificate, of whoever is meant in the unit and below. Assigns nobody yet: `settle_rule` does.

    :param key: chosen by the page that asks: the same page sent twice with the same words makes one rule.
    :raises CourseClosed: when the course is not published.
    :raises NoCertificateGiven: when a certificate is asked for that the course does not give.
    :raises DueTooEarly: when the day lies before the rule begins.
    """
    if not course.live:
        raise CourseClosed
    if need == Need.CERTIFICATE and not course.gives_certificate:
        raise NoCertificateGiven
    if recurs_months and starts_on is None:
        starts_on = timezone.localdate(now)
    if facts.due_on and facts.due_on < max(starts_on or date.min, timezone.localdate(now)):
        raise DueTooEarly
    with transaction.atomic():
        # Two taps at the same moment: the second one waits here, and finds the rule of the first.
        Unit.objects.select_for_update().get(pk=unit.pk)
        said = {"unit": unit, "course": course, "need": need, "starts_on": starts_on, "recurs_months": recurs_months, "made_by": by} | asdict(_cleaned(facts))
        if key and (standing := AssignmentRule.objects.filter(uuid=key, **said).first()) and says(standing.audience, meant):
            return standing
        # Who goes back in the browser and writes something else means another rule.
        is_free = key is not None and not AssignmentRule.objects.filter(uuid=key).exists()
        return AssignmentRule.objects.create(audience=write_audience(meant=meant), made_at=now, **said, **({"uuid": key} if is_free else {}))


def _cleaned(facts: RuleFacts) -> RuleFacts:
    return RuleFacts(clean(facts.title), clean(facts.decision_number), facts.due_on, facts.due_days)


def change_rule(*, rule: AssignmentRule, meant: Meant, facts: RuleFacts, now: datetime) -> AssignmentRule:
    """Write what is said anew about a rule: words, days, whom it means. Locks the rule. What it asks for stays; end it and make another one.

    Other days hold for what is still open in the present period; who comes and goes is settled afterwards (`settle_rule`).

    :raises RuleEnded: when it was ended.
    :raises DueTooEarly: when the day lies before the rule begins.
    """
    if facts.due_on and rule.starts_on and facts.due_on < rule.starts_on:
        raise DueTooEarly
    with transaction.atomic():
        row = AssignmentRule.objects.select_for_update().get(pk=rule.pk)
        if row.ended_at is not None:
            raise RuleEnded
        days_before = (row.due_on, row.due_days)
        for name, value in asdict(_cleaned(facts)).items():
            setattr(row, name, value)
        # To be looked through anew by whoever settles next, should nobody do so now.
        row.settled_at = None
        row.save(update_fields=[*asdict(facts), "settled_at"])
        write_audience(meant=meant, audience=row.audience)
        if (row.due_on, row.due_days) != days_before:
            _move_days(row, now)
    return row


def _move_days(rule: AssignmentRule, now: datetime) -> None:
    turn = turn_of(rule, timezone.localdate(now))
    if turn is None:
        return
    open_rows = Assignment.objects.open().filter(rule=rule, period=turn.period)
    # One statement a day on which people were assigned, which are few.
    for moment in set(open_rows.values_list("assigned_at", flat=True).distinct()):
        open_rows.filter(assigned_at=moment).update(due_on=due_on(rule, turn, timezone.localdate(moment)))


def end_rule(*, rule: AssignmentRule, now: datetime) -> AssignmentRule:
    """End the rule: nobody is assigned by it any more, and what it asked for is asked no longer. Safe to call twice. Locks the rule."""
    with transaction.atomic():
        row = AssignmentRule.objects.select_for_update().get(pk=rule.pk)
        if row.ended_at is None:
            row.ended_at = now
            row.save(update_fields=["ended_at"])
            Assignment.objects.filter(rule=row, ended_at__isnull=True).update(ended_at=now)
    return row
