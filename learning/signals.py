"""Heard by the floors above, after commit."""

from django.dispatch import Signal

# Sent with `completion` when somebody meets the last requirement of a course. Receivers must be safe to call twice.
course_completed = Signal()
