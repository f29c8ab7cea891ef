"""Heard by the floors above, after commit."""

from django.dispatch import Signal

# Sent with `rule_set` when publishing made a new version of a course's rules.
rules_published = Signal()
