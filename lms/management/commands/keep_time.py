"""Do what is due by the clock: scheduled pages, expiry, reminders, required courses, waiting notices, quizzes whose time is over, looks and files that are forgotten."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError

from accounts.services.erasing import finish_erasures
from certificates.services import catching_up as papers
from certificates.services import expire_certificates, remind_ending, send_notices
from cms.work import Need
from learning.services import catching_up as learned
from learning.services.assignments import settle_due
from lms.background.clock import Clock
from lms.retention import forget_by_clock
from quizzes.models import Attempt
from quizzes.services import close_if_expired
from training.services.counting import ask_for_due_counts, forget_old_counts
from training.services.reminding import send_reminders
from training.tasks import count_target

logger = logging.getLogger(__name__)

ATTEMPTS_AT_ONCE = 500
# Then the other duties get their turn.
CLOSING_SECONDS = 45


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
    """Close what is over, the thousands of a contest too; one that cannot be closed keeps no other open, and is told when all others are."""
    until, closed, faults = time.monotonic() + CLOSING_SECONDS, 0, {}
    while overdue := list(Attempt.objects.overdue(now).exclude(pk__in=faults)[:ATTEMPTS_AT_ONCE]):
        for attempt in overdue:
            if fault := _close(attempt, now):
                faults[attempt.pk] = fault
        closed += len(overdue)
        if len(overdue) < ATTEMPTS_AT_ONCE or time.monotonic() > until:
            break
    if faults:
        raise next(iter(faults.values()))
    return closed


def _close(attempt: Attempt, now: datetime) -> Exception | None:
    try:
        close_if_expired(attempt=attempt, now=now)
    except (OperationalError, InterfaceError):  # the database is away: not the attempt's fault
        raise
    except Exception as error:
        logger.exception("An attempt cannot be closed by the clock.")
        return error
    return None


def follow_learned(now: datetime) -> int:
    return learned.catch_up(now=now)


def issue_missing(now: datetime) -> int:
    return papers.catch_up(now=now)


def forget_erased(now: datetime) -> int:
    return finish_erasures(now=now)


def settle_rules(now: datetime) -> int:
    return settle_due(now=now)


def count_targets(now: datetime) -> int:
    """Have the worker count what is due: it may take a minute, and nobody else is to wait for it here."""
    counts = ask_for_due_counts(now=now)
    for count in counts:
        count_target.using(priority=Need.STATISTICS).enqueue(count.pk)
    return len(counts) + forget_old_counts(now=now)


# In this order: who is late with a quiz waits for nothing, letters to a slow server come last.
PARTS: dict[str, Callable[[datetime], int]] = {
    "pages": publish_scheduled, "attempts closed": close_attempts, "results caught up": follow_learned,
    "papers caught up": issue_missing, "certificates expired": expire, "reminders posted": remind, "rules settled": settle_rules,
    "counts of targets": count_targets, "erasures finished": forget_erased, "data forgotten": forget_by_clock, "notices sent": send, "reminders sent": send_reminded,
}


# What need not be done as often as the clock looks.
PAUSES: dict[str, timedelta] = {"data forgotten": timedelta(days=1)}


class Command(BaseCommand):
    help = (
        "Do what is due by the clock: all of it once, or again and again with --every SECONDS. Any number of clocks may run, on any number of machines: "
        "each duty is done by one of them.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, default=0, metavar="SECONDS", help="go on, with this pause in between")
        parser.add_argument("--due", action="store_true", help="once, and only what no other clock has done within this minute: for cron on several machines")

    def handle(self, *args, every: int, due: bool, **options) -> None:
        clock = Clock(PARTS, pauses=PAUSES, every=every or 60)
        if every > 0:
            clock.stop_on_signals()
            clock.go_on(self._tell)
        else:
            self._tell(clock.once(whenever=not due))

    def _tell(self, text: str) -> None:
        if text:
            self.stdout.write(f"{text}.")
