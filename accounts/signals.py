"""Heard by the floors above, after commit."""

from django.dispatch import Signal

# Sent with `user`, `by`, `now` and `reason` when a person's data was erased: what lies above forgets its part. Receivers must be safe to
# call twice; erasing again sends it again.
person_erased = Signal()
