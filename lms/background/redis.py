"""The worker on tasks in Redis: django-rq's own, in one process with what it runs, which says that it is alive and looks after others.

No process is forked for each task: connections and pools of the database do not survive that.
"""

import faulthandler
import logging
import sys
import time
from itertools import count

import django_rq
from django.db import close_old_connections
from django.utils import timezone
from django_rq.workers import get_worker
from redis.exceptions import RedisError
from rq.job import Job, JobStatus
from rq.queue import Queue
from rq.worker import SimpleWorker

from cms.models import WorkerKind
from lms import queueing
from lms.background.limits import GRACE_SECONDS, seconds_of
from lms.background.presence import Presence, Watch
from lms.background.returning import GIVEN_BACK_AT_MOST, WorkerGone
from lms.engines import QUEUES
from lms.logs import in_request, words_of

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 2


class InThisProcess(SimpleWorker):
    """RQ's worker without a process for each task, with the limit that the task itself says."""

    presence: Presence

    def execute_job(self, job: Job, queue: Queue) -> None:
        close_old_connections()
        job.timeout = round(seconds_of(job.func))
        self.presence.at(job.id)
        faulthandler.dump_traceback_later(job.timeout + GRACE_SECONDS, exit=True, file=sys.__stderr__)
        began = time.monotonic()
        try:
            with in_request(f"task-{job.id}"):
                super().execute_job(job, queue)
                logger.info("task", extra={"task": job.func_name, "state": str(job.get_status()), "ms": round((time.monotonic() - began) * 1000)})
        finally:
            faulthandler.cancel_dump_traceback_later()
            self.presence.at("")
            close_old_connections()

    def handle_exception(self, job: Job, *exc_info) -> None:
        """Say it as every other error is said: RQ's own words repeat values."""
        logger.error("task", exc_info=exc_info, extra={"task": job.func_name})


class Worker:
    def __init__(self, *, interval: float, batch: bool, max_tasks: int | None = None):
        self.watch, self.batch, self.max_tasks, self._starts = Watch(), batch, max_tasks, count()
        self.presence = Presence(WorkerKind.WORKER, afterwards=self.look_after_others)

    def configure_signals(self) -> None:
        """RQ's worker does so itself: SIGTERM ends it after the task at hand."""

    def work(self) -> None:
        """Run tasks until asked to stop, or until none is left; a Redis that is away is waited for."""
        self.presence.start()
        try:
            while not self._go_on():
                time.sleep(PAUSE_SECONDS)
        finally:
            self.presence.stop()

    def _go_on(self) -> bool:
        try:
            self._hand_on()
            worker = get_worker(*QUEUES, worker_class=InThisProcess, job_class=queueing.TaskJob,
                name=f"{self.presence.name}/{next(self._starts)}")
            worker.presence = self.presence
            worker.work(burst=self.batch, max_jobs=self.max_tasks, logging_level="WARNING")
        except (RedisError, OSError) as error:
            logger.warning("Redis is away: %s", words_of(error))
            return False
        return True

    def look_after_others(self) -> None:
        """Hand on what waited while Redis was away, and give back what was begun by workers that are gone."""
        self.watch.look()
        self.watch.forget(now=timezone.now())
        try:
            self._hand_on()
            for name in QUEUES:
                queue = django_rq.get_queue(name, job_class=queueing.TaskJob)
                for job in Job.fetch_many(queue.started_job_registry.get_job_ids(cleanup=False), connection=queue.connection):
                    if job is not None and job.worker_name and self.watch.is_gone(job.worker_name.partition("/")[0]):
                        give_back(job, queue)
        except (RedisError, OSError) as error:
            logger.warning("Redis is away: %s", words_of(error))

    def _hand_on(self) -> None:
        while queueing.hand_on_waiting():
            pass


def give_back(job: Job, queue: Queue) -> bool:
    """Put a task whose worker is gone back into its queue, or fail it where it came back too often; say whether it was this process that did."""
    claim = f"given-back:{job.id}:{job.worker_name}"
    if not queue.connection.set(claim, 1, nx=True, ex=24 * 3600):
        return False
    times = job.meta.get("given_back", 0) + 1
    queue.started_job_registry.remove_executions(job)
    job.meta["given_back"], job.worker_name = times, None
    if times <= GIVEN_BACK_AT_MOST:
        queue.enqueue_job(job)
        return True
    job.meta["_django_tasks_rq_exceptions"] = [f"{WorkerGone.__module__}.{WorkerGone.__qualname__}"]
    job.ended_at = timezone.now()
    job.set_status(JobStatus.FAILED)
    job.save()
    queue.failed_job_registry.add(job, exc_string=f"Begun {times} times; each time the worker ended in the middle.")
    return True
