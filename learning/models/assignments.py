"""Courses that are required: a rule says of whom and by when, an assignment is one person's.

Keeps true: whoever fits a rule has one assignment of it for each period; whoever no longer fits keeps the row, ended.
"""

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models import CoursePage
from learning.enums import Need
from learning.querysets import AssignmentQuerySet, AssignmentRuleQuerySet
from unions.models import Audience, Unit


class AssignmentRule(models.Model):
    """An audience, a course or its certificate, and a day or a recurring period."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="assignment_rules", verbose_name=_("unit"))
    title = models.CharField(_("title"), max_length=200)
    decision_number = models.CharField(_("decision number"), max_length=60, blank=True)
    audience = models.OneToOneField(Audience, on_delete=models.PROTECT, related_name="+", verbose_name=_("audience"))
    course = models.ForeignKey(CoursePage, on_delete=models.PROTECT, related_name="assignment_rules", verbose_name=_("course"))
    need = models.CharField(_("what counts"), max_length=12, choices=Need.choices, default=Need.COURSE)
    # Of a recurring rule the first period begins here; what was done before it does not count. Empty: whenever it was done.
    starts_on = models.DateField(_("from"), null=True, blank=True)
    recurs_months = models.PositiveSmallIntegerField(_("again every so many months"), null=True, blank=True, validators=[MinValueValidator(1)])
    # Either a day for everybody, or so many days after somebody is assigned; of a recurring rule after a period begins. The later of the two holds.
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_days = models.PositiveSmallIntegerField(_("due within days"), null=True, blank=True, validators=[MinValueValidator(1)])
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    # From then on nobody is assigned by it, and its open assignments are ended.
    ended_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = AssignmentRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of required courses")
        verbose_name_plural = _("rules of required courses")
        constraints = [
            models.CheckConstraint(condition=Q(recurs_months__isnull=True) | Q(starts_on__isnull=False), name="recurring_rule_has_start"),
        ]

    def __str__(self) -> str:
        return self.title


class Assignment(models.Model):
    """A rule asks this of one person in one period (counted from 1)."""

    rule = models.ForeignKey(AssignmentRule, on_delete=models.PROTECT, related_name="assignments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    period = models.PositiveSmallIntegerField(default=1)
    assigned_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    # The person left the audience, or the rule ended, or the period did.
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("required course of a person")
        verbose_name_plural = _("required courses of people")
        constraints = [models.UniqueConstraint(fields=["rule", "user", "period"], name="assigned_once_a_period")]
        indexes = [
            models.Index(fields=["user", "due_on"], condition=Q(met_at__isnull=True, ended_at__isnull=True), name="assignment_open"),
            models.Index(fields=["rule", "ended_at", "met_at"], name="assignment_of_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.rule}"
