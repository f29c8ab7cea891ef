"""Read a backup from end to end without restoring it."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lms.backup.checking import check_backup
from lms.backup.errors import BackupError
from lms.backup.sealing import identities_in


class Command(BaseCommand):
    help = "Read a backup from end to end and compare every count and digest with its manifest; nothing is restored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--identity", type=Path, metavar="FILE", help="the secret key of age that opens it")

    def handle(self, *args, file: Path, identity: Path | None, **options) -> None:
        try:
            manifest = check_backup(path=file, identities=identities_in(identity) if identity else [])
        except BackupError as error:
            raise CommandError(str(error)) from error
        header, files = manifest["header"], manifest["files"]
        if options["verbosity"] > 1:
            for name, table in manifest["rows"].items():
                self.stdout.write(f"{table['rows']:>10}  {table['sha256']}  {name}")
        self.stdout.write(
            f"Whole and unchanged: {header['site']}, version {header['version']}, {header['made_at']}, {header['engine']}, "
            f"{sum(table['rows'] for table in manifest['rows'].values())} rows in {len(manifest['rows'])} tables, {files['count']} files.")
        for storage, name in files["missing"]:
            self.stdout.write(f"Not inside, because it was gone: {name} ({storage})")
        self.stdout.write(f"Keep apart, they are not inside: {', '.join(header['not_inside'])}.")
