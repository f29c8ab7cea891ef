"""Appeals of learners, and regrades: what was marked anew, by whom, why, and what it changed. Only added to."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quizzes.enums import AppealState, RegradeWay, WorkState
from quizzes.models.attempts import Attempt, AttemptSlot
from quizzes.models.bank import Question, QuestionVersion
from quizzes.models.quizzes import Quiz
from quizzes.querysets import AppealQuerySet, RegradeQuerySet


class Appeal(models.Model):
    """What a learner holds against a question as they were asked it, and what its author answered."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slot = models.OneToOneField(AttemptSlot, on_delete=models.PROTECT, related_name="appeal")
    # Of the slot's version: appeals are looked for by question.
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="appeals")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("What is wrong with the question"), max_length=2000)
    state = models.CharField(max_length=8, choices=AppealState.choices, default=AppealState.OPEN)
    made_at = models.DateTimeField()
    answer = models.TextField(_("Answer to the learner"), max_length=2000, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True) | Q(~Q(state="open"), decided_at__isnull=False), name="appeal_decided_has_time"),
        ]
        indexes = [models.Index(fields=["state", "made_at"], name="appeal_in_queue")]

    def __str__(self) -> str:
        return f"{self.question}: {self.by}"


class Regrade(models.Model):
    """Attempts marked anew. First a plan, which changes nothing and says what would change; then, once somebody wants it so, the deed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="regrades")
    # None: every question of the quiz that a machine marks.
    question = models.ForeignKey(Question, on_delete=models.PROTECT, null=True, blank=True, related_name="regrades")
    way = models.CharField(max_length=8, choices=RegradeWay.choices, default=RegradeWay.NEWEST)
    # The uuids of the attempts to look at; empty: all finished ones.
    only = models.JSONField(default=list, blank=True)
    # Whoever would lose points keeps what they have.
    keeps_better = models.BooleanField(default=True)
    reason = models.TextField(max_length=1000)
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, null=True, blank=True, related_name="regrades")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=WorkState.choices, default=WorkState.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    objects = RegradeQuerySet.as_manager()

    class Meta:
        verbose_name = _("regrade")
        verbose_name_plural = _("regrades")
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="regrade_done_at_most_total"),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "failed", "cancelled"]) | Q(finished_at__isnull=False), name="regrade_over_has_time"),
        ]

    def __str__(self) -> str:
        return f"{self.quiz} ({self.made_at:%d/%m/%Y})"


class RegradeResult(models.Model):
    """What a regrade does to one attempt as a whole. Attempts that it leaves alone have none."""

    regrade = models.ForeignKey(Regrade, on_delete=models.PROTECT, related_name="results")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="regrade_results")
    points_before = models.DecimalField(max_digits=8, decimal_places=3, null=True)
    points_after = models.DecimalField(max_digits=8, decimal_places=3, null=True)
    fraction_before = models.FloatField(null=True)
    fraction_after = models.FloatField(null=True)
    passed_before = models.BooleanField(null=True)
    passed_after = models.BooleanField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["regrade", "attempt"], name="regrade_result_once")]

    def __str__(self) -> str:
        return f"{self.regrade}: {self.attempt_id}"


class RegradeChange(models.Model):
    """What a regrade does to one answer: what it was worth before, by which version's key, and what it is worth after."""

    result = models.ForeignKey(RegradeResult, on_delete=models.PROTECT, related_name="changes")
    slot = models.ForeignKey(AttemptSlot, on_delete=models.PROTECT, related_name="regrade_changes")
    key_before = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, null=True, related_name="+")
    key_after = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, null=True, related_name="+")
    fraction_before = models.FloatField(null=True)
    fraction_after = models.FloatField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["result", "slot"], name="regrade_change_once")]

    def __str__(self) -> str:
        return f"{self.result_id}: {self.slot_id}"
