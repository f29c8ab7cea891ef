"""Tasks that stand for work of every need, and one that never ends."""

import time

from django_tasks import task

from cms.work import Need, within


@task(priority=Need.USUAL)
def tick(name: str) -> str:
    """Be done at once."""
    return name


@task(priority=Need.WAITED_FOR)
@within(minutes=0.05)
def never_end() -> None:
    while True:
        time.sleep(0.1)
