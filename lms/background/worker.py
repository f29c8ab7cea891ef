"""The worker on tasks in the database: the engine's own, which here says that it is alive, limits each task and outlives an outage."""

import logging
import time
from datetime import timedelta
from functools import partial

from django.db import InterfaceError, InternalError, OperationalError, connections
from django.utils import timezone
from django_tasks import TaskContext, TaskResultStatus
from django_tasks.signals import task_finished, task_started
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from cms.models import WorkerKind
from lms.background.limits import limited, seconds_of
from lms.background.presence import Presence, Watch
from lms.background.returning import give_back, give_back_of, heal_rests
from lms.logs import in_request, traceback_of

logger = logging.getLogger(__name__)

# InternalError: a database that takes no changes for a while (PostgreSQL says so with this class).
AWAY = (OperationalError, InterfaceError, InternalError)
PAUSE_SECONDS = 2
# A worker without a row may be one of the last release, which keeps none: its task is left to it for as long as any task may take.
STRANGERS_LEFT = timedelta(hours=2)


class Worker(db_worker.Worker):
    def __init__(self, *, interval: float, batch: bool, max_tasks: int | None = None):
        self.watch, self.presence = Watch(), Presence(WorkerKind.WORKER, afterwards=self.look_after_others)
        super().__init__(
            queue_names=["*"], excluded_queue_names=[], interval=interval, batch=batch, backend_name="default", startup_delay=False,
            max_tasks=max_tasks, worker_id=self.presence.name)

    def work(self) -> None:
        """Run tasks until asked to stop (SIGTERM: after the task at hand; twice: at once, and the task is given back)."""
        self._patiently(self.presence.start)
        try:
            self._patiently(self.run)
        finally:
            self._leave()

    def _patiently(self, do) -> None:
        """Do it, again and again while the database is away."""
        while True:
            try:
                self.give_back_own()
                do()
            except AWAY as error:
                logger.warning("The database is away (%s); looking again in %s s", type(error).__name__, PAUSE_SECONDS)
                connections.close_all()
                time.sleep(PAUSE_SECONDS)
            else:
                return

    def _leave(self) -> None:
        try:
            self.give_back_own()
            self.presence.stop()
        except AWAY as error:
            logger.warning("Left without a word: the database is away (%s)", type(error).__name__)

    def give_back_own(self) -> None:
        """What this worker had begun when the database went away, or when it was told twice to stop, is nobody's."""
        give_back_of(lambda name: name == self.worker_id, now=timezone.now())

    def look_after_others(self) -> None:
        """Give back what was begun by workers that are gone. Runs in the thread that says that this one is alive."""
        now = timezone.now()
        self.watch.look()
        self.watch.forget(now=now)
        give_back_of(lambda name: name != self.worker_id and self.watch.is_gone(name), now=now)
        for row in DBTaskResult.objects.running().filter(started_at__lt=now - STRANGERS_LEFT).order_by():
            if not row.worker_ids or not self.watch.knows(row.worker_ids[-1]):
                give_back(row, now=now)
        heal_rests(now=now)

    def run_task(self, db_task_result: DBTaskResult) -> None:
        row, self.running_task = db_task_result, True
        self.presence.at(str(row.id))
        try:
            with in_request(f"task-{row.id}"):
                self._run(row)
        finally:
            self.running_task = False
            self._run_tasks += 1
            self.presence.at("")

    def _run(self, row: DBTaskResult) -> None:
        began, failure = time.monotonic(), None
        try:
            task, result = row.task, row.task_result
            task_started.send(sender=type(task.get_backend()), task_result=result)
            call = partial(task.call, TaskContext(task_result=result)) if task.takes_context else task.call
            with limited(seconds_of(task)):
                value = call(*result.args, **result.kwargs)
            row.set_successful(value)
            task_finished.send(sender=type(task.get_backend()), task_result=row.task_result)
        except SystemExit:  # told twice to stop: whoever is next takes it up
            raise
        except BaseException as error:
            failure = error
            self._fail(row, error)
        logger.log(logging.ERROR if failure else logging.INFO, "task", exc_info=failure, extra={
            "task": row.task_path, "state": row.status, "ms": round((time.monotonic() - began) * 1000)})

    def _fail(self, row: DBTaskResult, error: BaseException) -> None:
        """Keep why it failed, without what people typed. A database that went away is no reason: the task is given back."""
        if isinstance(error, AWAY):
            connections.close_all()
            if give_back(row, now=timezone.now()):
                row.refresh_from_db()
                return
        row.finished_at, row.status, row.return_value = timezone.now(), TaskResultStatus.FAILED, None
        row.exception_class_path, row.traceback = f"{type(error).__module__}.{type(error).__qualname__}", traceback_of(error)
        row.save(update_fields=["finished_at", "status", "return_value", "exception_class_path", "traceback"])
