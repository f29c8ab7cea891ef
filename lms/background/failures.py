"""Failed tasks in Redis: the registries of django-tasks-rq, one for each queue, looked at and put back from the operations page.

Keeps true: nothing of what a task was given, and no message of an error, is read or told; a task is put back by whoever takes it out of the
registry, so that two clicks run it once.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

import django_rq
from redis.exceptions import RedisError
from rq.exceptions import DeserializationError, InvalidJobOperation, NoSuchJobError
from rq.job import Job

from lms.engines import QUEUES
from lms.queueing import TaskJob, quick_connection


class RedisAway(Exception):
    """Redis did not answer, so that nothing was changed. Try again when `/readyz` says that it is there."""

    code = "redis_away"


@dataclass(frozen=True)
class Failed:
    id: str
    path: str
    at: datetime
    # The class of the error, as `smtplib.SMTPServerDisconnected`; empty where RQ could not even begin.
    error: str


def latest_failed(count: int) -> list[Failed]:
    """Return the tasks that failed last, the latest first, and no more than `count`. Two round trips for each queue.

    :raises RedisError: when Redis does not answer.
    """
    found = []
    for queue in _queues():
        ids = queue.failed_job_registry.get_job_ids(0, count - 1, desc=True)
        found += [_told(job) for job in Job.fetch_many(ids, connection=queue.connection) if job is not None]
    return sorted(found, key=attrgetter("at"), reverse=True)[:count]


def put_back(job_id: str) -> str | None:
    """Put one failed task back into its queue as if it were new, and return its path; None where it is not failed any more.

    :raises RedisAway: when Redis does not answer.
    """
    try:
        return _put_back(job_id)
    except (RedisError, OSError) as error:
        raise RedisAway from error


def put_all_back(count: int) -> int:
    """Put the tasks that failed first back into their queues, `count` at most, and return how many those were.

    :raises RedisAway: when Redis does not answer, or no longer; those before it are put back.
    """
    try:
        ids = [one for queue in _queues() for one in queue.failed_job_registry.get_job_ids(0, count - 1)]
        return sum(_put_back(one) is not None for one in ids[:count])
    except (RedisError, OSError) as error:
        raise RedisAway from error


def _put_back(job_id: str) -> str | None:
    with suppress(NoSuchJobError, InvalidJobOperation):
        job = TaskJob.fetch(job_id, connection=quick_connection())
        # A new beginning: a worker may again be lost so often before it is given up.
        job.meta.pop("given_back", None)
        django_rq.get_queue(job.origin, job_class=TaskJob, connection=quick_connection()).failed_job_registry.requeue(job)
        return _path(job)
    return None


def _queues() -> Iterator[django_rq.queues.DjangoRQ]:
    for name in QUEUES:
        yield django_rq.get_queue(name, job_class=TaskJob, connection=quick_connection())


def _told(job: Job) -> Failed:
    errors = job.meta.get("_django_tasks_rq_exceptions") or [""]
    return Failed(job.id, _path(job), job.ended_at or job.enqueued_at or job.created_at, errors[-1])


def _path(job: Job) -> str:
    try:
        return job.func_name
    except DeserializationError:
        return ""
