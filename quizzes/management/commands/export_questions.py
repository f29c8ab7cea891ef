"""Writes a bank to a file: what the page does, at once and in the terminal."""

import sys
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from quizzes.interchange.formats import FORMATS
from quizzes.services.exchange import exporting
from quizzes.services.exchange.importing import ExchangeError


class Command(BaseCommand):
    help = "Write a bank to a file. What the format cannot hold is named with the reason; the exit code is then 1."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--bank", required=True, help='the category, with everything below it: "Công đoàn cơ sở/Bài 1"')
        parser.add_argument("--format", required=True, choices=[name for name, each in FORMATS.items() if each.is_written])
        parser.add_argument("--output", type=Path, help="the file to write; named after the bank and put here unless it is said")
        parser.add_argument("--archived", action="store_true", help="archived questions too")

    def handle(self, *args, **options) -> None:
        try:
            category = exporting.bank_named(options["bank"])
            path = options["output"] or Path(f"{_file_name(options['bank'])}{exporting.extension_of(options['format'])}")
            # Written aside first: a file that is there already is kept when there is nothing to write.
            with TemporaryFile() as out:
                written = exporting.write_bank(
                    category=category, format=options["format"], out=out, tell=self._tell, archived=options["archived"])
                out.seek(0)
                with path.open("wb") as file:
                    copyfileobj(out, file)
        except ExchangeError as error:
            raise CommandError(str(error), returncode=2) from error
        except OSError as error:
            raise CommandError(_("The file %(file)s cannot be written: %(reason)s") % {"file": path, "reason": error.strerror}, returncode=2) from error
        self.stderr.write("")
        for name, reason in written.left_out:
            self.stdout.write(_("Left out of “%(question)s”: %(reason)s") % {"question": name, "reason": reason})
        self.stdout.write(_("%(count)s questions written to %(file)s; %(left)s things left out.") % {
            "count": written.count, "file": path, "left": written.left_out_count})
        if written.left_out_count:
            sys.exit(1)

    def _tell(self, done: int) -> None:
        self.stderr.write(f"\r{done}", ending="")


def _file_name(bank: str) -> str:
    return "-".join("".join(letter if letter.isalnum() else " " for letter in bank).split()) or "questions"
