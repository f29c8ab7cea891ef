"""Tasks for the tests of the worker: a module of its own, because a queue knows tasks by their path."""

import contextlib
import os
import signal
import time

from django.contrib.sessions.models import Session
from django.db import IntegrityError, OperationalError
from django.utils import timezone
from django_tasks import task

from cms.work import Need, within

SECRET = "hoa.nguyen@example.org"


@task(priority=Need.WAITED_FOR)
def watched(word: str) -> str:
    return word


@task(priority=Need.LETTERS)
def letter(number: int) -> int:
    return number


@task(priority=Need.STATISTICS)
def statistics() -> str:
    return "figures"


@task()
@within(minutes=0.2 / 60)
def hangs() -> None:
    # A task that swallows what it can must not swallow its end.
    with contextlib.suppress(Exception):
        time.sleep(30)


@task()
def repeats_a_value() -> None:
    try:
        raise ValueError(f"duplicate key: Key (email)=({SECRET}) already exists.")
    except ValueError as error:
        raise IntegrityError(str(error)) from error


@task()
def loses_the_database() -> None:
    raise OperationalError("server closed the connection unexpectedly")


@task()
def dies() -> None:
    """Write that it began, then end the process as a machine without memory does."""
    Session.objects.create(session_key=f"{os.getpid()}-{time.monotonic_ns()}"[:40], session_data="begun", expire_date=timezone.now())
    os.kill(os.getpid(), signal.SIGKILL)
