"""Files of questions that came in or go out: what was understood of them, who brought them in, and what became of each question.

Keeps true: reading a file writes nothing into the bank; what is brought in is brought in within one transaction, or not at all.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cms.work import Work
from quizzes.enums import RowState
from quizzes.models.bank import Category, Question
from quizzes.querysets import ExchangeQuerySet
from quizzes.storage import private_files


class FileWork(Work):
    """Work on a file of questions."""

    format = models.CharField(_("format"), max_length=12)

    objects = ExchangeQuerySet.as_manager()

    class Meta:
        abstract = True


class BankImport(FileWork):
    """A file of questions that somebody wants to bring in. `total` and `done` count the bytes while it is read, then the questions."""

    file = models.FileField(storage=private_files, upload_to="question-imports/%Y/%m/", max_length=200, blank=True)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    # The category under which everything is put, as a path with slashes; made when it is not there.
    bank = models.CharField(_("bank"), max_length=400)
    publishes = models.BooleanField(_("publish at once"), default=True)
    # Whether a question that is there under the same code is brought to what the file says.
    updates = models.BooleanField(_("change questions that have the same code"), default=False)
    # How many questions of the file are in which state: {RowState: count}.
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("import of questions")
        verbose_name_plural = _("imports of questions")
        indexes = [models.Index(fields=["-made_at"], name="bank_import_by_day")]

    def __str__(self) -> str:
        return f"{self.name} ({self.made_at:%d/%m/%Y})"


class ImportRow(models.Model):
    """One question of a file, as it was understood or why it was refused."""

    job = models.ForeignKey(BankImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=RowState.choices)
    kind = models.CharField(max_length=40, blank=True)
    excerpt = models.CharField(max_length=200, blank=True)
    category = models.CharField(max_length=400, blank=True)
    # Why it is refused; or what a person should know of it, line by line.
    reason = models.TextField(blank=True)
    # Ready to be written: everything is cleaned and checked when the file is read. Emptied once the import is over, but for what was refused.
    data = models.JSONField(default=dict)
    # The question that it became, or that is already there.
    question = models.ForeignKey(Question, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="import_row_once")]
        indexes = [models.Index(fields=["job", "state", "number"], name="import_row_by_state")]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.number}"


class BankExport(FileWork):
    """A bank written to a file, for download."""

    category = models.ForeignKey(Category, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    bank = models.CharField(_("bank"), max_length=400)
    file = models.FileField(storage=private_files, upload_to="question-exports/%Y/%m/", max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    # What the format could not say: [[question's name, reason], ...].
    left_out = models.JSONField(default=list)

    class Meta:
        verbose_name = _("export of questions")
        verbose_name_plural = _("exports of questions")
        indexes = [models.Index(fields=["-made_at"], name="bank_export_by_day")]
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="bank_export_done_at_most_total"),
            models.CheckConstraint(condition=~Q(state="done") | ~Q(file=""), name="bank_export_done_has_file"),
        ]

    def __str__(self) -> str:
        return f"{self.bank} ({self.made_at:%d/%m/%Y})"
