"""Background work of learning."""

from django.utils import timezone
from django_tasks import task

from accounts.models import User
from cms.work import Need, within
from learning import services
from learning.models import AssignmentRule
from learning.services.assignments import settling

# Longer lists of ids are no shorter way than looking through every rule.
PEOPLE_AT_MOST = 5000


@task(priority=Need.ASKED_FOR)
@within(minutes=60)
def recount_course(course_id: int) -> int:
    return services.recount_course(course_id=course_id, now=timezone.now())


@task(priority=Need.ASKED_FOR)
@within(minutes=60)
def settle_rule(rule_id: int, by_id: int | None = None) -> int:
    """Assign a rule to everybody who fits it."""
    by = User.objects.filter(pk=by_id).first() if by_id else None
    return settling.settle_rule(rule=AssignmentRule.objects.get(pk=rule_id), now=timezone.now(), by=by)


@task(priority=Need.ASKED_FOR)
@within(minutes=60)
def settle_people(people: list[int] | None) -> int:
    """Bring the rules that these people may fit in line with their posts; None: all rules."""
    now = timezone.now()
    return settling.settle_all(now=now) if people is None else settling.settle_people(people=people, now=now)
