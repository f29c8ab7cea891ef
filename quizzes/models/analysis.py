"""Stored results of item analysis: worked out in the background, shown from here."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from quizzes.enums import Counted, WorkState
from quizzes.models.quizzes import Quiz


class QuizAnalysis(models.Model):
    """How the questions of a quiz did, as of a moment. `data` is the plain JSON of quizzes.grading.items."""

    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="analyses")
    counted = models.CharField(max_length=8, choices=Counted.choices, default=Counted.FIRST)
    state = models.CharField(max_length=10, choices=WorkState.choices, default=WorkState.WAITING)
    asked_at = models.DateTimeField()
    computed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("item analysis")
        verbose_name_plural = _("item analyses")
        constraints = [models.UniqueConstraint(fields=["quiz", "counted"], name="analysis_once")]

    def __str__(self) -> str:
        return f"{self.quiz} ({self.counted})"
