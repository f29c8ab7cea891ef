"""Closed lists of the courses."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    BASIC = "basic", _("Basic")
    ADVANCED = "advanced", _("Advanced")


class LessonNeed(models.TextChoices):
    """What a lesson asks before it counts as done."""

    OPENED = "opened", _("Opened")
    READ = "read", _("Read to the end")
    WATCHED = "watched", _("Video watched")


class Length(models.TextChoices):
    """Lengths by which the catalogue is filtered."""

    SHORT = "short", _("Under 90 minutes")
    LONG = "long", _("90 minutes and more")


class Issuing(models.TextChoices):
    """When whoever completes a course is given a certificate."""

    AT_ONCE = "at_once", _("At once, by itself")
    BY_DECISION = "decision", _("By decision, from a list")
