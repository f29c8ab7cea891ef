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


class SlipWish(models.TextChoices):
    """Who of a unit is to have a sign-in slip."""

    NEVER = "never", _("Whoever has never signed in")
    CLOSED = "closed", _("Whoever has no way in: no password, and no e-mail to ask for one")
    CHOSEN = "chosen", _("People whom I choose")


class SlipState(models.TextChoices):
    """What became of a sign-in slip."""

    OPEN = "open", pgettext_lazy("slip", "Valid")
    USED = "used", pgettext_lazy("slip", "Used")
    OVER = "over", pgettext_lazy("slip", "Run out")
    CANCELLED = "cancelled", pgettext_lazy("slip", "Made invalid")


class By(models.TextChoices):
    """What the statistics of a period are grouped by."""

    UNIT = "unit", _("Unit")
    FORM = "form", _("Form of study")
    POST = "post", _("Kind of post")
    SECTOR = "sector", _("Sector")
    GENDER = "gender", _("Gender")
    TOPIC = "topic", _("Topic")


class Form(models.TextChoices):
    """Where something was learnt."""

    ONLINE = "online", _("Online, by oneself")
    ELSEWHERE = "elsewhere", _("Taken elsewhere")


class AssignmentState(models.TextChoices):
    """How a required course stands for one person."""

    OVERDUE = "overdue", pgettext_lazy("required course", "Overdue")
    OPEN = "open", pgettext_lazy("required course", "Still open")
    MET = "met", pgettext_lazy("required course", "Met")


class Recurrence(models.TextChoices):
    ONCE = "once", _("Once")
    AGAIN = "again", _("Again and again")


class JoinState(models.TextChoices):
    """Whether a class code lets somebody join now."""

    EARLY = "early", pgettext_lazy("class code", "Not open yet")
    OPEN = "open", pgettext_lazy("class code", "Open")
    FULL = "full", pgettext_lazy("class code", "Full")
    CLOSED = "closed", pgettext_lazy("class code", "Closed")
