"""Failed work that is tried again because somebody says so; who said so is written into their own log and into the site's."""

import logging
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from accounts.enums import Act
from accounts.models import User
from accounts.services import note
from lms.background.returning import begin_again as put_back
from lms.operations.wording import task_in_words

logger = logging.getLogger(__name__)

AT_ONCE = 1000


class QueueAway(Exception):
    """Redis, where the task is, does not answer; nothing was changed. Try again when it does."""

    code = "queue_away"


@transaction.atomic
def begin_again(*, task: str, by: User, now: datetime) -> bool:
    """Put one failed task back into the queue, and say whether it was still failed; a second click changes nothing.

    :param task: the key of its row, or its id in Redis
    :raises QueueAway: when it can only be in Redis, and that does not answer
    """
    path = _from_table(task) or _from_redis(task)
    if path is None:
        return False
    note(about=by, act=Act.CHANGED, by=by, now=now, subject=_("failed work tried again: %(name)s") % {"name": task_in_words(path)})
    logger.info("failed work is tried again", extra={"task": path, "task_id": task})
    return True


@transaction.atomic
def begin_all_again(*, by: User, now: datetime) -> int:
    """Put all failed tasks back, AT_ONCE at most, and return how many.

    :raises QueueAway: when Redis does not answer; those in the table are left as they are too
    """
    count = sum(put_back(row) for row in DBTaskResult.objects.failed().order_by("finished_at")[:AT_ONCE])
    count += _all_from_redis(AT_ONCE - count)
    if count:
        note(about=by, act=Act.CHANGED, by=by, now=now, subject=_("failed work tried again: %(name)s") % {"name": count})
        logger.info("failed work is tried again", extra={"count": count})
    return count


def _from_table(task: str) -> str | None:
    with suppress(ValueError):
        row = DBTaskResult.objects.filter(pk=UUID(task)).first()
        if row is not None and put_back(row):
            return row.task_path
    return None


def _from_redis(task: str) -> str | None:
    if settings.TASKS_ENGINE != "redis":
        return None
    from lms.background import failures

    try:
        return failures.put_back(task)
    except failures.RedisAway as error:
        raise QueueAway from error


def _all_from_redis(count: int) -> int:
    if settings.TASKS_ENGINE != "redis" or not count:
        return 0
    from lms.background import failures

    try:
        return failures.put_all_back(count)
    except failures.RedisAway as error:
        raise QueueAway from error
