"""Work in the background that somebody asked for: one shape for whatever is read, written or issued while people wait.

Keeps true: a worker that was stopped in the middle says nothing more; from `alive_at` others see that, and the work may be begun again.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import IntEnum

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

GIVEN_UP_AFTER = timedelta(minutes=3)
# How long a task may take that says nothing else.
SECONDS_AT_MOST = 15 * 60


class Need(IntEnum):
    """Who waits for a task: the higher, the sooner it is taken from the queue, however much waits below."""

    # Somebody looks at a page and waits for it.
    WAITED_FOR = 60
    # Somebody asked for it and goes on with other things; or people get their rights by it (certificates, required courses).
    ASKED_FOR = 30
    # What follows from other work: the search, whatever a library brings.
    USUAL = 0
    # Letters: an hour later does nobody harm.
    LETTERS = -30
    STATISTICS = -60


def within(*, minutes: float) -> Callable[[Callable], Callable]:
    """Say how long a task may take, below its `@task(…)`; others have SECONDS_AT_MOST."""
    def mark(function: Callable) -> Callable:
        function.seconds_at_most = minutes * 60
        return function
    return mark


class WorkState(models.TextChoices):
    """How far work in the background has come."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Being worked on")
    READY = "ready", _("To be looked at")
    APPLYING = "applying", _("Being written")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")


class Work(models.Model):
    """Work in the background that somebody asked for, with how far it is."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # None: asked for by a command.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=WorkState.choices, default=WorkState.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    alive_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # What stopped it, in the words of whoever asked for it.
    error = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def fraction(self) -> float:
        """How far it is, from 0 to 1."""
        return self.done / self.total if self.total else 0.0

    @property
    def is_over(self) -> bool:
        return self.state in (WorkState.DONE, WorkState.CANCELLED, WorkState.FAILED)

    def is_given_up(self, now: datetime) -> bool:
        """Say whether whoever worked on this was stopped in the middle."""
        return self.state in (WorkState.RUNNING, WorkState.APPLYING) and self.alive_at is not None and abs(now - self.alive_at) > GIVEN_UP_AFTER

    def claim(self, start: str, going: str, now: datetime, **fields) -> bool:
        """Take the work if it waits in `start`, or if whoever was `going` on with it was stopped in the middle; say whether it is ours.

        One conditional update: of two workers one gets it. `fields` are set with it.
        """
        # A sign of life from a time that has not come yet was given before the clock was set back.
        silent = Q(alive_at=None) | Q(alive_at__lt=now - GIVEN_UP_AFTER) | Q(alive_at__gt=now + GIVEN_UP_AFTER)
        free = Q(state=start) | Q(silent, state=going)
        claimed = type(self).objects.filter(free, pk=self.pk).update(state=going, alive_at=now, **fields)
        self.refresh_from_db()
        return bool(claimed)
