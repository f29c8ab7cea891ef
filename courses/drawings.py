"""Drawings of our own that a lesson can show: one template each in templates/drawings/, in theme colours for light and dark."""

from django.utils.translation import gettext_lazy as _

DRAWINGS = [
    ("probation", _("Probation: the four limits")),
    ("overtime-pay", _("What an hour of overtime pays")),
    ("bargaining-timeline", _("Timeline of a bargaining")),
    ("agreement-steps", _("Steps of a collective agreement")),
    ("dialogue-seats", _("Who sits where in a dialogue")),
    ("dialogue-quorum", _("When a dialogue may begin")),
]
