"""Django's `migrate`, which on PostgreSQL never makes a site that is at work wait behind it.

An ALTER TABLE that waits for a long read keeps everybody else waiting who comes after it. So it gives its place up after a moment, everybody goes
on, and it comes again.
"""

import time
from contextlib import suppress

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import Error, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

# PostgreSQL's words for it: lock_not_available, deadlock_detected.
HELD = {"55P03", "40P01"}


class Command(migrate.Command):
    help = f"{migrate.Command.help} On PostgreSQL: gives a table up that is not free after a moment, so that nobody waits, and tries again."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--lock-seconds", type=float, default=2, help="how long a change may wait for its table, and others behind it")
        parser.add_argument("--tries", type=int, default=30, help="how often a table is asked for before it is given up")
        parser.add_argument("--pause", type=float, default=10, metavar="SECONDS", help="from one try to the next")

    def handle(self, *args, lock_seconds: float, tries: int, pause: float, **options) -> None:
        connection = connections[options["database"]]
        if connection.vendor != "postgresql":
            super().handle(*args, **options)
            return

        def be_brief(connection: BaseDatabaseWrapper, **kwargs) -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{round(lock_seconds * 1000)}ms"])

        connection_created.connect(be_brief)
        try:
            be_brief(connection)
            self._try(args, options, connection, tries, pause)
        finally:
            connection_created.disconnect(be_brief)
            # The next who takes this connection out of the pool waits as the server says.
            with suppress(Error), connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")

    def _try(self, args: tuple, options: dict, connection: BaseDatabaseWrapper, tries: int, pause: float) -> None:
        for number in range(1, tries + 1):
            try:
                super().handle(*args, **options)
                return
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", "") not in HELD:
                    raise
                holder = _oldest(connection)
                if number == tries:
                    raise CommandError(
                        f"A table was not free in {tries} tries. {holder} Of this migration nothing was kept, those before it are; the site goes on as before. "
                        "End what holds it, or wait for a quieter hour, then run migrate again.") from error
            self.stderr.write(f"A table is not free; nobody is kept waiting. {holder} Try {number} of {tries}, again in {pause:g} seconds.")
            time.sleep(pause)


def _oldest(connection: BaseDatabaseWrapper) -> str:
    """Name the transaction that most likely holds it, without what it says: that may hold somebody's data."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid, EXTRACT(EPOCH FROM now() - xact_start)::int FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL ORDER BY xact_start LIMIT 1")
        found = cursor.fetchone()
    return f"The oldest transaction is {found[1]} seconds old: SELECT pg_terminate_backend({found[0]}) would end it." if found else ""
