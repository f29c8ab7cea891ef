"""Heard by the floors above, after commit."""

from django.dispatch import Signal

# Sent with `attempt` once it is marked and stored. Receivers must be safe to call twice.
attempt_finished = Signal()
