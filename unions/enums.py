"""Closed lists of the units; what an office may want to extend (unit types, posts) is a table instead."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Sector(models.TextChoices):
    STATE = "state", pgettext_lazy("sector", "State")
    NON_STATE = "non_state", _("Non-state")


class Manner(models.TextChoices):
    """How somebody came into a post (Law on Trade Unions 50/2024/QH15, Art. 4(5))."""

    ELECTED = "elected", _("Elected")
    APPOINTED = "appointed", _("Appointed")
    DESIGNATED = "designated", _("Designated")


class Role(models.TextChoices):
    """What somebody may do in a unit and all units below it."""

    TRAINING_ADMIN = "training_admin", _("Training administrator")
    TRAINER = "trainer", _("Trainer")
    REVIEWER = "reviewer", _("Reviewer")
    VIEWER = "viewer", _("Viewer")
