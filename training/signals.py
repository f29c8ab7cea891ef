"""What the office tells itself, where somebody who reads has no business writing."""

from django.dispatch import Signal

# Somebody looked at figures that are not counted yet, or not lately: `target` (id), `on`, `tree`.
count_wanted = Signal()
