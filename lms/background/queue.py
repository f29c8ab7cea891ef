"""What waits, runs and has failed, in numbers. For the operations page, the probes and the metrics."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings
from django.db.models import Case, Count, IntegerField, Min, Q, Value, When
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from cms.models import Duty
from cms.work import Need
from lms.engines import QUEUES
from lms.logs import words_of

if TYPE_CHECKING:
    from lms.background.failures import Failed

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

# A duty that nobody has done so long after its time has no clock, or one that hangs.
LATE_SECONDS = 300
READY, RUNNING, FAILED = TaskResultStatus.READY, TaskResultStatus.RUNNING, TaskResultStatus.FAILED
_STEPS = sorted(Need, reverse=True)
# Priorities of libraries that lie between ours count with the next one below.
_NEED = Case(*(When(priority__gte=need, then=Value(int(need))) for need in _STEPS), default=Value(int(_STEPS[-1])), output_field=IntegerField())


@dataclass(frozen=True)
class Waiting:
    """The tasks of one kind in the table."""

    path: str
    need: Need
    waiting: int
    running: int
    failed: int
    oldest_seconds: float

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]


def in_table(*, now: datetime) -> list[Waiting]:
    """Return what is in the table of tasks and not done, by kind, the most needed first. One query."""
    rows = DBTaskResult.objects.order_by().filter(status__in=[READY, RUNNING, FAILED]).annotate(need=_NEED).values("task_path", "need").annotate(
        waiting=Count("pk", filter=Q(status=READY)), running=Count("pk", filter=Q(status=RUNNING)), failed=Count("pk", filter=Q(status=FAILED)),
        oldest=Min("enqueued_at", filter=Q(status=READY))).order_by("-need", "task_path")
    return [Waiting(
        path=row["task_path"], need=Need(row["need"]), waiting=row["waiting"], running=row["running"], failed=row["failed"],
        oldest_seconds=max(0.0, (now - row["oldest"]).total_seconds()) if row["oldest"] else 0.0) for row in rows]


def in_redis() -> dict[str, dict[str, int]]:
    """Return how much waits, runs and has failed in each queue of Redis. No query of the database."""
    import django_rq

    from lms.queueing import quick_connection

    found = {}
    for name in QUEUES:
        queue = django_rq.get_queue(name, connection=quick_connection())
        found[name] = {"waiting": queue.count, "running": len(queue.started_job_registry), "failed": len(queue.failed_job_registry)}
    return found


def overdue_duties(*, now: datetime) -> dict[str, float]:
    """Return of every duty by how many seconds its time has passed; 0: it is in time. One query."""
    return {
        name: max(0.0, (now - at).total_seconds()) if at else 0.0
        for name, at in Duty.objects.order_by("name").values_list("name", "next_at")}


def failed_duties() -> int:
    """Return how many duties went wrong the last time. One query."""
    return Duty.objects.exclude(error="").count()


def in_redis_patiently() -> dict[str, dict[str, int]]:
    """Return what is in Redis, or nothing where tasks are not kept there or it does not answer."""
    return _patiently(in_redis, {})


def failed_in_redis_patiently(count: int) -> list["Failed"]:
    """Return the tasks that failed last in Redis, or none where tasks are not kept there or it does not answer."""
    def ask() -> list["Failed"]:
        from lms.background.failures import latest_failed

        return latest_failed(count)

    return _patiently(ask, [])


def _patiently(ask: Callable[[], Answer], nothing: Answer) -> Answer:
    if settings.TASKS_ENGINE != "redis":
        return nothing
    try:
        return ask()
    except Exception as error:
        logger.warning("Redis does not say what is in it: %s", words_of(error))
        return nothing
