"""What is due by the clock, done by one of many clocks.

Keeps true: a duty is done by whoever claims its row, one conditional update; others come again when its next time has come. Nobody's claim is trusted
for its date: it holds as long as its holder says that it is alive (`lms.background.presence`), so no clock that was set can break or prolong it. A next
time that lies further ahead than the duty's own pause was written before the clock was set back, and is brought near again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q

from cms.models import Duty, Worker


@dataclass(frozen=True)
class Due:
    """A duty that this process has claimed."""

    name: str
    by: str
    pause: timedelta
    claimed_at: datetime


def next_time(now: datetime, pause: timedelta) -> datetime:
    """Return the next full multiple of the pause that is at least half a pause away: clocks that started at different moments, and cron, then agree on
    when a duty is due, and one that was done late is not done again at once."""
    seconds = max(pause.total_seconds(), 1)
    return datetime.fromtimestamp((now.timestamp() / seconds + 1.5) // 1 * seconds, UTC)


def furthest(now: datetime, pause: timedelta) -> datetime:
    """Return the latest that a next time can be unless the clock was set back since it was written."""
    return now + 1.5 * pause


def next_times(names: list[str]) -> dict[str, datetime | None]:
    """Return when each duty is due next, after laying rows for those that have none. One query, two more for new ones."""
    found = dict(Duty.objects.filter(name__in=names).values_list("name", "next_at"))
    missing = [name for name in names if name not in found]
    if missing:
        Duty.objects.bulk_create([Duty(name=name) for name in missing], ignore_conflicts=True)
    return {**dict.fromkeys(missing), **found}


def is_due(next_at: datetime | None, pause: timedelta, now: datetime) -> bool:
    """Say whether a duty's time has come, or was written by a clock that has been set back since."""
    return next_at is None or next_at <= now or next_at > furthest(now, pause)


def claim(*, name: str, by: str, pause: timedelta, gone: set[str], now: datetime, whenever: bool = False) -> Due | None:
    """Take a duty if its time has come and nobody alive is at it, or return None. Two queries at most.

    :param gone: names of processes that are known to be gone; what they claimed is free, and what those claimed that have no row
    :param whenever: although its time has not come
    """
    _heal(name=name, pause=pause, now=now)
    known = Exists(Worker.objects.filter(name=OuterRef("claimed_by")))
    free = Q(claimed_by="") | Q(claimed_by=by) | Q(claimed_by__in=gone) | ~Q(known)
    come = Q() if whenever else Q(next_at=None) | Q(next_at__lte=now)
    taken = Duty.objects.filter(free, come, name=name).update(claimed_by=by, claimed_at=now)
    return Due(name=name, by=by, pause=pause, claimed_at=now) if taken else None


def _heal(*, name: str, pause: timedelta, now: datetime) -> None:
    Duty.objects.filter(name=name, next_at__gt=furthest(now, pause)).update(next_at=next_time(now, pause))


def held_by(names: Iterable[str]) -> bool:
    """Say whether any duty is claimed by one of these processes. One query."""
    return Duty.objects.filter(claimed_by__in=names).exists()


def let_go(*, due: Due, count: int, seconds: float, now: datetime) -> None:
    """Write down that a duty was done, unless somebody else has taken it over meanwhile."""
    _release(due, done_at=now, error="", count=count, seconds=seconds)


def let_go_failed(*, due: Due, error: str, seconds: float, now: datetime) -> None:
    """Write down that a duty was not done and why, in words without anybody's data; it is tried again when its next time comes."""
    _release(due, failed_at=now, error=error[:300], count=F("count"), seconds=seconds)


def _release(due: Due, **fields) -> None:
    Duty.objects.filter(name=due.name, claimed_by=due.by).update(
        claimed_by="", claimed_at=None, next_at=next_time(due.claimed_at, due.pause), **fields)


def give_up_all(*, by: str) -> int:
    """Free what this process claimed and did not finish; its next time stays as it was."""
    return Duty.objects.filter(claimed_by=by).update(claimed_by="", claimed_at=None)
