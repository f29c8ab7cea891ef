"""What is asked when somebody scrapes: the queue, duties, who works in the background, papers. Seven statements, however much there is.

Keeps true: Prometheus waits for ten seconds and then knows nothing at all, so that a database which hangs is told as down well before.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily

from certificates.enums import NoticeState
from certificates.models import Notice, Series
from cms.models import Worker, WorkerKind
from cms.work import Need
from lms.background import queue
from lms.background.presence import SILENT_SECONDS
from lms.health import PATIENCE_SECONDS, NotReady, database_word
from training.enums import ReminderState
from training.models import Reminder


def gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)


def database() -> Iterator[GaugeMetricFamily]:
    now = timezone.now()
    if (word := database_word(now + timedelta(seconds=PATIENCE_SECONDS))) != "ok":
        raise NotReady(word)
    with _soon():
        yield from _asked(now)


@contextmanager
def _soon() -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    # In a transaction, so that it holds behind PgBouncer too and for nobody else.
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE_SECONDS}s'")
        yield


def _asked(now: datetime) -> Iterator[GaugeMetricFamily]:
    yield from _tasks(queue.in_table(now=now))
    overdue = queue.overdue_duties(now=now)
    duties = GaugeMetricFamily("lms_duty_late_seconds", "How late a duty of the clock is.", labels=["duty"])
    for name, late in overdue.items():
        duties.add_metric([name], late)
    yield duties
    yield gauge("lms_duties_overdue", "Duties of the clock that nobody has done in time.", sum(late > queue.LATE_SECONDS for late in overdue.values()))
    yield gauge("lms_duties_failed", "Duties of the clock that went wrong the last time.", queue.failed_duties())
    yield from _workers(now)
    yield gauge("lms_certificate_numbers_taken", "Numbers given out in all registers.", Series.objects.aggregate(sum=Sum("taken"))["sum"] or 0)
    letters = GaugeMetricFamily("lms_letters_waiting", "Letters that wait to be sent.", labels=["kind"])
    letters.add_metric(["notice"], Notice.objects.filter(state=NoticeState.WAITING, due_at__lte=now).count())
    letters.add_metric(["reminder"], Reminder.objects.filter(state=ReminderState.WAITING, due_at__lte=now).count())
    yield letters


def _tasks(rows: list[queue.Waiting]) -> Iterator[GaugeMetricFamily]:
    waiting = GaugeMetricFamily("lms_tasks_waiting", "Tasks that wait for a worker.", labels=["need"])
    oldest = GaugeMetricFamily("lms_task_oldest_seconds", "How long the oldest of them has waited.", labels=["need"])
    for need in Need:
        mine = [row for row in rows if row.need == need]
        waiting.add_metric([need.name.lower()], sum(row.waiting for row in mine))
        oldest.add_metric([need.name.lower()], max((row.oldest_seconds for row in mine), default=0))
    yield waiting
    yield oldest
    yield gauge("lms_tasks_running", "Tasks that a worker is at.", sum(row.running for row in rows))
    yield gauge("lms_tasks_failed", "Tasks that failed and that nobody has begun again.", sum(row.failed for row in rows))


def _workers(now) -> Iterator[GaugeMetricFamily]:
    alive = GaugeMetricFamily("lms_processes_alive", "Background processes that say that they are alive.", labels=["kind"])
    rows = list(Worker.objects.values_list("kind", "alive_at"))
    for kind in WorkerKind.values:
        alive.add_metric([kind], sum(one == kind and abs((now - at).total_seconds()) < SILENT_SECONDS for one, at in rows))
    yield alive


def redis_queues() -> Iterator[GaugeMetricFamily]:
    waiting = GaugeMetricFamily("lms_redis_tasks", "Tasks in Redis.", labels=["queue", "state"])
    for name, states in queue.in_redis().items():
        for state, count in states.items():
            waiting.add_metric([name, state], count)
    yield waiting


SOURCES: dict[str, Callable[[], Iterator[GaugeMetricFamily]]] = {"database": database}
if settings.TASKS_ENGINE == "redis":
    SOURCES["redis"] = redis_queues
