"""Bringing a rule in line with who fits it today: whoever fits is assigned, whoever left is not, whoever comes back is again."""

import logging
from array import array
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.enums import Act
from accounts.services import note_many
from learning.enums import Need
from learning.models import Assignment, AssignmentRule
from learning.selectors.assignments import Turn, due_on, posts_asked, rules_touching, turn_of
from learning.selectors.done import midnight
from learning.services.assignments.meeting import meet_by_facts
from learning.signals import assignments_settled
from unions.models import Post

logger = logging.getLogger(__name__)

CHUNK = 1000
# A run of the clock settles so many rules; the others wait for the next one.
RULES_AT_ONCE = 50


class _RuleOver(Exception):
    """The rule was ended meanwhile."""


def settle_rule(*, rule: AssignmentRule, now: datetime, by=None, people: Collection[int] | None = None) -> int:
    """Bring the rule's assignments in line with who fits it, all of them or these people's, and return how many are new.

    Set-based: about 15 statements, and four for each 1,000 who are new, each chunk in a transaction of its own under the lock of the rule.
    Who stops it in the middle loses nothing; the next time goes on. Safe to call twice, and by two at once.

    :param by: who made the rule, for the log; None: the system, because posts or days went on.
    """
    rule = AssignmentRule.objects.select_related("unit", "audience__from_kind", "course").get(pk=rule.pk)
    on = timezone.localdate(now)
    turn = turn_of(rule, on)
    new = 0
    if rule.ended_at is None and turn is not None:
        try:
            new = _settle(rule, turn, on, now, by, people)
        except _RuleOver:
            return 0
    if people is None:
        AssignmentRule.objects.filter(pk=rule.pk).update(settled_at=now)
    return new


def _settle(rule: AssignmentRule, turn: Turn, on: date, now: datetime, by, people: Collection[int] | None) -> int:
    asked = posts_asked(rule, on, people)
    with _held(rule):
        _follow_posts(rule, turn, asked, on, now, people)
    new = _assign(rule, turn, asked, on, now, by)
    if rule.need == Need.COURSE:
        meet_by_facts(rule=rule, now=now, people=people)
    else:
        assignments_settled.send_robust(sender=AssignmentRule, rule=rule, people=people, now=now)
    return new


@contextmanager
def _held(rule: AssignmentRule) -> Iterator[None]:
    with transaction.atomic():
        if not AssignmentRule.objects.select_for_update().filter(pk=rule.pk, ended_at__isnull=True).exists():
            raise _RuleOver
        yield


def _follow_posts(
    rule: AssignmentRule, turn: Turn, asked: QuerySet[Post], on: date, now: datetime, people: Collection[int] | None,
) -> None:
    """End what is asked of whoever left, and of former periods; open again what was asked of whoever came back, with a day of their own."""
    rows = Assignment.objects.filter(rule=rule)
    if people is not None:
        rows = rows.filter(user__in=people)
    fitting = Q(user__in=asked.values("user"))
    rows.filter(~fitting | ~Q(period=turn.period), ended_at__isnull=True).update(ended_at=now)
    rows.filter(fitting, period=turn.period, ended_at__isnull=False).update(ended_at=None, due_on=due_on(rule, turn, on))


def _assign(rule: AssignmentRule, turn: Turn, asked: QuerySet[Post], on: date, now: datetime, by) -> int:
    # Eight bytes a person, and no cursor that stays open under the writes, which SQLite would refuse.
    assigned = Assignment.objects.filter(rule=rule, period=turn.period).values("user")
    waiting = array("q", asked.exclude(user__in=assigned).order_by("user").values_list("user", flat=True).distinct().iterator(chunk_size=CHUNK))
    due, subject, new = due_on(rule, turn, on), f"{rule.title} ({rule.course.title})", 0
    for start in range(0, len(waiting), CHUNK):
        chunk = waiting[start:start + CHUNK].tolist()
        with _held(rule):
            standing = set(Assignment.objects.filter(rule=rule, period=turn.period, user__in=chunk).values_list("user", flat=True))
            missing = [pk for pk in chunk if pk not in standing]
            Assignment.objects.bulk_create(
                [Assignment(rule=rule, user_id=pk, period=turn.period, assigned_at=now, due_on=due) for pk in missing])
            note_many(about=missing, act=Act.ASSIGNED, by=by, now=now, subject=subject)
        new += len(missing)
    return new


def settle_people(*, people: Collection[int], now: datetime) -> int:
    """Bring every rule that these people may fit in line with the posts that they hold, and return how many assignments are new."""
    return sum(settle_rule(rule=rule, now=now, people=people) for rule in rules_touching(people))


def settle_due(*, now: datetime, limit: int = RULES_AT_ONCE) -> int:
    """Settle the rules that were not settled today, the longest waiting first, and return how many there were.

    Once a day each: new periods begin, posts begin and end on days that were written down before, people are no longer new in post.
    """
    today = midnight(timezone.localdate(now))
    due = AssignmentRule.objects.in_force().filter(Q(settled_at__isnull=True) | Q(settled_at__lt=today)).order_by("settled_at", "pk")
    rules = list(due[:limit])
    for rule in rules:
        try:
            settle_rule(rule=rule, now=now)
        except Exception:
            # One rule must not keep those behind it waiting; it is tried again the next time.
            logger.exception("Rule %s was not settled", rule.pk)
    return len(rules)


def settle_all(*, now: datetime) -> int:
    """Settle every rule in force, whoever it may concern, and return how many assignments are new."""
    keys = list(AssignmentRule.objects.in_force().order_by("pk").values_list("pk", flat=True))
    return sum(settle_rule(rule=rule, now=now) for rule in AssignmentRule.objects.filter(pk__in=keys).order_by("pk"))
