"""Closed lists of the register."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """valid → superseded | expired | revoked. Never back."""

    VALID = "valid", _("Valid")
    SUPERSEDED = "superseded", _("Superseded")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")


class Entry(models.TextChoices):
    """Kinds of entries in the register's log."""

    ISSUED = "issued", _("Issued")
    REISSUED = "reissued", _("Reissued")
    SUPERSEDED = "superseded", _("Superseded")
    REVOKED = "revoked", _("Revoked")
    EXPIRED = "expired", _("Expired")


class Paper(models.TextChoices):
    """The kind of paper; a short course gives a Giấy chứng nhận, never a chứng chỉ by default (domain facts, 5.1)."""

    CERTIFICATE = "GCN", _("Certificate of completion")
    DIPLOMA = "CC", _("Full-programme certificate")
