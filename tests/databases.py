"""Test databases: migrated once, then copied, because the migrations cost more than most of the tests.

The template is named by a hash of all migrations, so it is made anew when one changes (`pytest --create-db` forces it) and a
second run starts at once. Each pytest worker works on a copy of its own, into which the front page and the empty catalogue were put: a third of all
tests want them, and they cost as much as most of these.
"""

import fcntl
import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

TEMPLATES = settings.BASE_DIR / "var" / "test-databases"
STOCKED_BY = settings.BASE_DIR / "tests" / "factories" / "courses.py"


def template_key() -> str:
    """Hash what fills a new database: the migrations of every installed app, modules that add rows after them, and what is put in for the tests."""
    digest = hashlib.sha256(STOCKED_BY.read_bytes())
    for app in apps.get_app_configs():
        listeners = [path for path in Path(app.path).glob("*.py") if b"post_migrate" in path.read_bytes()]
        for path in sorted([*Path(app.path, "migrations").glob("*.py"), *listeners]):
            digest.update(f"{app.label}/{path.name}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def template() -> Path:
    """Return where the migrated SQLite database lies, once it is made: an empty site."""
    return TEMPLATES / f"{template_key()}.sqlite3"


class SQLiteDatabase:
    """A file in the tests' own folder: WAL and locks then behave as in the product, which a database in memory does not."""

    def __init__(self, worker: str, *, anew: bool) -> None:
        self.path = Path(settings.VAR_DIR, f"test-{worker}.sqlite3")
        self.template = template()
        self.stocked = self.template.with_suffix(".stocked.sqlite3")
        TEMPLATES.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time():
            if anew or not self.stocked.exists():
                self._make_template()
        shutil.copyfile(self.stocked, self.path)
        _point_at(str(self.path))

    def refill(self) -> None:
        """Bring back the rows of the migrations after a test that commits was flushed."""
        connection.ensure_connection()
        with closing(sqlite3.connect(self.stocked)) as source:
            source.backup(connection.connection)
        ContentType.objects.clear_cache()

    def drop(self) -> None:
        connection.close()

    def _make_template(self) -> None:
        for old in TEMPLATES.glob("*.sqlite3*"):
            old.unlink()
        part = self.template.with_suffix(".part")
        part.unlink(missing_ok=True)
        _point_at(str(part))
        _migrate()
        self._fold_in()
        shutil.copyfile(part, self.template)
        _stock()
        self._fold_in()
        part.rename(self.stocked)

    def _fold_in(self) -> None:
        """Bring what was written into the file itself, so that it can be copied."""
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()


class PostgreSQLDatabase:
    def __init__(self, worker: str, *, anew: bool) -> None:
        base = f"test_{settings.DATABASES['default']['NAME']}"
        self.name, self.template = f"{base}_{worker}", f"{base}_template_{template_key()}"
        with _one_at_a_time():
            if anew or not self._exists(self.template):
                self._make_template(f"{base}_template")
        self._copy()

    def refill(self) -> None:
        """Bring back the rows of the migrations after a test that commits was flushed."""
        connection.close()
        self._copy()
        ContentType.objects.clear_cache()

    def drop(self) -> None:
        connection.close()
        _execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _copy(self) -> None:
        _execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        with _one_at_a_time():
            _execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"')
        _point_at(self.name)

    def _make_template(self, prefix: str) -> None:
        for (old,) in _execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix]):
            _execute(f'DROP DATABASE "{old}" WITH (FORCE)')
        _execute(f'CREATE DATABASE "{prefix}"')
        _point_at(prefix)
        _migrate()
        _stock()
        connection.close()
        _execute(f'ALTER DATABASE "{prefix}" RENAME TO "{self.template}"')

    def _exists(self, name: str) -> bool:
        return bool(_execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]))


def prepare(worker: str, *, anew: bool) -> SQLiteDatabase | PostgreSQLDatabase:
    """Give this worker its copy and let Django's connection point at it."""
    return (SQLiteDatabase if connection.vendor == "sqlite" else PostgreSQLDatabase)(worker, anew=anew)


def _migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def _stock() -> None:
    from tests.factories.courses import catalogue

    catalogue()
    ContentType.objects.clear_cache()


def _point_at(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _execute(sql: str, parameters: list | None = None) -> list[tuple]:
    with connection._nodb_cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let one worker make what all share, while the others wait."""
    TEMPLATES.mkdir(parents=True, exist_ok=True)
    with (TEMPLATES / f"lock-{connection.vendor}").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
