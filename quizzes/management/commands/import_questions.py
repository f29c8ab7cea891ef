"""Brings a file of questions into the bank: what the page does, at once and in the terminal."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from quizzes.enums import RowState, WorkState
from quizzes.interchange.formats import FORMATS
from quizzes.models import BankImport
from quizzes.services.exchange import bringing, importing, reading, settling


class Command(BaseCommand):
    help = "Bring a file of questions into the bank. Refused questions are named with their line and the reason; the exit code is then 1."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--bank", required=True, help='where the questions go: "Công đoàn cơ sở/Bài 1"; made when it is not there')
        parser.add_argument("--format", choices=list(FORMATS), default="", help="recognised from the file unless it is said")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument("--update", action="store_true", help="change questions that have the same code")
        parser.add_argument("--draft", action="store_true", help="leave new questions as drafts")

    def handle(self, *args, **options) -> None:
        job = self._received(options)
        try:
            self._read(job)
            if not options["dry_run"]:
                self._bring_in(job)
            self._tell(job, options["dry_run"])
        finally:
            if job.state != WorkState.DONE:
                importing.cancel_import(job=job, now=timezone.now())
        if job.counts.get(RowState.REFUSED):
            sys.exit(1)

    def _received(self, options) -> BankImport:
        try:
            with options["file"].open("rb") as file:
                return importing.receive_file(
                    file=file, name=options["file"].name, bank=options["bank"], format=options["format"], publishes=not options["draft"],
                    updates=options["update"], by=None, now=timezone.now())
        except OSError as error:
            raise CommandError(_("The file %(file)s cannot be opened: %(reason)s") % {"file": options["file"], "reason": error.strerror}, returncode=2) from error
        except importing.ExchangeError as error:
            raise CommandError(str(error), returncode=2) from error

    def _read(self, job: BankImport) -> None:
        reading.read_file(job=job, clock=self._clock(job))
        self.stderr.write("")
        if job.state != WorkState.READY:
            raise CommandError(job.error or _("This file is being read by somebody else."), returncode=2)

    def _bring_in(self, job: BankImport) -> None:
        try:
            bringing.bring_in(job=job, by=None, now=timezone.now(), clock=timezone.now)
        except importing.ExchangeError as error:
            raise CommandError(str(error), returncode=2) from error
        job.refresh_from_db()
        settling.settle_import(job=job)

    def _clock(self, job: BankImport):
        """A clock that says how far the file is whenever it is asked for the time, which is once a chunk."""
        def tick():
            said = f"{job.done * 100 // max(1, job.total)}%, {sum(job.counts.values())}"
            self.stderr.write(f"\r{said}", ending="")
            return timezone.now()

        return tick

    def _tell(self, job: BankImport, dry_run: bool) -> None:
        for row in job.rows.filter(state=RowState.REFUSED).defer("data").order_by("number").iterator():
            self.stdout.write(_("Line %(line)s, refused: %(reason)s [%(question)s]") % {
                "line": row.line, "reason": row.reason.replace("\n", "; "), "question": row.excerpt})
        count = {state: job.counts.get(state, 0) for state in RowState.values}
        told = _("Would be brought in: %(new)s new, %(changed)s changed; %(same)s there already, %(refused)s refused.") if dry_run else _(
            "Brought in: %(new)s new, %(changed)s changed; %(same)s there already, %(refused)s refused.")
        self.stdout.write(told % count)
