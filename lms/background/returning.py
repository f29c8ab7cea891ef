"""Tasks that were begun and left lying: given back to the queue so often, then failed with a reason.

Keeps true: a task whose worker is gone is taken up again, at most GIVEN_BACK_AT_MOST times, by whoever is free; so every task may run twice
(docs/background-work.md says of each why it may).
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from cms.work import GIVEN_UP_AFTER

GIVEN_BACK_AT_MOST = 3
# Work that keeps a lease of its own (`cms.work.Work`) is free only when that is over.
REST = GIVEN_UP_AFTER + timedelta(seconds=15)


class WorkerGone(Exception):
    """The process that had the task ended in the middle, again and again."""

    code = "worker_gone"


def give_back_of(is_gone: Callable[[str], bool], *, now: datetime) -> int:
    """Give back what is being run by workers of whom `is_gone` is true, and return how many tasks those were. A query, and one a task."""
    rows = DBTaskResult.objects.running().order_by()
    return sum(give_back(row, now=now) for row in rows if row.worker_ids and is_gone(row.worker_ids[-1]))


def give_back(row: DBTaskResult, *, now: datetime) -> bool:
    """Put one task back into the queue, or fail it where it came back too often; say whether it was still that worker's."""
    mine = DBTaskResult.objects.filter(pk=row.pk, status=row.status, started_at=row.started_at)
    if len(row.worker_ids) > GIVEN_BACK_AT_MOST:
        return bool(mine.update(
            status=TaskResultStatus.FAILED, finished_at=now, return_value=None, exception_class_path=f"{WorkerGone.__module__}.{WorkerGone.__qualname__}",
            traceback=f"Begun {len(row.worker_ids)} times; each time the worker ended in the middle."))
    return bool(mine.update(
        status=TaskResultStatus.READY, started_at=None, finished_at=None, run_after=now + REST, exception_class_path="", traceback=""))


def heal_rests(*, now: datetime) -> int:
    """Let nothing rest longer than a rest can be: the clock was set back."""
    return DBTaskResult.objects.filter(
        status=TaskResultStatus.READY, run_after__gt=now + 2 * REST, run_after__lt=get_date_max()).exclude(worker_ids=[]).update(run_after=now)


def begin_again(row: DBTaskResult) -> bool:
    """Put a failed task back into the queue as if it were new, and say whether it was failed; a second click changes nothing."""
    return bool(DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.FAILED).update(
        status=TaskResultStatus.READY, started_at=None, finished_at=None, run_after=get_date_max(), worker_ids=[], exception_class_path="", traceback=""))
