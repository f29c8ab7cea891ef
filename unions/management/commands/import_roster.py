"""Bring a list of cadres in: `manage.py import_roster FILE.xlsx [--unit CODE] [--congress] [--on 2026-07-01] [--dry-run]`."""

from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cms.work import WorkState
from unions.enums import RosterMode, Verdict
from unions.models import RosterImport, Unit, UnitPlacement
from unions.services import UnionsError
from unions.services.rosters import receiving
from unions.services.rosters.applying import apply_roster
from unions.services.rosters.reading import read_roster

_LEFT = (Verdict.REFUSED, Verdict.ASK)


class Command(BaseCommand):
    help = "Read an Excel list of cadres, name every row that is refused or has to be decided, and bring the others in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.xlsx", type=Path)
        parser.add_argument("--unit", default="", help="The code of the unit that the list is for; its people stand there or below. Default: the top of the tree.")
        parser.add_argument("--on", type=date.fromisoformat, default=None, metavar="YYYY-MM-DD", help="The day from which the list holds. Default: today.")
        parser.add_argument("--congress", action="store_true", help="The list is the result of a congress: former terms end on that day.")
        parser.add_argument("--decision", default="", help="The number of the decision, of a congress.")
        parser.add_argument("--term", default="", help='The term, of a congress: "2026-2031".')
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be brought in.")

    def handle(self, *args, file: Path, unit: str, dry_run: bool, **options) -> None:
        job = self._read(file, _unit(unit), options)
        left = 0
        for row in job.rows.filter(verdict__in=_LEFT).order_by("sheet", "number").iterator(chunk_size=500):
            left += 1
            why = row.problems[0]["message"] if row.problems else ""
            self.stderr.write(f"sheet {row.sheet}, row {row.number}: {row.data.get('name', '')}: {why}")
        counts = {verdict: job.counts.get(verdict, 0) for verdict in Verdict.values}
        try:
            if dry_run or not counts["new"] + counts["changed"]:
                receiving.cancel_roster(job=job, now=timezone.now())
            else:
                receiving.check_complete(job=job)
                apply_roster(job=job, by=None, now=timezone.now(), clock=timezone.now)
        except UnionsError as error:
            raise CommandError(f"{error.code}. {error.message}") from error
        self.stdout.write(
            f"{counts['new']} new, {counts['changed']} changed, {counts['same']} unchanged, {counts['ask']} to be decided, {counts['refused']} refused"
            + (" (nothing was written)" if dry_run else ""))
        if left:
            raise CommandError(f"{left} rows were not brought in")

    def _read(self, file: Path, unit: Unit, options: dict) -> RosterImport:
        now = timezone.now()
        mode = RosterMode.CONGRESS if options["congress"] else RosterMode.ROSTER
        try:
            with file.open("rb") as opened:
                job = receiving.receive_roster(
                    file=opened, name=file.name, unit=unit, on=options["on"] or timezone.localdate(now), by=None, now=now, mode=mode,
                    decision_number=options["decision"], term=options["term"])
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except UnionsError as error:
            raise CommandError(f"{error.code}. {error.message}") from error
        job = read_roster(job=job, clock=timezone.now)
        if job.state != WorkState.READY:
            raise CommandError(f"{file.name}: {job.error}")
        if not job.rows.exists():
            raise CommandError(f"{file.name}: no people were found. Perhaps the row of headings was not recognised; choose it on the page of the office.")
        return job


def _unit(code: str) -> Unit:
    if code:
        units = Unit.objects.filter(code=code)
    else:
        units = Unit.objects.filter(pk__in=UnitPlacement.objects.filter(parent=None, valid_until=None).values("unit"), active_until=None)
    found = list(units[:2])
    if len(found) == 1:
        return found[0]
    raise CommandError(f"No unit has the code {code}." if code else "Say with --unit which unit the list is for.")
