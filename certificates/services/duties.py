"""What certificates mean to what is required of people: a valid one meets it, one that is revoked or ends opens it again."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from certificates.models import Certificate
from certificates.selectors.held import valid_on
from learning.enums import Need
from learning.models import AssignmentRule
from learning.selectors.assignments import rules_asking, turn_of
from learning.services.assignments import meet_assignments


def follow_papers(*, certificates: Iterable[Certificate], now: datetime) -> None:
    """After the commit, bring what is required of these holders in line with the valid papers that they hold. One query where nothing is."""
    people: dict[int, set[int]] = {}
    for row in certificates:
        if row.user_id and row.course_id:
            people.setdefault(row.course_id, set()).add(row.user_id)
    for course, holders in people.items():
        # Whatever goes wrong here must not keep a paper from being issued; the clock settles every rule once a day.
        transaction.on_commit(lambda course=course, holders=holders: _settle_course(course, holders, now), robust=True)


def _settle_course(course: int, people: Collection[int], now: datetime) -> None:
    for rule in rules_asking([course], Need.CERTIFICATE):
        settle_holders(rule=rule, people=people, now=now)


def settle_holders(*, rule: AssignmentRule, people: Collection[int] | None, now: datetime) -> int:
    """Meet the rule's assignments of whoever holds a valid certificate of its course, open those of others again; return how many were met.

    Of a recurring rule a certificate counts that was issued within the period.
    """
    on = timezone.localdate(now)
    turn = turn_of(rule, on)
    if turn is None:
        return 0
    held = valid_on([rule.course_id], on, turn.since)
    return meet_assignments(rule=rule, facts=held, who="user", at="issued_at", now=now, people=people, opens_again=True)
