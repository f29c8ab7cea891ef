"""Certificates that were issued before, from the office's own Excel, with their old numbers.

Keeps true: reading a file writes nothing into the register; what is brought in is brought in within one transaction, or not at all.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from certificates.enums import ImportRowState
from certificates.models.issuers import Issuer
from certificates.models.register import Certificate
from certificates.querysets import ImportQuerySet
from certificates.storage import private_storage
from cms.work import Work


class RegisterImport(Work):
    """A workbook of an office. `total` and `done` count its rows."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="imports", verbose_name=_("issuing unit"))
    file = models.FileField(storage=private_storage, upload_to="register-imports/%Y/%m/", max_length=200, blank=True)
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    # Which column says what: {"name": 2, "born_on": 3, ...}, found by the headings, may be changed by hand.
    columns = models.JSONField(default=dict)
    headings = models.JSONField(default=list)
    # How many rows are in which state: {ImportRowState: count}.
    counts = models.JSONField(default=dict)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of a register")
        verbose_name_plural = _("imports of registers")
        indexes = [models.Index(fields=["-made_at"], name="register_import_by_day")]

    def __str__(self) -> str:
        return f"{self.name} ({self.made_at:%d/%m/%Y})"


class RegisterImportRow(models.Model):
    """One row of the workbook, as it was understood or why it was refused."""

    job = models.ForeignKey(RegisterImport, on_delete=models.CASCADE, related_name="rows")
    # The row's number in the workbook, as Excel shows it.
    line = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=ImportRowState.choices)
    data = models.JSONField(default=dict)
    # Why it is refused; or what a person should know of it, line by line.
    reason = models.TextField(blank=True)
    certificate = models.ForeignKey(Certificate, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "line"], name="register_import_row_once")]
        indexes = [models.Index(fields=["job", "state", "line"], name="register_import_by_state")]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.line}"
