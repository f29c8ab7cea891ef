"""Do what is due by the clock: scheduled pages, expiry, reminders, required courses, waiting notices, quizzes whose time is over, looks and files that are forgotten."""

import logging
import time
from collections.abc import Callable
from datetime import datetime

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections, connection
from django.utils import timezone

from accounts import services as accounts
from certificates.services import expire_certificates, forget_old_looks, remind_ending, send_notices
from certificates.services.importing.receiving import forget_old_imports
from certificates.services.printouts import forget_old_printouts
from learning.services.assignments import settle_due
from quizzes.models import Attempt
from quizzes.services import close_if_expired
from training.services.counting import ask_for_due_counts, forget_old_counts
from training.services.reminding import send_reminders
from training.tasks import count_target

logger = logging.getLogger(__name__)

ATTEMPTS_AT_ONCE = 500


def publish_scheduled(now: datetime) -> int:
    call_command("publish_scheduled", verbosity=0)
    return 0


def expire(now: datetime) -> int:
    return expire_certificates(now=now)


def remind(now: datetime) -> int:
    return remind_ending(now=now)


def send(now: datetime) -> int:
    return send_notices(now=now).sent


def send_reminded(now: datetime) -> int:
    return send_reminders(now=now).sent


def close_attempts(now: datetime) -> int:
    overdue = list(Attempt.objects.overdue(now)[:ATTEMPTS_AT_ONCE])
    for attempt in overdue:
        close_if_expired(attempt=attempt, now=now)
    return len(overdue)


def settle_rules(now: datetime) -> int:
    return settle_due(now=now)


def count_targets(now: datetime) -> int:
    """Have the worker count what is due: it may take a minute, and nobody else is to wait for it here."""
    counts = ask_for_due_counts(now=now)
    for count in counts:
        count_target.enqueue(count.pk)
    return len(counts) + forget_old_counts(now=now)


def forget_looks(now: datetime) -> int:
    return forget_old_looks(now=now) + accounts.forget_old_looks(now=now)


def forget_files(now: datetime) -> int:
    return forget_old_printouts(now=now) + forget_old_imports(now=now)


# In this order: who is late with a quiz waits for nothing, letters to a slow server come last.
PARTS: dict[str, Callable[[datetime], int]] = {
    "pages": publish_scheduled, "attempts closed": close_attempts, "certificates expired": expire, "reminders posted": remind, "rules settled": settle_rules,
    "counts of targets": count_targets, "looks forgotten": forget_looks, "files removed": forget_files, "notices sent": send, "reminders sent": send_reminded,
}


class Command(BaseCommand):
    help = "Do what is due by the clock, once (for cron), or again and again with --every SECONDS. Safe to run twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, default=0, metavar="SECONDS", help="go on, with this pause in between")

    def handle(self, *args, every: int, **options) -> None:
        self._do_what_is_due()
        while every > 0:
            time.sleep(every)
            self._do_what_is_due()

    def _do_what_is_due(self) -> None:
        done = {name: self._do(name, part) for name, part in PARTS.items()}
        if any(done.values()):
            self.stdout.write(", ".join(f"{count} {name}" for name, count in done.items() if count) + ".")

    def _do(self, name: str, part: Callable[[datetime], int]) -> int:
        """Do one part; whatever goes wrong with it is logged, and the others are done all the same."""
        try:
            return part(timezone.now())
        except Exception:
            logger.exception("Not done by the clock: %s", name)
            if not connection.in_atomic_block:
                # A database that was gone must not keep the next part from it.
                close_old_connections()
            return 0
