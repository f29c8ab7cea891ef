"""Do what is due by the clock: publish and take down scheduled pages, let certificates expire, close quizzes whose time is over."""

import time

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from certificates.services import expire_certificates
from quizzes.models import Attempt
from quizzes.services import close_if_expired


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
        now = timezone.now()
        call_command("publish_scheduled", verbosity=0)
        expired = expire_certificates(now=now)
        overdue = list(Attempt.objects.overdue(now)[:500])
        for attempt in overdue:
            close_if_expired(attempt=attempt, now=now)
        if expired or overdue:
            self.stdout.write(f"{expired} certificates expired, {len(overdue)} attempts closed.")
