"""Many rows in one statement for all of them: what `bulk_create` does, without an object for each and without asking every field anew.

A bank has tens of thousands of questions, and on SQLite nobody can save an answer while they are written.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connections, models, router


class Insert:
    """One statement that inserts a row: columns by the names of their attributes; those that are not named have their default.

    No signal is sent, no key is returned. Whoever gives a stream or rich text gives it prepared.
    """

    def __init__(self, model: type[models.Model], names: Iterable[str], *, ignore_conflicts: bool = False):
        self._connection = connection = connections[router.db_for_write(model)]
        quote, names = connection.ops.quote_name, list(names)
        fields = {field.attname: field for field in model._meta.concrete_fields if not field.primary_key}
        self._given = [fields.pop(name) for name in names]
        self._defaults = tuple(field.get_db_prep_save(field.get_default(), connection) for field in fields.values())
        columns = ", ".join(quote(field.column) for field in [*self._given, *fields.values()])
        places = ", ".join(["%s"] * (len(self._given) + len(self._defaults)))
        self._sql = (
            f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608  # nosec B608 # names of columns only
            f"{' ON CONFLICT DO NOTHING' if ignore_conflicts else ''}")

    def ready(self, row: dict[str, Any]) -> tuple:
        """Return the values of a row as the database takes them. No query."""
        return (*(field.get_db_prep_save(row[field.attname], self._connection) for field in self._given), *self._defaults)

    def write(self, rows: list[tuple]) -> None:
        """Insert rows that were made ready."""
        if rows:
            with self._connection.cursor() as cursor:
                cursor.executemany(self._sql, rows)


def insert_rows(model: type[models.Model], rows: list[dict[str, Any]], *, ignore_conflicts: bool = False) -> None:
    """Insert rows, each given as values by the names of columns' attributes; all name the same ones. One statement."""
    if rows:
        insert = Insert(model, rows[0], ignore_conflicts=ignore_conflicts)
        insert.write([insert.ready(row) for row in rows])


def update_column(model: type[models.Model], column: str, values: Iterable[tuple[int, Any]]) -> None:
    """Set one column of many rows, given as (key, value)."""
    connection = connections[router.db_for_write(model)]
    quote, field = connection.ops.quote_name, model._meta.get_field(column)
    sql = f"UPDATE {quote(model._meta.db_table)} SET {quote(field.column)} = %s WHERE {quote(model._meta.pk.column)} = %s"  # noqa: S608  # nosec B608 # names only
    pairs = [(field.get_db_prep_save(value, connection), key) for key, value in values]
    if pairs:
        with connection.cursor() as cursor:
            cursor.executemany(sql, pairs)
