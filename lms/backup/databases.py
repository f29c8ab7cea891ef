"""Opens databases for a backup, beside Django's own connections, and says what state they are in."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass

from django.apps import apps
from django.apps.registry import Apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader
from django.db.utils import load_backend

from lms.backup.errors import CannotBackUp, CannotReach
from lms.backup.postgresql import PostgreSQL
from lms.backup.sqlite import SQLite
from lms.backup.tables import BORN, LEFT_OUT, Table, names_of, tables_of
from lms.backup.values import line_of

Database = SQLite | PostgreSQL


@dataclass(frozen=True)
class Digest:
    rows: int
    sha256: str


@contextmanager
def opened(settings: dict | None = None) -> Iterator[Database]:
    """Open the site's database, or another, on a connection outside Django's pool; whatever is not committed is taken back."""
    settings = deepcopy(settings or connections[DEFAULT_DB_ALIAS].settings_dict)
    settings["OPTIONS"].pop("pool", None)
    wrapper = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, "backup")
    if wrapper.vendor not in ("sqlite", "postgresql"):
        raise CannotBackUp(f"Backups know SQLite and PostgreSQL, not {wrapper.vendor}.")
    try:
        database = (SQLite if wrapper.vendor == "sqlite" else PostgreSQL)(wrapper)
    except wrapper.Database.Error as error:
        raise CannotReach(f"The database cannot be opened: {(str(error).splitlines() or [type(error).__name__])[0]}") from error
    try:
        yield database
    except wrapper.Database.Error as error:
        raise CannotReach(f"The database stopped this: {(str(error).splitlines() or [type(error).__name__])[0]}. Nothing was kept.") from error
    finally:
        with suppress(wrapper.Database.Error):
            database.rollback()
        database.close()


def digest_of(database: Database, table: Table) -> Digest:
    """Return how many rows a table has, and the SHA-256 of them all as a backup writes them; one statement."""
    digest, count = hashlib.sha256(), 0
    for row in database.rows(table):
        digest.update(line_of(row))
        count += 1
    return Digest(count, digest.hexdigest())


def occupied(database: Database) -> list[str]:
    """Return the tables that show that somebody has worked here: those with rows that no migration makes."""
    present = database.table_names()
    return [name for name in sorted(names_of(apps) - BORN) if name in present and database.has_rows(name)]


def known_migrations() -> set[tuple[str, str]]:
    """Return the migrations of this version, those included that others have taken the place of."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    replaced = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    return set(loader.disk_migrations) | replaced


def needed_migrations() -> set[tuple[str, str]]:
    """Return the migrations that a new site of this version runs."""
    return set(MigrationLoader(None, ignore_no_migrations=True).graph.nodes)


def state_of(migrations: Iterable[tuple[str, str]]) -> Apps:
    """Return the models as they were when just these migrations were applied."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    nodes = [key for key in migrations if key in loader.graph.nodes]
    return loader.project_state(nodes).apps


def tables_in(database: Database, *, without: frozenset[str] = LEFT_OUT) -> list[Table]:
    """Return the tables of a database, also when this version is newer and it is not migrated yet.

    :raises CannotBackUp: when it is not a site's, or a newer version's.
    """
    applied, known = database.migrations(), known_migrations()
    if not applied:
        raise CannotBackUp("The database holds no site: `manage.py migrate` was never run in it.")
    if newer := sorted(applied - known):
        raise CannotBackUp(f"The database belongs to a newer version than this program: {_named(newer)}. Use that version's program.")
    return tables_of(state_of(applied) if needed_migrations() - applied else apps, without=without)


def _named(migrations: list[tuple[str, str]]) -> str:
    return ", ".join(f"{app}.{name}" for app, name in migrations[:5]) + (" …" if len(migrations) > 5 else "")
