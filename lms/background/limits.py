"""How long a task may take. What hangs must not keep others waiting for ever.

Two nets: an alarm that ends the task where Python runs, and, for code that never comes back to Python, the end of the whole process soon after; its
task is then given back by whoever sees that it is gone.
"""

import faulthandler
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django_tasks.base import Task

from cms.work import SECONDS_AT_MOST

GRACE_SECONDS = 60


class TakesTooLong(KeyboardInterrupt):
    """A task went on for longer than it may. A KeyboardInterrupt, because no task swallows that, and psycopg then cancels the statement that runs."""

    code = "takes_too_long"


def seconds_of(task: Task) -> float:
    """Return how long a task may take (`cms.work.within`)."""
    return getattr(task.func, "seconds_at_most", SECONDS_AT_MOST)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TakesTooLong in the block after so many seconds. Only in the main thread: elsewhere there are no signals."""
    def ring(_number, _frame) -> None:
        raise TakesTooLong(f"longer than {seconds:.0f} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    faulthandler.dump_traceback_later(seconds + GRACE_SECONDS, exit=True, file=sys.__stderr__)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGALRM, before)
