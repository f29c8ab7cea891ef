"""Check papers against the register: `manage.py verify_certificate FILE.pdf|CODE …`."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from certificates.checking import MOST_BYTES, UNREADABLE, Finding, check_code, check_file


class Command(BaseCommand):
    help = "Say whether a PDF file is unchanged and its certificate valid, or what a code stands for."

    def add_arguments(self, parser) -> None:
        parser.add_argument("papers", nargs="+", metavar="FILE.pdf|CODE")

    def handle(self, *args, **options) -> None:
        today = timezone.localdate()
        findings = [self._checked(text, today) for text in options["papers"]]
        for text, finding in zip(options["papers"], findings, strict=True):
            line = f"{text}: {finding.state}. {finding.words}"
            self.stdout.write(line) if finding.is_valid else self.stderr.write(line)
        refused = sum(not finding.is_valid for finding in findings)
        self.stdout.write(f"{len(findings)} checked, {refused} not valid")
        if refused:
            raise CommandError(f"{refused} not valid")

    def _checked(self, text: str, today) -> Finding:
        path = Path(text)
        if path.suffix.lower() != ".pdf" and not path.is_file():
            return check_code(text, today)
        try:
            with path.open("rb") as file:
                return check_file(file.read(MOST_BYTES + 1), today)
        except OSError as error:
            return Finding(UNREADABLE, error.strerror or str(error))
