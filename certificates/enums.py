"""Closed lists of the register."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    """valid → superseded | expired | revoked. Never back."""

    VALID = "valid", _("Valid")
    SUPERSEDED = "superseded", _("Superseded")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")


# What has ended by itself can still be found to have been wrong; what was replaced is judged by the paper in its place.
REVOCABLE = (State.VALID, State.EXPIRED)


class Entry(models.TextChoices):
    """Kinds of entries in the register's log."""

    ISSUED = "issued", _("Issued")
    REISSUED = "reissued", _("Reissued")
    RENEWED = "renewed", _("Renewed")
    IMPORTED = "imported", _("Brought in from an older register")
    CORRECTED = "corrected", _("Corrected")
    SUPERSEDED = "superseded", _("Superseded")
    REVOKED = "revoked", _("Revoked")
    EXPIRED = "expired", _("Expired")
    HIDDEN = "hidden", _("Public page switched off")


class Paper(models.TextChoices):
    """The kind of paper; a short course gives a Giấy chứng nhận, never a chứng chỉ by default (domain facts, 5.1)."""

    CERTIFICATE = "GCN", _("Certificate of completion")
    DIPLOMA = "CC", _("Full-programme certificate")


class SigningForm(models.TextChoices):
    """How somebody signs for another (Decree 30/2020/NĐ-CP, Art. 13)."""

    ON_BEHALF = "TM.", _("TM. (on behalf of a body)")
    INSTEAD = "KT.", _("KT. (in place of the head)")
    BY_ORDER = "TL.", _("TL. (by order)")
    BY_AUTHORITY = "TUQ.", _("TUQ. (by written authority)")


class PaperSize(models.TextChoices):
    A4 = "A4", "A4"
    A5 = "A5", "A5"


class Orientation(models.TextChoices):
    LANDSCAPE = "landscape", _("Landscape")
    PORTRAIT = "portrait", _("Portrait")


class Border(models.TextChoices):
    WOVEN = "woven", _("Woven spine and double rule")
    DOUBLE = "double", _("Double rule")
    SINGLE = "single", _("Single rule")


class ConsentText(models.TextChoices):
    """The words of the consent on "My certificates", by version. They are never edited: other words are a new version with its own value."""

    NAME_AND_GRADE = "2026-11", _("I agree that my full name and my grade are shown on the verification page")


# The words that are asked for today.
CONSENT_NOW = ConsentText.NAME_AND_GRADE
# The versions whose words say that the full name and the grade are shown; consent to any other words shows neither.
SHOWING_NAME = (ConsentText.NAME_AND_GRADE,)


class LookKind(models.TextChoices):
    """Where somebody looked at a record."""

    PUBLIC = "public", _("Public verification page")
    FILE = "file", _("File that was checked")
    OFFICE = "office", _("Training office")
    DOWNLOAD = "download", _("Download")
    PRINTED = "printed", _("Printed or exported list")


class RunRowState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("certificate", "To be issued")
    ISSUED = "issued", pgettext_lazy("certificate", "Issued")
    FAILED = "failed", pgettext_lazy("certificate", "Not issued")
    DROPPED = "dropped", pgettext_lazy("certificate", "Taken off the list")


class PrintoutKind(models.TextChoices):
    PAPERS_PDF = "papers-pdf", _("All papers in one PDF")
    PAPERS_ZIP = "papers-zip", _("All papers in a ZIP")
    LIST_PDF = "list-pdf", _("List to sign, PDF")
    LIST_XLSX = "list-xlsx", _("List to sign, Excel")
    REGISTER_XLSX = "reg-xlsx", _("Register, Excel")
    REGISTER_PDF = "reg-pdf", _("Register, PDF")


class NoticeKind(models.TextChoices):
    ISSUED = "issued", _("A certificate was issued")
    ENDING = "ending", _("A certificate ends soon")
    REVOKED = "revoked", _("A certificate was revoked")
    CHANGED = "changed", _("A certificate was corrected or replaced")


class NoticeState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("notice", "Waiting to be sent")
    SENT = "sent", pgettext_lazy("notice", "Sent")
    FAILED = "failed", pgettext_lazy("notice", "Could not be sent")
    NO_EMAIL = "no_email", pgettext_lazy("notice", "No e-mail address: shown on the holder's page")


class ImportRowState(models.TextChoices):
    NEW = "new", pgettext_lazy("register row", "New")
    SAME = "same", pgettext_lazy("register row", "In the register already")
    REFUSED = "refused", pgettext_lazy("register row", "Refused")


class ListOrder(models.TextChoices):
    """In which order a list is signed, numbered and printed."""

    NAME = "name", _("By name")
    UNIT = "unit", _("By unit, then by name")
    GIVEN = "given", _("As they were chosen")


class BookState(models.TextChoices):
    """States by which the register is narrowed: those of a certificate on the day, and what is about to end."""

    VALID = "valid", _("Valid")
    ENDING = "ending", _("Ends within 60 days")
    EXPIRED = "expired", _("Expired")
    SUPERSEDED = "superseded", _("Superseded")
    REVOKED = "revoked", _("Revoked")


class Origin(models.TextChoices):
    HERE = "here", _("Issued here")
    BROUGHT = "brought", _("Brought in from an older register")


class BookOrder(models.TextChoices):
    LATEST = "-day", _("Latest first")
    EARLIEST = "day", _("Earliest first")
    NUMBER = "number", _("By number")
    NAME = "name", _("By name")


class RenewalStep(models.TextChoices):
    """How far the renewal of a certificate is."""

    NOT_YET = "not_yet", pgettext_lazy("renewal", "Not open yet")
    OPEN = "open", pgettext_lazy("renewal", "Can be renewed")
    CLOSED = "closed", pgettext_lazy("renewal", "The course for it is not open at the moment")
    UNDER_WAY = "under_way", pgettext_lazy("renewal", "Being renewed")
    AWAITING = "awaiting", pgettext_lazy("renewal", "Waits for the decision")
