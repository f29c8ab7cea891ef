"""Bring an office's older register in: `manage.py import_register FILE.xlsx --issuer CODE [--dry-run]`."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from certificates.enums import ImportRowState, Paper
from certificates.models import Issuer, RegisterImport
from certificates.services.errors import CertificateError
from certificates.services.importing import receiving
from certificates.services.importing.bringing import bring_register_in
from certificates.services.importing.reading import read_register
from cms.work import WorkState


class Command(BaseCommand):
    help = "Read an Excel register of certificates that were issued before, name every refused row, and bring the new ones in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.xlsx", type=Path)
        parser.add_argument("--issuer", required=True, help="The code of the issuing unit.")
        parser.add_argument("--paper", choices=Paper.values, default=Paper.CERTIFICATE.value)
        parser.add_argument("--programme", default="", help="The programme of rows that name none.")
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be brought in.")

    def handle(self, *args, file: Path, issuer: str, paper: str, programme: str, dry_run: bool, **options) -> None:
        job = self._read(file, issuer, paper, programme)
        counts = {state: job.counts.get(state, 0) for state in ImportRowState.values}
        for row in job.rows.filter(state=ImportRowState.REFUSED).order_by("line"):
            self.stderr.write(f"row {row.line}: {row.reason}")
        for hole in job.counts.get("holes", []):
            self.stdout.write(f"{hole['year']}: {hole['count']} numbers are missing: {hole['numbers']}")
        try:
            if dry_run or not counts["new"]:
                receiving.cancel_import(job=job, now=timezone.now())
            else:
                bring_register_in(job=job, by=None, now=timezone.now(), clock=timezone.now)
        except CertificateError as error:
            raise CommandError(f"{error.code}. {error.message}") from error
        self.stdout.write(f"{counts['new']} {'new' if dry_run else 'brought in'}, {counts['same']} there already, {counts['refused']} refused")
        if counts["refused"]:
            raise CommandError(f"{counts['refused']} refused")

    def _read(self, file: Path, code: str, paper: str, programme: str) -> RegisterImport:
        issuer = Issuer.objects.filter(unit__code=code).first()
        if issuer is None:
            raise CommandError(f"No issuing unit has the code {code}.")
        try:
            with file.open("rb") as opened:
                job = receiving.receive_register(file=opened, name=file.name, issuer=issuer, paper=paper, by=None, now=timezone.now())
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except CertificateError as error:
            raise CommandError(f"{error.code}. {error.message}") from error
        job.headings |= {"programme": programme}
        job.save(update_fields=["headings"])
        job = read_register(job=job, clock=timezone.now)
        if job.state != WorkState.READY or job.error:
            receiving.cancel_import(job=job, now=timezone.now())
            raise CommandError(f"{file.name}: {job.error}")
        return job
