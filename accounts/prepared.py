"""Statements that are built once and run many times.

Saving an answer is what this product does most, and finding the session, the person and the question cost more to build than to run
(bench/cycle.py). Here the ORM says once, for each connection, what the statement is; afterwards only its values change. Values pass the fields'
own adapters both ways. Use it where a statement runs at every request, and nowhere else.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections, models, router
from django.db.models import QuerySet


class Prepared:
    """A query whose values stand in one order; `build` is given stand-ins for them once, and returns the query.

    A stand-in is any value of the right kind that the rest of the statement does not hold; `adapt` turns a value into what the database takes.
    """

    def __init__(self, build: Callable[..., QuerySet], *places: tuple[Any, models.Field]):
        self._build, self._places = build, places

    def _run(self, values: Sequence, *, only_first: bool) -> tuple[list, Any, str]:
        """Return the rows, converted, with what knows their columns. One statement."""
        connection = connections[router.db_for_write(self._places[0][1].model)]
        kept = connection.__dict__.setdefault("_prepared", {})
        if self not in kept:
            kept[self] = self._compile(connection)
        sql, params, compiler, converters = kept[self]
        adapted = [field.get_db_prep_value(value, connection) for value, (_stand_in, field) in zip(values, self._places, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(sql, [adapted[at] if at is not None else fixed for fixed, at in params])
            rows = cursor.fetchmany(1) if only_first else cursor.fetchall()
        return list(compiler.apply_converters(rows, converters)) if converters else rows, compiler, connection.alias

    def _compile(self, connection):
        query = self._build(*[stand_in for stand_in, _field in self._places])
        compiler = query.query.get_compiler(connection=connection)
        sql, values = compiler.as_sql()
        adapted = [field.get_db_prep_value(stand_in, connection) for stand_in, field in self._places]
        params = [(value, adapted.index(value) if value in adapted else None) for value in values]
        if {at for _value, at in params if at is not None} != set(range(len(adapted))):
            raise AssertionError("A stand-in is not in the statement.")
        converters = compiler.get_converters([column[0] for column in compiler.select])
        return sql, params, compiler, converters


class FirstRow(Prepared):
    """The first row of a query."""

    def get(self, *values: Any) -> models.Model | None:
        """Return the row's object, with the related ones that the query selects. One statement."""
        rows, compiler, alias = self._run(values, only_first=True)
        return _objects(compiler, rows, alias)[0] if rows else None


class AllRows(Prepared):
    """All rows of a query: objects, or tuples of a `values_list`."""

    def get(self, *values: Any) -> list:
        """Return the rows. One statement."""
        rows, compiler, alias = self._run(values, only_first=False)
        return [tuple(row) for row in rows] if compiler.query.values_select else _objects(compiler, rows, alias)


def _objects(compiler, rows: list, alias: str) -> list[models.Model]:
    found = [_object(compiler, compiler.klass_info, row, alias) for row in rows]
    for one, row in zip(found, rows, strict=True):
        for name, column in compiler.annotation_col_map.items():
            setattr(one, name, row[column])
    return found


def _object(compiler, info: dict, row: Sequence, alias: str) -> models.Model | None:
    columns = info["select_fields"]
    names = [compiler.select[column][0].target.attname for column in columns]
    if "reverse" in info and all(row[column] is None for column in columns):
        # Joined from the left, and nothing there.
        return None
    found = info["model"].from_db(alias, names, [row[column] for column in columns])
    for related in info.get("related_klass_infos", []):
        other = _object(compiler, related, row, alias)
        related["local_setter"](found, other)
        if other is not None:
            related["remote_setter"](other, found)
    return found


def insert(model: type[models.Model], **values: Any) -> None:
    """Add a row; fields that are not named must have a default in the database or be null. One statement, no signals.

    :raises IntegrityError: when a constraint refuses it.
    """
    connection = connections[router.db_for_write(model)]
    fields = [model._meta.get_field(name) for name in values]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    table, places = connection.ops.quote_name(model._meta.db_table), ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) VALUES ({places})",  # noqa: S608  # nosec B608 # names of our own models
            [field.get_db_prep_save(value, connection) for field, value in zip(fields, values.values(), strict=True)])


def update(row: models.Model, *names: str) -> None:
    """Write the named fields of an object back. One statement, no signals."""
    connection = connections[router.db_for_write(type(row))]
    fields = [row._meta.get_field(name) for name in names]
    quote = connection.ops.quote_name
    assignments = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(row._meta.db_table)} SET {assignments} WHERE {quote(row._meta.pk.column)} = %s",  # noqa: S608  # nosec B608 # names of our own models
            [*[field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields], row.pk])
