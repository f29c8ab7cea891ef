"""SQLite as a backup reads and writes it: on a connection of its own, one transaction to read in, one to write in."""

import sqlite3
from collections.abc import Iterable, Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

from lms.backup.errors import CannotRestore, Misfit
from lms.backup.tables import Table
from lms.backup.values import converter, from_sqlite, to_sqlite

ROWS_AT_ONCE = 1000


class SQLite:
    vendor = "sqlite"

    def __init__(self, wrapper: BaseDatabaseWrapper):
        # Values as they lie there: Django's own reading of times would be for nothing.
        self.connection = wrapper.get_new_connection({**wrapper.get_connection_params(), "detect_types": 0})
        self.connection.isolation_level = None

    def close(self) -> None:
        self.connection.close()

    def begin_reading(self) -> None:
        """Hold the state of this moment: with a write-ahead log, others go on writing, and none of it is seen here."""
        self.connection.execute("BEGIN")
        self.connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()

    def begin_writing(self) -> None:
        # Checked as a whole at the end instead of row by row, so that tables may come in any order.
        self.connection.execute("PRAGMA foreign_keys=OFF")
        self.connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self.connection.execute("COMMIT")

    def rollback(self) -> None:
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def table_names(self) -> set[str]:
        return {name for (name,) in self.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}

    def column_names(self, table: str) -> set[str]:
        return {row[1] for row in self.connection.execute(f'PRAGMA table_info("{table}")')}

    def migrations(self) -> set[tuple[str, str]]:
        if "django_migrations" not in self.table_names():
            return set()
        return set(self.connection.execute("SELECT app, name FROM django_migrations"))

    def has_rows(self, table: str) -> bool:
        return bool(self.connection.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchall())  # noqa: S608  # nosec B608 # names come from the models

    def rows(self, table: Table) -> Iterator[list]:
        """Yield the rows in the order of their keys, as a backup writes them."""
        convert = converter([from_sqlite(column.kind, column.places) for column in table.columns])
        names, order = _listed(table.names), _listed(table.key)
        cursor = self.connection.execute(f'SELECT {names} FROM "{table.name}" ORDER BY {order}')  # noqa: S608  # nosec B608 # names come from the models
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from map(convert, rows)

    def counters(self, tables: Iterable[Table]) -> dict[str, int]:
        """Return the highest number that each table has ever given out."""
        given = dict(self.connection.execute("SELECT name, seq FROM sqlite_sequence"))
        return {table.name: given.get(table.name) or 0 for table in tables if table.counted}

    def empty(self, names: Iterable[str]) -> None:
        for name in names:
            self.connection.execute(f'DELETE FROM "{name}"')  # noqa: S608  # nosec B608 # names come from the models

    def write(self, table: Table, rows: Iterable[list]) -> None:
        """Add rows.

        :raises Misfit: when the database refuses one.
        """
        convert = converter([to_sqlite(column.kind) for column in table.columns])
        places = ", ".join("?" * len(table.columns))
        try:
            self.connection.executemany(f'INSERT INTO "{table.name}" ({_listed(table.names)}) VALUES ({places})', map(convert, rows))  # noqa: S608  # nosec B608 # names come from the models
        except (sqlite3.IntegrityError, sqlite3.DataError, OverflowError) as error:
            raise Misfit(f"{table.name}: SQLite refuses a row: {error}") from error

    def set_counters(self, tables: Iterable[Table], numbers: dict[str, int]) -> None:
        for table in tables:
            if table.counted:
                highest = self.connection.execute(f'SELECT MAX("{table.counted}") FROM "{table.name}"').fetchone()[0] or 0  # noqa: S608  # nosec B608 # names come from the models
                self.connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", [table.name])
                self.connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", [table.name, max(highest, numbers.get(table.name, 0))])

    def check_links(self) -> None:
        """Make sure that every row that another names is there.

        :raises CannotRestore: with the tables where it is not.
        """
        broken = sorted({f"{child} → {parent}" for child, _row, parent, _key in self.connection.execute("PRAGMA foreign_key_check")})
        if broken:
            raise CannotRestore(f"Rows name others that are not there: {', '.join(broken[:10])}.")

    def drop_all(self) -> None:
        """Remove every table, all or none, for a site that is built up again from an older state."""
        self.begin_writing()
        # Dropping a table of the full-text search drops those beneath it.
        made = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY sql LIKE 'CREATE VIRTUAL%' DESC"
        for (name,) in self.connection.execute(made).fetchall():
            self.connection.execute(f'DROP TABLE IF EXISTS "{name}"')
        self.commit()


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
