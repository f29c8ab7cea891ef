"""Moves a site from one database to another: SQLite to PostgreSQL or back, or to another server.

Keeps true: the source is only read; the target is committed when every table has the same digest on both sides, the source read once more
after the copy, so that whatever was written meanwhile is found. Until then the target is as empty as it was.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass

import environ
from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from lms.backup.databases import Database, Digest, digest_of, known_migrations, needed_migrations, occupied, opened, tables_in
from lms.backup.errors import CannotMove, NotEmpty, WrittenMeanwhile
from lms.backup.tables import SEARCH_INDEX, Table, names_of
from lms.backup.values import line_of

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Moved:
    source: str
    target: str
    digests: dict[str, Digest]


def move_database(*, url: str, tell: Tell = lambda text: None) -> Moved:
    """Migrate the target, copy every row into it, compare every table on both sides, set the counters, and make its search index.

    :raises CannotMove: the target cannot be used, or a table came out differently.
    :raises NotEmpty: the target has rows.
    :raises Misfit: the target refuses a row.
    :raises WrittenMeanwhile: somebody wrote into the source; nothing was kept in the target.
    """
    target = _settings_of(url)
    with opened(target) as database:
        _weigh_target(database)
        is_migrated = needed_migrations() <= database.migrations()
    with opened() as source:
        _weigh_source(source)
    if not is_migrated:
        tell("Migrating the target.")
        _manage(url, "migrate", "--verbosity=0", "--no-input")
    with opened() as source, opened(target) as database:
        tables = tables_in(source, without=SEARCH_INDEX)
        digests = _copy(source, database, tables, tell)
        vendors = source.vendor, database.vendor
    tell("Making the search index of the target.")
    _manage(url, "update_index", "--verbosity=0")
    return Moved(*vendors, digests)


def _settings_of(url: str) -> dict:
    """Return Django's settings of a database: ours where it is of the same kind, so that it is opened in the same way."""
    try:
        found = environ.Env.db_url_config(url)
    except Exception as error:
        raise CannotMove("--to is not the address of a database: postgres://user:password@host/name or sqlite:////path/to/file.") from error
    if found.get("ENGINE") not in ("django.db.backends.sqlite3", "django.db.backends.postgresql"):
        raise CannotMove("--to must be postgres://user:password@host/name or sqlite:////path/to/file.")
    ours = deepcopy(connections[DEFAULT_DB_ALIAS].settings_dict)
    options = {} if found["ENGINE"] != ours["ENGINE"] else ours["OPTIONS"]
    if found["ENGINE"] == "django.db.backends.sqlite3":
        options = {"timeout": 20, **options}
    settled = {**ours, "HOST": "", "PORT": "", "USER": "", "PASSWORD": "", "OPTIONS": {**options, **found.pop("OPTIONS", {})}, **found}
    if [settled[key] for key in ("ENGINE", "NAME", "HOST", "PORT")] == [ours[key] for key in ("ENGINE", "NAME", "HOST", "PORT")]:
        raise CannotMove("--to is the database that this site uses already.")
    return settled


def _weigh_target(database: Database) -> None:
    if newer := sorted(database.migrations() - known_migrations()):
        raise CannotMove(f"The target belongs to a newer version: it has {newer[0][0]}.{newer[0][1]}.")
    if found := occupied(database):
        raise NotEmpty(f"The target is not empty: there are rows in {', '.join(found[:5])}{' …' if len(found) > 5 else ''}. Give it an empty database.")


def _weigh_source(source: Database) -> None:
    if needed_migrations() - source.migrations():
        raise CannotMove("This site is not migrated: run `manage.py migrate` first, then move it.")


def _manage(url: str, *words: str) -> None:
    """Run a command of ours on the target, in a process of its own: data migrations of others write where the settings point."""
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL_FILE"} | {"DATABASE_URL": url}
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, str(settings.BASE_DIR / "manage.py"), *words], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotMove(f"`{words[0]}` failed on the target: {(done.stderr.strip().splitlines() or ['no word'])[-1]}")


def _copy(source: Database, target: Database, tables: list[Table], tell: Tell) -> dict[str, Digest]:
    source.begin_reading()
    target.begin_writing()
    target.empty(sorted(names_of(apps) & target.table_names()))
    tell(f"Copying {len(tables)} tables.")
    copied = {table.name: _copy_one(source, target, table) for table in tables}
    target.set_counters(tables, source.counters(tables))
    target.check_links()
    tell("Comparing the target.")
    if wrong := [table.name for table in tables if digest_of(target, table) != copied[table.name]]:
        raise CannotMove(f"These tables did not come out as they went in, so nothing was kept in the target: {', '.join(wrong)}.")
    tell("Comparing the source.")
    source.rollback()
    source.begin_reading()
    if changed := [table.name for table in tables if digest_of(source, table) != copied[table.name]]:
        raise WrittenMeanwhile(
            f"Somebody wrote into the source meanwhile ({', '.join(changed[:5])}), so nothing was kept in the target. Set MAINTENANCE=1, stop "
            "workers and clock, and move again.")
    target.commit()
    return copied


def _copy_one(source: Database, target: Database, table: Table) -> Digest:
    digest, count = hashlib.sha256(), 0

    def counted() -> Iterator[list]:
        nonlocal count
        for row in source.rows(table):
            digest.update(line_of(row))
            count += 1
            yield row

    target.write(table, counted())
    return Digest(count, digest.hexdigest())
