"""Bring a backup into an empty, migrated site."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lms.backup.erased import LIST
from lms.backup.errors import BackupError
from lms.backup.restoring import Restored, restore_backup
from lms.backup.sealing import identities_in


class Command(BaseCommand):
    help = "Bring a backup into an empty, migrated site, and compare every table and file with it. Only in maintenance: nobody may work meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--identity", type=Path, metavar="FILE", help="the secret key of age that opens it")
        parser.add_argument("--empty-first", metavar="NAME", help="throw away everything that this site holds; type the name of the site (SITE_NAME)")

    def handle(self, *args, file: Path, identity: Path | None, empty_first: str | None, **options) -> None:
        if empty_first is not None and empty_first != settings.SITE_NAME:
            raise CommandError(f"Nothing was done: this site is called “{settings.SITE_NAME}”, not “{empty_first}”.")
        if not settings.MAINTENANCE:
            self.stderr.write("MAINTENANCE is off: see that nobody, no worker and no clock works on this site meanwhile.")
        try:
            restored = restore_backup(
                path=file, identities=identities_in(identity) if identity else [], empty_first=empty_first is not None, now=timezone.now(),
                tell=self.stderr.write if options["verbosity"] > 1 else lambda text: None)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self._report(restored)

    def _report(self, restored: Restored) -> None:
        header, missing = restored.manifest["header"], restored.manifest["files"]["missing"]
        for name, digest in restored.digests.items():
            self.stdout.write(f"{digest.rows:>10}  {digest.sha256}  {name}")
        self.stdout.write(
            f"{sum(digest.rows for digest in restored.digests.values())} rows in {len(restored.digests)} tables, {restored.files} files, "
            f"{restored.bytes} bytes: each with the digest of the backup of {header['made_at']}.")
        if restored.was_older:
            self.stdout.write(f"It was of version {header['version']}; migrated to {settings.VERSION} after the comparison.")
        if restored.removed:
            self.stdout.write(f"{restored.removed} files of the former site were removed.")
        self._report_erased(restored, header["made_at"])
        for storage, name in missing:
            self.stderr.write(f"Was gone before the backup: {name} ({storage})")
        for name in restored.other_keys:
            self.stderr.write(f"{name} is another than in the site that was backed up: put that one in (codes, links and signatures hang on it).")
        self.stdout.write("Restart web and worker processes. Everybody signs in anew.")

    def _report_erased(self, restored: Restored, made_at: str) -> None:
        if restored.erased_again:
            self.stdout.write(f"{restored.erased_again} people who were erased after the backup had come back with it and were erased again.")
        elif not restored.knows_later_erasures:
            self.stderr.write(
                f"Nothing here tells whether people were erased after {made_at}: there is no {LIST} beside the backup. If there is one elsewhere, lay it there and "
                "restore again; if people were erased by paper, erase them again.")
