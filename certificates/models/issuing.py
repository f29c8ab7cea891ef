"""Issuing by decision: the list that is decided, its papers in the background, its printed files, and the notices to the holders.

Keeps true: a completion stands in one list at a time; a row is issued once, whoever clicks and however often the work is stopped.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from certificates.enums import NoticeKind, NoticeState, PrintoutKind, RunRowState
from certificates.models.designs import DesignVersion
from certificates.models.issuers import Issuer
from certificates.models.register import Certificate
from certificates.querysets import NoticeQuerySet, PrintoutQuerySet, RunQuerySet
from certificates.storage import private_storage
from cms.work import Work
from courses.models import CoursePage
from learning.models import Completion


class IssueRun(Work):
    """A list of people who are given a paper by one decision. `total` and `done` count its rows."""

    name = models.CharField(_("class or occasion"), max_length=200)
    course = models.ForeignKey(CoursePage, on_delete=models.PROTECT, related_name="issue_runs", verbose_name=_("course"))
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="runs", verbose_name=_("issuing unit"))
    # Settled when the list is decided: what was previewed is what is issued.
    version = models.ForeignKey(DesignVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="runs")
    decision_number = models.CharField(_("decision number"), max_length=60, blank=True)
    decision_on = models.DateField(_("decision of"), null=True, blank=True)
    notifies = models.BooleanField(_("tell the holders"), default=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("list of certificates to issue")
        verbose_name_plural = _("lists of certificates to issue")
        indexes = [models.Index(fields=["-made_at"], name="issue_run_by_day"), models.Index(fields=["course"], name="issue_run_of_course")]

    def __str__(self) -> str:
        return self.name


class RunRow(models.Model):
    """One person on the list, at the place in which the list is signed."""

    run = models.ForeignKey(IssueRun, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    completion = models.ForeignKey(Completion, on_delete=models.PROTECT, related_name="run_rows")
    state = models.CharField(max_length=8, choices=RunRowState.choices, default=RunRowState.WAITING)
    # Why it could not be issued, in the words of whoever decides.
    reason = models.CharField(max_length=300, blank=True)
    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, null=True, blank=True, related_name="run_row")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="run_row_place_once"),
            # Of two administrators who decide the same person, one is told so.
            models.UniqueConstraint(fields=["completion"], condition=Q(state__in=["waiting", "issued"]), name="run_row_completion_once"),
            models.CheckConstraint(condition=~Q(state="issued") | Q(certificate__isnull=False), name="run_row_issued_has_paper"),
        ]
        indexes = [models.Index(fields=["run", "state", "position"], name="run_row_by_state")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.position}"


class Printout(Work):
    """A file that is written in the background for somebody: all papers of a list in one PDF, a ZIP, the list to sign, the register."""

    kind = models.CharField(max_length=12, choices=PrintoutKind.choices)
    run = models.ForeignKey(IssueRun, on_delete=models.CASCADE, null=True, blank=True, related_name="printouts")
    # The filters of the register as they stand in an address.
    filters = models.JSONField(default=dict)
    file = models.FileField(storage=private_storage, upload_to="printouts/%Y/%m/", max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)

    objects = PrintoutQuerySet.as_manager()

    class Meta:
        verbose_name = _("printed file")
        verbose_name_plural = _("printed files")
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="printout_done_at_most_total"),
            models.CheckConstraint(condition=~Q(state="done") | ~Q(file=""), name="printout_done_has_file"),
        ]
        indexes = [models.Index(fields=["-made_at"], name="printout_by_day")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.made_at:%d/%m/%Y})"


class Notice(models.Model):
    """A message to a holder, kept until it is sent: the outbox. One of each kind and day for a certificate."""

    certificate = models.ForeignKey(Certificate, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=NoticeKind.choices)
    # What it is about when a kind comes more than once: days left before the end.
    days = models.PositiveSmallIntegerField(default=0)
    # Empty: there is no address, so the notice is only shown in the holder's own pages.
    email = models.EmailField(blank=True)
    state = models.CharField(max_length=8, choices=NoticeState.choices, default=NoticeState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    # Not before this moment: later and later after each failure.
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certificate", "kind", "days"], name="notice_once")]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="waiting"), name="notice_waiting")]

    def __str__(self) -> str:
        return f"{self.certificate}: {self.get_kind_display()}"
