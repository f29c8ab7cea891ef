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
from learning.enums import Source
from learning.querysets import EnrolmentQuerySet


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
