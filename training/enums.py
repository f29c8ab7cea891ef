"""Closed lists of the office."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Standing(models.TextChoices):
    """How an enrolment stands, as the office asks for it; the last two look at the newest paper, so they overlap with "finished"."""

    NOT_BEGUN = "not_begun", _("Not begun")
    UNDER_WAY = "under_way", _("Under way")
    FINISHED = "finished", pgettext_lazy("enrolment", "Finished")
    ISSUED = "issued", _("Certificate issued")
    REVOKED = "revoked", _("Certificate revoked")


class Order(models.TextChoices):
    """What the list of learners may be sorted by, each with its reverse."""

    NAME = "name", _("Name, A to Z")
    NAME_BACK = "-name", _("Name, Z to A")
    SEEN_BACK = "-seen", _("Latest visit first")
    SEEN = "seen", _("Longest away first")
    PROGRESS_BACK = "-progress", _("Furthest first")
    PROGRESS = "progress", _("Least far first")
    FINISHED_BACK = "-finished", _("Latest completion first")
    FINISHED = "finished", _("Earliest completion first")
    ENROLLED_BACK = "-enrolled", _("Newest enrolment first")
    ENROLLED = "enrolled", _("Oldest enrolment first")


class ExportState(models.TextChoices):
    """waiting → running → done | failed."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Under way")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Match(models.TextChoices):
    """How many of a target's courses are asked for."""

    ALL = "all", _("All of them")
    ANY = "any", _("Any one of them")


class Tree(models.TextChoices):
    """Which tree of units the people of a day are counted by."""

    TODAY = "today", _("By today's structure")
    THEN = "then", _("By the structure of that day")


class ReminderState(models.TextChoices):
    WAITING = "waiting", _("Waiting to be sent")
    SENT = "sent", pgettext_lazy("reminder", "Sent")
    # Nobody to send it to: it stands on the learner's home only.
    SHOWN = "shown", _("On the home page only")
    FAILED = "failed", pgettext_lazy("reminder", "Not sent")
