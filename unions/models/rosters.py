"""Lists of people (danh sách cán bộ) that are brought in from the offices' Excel: read, looked at, decided, then written as a whole.

Keeps true: a row is judged before anything is written, and re-read against the database when it is; the file goes away when the work is over.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.storage import private_files
from cms.work import Work
from unions.enums import RosterMode, Verdict
from unions.models.units import Unit
from unions.querysets import RosterImportQuerySet


class RosterImport(Work):
    """One file: which unit it is for (its people stand there or below), how its columns are read, and what became of its rows."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="roster_imports", verbose_name=_("unit"))
    mode = models.CharField(_("what the list says"), max_length=8, choices=RosterMode.choices, default=RosterMode.ROSTER)
    # The day from which the list holds; of a congress the day on which terms end and begin.
    on = models.DateField(_("as of"))
    decision_number = models.CharField(_("decision number"), max_length=60, blank=True)
    term = models.CharField(_("term"), max_length=20, blank=True)
    file = models.FileField(storage=private_files, upload_to="rosters/%Y/%m/", max_length=200, blank=True)
    file_name = models.CharField(max_length=200)
    # {"sheet": "Danh sách", "row": 7, "columns": {"name": 1, …}, "headings": [[1, "Họ và tên"], …]}; the columns may be set by hand.
    layout = models.JSONField(default=dict)
    # By verdict, and what is beside the rows: {"new": 12, "posts_ended": 3}.
    counts = models.JSONField(default=dict)

    objects = RosterImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("list of people")
        verbose_name_plural = _("lists of people")
        indexes = [models.Index(fields=["-made_at"], name="roster_import_by_day")]

    def __str__(self) -> str:
        return self.file_name


class RosterImportRow(models.Model):
    job = models.ForeignKey(RosterImport, on_delete=models.CASCADE, related_name="rows")
    # Counted from 1, as Excel counts; sheets in their order.
    sheet = models.PositiveSmallIntegerField(default=1)
    number = models.PositiveIntegerField()
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    # What the row says, cleaned, by field.
    data = models.JSONField(default=dict)
    # What is wrong with it, or what it would change: [{"field": "phone", "message": "…"}], {"phone": ["old", "new"]}.
    problems = models.JSONField(default=list)
    changes = models.JSONField(default=dict)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Probably the same person: ids to choose from. `decided`: "" while nobody has said, else "new" or the id that was chosen.
    candidates = models.JSONField(default=list)
    decided = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "sheet", "number"], name="roster_row_once")]
        indexes = [models.Index(fields=["job", "verdict", "sheet", "number"], name="roster_row_by_verdict")]

    def __str__(self) -> str:
        return f"{self.job}: {self.sheet}/{self.number}"
