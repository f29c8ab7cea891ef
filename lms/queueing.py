"""Background work in Redis, through django-tasks-rq, drained in the order of need; and what becomes of it while Redis is away.

Keeps true: nothing is handed to a worker before the transaction that asked for it is over, and nothing that was asked for is lost because Redis
did not answer: it waits in the table of tasks until `hand_on_waiting` gives it to Redis.
"""

import logging
from dataclasses import replace
from functools import cache, partial
from typing import Any

import django_rq
from django.conf import settings
from django.db import transaction
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS
from django_tasks.base import Task, TaskResult, TaskResultStatus
from django_tasks.signals import task_enqueued
from django_tasks.utils import get_random_id, normalize_json
from django_tasks_db.models import DBTaskResult
from django_tasks_rq import RQBackend
from django_tasks_rq.backend import Job as TaskJob
from django_tasks_rq.backend import failed_callback, success_callback
from redis import Redis
from redis.exceptions import RedisError
from rq.job import Callback, JobStatus

from cms.work import SECONDS_AT_MOST, Need

log = logging.getLogger(__name__)

# Where tasks wait while Redis is away.
WAITING_ROOM = "database"
# Also what waited, or failed and is tried again, from before TASKS_ENGINE was redis.
LEFT_IN = (WAITING_ROOM, DEFAULT_TASK_BACKEND_ALIAS)
# How long a result can be looked up.
KEPT_SECONDS = 24 * 3600
ANSWER_SECONDS = 1.0
BATCH = 500


class SteadyRQBackend(RQBackend):
    """django-tasks-rq, which knows priorities, waits for the end of the transaction, and does without Redis for a while."""

    supports_priority = True

    def enqueue(self, task: Task, args: tuple, kwargs: dict[str, Any]) -> TaskResult:
        self.validate_task(task)
        given = normalize_json({"args": list(args), "kwargs": kwargs})
        result = TaskResult(
            task=task, id=get_random_id(), status=TaskResultStatus.READY, enqueued_at=None, started_at=None, last_attempted_at=None,
            finished_at=None, args=given["args"], kwargs=given["kwargs"], backend=self.alias, errors=[], worker_ids=[])
        if task.run_after:
            # What has time waits in the table: nobody has to run RQ's scheduler beside the workers.
            _let_wait(result)
        else:
            transaction.on_commit(partial(self._hand_over, result))
        task_enqueued.send(type(self), task_result=result)
        return result

    def _hand_over(self, result: TaskResult) -> None:
        try:
            push(result)
        except (RedisError, OSError) as error:
            log.warning("Redis does not answer (%s): the task %s waits in the database.", type(error).__name__, result.task.module_path)
            _let_wait(result)


def _let_wait(result: TaskResult) -> None:
    result.task.using(backend=WAITING_ROOM).enqueue(*result.args, **result.kwargs)


def push(result: TaskResult) -> None:
    """Give a task to the queue of its need.

    :raises RedisError: when Redis does not answer.
    """
    task = result.task
    queue = django_rq.get_queue(queue_of(task.priority), job_class=TaskJob, connection=quick_connection())
    job = queue.create_job(
        task.module_path, args=result.args, kwargs=result.kwargs, job_id=result.id, result_ttl=KEPT_SECONDS, failure_ttl=14 * KEPT_SECONDS,
        status=JobStatus.QUEUED, on_failure=Callback(failed_callback), on_success=Callback(success_callback), meta={"backend_name": result.backend},
        timeout=int(getattr(task.func, "seconds_at_most", SECONDS_AT_MOST)))
    queue.enqueue_job(job)


def hand_on_waiting() -> int:
    """Give Redis what waited in the database while it was away, the most needed first, and return how many tasks those were.

    Safe to call at any time and from several processes at once: a task is taken out of the table in the transaction that hands it over.

    :raises RedisError: when Redis is still away; what was not handed over stays where it is.
    """
    count = 0
    for row in DBTaskResult.objects.ready().filter(backend_name__in=LEFT_IN)[:BATCH]:
        with transaction.atomic():
            taken, _rows = DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.READY).delete()
            if taken:
                push(_as_before(row))
                count += 1
    return count


def _as_before(row: DBTaskResult) -> TaskResult:
    waited = row.task_result
    task = waited.task.using(backend=DEFAULT_TASK_BACKEND_ALIAS, run_after=None)
    return replace(waited, task=task, id=str(row.pk), backend=DEFAULT_TASK_BACKEND_ALIAS)


def quick_connection() -> Redis:
    """Return a connection for whoever is in the middle of somebody's request, and does not wait for long."""
    return _connection(settings.REDIS_URL)


@cache
def _connection(url: str) -> Redis:
    return Redis.from_url(url, socket_connect_timeout=ANSWER_SECONDS, socket_timeout=ANSWER_SECONDS)


def queue_of(priority: int) -> str:
    """Return the queue for a priority of Django's tasks (-100 to 100; `cms.work.Need` has ours)."""
    if priority >= Need.WAITED_FOR:
        return "urgent"
    if priority <= Need.STATISTICS:
        return "last"
    return "high" if priority > Need.USUAL else "low" if priority < Need.USUAL else "default"
