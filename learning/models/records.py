"""What a person has done with a course: enrolment, facts per step, completion.

Keeps true: facts are only added or moved forward, never deleted; a completion keeps the rule set it was reached under and stays.
Records point at pages with PROTECT: editors unpublish instead of deleting.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models import CoursePage, RuleSet
from learning.enums import Source, StudyState
from learning.querysets import EnrolmentQuerySet, OutsideStudyQuerySet
from quizzes.storage import private_files


class Enrolment(models.Model):
    """A person's place in a course; `cycle` counts renewals."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enrolments")
    course = models.ForeignKey(CoursePage, on_delete=models.PROTECT, related_name="enrolments")
    cycle = models.PositiveSmallIntegerField(default=1)
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.SELF)
    enrolled_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(null=True, blank=True)
    last_page = models.ForeignKey("wagtailcore.Page", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Counted from the facts whenever one is added, so that lists can sort by them.
    steps_done = models.PositiveSmallIntegerField(default=0)
    steps_total = models.PositiveSmallIntegerField(default=0)
    seconds = models.PositiveIntegerField(default=0)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.UniqueConstraint(fields=["user", "course", "cycle"], name="enrolled_once_a_cycle"),
            models.CheckConstraint(condition=Q(steps_done__lte=F("steps_total")), name="steps_done_at_most_total"),
        ]
        indexes = [
            models.Index(fields=["course", "last_seen_at"], name="enrolment_of_course"),
            models.Index(fields=["user", "last_seen_at"], name="enrolment_of_person"),
            models.Index(fields=["last_seen_at", "id"], name="enrolment_seen"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.course}"

    @property
    def context(self) -> str:
        """The key under which quiz attempts of this enrolment are counted."""
        return str(self.uuid)


class StepRecord(models.Model):
    """The facts of one person about one lesson or quiz page; each moment is set once and stays."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="records")
    page = models.ForeignKey("wagtailcore.Page", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    watched_at = models.DateTimeField(null=True, blank=True)
    passed_at = models.DateTimeField(null=True, blank=True)
    seconds = models.PositiveIntegerField(default=0)
    # Where the reader stopped: the anchor of the heading last seen, and its words for "You stopped at …".
    anchor = models.CharField(max_length=80, blank=True)
    anchor_title = models.CharField(max_length=160, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    best_fraction = models.FloatField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "page"], name="record_once_a_step")]

    def __str__(self) -> str:
        return f"{self.enrolment}: {self.page}"


class Completion(models.Model):
    """Somebody met every requirement of a course. Immutable."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="completion")
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="+")
    completed_at = models.DateTimeField()
    # The best fraction of the final quiz, from which the grade is made; empty for a course without quizzes.
    fraction = models.FloatField(null=True, blank=True)

    class Meta:
        verbose_name = _("completion")
        verbose_name_plural = _("completions")
        indexes = [models.Index(fields=["completed_at"], name="completion_by_day")]

    def __str__(self) -> str:
        return str(self.enrolment)


class OutsideStudy(models.Model):
    """A course that somebody took elsewhere (a school, the party committee, another union), with proof; counts once it is approved."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="outside_studies")
    title = models.CharField(_("course or class"), max_length=200)
    organiser = models.CharField(_("held by"), max_length=200)
    form = models.CharField(_("form of study"), max_length=80, blank=True)
    begun_on = models.DateField(_("from"), null=True, blank=True)
    ended_on = models.DateField(_("until"))
    hours = models.DecimalField(_("hours"), max_digits=6, decimal_places=1, default=0)
    grade = models.CharField(_("grade"), max_length=40, blank=True)
    paper_number = models.CharField(_("number of the paper"), max_length=60, blank=True)
    proof = models.FileField(_("proof"), storage=private_files, upload_to="outside-studies/%Y/", max_length=200, blank=True)
    proof_name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=StudyState.choices, default=StudyState.WAITING)
    # The course here that it stands for in targets and assignments, said by whoever approves it.
    counts_as = models.ForeignKey(
        CoursePage, on_delete=models.PROTECT, null=True, blank=True, related_name="outside_studies", verbose_name=_("counts as"))
    reason = models.CharField(_("answer"), max_length=300, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = OutsideStudyQuerySet.as_manager()

    class Meta:
        verbose_name = _("course taken elsewhere")
        verbose_name_plural = _("courses taken elsewhere")
        constraints = [
            models.CheckConstraint(condition=Q(state="waiting") | Q(decided_at__isnull=False), name="outside_study_decided_when"),
            models.CheckConstraint(condition=Q(begun_on__isnull=True) | Q(ended_on__gte=F("begun_on")), name="outside_study_ends_later"),
        ]
        indexes = [models.Index(fields=["state", "entered_at"], name="outside_study_by_state"), models.Index(fields=["user", "-ended_on"], name="outside_study_of_person")]

    def __str__(self) -> str:
        return f"{self.user}: {self.title}"

    @property
    def is_waiting(self) -> bool:
        return self.state == StudyState.WAITING
