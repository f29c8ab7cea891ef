"""Write a backup of database and files into BACKUP_DIR, and read it back."""

import signal
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lms.backup.errors import BackupError
from lms.backup.making import make_backup
from lms.backup.sealing import recipients_of


class Command(BaseCommand):
    help = "Write a backup of the database and of every file it names into BACKUP_DIR, encrypted for BACKUP_RECIPIENT, and read it back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, default=None, metavar="FOLDER", help="another folder than BACKUP_DIR")
        parser.add_argument("--keep", type=int, metavar="N", help="afterwards remove all but the newest N backups in the folder")
        parser.add_argument("--allow-missing", action="store_true", help="files that are gone for good are listed in the backup instead of stopping it")

    def handle(self, *args, to: Path | None, keep: int | None, allow_missing: bool, **options) -> None:
        if keep is not None and keep < 1:
            raise CommandError("--keep must be 1 or more: the only good backup is never removed.")
        # Stopped from outside, it still clears away what it has begun.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped. Nothing was left of this backup."))
        try:
            made = make_backup(
                folder=to or settings.BACKUP_DIR, recipients=recipients_of(settings.BACKUP_RECIPIENT), keep=keep, allow_missing=allow_missing,
                now=timezone.now(), tell=self.stderr.write if options["verbosity"] > 1 else lambda text: None)
        except BackupError as error:
            raise CommandError(str(error)) from error
        rows, files = made.manifest["rows"], made.manifest["files"]
        self.stdout.write(
            f"{made.path}\n{sum(table['rows'] for table in rows.values())} rows in {len(rows)} tables, {files['count']} files, {made.size} bytes, "
            f"checked, in {made.seconds:.1f} s.\nSHA-256 {made.sha256}")
        for storage, name in files["missing"]:
            self.stderr.write(f"Not inside, because it is gone: {name} ({storage})")
        if not settings.BACKUP_RECIPIENT:
            self.stderr.write("Not encrypted: BACKUP_RECIPIENT is not set. Whoever has the file has everything in it.")
        for name in made.removed:
            self.stdout.write(f"Removed {name}")
