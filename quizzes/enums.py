"""Closed lists of the quiz engine."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Difficulty(models.TextChoices):
    EASY = "easy", _("Easy")
    MEDIUM = "medium", _("Medium")
    HARD = "hard", _("Hard")


class AttemptState(models.TextChoices):
    """In progress → submitted (waiting for a marker) → marked. Only forward."""

    # Wagtail has the same words for a page that waits for approval.
    IN_PROGRESS = "in_progress", pgettext_lazy("attempt", "In progress")
    SUBMITTED = "submitted", _("Waiting to be marked")
    MARKED = "marked", _("Marked")


class StepKind(models.TextChoices):
    ANSWER = "answer", _("Answer")
    FLAG = "flag", _("Flag")


class Counting(models.TextChoices):
    """Which attempt counts when there are several."""

    BEST = "best", _("The best")
    LATEST = "latest", _("The latest")


class Review(models.TextChoices):
    """What the taker sees after submitting."""

    FULL = "full", _("Everything")
    AFTER_PASS = "after_pass", _("Everything after a pass, topics only after a failure")
    MARK_ONLY = "mark_only", _("The mark only")
