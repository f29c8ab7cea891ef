"""This process as other machines see it, and the others as it sees them.

Keeps true: whoever is alive says so every BEAT_SECONDS in its row of `cms.models.Worker`; whoever has not moved that row while this process
watched for SILENT_SECONDS by its own stopwatch is gone. No clocks of two machines, and no clock before and after it was set, are ever compared.
"""

import logging
import os
import platform
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.crypto import get_random_string

from cms.models import Worker

logger = logging.getLogger(__name__)

BEAT_SECONDS = 15
SILENT_SECONDS = 120
# Whoever could not look for so long cannot say of others that they were silent.
BLIND_SECONDS = 3 * BEAT_SECONDS
# Rows of the dead are kept for a while, for whoever asks on the operations page what became of them.
FORGOTTEN_AFTER = timedelta(days=1)


def new_name() -> str:
    """Return a name for this process that no other has or had: numbers of processes come again, on every machine and in every container."""
    return f"{platform.node()[:30] or 'machine'}-{os.getpid()}-{get_random_string(6).lower()}"


class Watch:
    """Who is alive, judged by whether their rows move while this process looks."""

    def __init__(self, stopwatch: Callable[[], float] = time.monotonic):
        self._stopwatch = stopwatch
        self._seen: dict[str, tuple[datetime, float]] = {}
        self._looked: float | None = None

    def look(self) -> None:
        """Ask for everybody's row. One query."""
        now = self._stopwatch()
        if self._looked is None or now - self._looked > BLIND_SECONDS:
            self._seen = {}
        rows = Worker.objects.values_list("name", "alive_at")
        self._seen = {name: (at, now if self._seen.get(name, (None,))[0] != at else self._seen[name][1]) for name, at in rows}
        self._looked = now

    def knows(self, name: str) -> bool:
        return name in self._seen

    def is_gone(self, name: str) -> bool:
        """Say whether a process has a row and has not moved it for SILENT_SECONDS."""
        return name in self._seen and self._stopwatch() - self._seen[name][1] >= SILENT_SECONDS

    def gone(self) -> set[str]:
        return {name for name in self._seen if self.is_gone(name)}

    def in_doubt(self, now: datetime) -> dict[str, datetime]:
        """Return whose rows are old by the clock, which may have been set: only whoever does not move theirs while it is watched is gone."""
        return {name: at for name, (at, _since) in self._seen.items() if abs((now - at).total_seconds()) > SILENT_SECONDS}

    def forget(self, *, now: datetime) -> int:
        """Delete the rows of those who are gone for long, and return how many."""
        return Worker.objects.filter(name__in=self.gone(), alive_at__lt=now - FORGOTTEN_AFTER).delete()[0]


class Presence:
    """Says that this process is alive, from a thread of its own, whatever the process is at; after each beat it does `afterwards`."""

    def __init__(self, kind: str, *, afterwards: Callable[[], None] = lambda: None):
        self.name, self.kind, self.started_at = new_name(), kind, timezone.now()
        self.task, self.task_since = "", None
        self._afterwards, self._over = afterwards, threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="presence", daemon=True)

    def start(self) -> None:
        """Be known before any work is taken."""
        self.beat()
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        Worker.objects.filter(name=self.name).delete()

    def at(self, task: str) -> None:
        """Say which task this process is at; empty: none. Told with the next beat."""
        self.task, self.task_since = task, timezone.now() if task else None

    def beat(self) -> None:
        fields = {"alive_at": timezone.now(), "task": self.task, "task_since": self.task_since}
        if not Worker.objects.filter(name=self.name).update(**fields):
            Worker.objects.create(
                name=self.name, kind=self.kind, machine=platform.node()[:120], version=str(getattr(settings, "VERSION", ""))[:40],
                started_at=self.started_at, **fields)

    def _go_on(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            try:
                self.beat()
                self._afterwards()
            except Exception as error:  # the database may be away for a while; the work itself says more about it
                logger.warning("Could not say that this process is alive: %s", type(error).__name__)
            finally:
                connection.close()
