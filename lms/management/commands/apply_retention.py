"""Delete what has been kept long enough, by the schedule of `lms.retention`, or only say how much that would be."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lms.retention import SCHEDULE, apply_retention


class Command(BaseCommand):
    help = "Delete what has been kept long enough (docs/personal-data.md). With --dry-run nothing is deleted, only counted. Safe to run twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, and delete nothing")

    def handle(self, *args, dry_run: bool, **options) -> None:
        run = apply_retention(now=timezone.now(), dry_run=dry_run)
        for kept in SCHEDULE:
            if kept.key in run.counts:
                self.stdout.write(f"{run.counts[kept.key]:>8}  {kept.key}: {kept.what}, {kept.deed}")
        self.stdout.write("Nothing was deleted." if dry_run else f"Done in {run.seconds:.1f} s.")
        if run.error:
            raise CommandError(f"Not done: {run.error}")
