"""Are the migrations since the last release safe while its processes still run?

    .venv/bin/python scripts/check_migrations.py        exit code 1 when one of them breaks what the last release does with the database

An upgrade migrates first and restarts afterwards, one process after the other: for some minutes the old code reads and writes the new tables.
What it does not know must not be needed of it, and what it uses must stay. deploy/last-release names the release and, an app a line, the last
migration that it had.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RELEASE = ROOT / "deploy" / "last-release"
HOW = "docs/operating.md, “Migrations”, says how to do it in two releases."
# What was looked at by a person: "app name": why the last release can live with it.
ACCEPTED: dict[str, str] = {}
# Column types that a wider one may take the place of, as Django names them.
WIDER = {
    ("SmallIntegerField", "IntegerField"), ("SmallIntegerField", "BigIntegerField"), ("IntegerField", "BigIntegerField"), ("CharField", "TextField"),
    ("PositiveSmallIntegerField", "PositiveIntegerField"), ("PositiveIntegerField", "PositiveBigIntegerField"), ("SlugField", "CharField"),
    ("CharField", "SlugField"), ("EmailField", "CharField"), ("CharField", "EmailField"), ("URLField", "CharField"), ("CharField", "URLField"),
}


@dataclass
class Known:
    """What the last release does not know yet: tables and columns that are newer than it, which may still be changed."""

    models: set[tuple[str, str]] = field(default_factory=set)
    fields: set[tuple[str, str, str]] = field(default_factory=set)


def released(text: str) -> tuple[str, dict[str, str]]:
    """Return the commit or tag of the last release, and by app the last migration that it had."""
    first, *rest = (line for line in text.splitlines() if line.strip())
    return first.strip(), dict(line.split(maxsplit=1) for line in rest)


def faults() -> list[str]:
    """List what the last release could not live with, a line each."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, replace_migrations=False)
    last = released(RELEASE.read_text(encoding="utf-8"))[1]
    if gone := sorted(set(last.items()) - set(loader.disk_migrations)):
        return [f"{app} {name}: was released, and is gone." for app, name in gone]
    old = {key for leaf in last.items() for key in loader.graph.forwards_plan(leaf)}
    plan = dict.fromkeys(key for leaf in leaves(loader).items() for key in loader.graph.forwards_plan(leaf))
    new, found = Known(), []
    for key in (key for key in plan if key not in old):
        wrong = list(unsafe(loader.disk_migrations[key], loader.project_state(key, at_end=False), new))
        found += [] if " ".join(key) in ACCEPTED else [f"{key[0]} {key[1]}: {fault}" for fault in wrong]
    return found


def leaves(loader) -> dict[str, str]:
    """Return the last migration of each app; one that stands for several others, which are here too, is none of them."""
    return {app: name for app, name in sorted(loader.graph.leaf_nodes()) if not loader.disk_migrations[app, name].replaces}


def unsafe(migration, state, new: Known) -> Iterator[str]:
    """Yield what in one migration breaks the last release; `state` is that before it, `new` grows with what it makes."""
    app = migration.app_label
    for operation in _of_database(migration.operations):
        judge = JUDGES.get(type(operation).__name__)
        if judge is None:
            yield f"{type(operation).__name__} cannot be judged here: look at it, and name the migration in ACCEPTED."
        elif fault := judge(app, operation, state, new):
            yield fault
        operation.state_forwards(app, state)


def _of_database(operations) -> Iterator:
    for operation in operations:
        if type(operation).__name__ == "SeparateDatabaseAndState":
            yield from _of_database(operation.database_operations)
        else:
            yield operation


def _create_model(app, operation, state, new: Known) -> None:
    new.models.add((app, operation.name_lower))


def _needs_model(word: str):
    def judge(app, operation, state, new: Known) -> str | None:
        name = getattr(operation, "model_name_lower", None) or getattr(operation, "old_name_lower", None) or operation.name_lower
        if (app, name) in new.models:
            return None
        return f"{word} {name}, which the last release uses."

    return judge


def _remove_field(app, operation, state, new: Known) -> str | None:
    name = getattr(operation, "old_name_lower", None) or operation.name_lower
    if (app, operation.model_name_lower) in new.models or (app, operation.model_name_lower, name) in new.fields:
        return None
    return f"takes the column {operation.model_name_lower}.{name} away, which the last release reads and writes."


def _add_field(app, operation, state, new: Known) -> str | None:
    new.fields.add((app, operation.model_name_lower, operation.name_lower))
    if (app, operation.model_name_lower) in new.models or _may_be_left_out(operation.field):
        return None
    return f"{operation.model_name_lower}.{operation.name_lower} is NOT NULL without db_default: the last release cannot add a row."


def _may_be_left_out(column) -> bool:
    return column.null or column.many_to_many or column.has_db_default() or bool(getattr(column, "generated", False))


def _alter_field(app, operation, state, new: Known) -> str | None:
    model, name = operation.model_name_lower, operation.name_lower
    if (app, model) in new.models:
        return None
    if (app, model, name) in new.fields:
        return None if _may_be_left_out(operation.field) else f"{model}.{name} becomes NOT NULL without db_default: the last release cannot add a row."
    fault = _narrower(state.models[app, model].get_field(name), operation.field)
    return f"{model}.{name} {fault}" if fault else None


def _narrower(before, after) -> str | None:
    """Say in which way a column takes less than before, if it does."""
    kinds = before.get_internal_type(), after.get_internal_type()
    if kinds[0] != kinds[1] and kinds not in WIDER:
        return f"becomes {kinds[1]} instead of {kinds[0]}: the last release reads and writes the other kind."
    if before.null and not after.null:
        return "becomes NOT NULL: the last release writes rows without it."
    if after.max_length and (before.max_length or after.max_length + 1) > after.max_length:
        return f"becomes shorter ({after.max_length}): the last release writes longer texts."
    if kinds == ("DecimalField", "DecimalField") and not _holds(after, before):
        return f"takes fewer digits ({after.max_digits}, {after.decimal_places} of them after the point): the last release writes more."
    if after.unique and not before.unique:
        return "becomes unique: the last release does not keep to it."
    if before.db_column != after.db_column:
        return "gets another column: the last release looks for the former one."
    return None


def _holds(after, before) -> bool:
    return after.decimal_places >= before.decimal_places and after.max_digits - after.decimal_places >= before.max_digits - before.decimal_places


def _unique_together(app, operation, state, new: Known) -> str | None:
    before = state.models[app, operation.name_lower].options.get("unique_together", set())
    if (app, operation.name_lower) in new.models or set(operation.unique_together) <= {tuple(one) for one in before}:
        return None
    return f"{operation.name_lower} gets a rule that the last release does not keep to."


def _safe(app, operation, state, new: Known) -> None:
    return None


JUDGES = {
    "CreateModel": _create_model, "AddField": _add_field, "AlterField": _alter_field, "RemoveField": _remove_field, "RenameField": _remove_field,
    "DeleteModel": _needs_model("takes away the table of"), "RenameModel": _needs_model("renames"), "AlterModelTable": _needs_model("renames the table of"),
    "AddConstraint": _needs_model("sets a rule, which it does not keep to, for"), "AlterUniqueTogether": _unique_together,
    **dict.fromkeys(["AddIndex", "RemoveIndex", "RenameIndex", "RemoveConstraint", "AlterConstraint", "AlterModelOptions", "AlterModelManagers",
                     "AlterModelTableComment", "AlterIndexTogether", "AlterOrderWithRespectTo", "RunPython"], _safe),
}


def main() -> int:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
    import django

    django.setup()
    found = faults()
    for line in found:
        print(line)
    print(f"{len(found)} faults. {HOW}" if found else "The last release can live with every migration since.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
