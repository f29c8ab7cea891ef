"""What units tell the floors above, after commit."""

from django.dispatch import Signal

# Somebody entered, left or changed a post, or a unit that they hold one in was moved or closed: `people`, a set of ids; None when it may be anybody.
posts_changed = Signal()
