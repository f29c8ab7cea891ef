"""Deleting what has been kept long enough, class by class, by a schedule that somebody hands in (`lms.retention`).

Keeps true: a dry run counts exactly what the run at the same moment would delete; no lock is held longer than one chunk takes; what goes wrong
with one class is noted, and the others are done all the same.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils.functional import Promise

from accounts.models import RetentionRun, User

CHUNK = 1000
_MOST = RetentionRun._meta.get_field("error").max_length

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """One class of data: how long it is kept, since when, why, and what is done with it then."""

    key: str
    what: str | Promise
    # None: until something happens, which `since` names; then nothing is deleted by the clock.
    days: int | None
    since: str | Promise
    why: str | Promise
    deed: str | Promise
    # What is over at a moment; and what is done with these rows, by key. None: nothing is done by the clock.
    over: Callable[[datetime], QuerySet] | None = None
    forget: Callable[[QuerySet], object] | None = None
    # Only counted and reported: a person decides.
    only_told: bool = False

    def begins(self, now: datetime) -> datetime:
        """Return the moment before which rows of this class are over."""
        return now - timedelta(days=self.days or 0)


def apply_schedule(*, schedule: Iterable[Kept], now: datetime, dry_run: bool = False, by: User | None = None) -> RetentionRun:
    """Delete what is over of each class, or only count it, in chunks of 1,000 rows with a transaction each; and note the run.

    Safe to call twice, also at once: what the one has deleted the other no longer finds. Classes that are only told of are counted, not touched.
    """
    begun, counts, errors = time.monotonic(), {}, []
    for kept in schedule:
        if kept.over is None:
            continue
        try:
            counts[kept.key] = kept.over(now).count() if dry_run or kept.only_told else _forget(kept, now)
        except (DatabaseError, OSError) as error:
            logger.exception("Not forgotten: %s", kept.key)
            errors.append(f"{kept.key}: {type(error).__name__}")
    return RetentionRun.objects.create(
        at=now, by=by, is_dry_run=dry_run, counts=counts, seconds=round(time.monotonic() - begun, 3), error="; ".join(errors)[:_MOST])


def _forget(kept: Kept, now: datetime) -> int:
    count = 0
    while keys := list(kept.over(now).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        with transaction.atomic():
            rows = kept.over(now).model._default_manager.filter(pk__in=keys)
            kept.forget(rows) if kept.forget else rows.delete()
        count += len(keys)
        if kept.over(now).filter(pk__in=keys).exists():
            # What cannot be taken away must not be tried for ever.
            raise OSError(f"{kept.key} stays")
    return count
