"""What a change of units does, row by row, written down while it is done, so that it can be taken back row by row.

Keeps true: steps are taken back in the opposite order; a row that looks otherwise than this change left it is nobody's to take back.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import Max, Model, QuerySet, Value
from django.db.models.deletion import ProtectedError
from django.db.models.functions import Concat, Substr
from django.db.utils import IntegrityError

from unions.models import Unit, UnitPlacement
from unions.services.changes.keys import Keys, conditions, packed, spans
from unions.services.errors import TouchedSince

MADE_AT_ONCE = 1000


class Ledger:
    """Writes rows and remembers each step: made, changed (fields before), moved (the beginning of a path), removed (the whole row)."""

    def __init__(self) -> None:
        self._steps: list[list] = []

    def make(self, rows: Sequence[Model]) -> None:
        """Insert rows of one model."""
        if rows:
            self.remember(type(rows[0]).objects.bulk_create(rows, batch_size=MADE_AT_ONCE))

    def copy(self, model: type[Model], ids: Iterable[int], among: QuerySet, **values) -> None:
        """Insert a copy of each of these rows with other values in some fields, by a statement for each run of ids: 20,000 posts in a moment.

        :param among: the rows in which the copies are found again; nobody else may insert any there meanwhile.
        """
        before = model.objects.aggregate(latest=Max("pk"))["latest"] or 0
        fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        quoted = connection.ops.quote_name
        into = ", ".join(quoted(field.column) for field in fields)
        taken = ", ".join("%s" if field.attname in values else quoted(field.column) for field in fields)
        given = [field.get_db_prep_save(values[field.attname], connection) for field in fields if field.attname in values]
        table, key = quoted(model._meta.db_table), quoted(model._meta.pk.column)
        with connection.cursor() as cursor:
            for where, params in spans(packed(ids)):
                condition = where.format(key=key)
                cursor.execute(f"INSERT INTO {table} ({into}) SELECT {taken} FROM {table} WHERE {condition}", [*given, *params])  # noqa: S608  # nosec B608 # names only
        self._note_made(model, among.filter(pk__gt=before).values_list("pk", flat=True))

    def _note_made(self, model: type[Model], ids: Iterable[int]) -> None:
        if keys := packed(ids):
            self._steps.append(["made", model._meta.label_lower, keys])

    def remember(self, rows: Iterable[Model]) -> None:
        """Write down rows of one model that somebody else has just made."""
        if rows := list(rows):
            self._note_made(type(rows[0]), [row.pk for row in rows])

    def change(self, model: type[Model], ids: Iterable[int], **values) -> None:
        """Give these rows the values, where they have others; what they had is kept, once for all that had the same."""
        befores: dict[tuple, list[int]] = defaultdict(list)
        for condition in conditions(packed(ids)):
            for key, *before in model.objects.filter(condition).values_list("pk", *values):
                befores[tuple(before)].append(key)
        for before, keys in befores.items():
            if list(before) != list(values.values()):
                self._change(model, packed(keys), dict(zip(values, before, strict=True)), values)

    def _change(self, model: type[Model], keys: Keys, before: dict, after: dict) -> None:
        for condition in conditions(keys):
            model.objects.filter(condition).update(**after)
        self._steps.append(["changed", model._meta.label_lower, _plain(before), keys])

    def move(self, model: type[Model], old: str, new: str, ids: Iterable[int]) -> None:
        """Replace the beginning of the paths of these rows."""
        keys = packed(ids)
        _replace(model, old, new, keys)
        self._steps.append(["moved", model._meta.label_lower, old, new, keys])

    def remove(self, rows: Iterable[Model]) -> None:
        """Delete rows of one model that have no end of their own, such as roles, and keep them here whole."""
        if not (rows := list(rows)):
            return
        model = type(rows[0])
        names = [field.attname for field in model._meta.concrete_fields]
        self._steps.append(["removed", model._meta.label_lower, names, [list(_plain({name: getattr(row, name) for name in names}).values()) for row in rows]])
        for condition in conditions(packed(row.pk for row in rows)):
            model.objects.filter(condition).delete()

    def as_rows(self) -> dict:
        """Return all steps, and a seal over how they have left the rows."""
        return {"steps": self._steps, "seal": seal_of(self._steps)}


def seal_of(steps: list[list]) -> str:
    """Return a digest of what the steps wrote as it stands now: of rows that were made every field, of others those that were changed."""
    seal = hashlib.sha256()
    for what, label, *rest in steps:
        model = apps.get_model(label)
        if what == "removed":
            continue
        fields = {"made": [field.attname for field in model._meta.concrete_fields], "moved": ["pk", "path"]}.get(what) or ["pk", *rest[0]]
        for condition in conditions(rest[-1]):
            for row in model.objects.filter(condition).order_by("pk").values_list(*fields).iterator():
                seal.update(repr(row).encode())
        if what == "moved" and model is Unit:
            seal.update(_hung_below(rest[-1]).encode())
    return seal.hexdigest()


def take_back(steps: list[list]) -> None:
    """Undo the steps, the latest one first.

    :raises TouchedSince: when something hangs on a row that was made, or stands in the place of one that comes back.
    """
    try:
        for what, label, *rest in reversed(steps):
            _BACK[what](apps.get_model(label), *rest)
    except (ProtectedError, IntegrityError) as error:
        raise TouchedSince from error


def _unmake(model: type[Model], keys: Keys) -> None:
    for condition in conditions(keys):
        rows = model.objects.filter(condition)
        if model is Unit and _is_named_elsewhere(rows):
            raise TouchedSince
        rows.delete()


def _change_back(model: type[Model], before: dict, keys: Keys) -> None:
    for condition in conditions(keys):
        model.objects.filter(condition).update(**before)


def _move_back(model: type[Model], old: str, new: str, keys: Keys) -> None:
    _replace(model, new, old, keys)


def _bring_back(model: type[Model], names: list[str], rows: list[list]) -> None:
    model.objects.bulk_create([model(**dict(zip(names, row, strict=True))) for row in rows], batch_size=MADE_AT_ONCE)


_BACK = {"made": _unmake, "changed": _change_back, "moved": _move_back, "removed": _bring_back}


def _replace(model: type[Model], old: str, new: str, keys: Keys) -> None:
    for condition in conditions(keys):
        model.objects.filter(condition).update(path=Concat(Value(new), Substr("path", len(old) + 1)))


def _hung_below(keys: Keys) -> str:
    """How many units were ever placed under these: one that came since would be left behind by an undo."""
    return str([UnitPlacement.objects.filter(condition).count() for condition in conditions(keys, "parent_id")])


def _is_named_elsewhere(units) -> bool:
    """Lists that name a unit (audiences) would lose it without a word; foreign keys refuse by themselves."""
    named = (rel for rel in Unit._meta.related_objects if rel.many_to_many and rel.related_model is not Unit and rel.name != "changes")
    return any(rel.through.objects.filter(**{f"{rel.field.m2m_reverse_field_name()}__in": units}).exists() for rel in named)


def _plain(values: dict) -> dict:
    return {name: value.isoformat() if isinstance(value, date | datetime) else str(value) if isinstance(value, UUID) else value
            for name, value in values.items()}
