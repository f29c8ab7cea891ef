"""Closed lists of the units; what an office may want to extend (unit types, regions, posts) is a table instead."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Sector(models.TextChoices):
    STATE = "state", pgettext_lazy("sector", "State")
    NON_STATE = "non_state", _("Non-state")
    # Workers without a labour relation, in one trade (Law 50/2024/QH15, Art. 4(3)), and whatever an office does not class.
    OTHER = "other", pgettext_lazy("sector", "Other")


class Manner(models.TextChoices):
    """How somebody came into a post (Law on Trade Unions 50/2024/QH15, Art. 4(5))."""

    ELECTED = "elected", _("Elected")
    APPOINTED = "appointed", _("Appointed")
    DESIGNATED = "designated", _("Designated")


class Role(models.TextChoices):
    """What somebody may do in a unit and all units below it. `unions.powers` says what each may."""

    SYSTEM_ADMIN = "system_admin", _("System administrator")
    TRAINING_ADMIN = "training_admin", _("Training administrator")
    TRAINER = "trainer", _("Trainer")
    REVIEWER = "reviewer", _("Reviewer")
    CLASS_ASSISTANT = "class_assistant", _("Class assistant")
    VIEWER = "viewer", _("Viewer")


class ChangeKind(models.TextChoices):
    """What was done to units, as a decision says it."""

    RENAME = "rename", _("Renamed")
    MOVE = "move", _("Moved")
    SPLIT = "split", _("Split")
    MERGE = "merge", _("Merged")
    CLOSE = "close", pgettext_lazy("unit", "Closed")
    BULK_MOVE = "bulk_move", _("Moved by list")


class RosterMode(models.TextChoices):
    """What a list of people says: who is there, or whom a congress has elected in place of those before."""

    ROSTER = "roster", _("List of cadres")
    CONGRESS = "congress", _("Result of a congress")


class Verdict(models.TextChoices):
    """What would become of a row of a list."""

    NEW = "new", _("New")
    CHANGED = "changed", pgettext_lazy("row", "Changed")
    SAME = "same", _("Unchanged")
    ASK = "ask", _("To be decided")
    REFUSED = "refused", pgettext_lazy("row", "Refused")
