"""PostgreSQL as a backup reads and writes it: on a connection of its own, one repeatable-read transaction to read in, COPY to write."""

from collections.abc import Iterable, Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

from lms.backup.errors import CannotRestore, Misfit
from lms.backup.tables import Table
from lms.backup.values import converter, from_postgresql, to_postgresql

ROWS_AT_ONCE = 2000
# What a request may take says nothing about a million rows.
_NO_HURRY = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
_TABLES = "SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid) AND c.relnamespace = current_schema()::regnamespace"


class PostgreSQL:
    vendor = "postgresql"

    def __init__(self, wrapper: BaseDatabaseWrapper):
        self.connection = wrapper.get_new_connection(wrapper.get_connection_params())
        self.connection.autocommit = True

    def close(self) -> None:
        self.connection.close()

    def begin_reading(self) -> None:
        self.connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        # The snapshot is taken by the first statement, not by BEGIN.
        self.connection.execute("SELECT 1 FROM pg_class LIMIT 1").fetchall()
        self.connection.execute(_NO_HURRY)

    def begin_writing(self) -> None:
        self.connection.execute("BEGIN")
        self.connection.execute(_NO_HURRY)
        # Whoever still works on this database is found out, not waited for without end.
        self.connection.execute("SET LOCAL lock_timeout = '60s'")
        self.connection.execute("SET CONSTRAINTS ALL DEFERRED")

    def commit(self) -> None:
        self.connection.execute("COMMIT")

    def rollback(self) -> None:
        self.connection.rollback()

    def table_names(self) -> set[str]:
        return {name for (name,) in self.connection.execute(_TABLES).fetchall()}

    def column_names(self, table: str) -> set[str]:
        found = self.connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = quote_ident(%s)::regclass AND attnum > 0 AND NOT attisdropped", [table])
        return {name for (name,) in found.fetchall()}

    def migrations(self) -> set[tuple[str, str]]:
        if "django_migrations" not in self.table_names():
            return set()
        return set(self.connection.execute("SELECT app, name FROM django_migrations").fetchall())

    def has_rows(self, table: str) -> bool:
        return bool(self.connection.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchall())  # noqa: S608  # nosec B608 # names come from the models

    def rows(self, table: Table) -> Iterator[list]:
        """Yield the rows in the order of their keys, as a backup writes them; a cursor on the server, so memory stays flat."""
        convert = converter([from_postgresql(column.kind, column.places) for column in table.columns])
        kinds = {column.name: column.kind for column in table.columns}
        names = ", ".join(f'"{column.name}"' + ("::text" if column.kind == "json" else "") for column in table.columns)
        # Letters in the order of their bytes, as SQLite has them.
        order = ", ".join(f'"{name}"' + (' COLLATE "C"' if kinds[name] == "text" else "") for name in table.key)
        with self.connection.cursor("rows") as cursor:
            cursor.itersize = ROWS_AT_ONCE
            yield from map(convert, cursor.execute(f'SELECT {names} FROM "{table.name}" ORDER BY {order}'))  # noqa: S608  # nosec B608 # names come from the models

    def counters(self, tables: Iterable[Table]) -> dict[str, int]:
        """Return the highest number that each table has ever given out."""
        counted = [table for table in tables if table.counted]
        found = self.connection.execute(
            "SELECT name, COALESCE(pg_sequence_last_value(pg_get_serial_sequence(quote_ident(name), counted)::regclass), 0) "
            "FROM unnest(%s::text[], %s::text[]) AS listed(name, counted)",
            [[table.name for table in counted], [table.counted for table in counted]])
        return dict(found.fetchall())

    def empty(self, names: Iterable[str]) -> None:
        if listed := ", ".join(f'"{name}"' for name in names):
            self.connection.execute(f"TRUNCATE {listed}")

    def write(self, table: Table, rows: Iterable[list]) -> None:
        """Add rows.

        :raises Misfit: when the database refuses one; its number in the order of keys and the column are told, its values are not.
        """
        import psycopg

        convert = converter([to_postgresql(column.kind) for column in table.columns])
        names = ", ".join(f'"{name}"' for name in table.names)
        try:
            with self.connection.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
                for row in map(convert, rows):
                    copy.write_row(row)
        except (psycopg.DataError, psycopg.IntegrityError, psycopg.NotSupportedError) as error:
            raise Misfit(f"{_place_of(error, table)}: PostgreSQL refuses it: {error.diag.message_primary or type(error).__name__}.") from error

    def set_counters(self, tables: Iterable[Table], numbers: dict[str, int]) -> None:
        for table in tables:
            if table.counted:
                self.connection.execute(
                    "SELECT setval(pg_get_serial_sequence(quote_ident(%(table)s), %(column)s), GREATEST(highest, 1), highest > 0) FROM ("  # noqa: S608  # nosec B608 # names come from the models
                    f'SELECT GREATEST(COALESCE(MAX("{table.counted}"), 0), %(given)s::bigint) AS highest FROM "{table.name}") found',
                    {"table": table.name, "column": table.counted, "given": numbers.get(table.name, 0)})

    def check_links(self) -> None:
        """Make sure that every row that another names is there.

        :raises CannotRestore: with the table where it is not.
        """
        import psycopg

        try:
            self.connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except psycopg.IntegrityError as error:
            raise CannotRestore(f"Rows name others that are not there: {error.diag.table_name}, {error.diag.constraint_name}.") from error

    def drop_all(self) -> None:
        """Remove every table, for a site that is built up again from an older state."""
        if listed := ", ".join(f'"{name}"' for name in sorted(self.table_names())):
            self.connection.execute(f"DROP TABLE {listed} CASCADE")


def _place_of(error: Exception, table: Table) -> str:
    """Name table, row and column out of "COPY accounts_user, line 12, column name: …", and leave the value after it out."""
    where = (error.diag.context or "").split(":", 1)[0].removeprefix(f"COPY {table.name}, ").replace("line", "row")
    return f"{table.name}, {where}" if where.startswith("row") else table.name
