"""Targets of a unit and year (chỉ tiêu): so many percent of an audience have done something by a day; schemes (đề án) group them over years."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models import CoursePage
from learning.enums import Need
from training.enums import Match, ReminderState
from training.querysets import SchemeQuerySet, TargetQuerySet
from unions.models import Audience, Unit


class Scheme(models.Model):
    """A scheme or programme of several years that targets belong to ("đề án nâng cao chất lượng chủ tịch CĐCS, 2021–2022")."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="schemes", verbose_name=_("unit"))
    title = models.CharField(_("title"), max_length=300)
    decision_number = models.CharField(_("decision number"), max_length=60, blank=True)
    year_from = models.PositiveSmallIntegerField(_("from year"))
    year_until = models.PositiveSmallIntegerField(_("until year"))

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("scheme")
        verbose_name_plural = _("schemes")
        constraints = [models.CheckConstraint(condition=Q(year_until__gte=F("year_from")), name="scheme_ends_later")]

    def __str__(self) -> str:
        return self.title


class Target(models.Model):
    """Holds for the unit that set it and for everything below it: each of those sees its own part."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="targets", verbose_name=_("unit"))
    year = models.PositiveSmallIntegerField(_("year"), validators=[MinValueValidator(2000), MaxValueValidator(2100)])
    title = models.CharField(_("title"), max_length=300)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, null=True, blank=True, related_name="targets", verbose_name=_("scheme"))
    # The plan or decision that says so.
    decision_number = models.CharField(_("decision number"), max_length=60, blank=True)
    audience = models.OneToOneField(Audience, on_delete=models.PROTECT, related_name="+", verbose_name=_("audience"))
    need = models.CharField(_("what counts"), max_length=12, choices=Need.choices, default=Need.COURSE)
    courses = models.ManyToManyField(CoursePage, related_name="+", verbose_name=_("courses"))
    match = models.CharField(_("of these courses"), max_length=4, choices=Match.choices, default=Match.ALL)
    # Only what was done from this day on counts; empty: whenever it was done.
    since = models.DateField(_("done since"), null=True, blank=True)
    percentage = models.DecimalField(
        _("percent"), max_digits=4, decimal_places=1, default=100, validators=[MinValueValidator(0.1), MaxValueValidator(100)])
    due_on = models.DateField(_("to be met by"))
    is_active = models.BooleanField(_("in force"), default=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            models.CheckConstraint(condition=Q(percentage__gt=0, percentage__lte=100), name="target_percentage"),
            models.CheckConstraint(condition=Q(since__isnull=True) | Q(due_on__gte=F("since")), name="target_due_after_since"),
        ]
        indexes = [models.Index(fields=["unit", "-year"], name="target_of_unit")]

    def __str__(self) -> str:
        return self.title


class Reminder(models.Model):
    """Somebody of the office asked a person to take what a target or a rule asks for; shown on the learner's home, sent where there is an address."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminders")
    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="reminders")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    address = models.EmailField(blank=True)
    state = models.CharField(max_length=8, choices=ReminderState.choices, default=ReminderState.WAITING)
    # Until then nobody else touches it; counted up with each try.
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        indexes = [
            models.Index(fields=["user", "-at"], name="reminder_of_person"),
            models.Index(fields=["target", "-at"], name="reminder_of_target"),
            models.Index(fields=["state", "due_at"], name="reminder_due"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.target}"
