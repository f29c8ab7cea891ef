"""Required courses: rules are made (`rules`), people are assigned as they come and go (`settling`), and what they did meets it (`meeting`).

Keeps true: whoever fits a rule has one assignment of it for each period. Whoever writes assignments of several people holds the lock of
their rule, so that two who settle the same rule make no duplicates and never wait for each other in a ring.
"""

from learning.services.assignments.beginning import begin_course
from learning.services.assignments.meeting import meet_assignments, meet_by_facts, meet_course
from learning.services.assignments.rules import RuleFacts, change_rule, end_rule, make_rule
from learning.services.assignments.settling import settle_due, settle_people, settle_rule

__all__ = [
    "RuleFacts", "begin_course", "change_rule", "end_rule", "make_rule", "meet_assignments", "meet_by_facts", "meet_course", "settle_due",
    "settle_people", "settle_rule",
]
