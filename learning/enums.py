"""Closed lists of the learning records."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    SELF = "self", _("Enrolled by themselves")
    OFFICE = "office", _("Enrolled by the office")


class StepState(models.TextChoices):
    """How a step stands for one person; drawn with a word beside its colour."""

    DONE = "done", _("done")
    NOW = "now", _("in progress")
    NOT_YET = "not_yet", _("not yet")
