"""Failed work that is tried again because somebody says so; who said so is written into their own log and into the site's."""

import logging
from datetime import datetime
from uuid import UUID

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


@transaction.atomic
def begin_again(*, uuid: UUID, by: User, now: datetime) -> bool:
    """Put one failed task back into the queue, and say whether it was still failed; a second click changes nothing."""
    row = DBTaskResult.objects.filter(pk=uuid).first()
    if row is None or not put_back(row):
        return False
    note(about=by, act=Act.CHANGED, by=by, now=now, subject=_("failed work tried again: %(name)s") % {"name": task_in_words(row.task_path)})
    logger.info("failed work is tried again", extra={"task": row.task_path, "task_id": str(row.pk)})
    return True


@transaction.atomic
def begin_all_again(*, by: User, now: datetime) -> int:
    """Put all failed tasks back, AT_ONCE at most, and return how many."""
    count = sum(put_back(row) for row in DBTaskResult.objects.failed().order_by("finished_at")[:AT_ONCE])
    if count:
        note(about=by, act=Act.CHANGED, by=by, now=now, subject=_("failed work tried again: %(name)s") % {"name": count})
        logger.info("failed work is tried again", extra={"count": count})
    return count
