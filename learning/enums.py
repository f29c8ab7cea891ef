"""Closed lists of the learning records."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    SELF = "self", _("Enrolled by themselves")
    OFFICE = "office", _("Enrolled by the office")
    RENEWAL = "renewal", _("Renewing a certificate")


class StepState(models.TextChoices):
    """How a step stands for one person; drawn with a word beside its colour."""

    DONE = "done", _("done")
    NOW = "now", _("in progress")
    NOT_YET = "not_yet", _("not yet")


class StudyState(models.TextChoices):
    """What an administrator said to a course that was taken elsewhere."""

    WAITING = "waiting", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Not approved")


class Need(models.TextChoices):
    """What a required course or a target asks for."""

    COURSE = "course", _("The course is completed")
    CERTIFICATE = "certificate", _("A valid certificate is held")
