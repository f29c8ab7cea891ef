"""What is due by the clock, and who works in the background: rows that several machines share.

Keeps true: of many clocks one does a duty; a worker that no longer says that it is alive has lost its task.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkerKind(models.TextChoices):
    WORKER = "worker", _("Background worker")
    CLOCK = "clock", _("Clock")


class Duty(models.Model):
    """One part of what is due by the clock, a row each: who does it now, when it was last done, and what went wrong."""

    name = models.CharField(max_length=60, unique=True)
    # Whoever does it now, and since when; empty: nobody.
    claimed_by = models.CharField(max_length=120, blank=True, default="")
    claimed_at = models.DateTimeField(null=True, blank=True)
    # Not done again before this.
    next_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    # The kind of what went wrong last, never a person's data.
    error = models.CharField(max_length=300, blank=True, default="")
    # What was done the last time, and how long it took.
    count = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")

    def __str__(self) -> str:
        return self.name


class Worker(models.Model):
    """A process that works in the background, on whatever machine, as long as it says that it is alive."""

    # Also what the task queue knows it by.
    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=WorkerKind.choices, default=WorkerKind.WORKER)
    machine = models.CharField(max_length=120)
    version = models.CharField(max_length=40, blank=True, default="")
    # The task that it is at, if any.
    task = models.CharField(max_length=40, blank=True, default="")
    task_since = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField()
    alive_at = models.DateTimeField()

    class Meta:
        verbose_name = _("background process")
        verbose_name_plural = _("background processes")
        indexes = [models.Index(fields=["alive_at"], name="worker_alive")]

    def __str__(self) -> str:
        return self.name
