"""What the operations page shows. The same number of statements however much there is, and no person's data."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from uuid import UUID

import django
import wagtail
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.dateparse import parse_datetime
from django_tasks_db.models import DBTaskResult

from accounts.models import RetentionRun
from cms.models import Duty, Worker
from cms.selectors import lacking_in_notice
from lms.background import queue
from lms.background.presence import SILENT_SECONDS
from lms.backup.keeping import latest_backup
from lms.health import BACKUP_DAYS, known_migrations
from lms.operations.wording import NEEDS, duty_in_words, fault_in_words, task_in_words

FAILED_SHOWN = 30
FULL_FRACTION = 0.9


@dataclass(frozen=True)
class Kind:
    """The tasks of one kind that wait, run or failed."""

    name: str
    need: str
    numbers: queue.Waiting

    @property
    def oldest_minutes(self) -> int:
        return int(self.numbers.oldest_seconds // 60)


@dataclass(frozen=True)
class Failure:
    # Of its row, or of Redis.
    id: str
    name: str
    at: datetime | None
    words: str
    kind: str


@dataclass(frozen=True)
class Process:
    row: Worker
    is_alive: bool
    task: str


@dataclass(frozen=True)
class DutyLine:
    row: Duty
    name: str
    is_late: bool


@dataclass(frozen=True)
class Place:
    """A folder of this machine, and how full its disk is."""

    path: Path
    free: int
    fraction: float

    @property
    def percent(self) -> int:
        return round(self.fraction * 100)

    @property
    def is_full(self) -> bool:
        return self.fraction > FULL_FRACTION


@dataclass(frozen=True)
class Overview:
    """Everything of the page, each part asked for when it is drawn."""

    now: datetime

    @cached_property
    def kinds(self) -> list[Kind]:
        return [Kind(task_in_words(row.path), str(NEEDS[row.need]), row) for row in queue.in_table(now=self.now)]

    @cached_property
    def redis(self) -> dict[str, dict[str, int]]:
        return queue.in_redis_patiently()

    @property
    def failed_count(self) -> int:
        return sum(kind.numbers.failed for kind in self.kinds) + sum(states["failed"] for states in self.redis.values())

    @property
    def waiting_count(self) -> int:
        return sum(kind.numbers.waiting for kind in self.kinds) + sum(states["waiting"] for states in self.redis.values())

    @property
    def longest_minutes(self) -> int:
        return max((kind.oldest_minutes for kind in self.kinds), default=0)

    @cached_property
    def failures(self) -> list[Failure]:
        rows = DBTaskResult.objects.failed().order_by("-finished_at", "pk").only("task_path", "finished_at", "exception_class_path")[:FAILED_SHOWN]
        found = [_failure(row.pk, row.task_path, row.finished_at, row.exception_class_path) for row in rows]
        found += [_failure(job.id, job.path, job.at, job.error) for job in queue.failed_in_redis_patiently(FAILED_SHOWN)]
        return sorted(found, key=lambda failure: failure.at or self.now, reverse=True)[:FAILED_SHOWN]

    @cached_property
    def processes(self) -> list[Process]:
        rows = list(Worker.objects.order_by("kind", "-alive_at")[:100])
        at = dict(DBTaskResult.objects.filter(pk__in=[row.task for row in rows if _is_uuid(row.task)]).values_list("pk", "task_path"))
        paths = {str(pk): path for pk, path in at.items()}
        return [Process(row, self._is_alive(row), task_in_words(paths.get(row.task, row.task)) if row.task else "") for row in rows]

    def _is_alive(self, row: Worker) -> bool:
        return abs((self.now - row.alive_at).total_seconds()) < SILENT_SECONDS

    def missing(self) -> set[str]:
        """Return the kinds of background processes of which none is alive."""
        return {"worker", "clock"} - {process.row.kind for process in self.processes if process.is_alive}

    @cached_property
    def duties(self) -> list[DutyLine]:
        return [DutyLine(row, duty_in_words(row.name), self._is_late(row)) for row in Duty.objects.order_by("pk")]

    def _is_late(self, row: Duty) -> bool:
        return row.next_at is not None and (self.now - row.next_at).total_seconds() > queue.LATE_SECONDS

    @cached_property
    def places(self) -> list[Place]:
        """Return each disk once, by the first of our folders that lies on it."""
        found: dict[int, Place] = {}
        for path in (settings.VAR_DIR, settings.MEDIA_ROOT, settings.PRIVATE_ROOT, settings.BACKUP_DIR):
            if path.exists() and path.stat().st_dev not in found:
                usage = shutil.disk_usage(path)
                found[path.stat().st_dev] = Place(path, usage.free, usage.used / usage.total)
        return list(found.values())

    @cached_property
    def backup(self) -> dict | None:
        """Return the facts of the last good backup, with `when` and whether it `is_old`."""
        try:
            facts = latest_backup()
        except Exception:  # a store of files that is away is told by the probes; the page is there to be looked at even so
            return None
        when = parse_datetime(str(facts.get("at", ""))) if facts else None
        return {**facts, "when": when, "is_old": (self.now - when).days >= BACKUP_DAYS} if facts and when else None

    @cached_property
    def database_bytes(self) -> int:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT pg_database_size(current_database())")
            else:
                cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
            return cursor.fetchone()[0]

    @property
    def versions(self) -> dict[str, str]:
        return {"": settings.VERSION, "Django": django.__version__, "Wagtail": wagtail.__version__, connection.display_name: _server_version()}

    @cached_property
    def pending(self) -> int:
        """Return how many migrations wait to be applied."""
        return len(known_migrations() - set(MigrationRecorder(connection).applied_migrations()))

    @cached_property
    def retention(self) -> RetentionRun | None:
        return RetentionRun.objects.filter(is_dry_run=False).order_by("-at").first()

    @cached_property
    def lacking_in_notice(self) -> set[str]:
        return lacking_in_notice()

    @property
    def retention_count(self) -> int:
        return sum(count for count in self.retention.counts.values() if isinstance(count, int)) if self.retention else 0


def _failure(task: UUID | str, path: str, at: datetime | None, error: str) -> Failure:
    return Failure(str(task), task_in_words(path), at, fault_in_words(error), error.rpartition(".")[2])


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _server_version() -> str:
    return ".".join(str(part) for part in connection.get_database_version())
