"""What people did meets what is required of them; a certificate that is lost opens it again."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from learning.enums import Need
from learning.models import Assignment, AssignmentRule
from learning.selectors.assignments import due_on, rules_asking, turn_of
from learning.selectors.done import completions_by, studies_by


def meet_course(*, course: int, people: Collection[int] | None, now: datetime) -> int:
    """Meet what asks for this course of these people, by what is known of them; return how many assignments. Three queries a rule."""
    return sum(meet_by_facts(rule=rule, now=now, people=people) for rule in rules_asking([course], Need.COURSE))


def meet_by_facts(*, rule: AssignmentRule, now: datetime, people: Collection[int] | None = None) -> int:
    """Meet the open assignments of a rule that asks for a course, by completions and by courses taken elsewhere that count as it."""
    on = timezone.localdate(now)
    turn = turn_of(rule, on)
    if turn is None:
        return 0
    courses = [rule.course_id]
    met = meet_assignments(rule=rule, facts=completions_by(courses, on, turn.since), who="enrolment__user", at="completed_at", now=now, people=people)
    return met + meet_assignments(rule=rule, facts=studies_by(courses, on, turn.since), who="user", at="decided_at", now=now, people=people)


def meet_assignments(
    *, rule: AssignmentRule, facts: QuerySet, who: str, at: str, now: datetime, people: Collection[int] | None = None, opens_again: bool = False,
) -> int:
    """Meet the rule's assignments of whoever the facts are about, from the earliest fact on, and return how many. One or two statements.

    Locks the rule when it is about more than one person.

    :param facts: what counts within the present period, as rows with a person (`who`) and a moment (`at`); none without a person.
    :param opens_again: whether those who were met without such a fact are open again, with days of their own from now on.
    """
    on = timezone.localdate(now)
    turn = turn_of(rule, on)
    if turn is None:
        return 0
    with transaction.atomic():
        if people is None or len(people) > 1:
            AssignmentRule.objects.select_for_update().get(pk=rule.pk)
        rows = Assignment.objects.filter(rule=rule, period=turn.period, ended_at__isnull=True)
        if people is not None:
            rows, facts = rows.filter(user__in=people), facts.filter(**{f"{who}__in": people})
        earliest = facts.filter(**{who: OuterRef("user")}).order_by(at).values(at)[:1]
        about = facts.order_by().values(who)
        if opens_again:
            rows.filter(met_at__isnull=False).exclude(user__in=about).update(met_at=None, due_on=due_on(rule, turn, on))
        return rows.filter(met_at__isnull=True, user__in=about).update(met_at=Subquery(earliest))
