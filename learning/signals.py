"""Heard by the floors above, after commit."""

from django.dispatch import Signal

# Sent with `completion` when somebody meets the last requirement of a course. Receivers must be safe to call twice.
course_completed = Signal()

# Sent with `rule`, `people` (ids, or None: anybody) and `now` when people were assigned by a rule that asks for a certificate: who keeps
# certificates answers with `learning.services.assignments.meet_assignments`.
assignments_settled = Signal()
