"""Copy this site's rows into another database, SQLite to PostgreSQL or back, and compare every table on both sides."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lms.backup.errors import BackupError
from lms.backup.moving import move_database


class Command(BaseCommand):
    help = "Copy every row into another, empty database and compare every table on both sides. Only in maintenance: nobody may work meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", required=True, metavar="URL", help="postgres://user:password@host/name or sqlite:////path/to/file")

    def handle(self, *args, to: str, **options) -> None:
        if not settings.MAINTENANCE:
            self.stderr.write("MAINTENANCE is off: what people write from now on would stop the move. Better set it, and stop workers and clock.")
        try:
            moved = move_database(url=to, tell=self.stderr.write if options["verbosity"] > 1 else lambda text: None)
        except BackupError as error:
            raise CommandError(str(error)) from error
        for name, digest in moved.digests.items():
            self.stdout.write(f"{digest.rows:>10}  {digest.sha256}  {name}")
        self.stdout.write(
            f"{sum(digest.rows for digest in moved.digests.values())} rows in {len(moved.digests)} tables, from {moved.source} to {moved.target}: "
            "each table with the same digest on both sides.")
        self.stdout.write(
            f"Now set DATABASE_URL={_without_password(to)}, start web and workers with it, and take MAINTENANCE away. Files stay where they are. "
            "Keep the former database until you are sure; nothing in it was changed.")


def _without_password(url: str) -> str:
    password = urlsplit(url).password
    return url.replace(f":{password}@", ":…@", 1) if password else url
