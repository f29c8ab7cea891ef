"""Closed lists of the legal documents."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    CODE = "code", _("Legal code")
    LAW = "law", _("Law")
    RESOLUTION = "resolution", _("Resolution")
    DECREE = "decree", _("Decree")
    CIRCULAR = "circular", _("Circular")
    OTHER = "other", _("Other document")


class Validity(models.TextChoices):
    """What a text is worth on a day; told to the reader beside every citation."""

    COMING = "coming", _("Not yet in force")
    IN_FORCE = "in_force", _("In force")
    ENDING = "ending", _("Expiring soon")
    ENDED = "ended", _("No longer in force")
