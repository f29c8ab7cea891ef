"""Brings a backup into a site: rows in one transaction, files beside it, everything compared with the manifest before anything is kept.

Keeps true: until a mark lies in the private storage (`lms.backup.underway`) the site is as it was; from then on until the end every probe names it, and
a repeated restore mends it. A backup of an older version is restored into tables of that version, built anew, and migrated from there, as that
site itself would have been.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import SpooledTemporaryFile

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.core.files import File
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from lms.backup import erased, underway
from lms.backup.checking import Visitor, check_backup
from lms.backup.databases import Database, Digest, digest_of, known_migrations, needed_migrations, occupied, opened, state_of, tables_in
from lms.backup.errors import CannotRestore, NotEmpty
from lms.backup.files import Gathering, Hashing, Names, Stored, storage_named, stored_in
from lms.backup.making import fingerprints
from lms.backup.tables import SEARCH_INDEX, Table, names_of

IN_MEMORY = 8 << 20
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Restored:
    manifest: dict
    digests: dict[str, Digest]
    files: int
    bytes: int
    was_older: bool
    # Settings whose value is not the one of the site that was backed up.
    other_keys: tuple[str, ...]
    # Files of the former site, removed with its rows.
    removed: int
    # People who were erased after the backup and came back with it.
    erased_again: int
    # Whether anything but the backup itself could tell of them.
    knows_later_erasures: bool


def restore_backup(*, path: Path, identities: list, empty_first: bool = False, now: datetime, tell: Tell = lambda text: None) -> Restored:
    """Check a backup, bring it into this site, compare every table and file with it, make anew what it leaves out, and erase again who was erased since.

    :raises BrokenBackup: it is damaged; nothing was touched.
    :raises CannotRestore: it is a newer version's, the site is not migrated, or what came out is not what went in.
    :raises NotEmpty: somebody has worked in this site, and `empty_first` is not said.
    """
    tell("Checking the backup.")
    header = (checked := check_backup(path=path, identities=identities))["header"]
    with opened() as database:
        builds = _weigh(header, database, empty_first=empty_first)
    gone, knows_later = _gather_erased(path, checked)
    with closing(Names()) as former, closing(Names()) as names:
        if empty_first:
            _gather_former(former)
        if builds:
            tell(f"Building the tables of version {header['version']}.")
            underway.begin(former)
            _build(header)
        try:
            manifest, digests = _bring_in(path, identities, names, former if empty_first else None, tell=tell)
        except OSError as error:
            raise CannotRestore(f"The rows were not kept, because files could not be read or written: {error.strerror or error}.") from error
        if builds:
            tell("Migrating to this version.")
            call_command("migrate", verbosity=0, interactive=False)
        removed, again = _finish(former, names, gone, now=now, tell=tell)
        is_older, size = bool(needed_migrations() - _migrations_of(header)), names.counts()
    return Restored(manifest, digests, *size, is_older, _other_keys(header), removed, again, knows_later)


def _finish(former: Names, names: Names, gone: erased.Erased, *, now: datetime, tell: Tell) -> tuple[int, int]:
    """Do what is left once the rows are in, and take the mark away; return how many files were removed and how many people erased again."""
    removed = _remove_former(former, names)
    _make_anew(tell)
    again = erased.erase_again(gone, now=now)
    underway.end()
    return removed, again


def _weigh(header: dict, database: Database, *, empty_first: bool) -> bool:
    """Say whether tables have to be built anew: it is an older version's, or a restore was broken off while it built them.

    :raises CannotRestore: :raises NotEmpty: when it cannot come in here.
    """
    theirs, known = _migrations_of(header), known_migrations()
    ours = needed_migrations()
    if newer := sorted(theirs - known):
        named = ", ".join(".".join(key) for key in newer[:5])
        raise CannotRestore(
            f"The backup is of version {header['version']}, this program is {settings.VERSION} and does not know {named}. "
            "Install that version or a newer one, and restore with it.")
    is_half_built = bool(ours - database.migrations()) and empty_first and underway.is_under_way()
    if ours - database.migrations() and not is_half_built:
        raise CannotRestore("This site is not migrated: run `manage.py migrate` first, then restore.")
    if not empty_first and (found := occupied(database)):
        raise NotEmpty(
            f"This site is not empty: there are rows in {', '.join(found[:5])}{' …' if len(found) > 5 else ''}. Restore into a new, "
            f"migrated site; or, to throw away everything here, say --empty-first with the name of this site ({settings.SITE_NAME}).")
    return is_half_built or bool(ours - theirs)


def _migrations_of(header: dict) -> set[tuple[str, str]]:
    return {tuple(key) for key in header["migrations"]}


def _gather_erased(path: Path, manifest: dict) -> tuple[erased.Erased, bool]:
    """Return whoever was erased by anything that still tells of it, and whether more than the backup did; what only the rows knew is laid by, they go now."""
    try:
        later = erased.known(erased.in_storage(), erased.in_list(path.parent), erased.in_database())
        gone = erased.known(later, erased.in_manifest(manifest))
        erased.remember(gone)
    except OSError as error:
        raise CannotRestore(f"Nothing was touched, because the list of erased people could not be read or kept: {error.strerror or error}.") from error
    return gone, bool(later)


def _gather_former(former: Names) -> None:
    underway.recall(former)
    with opened() as database:
        if not database.migrations():
            return
        database.begin_reading()
        gathering, present = Gathering(former), database.table_names()
        for table in tables_in(database, without=SEARCH_INDEX):
            if table.name in present and any(column.storage for column in table.columns):
                for _row in gathering.through(table, database.rows(table)):
                    pass


def _build(header: dict) -> None:
    """Make the site's tables anew as they were when the backup was written."""
    connection.close()
    with opened() as database:
        database.drop_all()
    theirs = _migrations_of(header)
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    plan = [step for step in executor.migration_plan(leaves) if (step[0].app_label, step[0].name) in theirs]
    executor.migrate(leaves, plan=plan)
    connection.close()
    with opened() as database:
        if database.migrations() != theirs:
            raise CannotRestore(
                f"The tables of version {header['version']} cannot be built by this one. Install that version, restore with it, then upgrade. "
                "Until then this site has no tables: `manage.py migrate` makes them again.")


def _bring_in(path: Path, identities: list, names: Names, former: Names | None, *, tell: Tell) -> tuple[dict, dict[str, Digest]]:
    """Bring rows and files in, compare, and commit; whatever goes wrong before takes the rows back.

    :param former: the files that go when all is done; None where nothing may be replaced
    """
    connection.close()
    with opened() as database:
        incoming = _Incoming(database, names, former, tell=tell)
        manifest = check_backup(path=path, identities=identities, visitor=incoming)
        database.set_counters(incoming.tables.values(), manifest["counters"])
        database.check_links()
        tell("Comparing.")
        digests = incoming.compared(manifest)
        _compare_files(names)
        # From here on until the end rows are new, and files of the former site, search and caches are not yet.
        underway.begin(former or names)
        database.commit()
        return manifest, digests


class _Incoming(Visitor):
    def __init__(self, database: Database, names: Names, former: Names | None, *, tell: Tell):
        self.database, self.names, self.former, self.tell = database, names, former, tell
        self.tables: dict[str, Table] = {}

    def header(self, header: dict, tables: dict[str, Table]) -> None:
        self.tables = tables
        here = self.database.table_names()
        for table in tables.values():
            if table.name not in here or self.database.column_names(table.name) != set(table.names):
                raise CannotRestore(f"The table {table.name} has other columns here than in the backup, though the migrations are the same.")
        self.database.begin_writing()
        state = state_of({tuple(key) for key in header["migrations"]})
        self.database.empty(sorted(({*tables} | names_of(state) | names_of(apps)) & here))
        self.tell(f"Writing {len(tables)} tables.")

    def rows(self, table: Table, rows: Iterator[list]) -> None:
        self.database.write(table, rows)

    def file(self, storage: str, name: str, content: Hashing) -> None:
        """Keep a file under its own name; one that is there already with the same content is left alone."""
        with SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
            while data := content.read():
                spool.write(data)
            wanted = Stored(storage, name, content.size, content.sha256)
            self.names.know(wanted)
            found = stored_in(storage, name)
            if found == wanted:
                return
            place = storage_named(storage)
            if found:
                if self.former is None:
                    raise NotEmpty(f"Another file lies where the backup has one: {name} ({storage}). Restore into empty storages, or say --empty-first.")
                # The rows of the former site name this file, and it goes now.
                underway.begin(self.former)
                place.delete(name)
            spool.seek(0)
            if place.save(name, File(spool, name=name)) != name:
                raise CannotRestore(f"The storage does not keep a file under its name: {name} ({storage}).")

    def compared(self, manifest: dict) -> dict[str, Digest]:
        """Return the digests of all tables, read back from the database.

        :raises CannotRestore: when one is not that of the manifest.
        """
        digests = {name: digest_of(self.database, table) for name, table in self.tables.items()}
        if wrong := [name for name, digest in digests.items() if digest != Digest(**manifest["rows"][name])]:
            raise CannotRestore(f"These tables did not come out as they went in, so nothing was kept: {', '.join(wrong)}.")
        return digests


def _compare_files(names: Names) -> None:
    for stored in names.known():
        if stored_in(stored.storage, stored.name) != stored:
            raise CannotRestore(f"A file did not come out as it went in, so no rows were kept: {stored.name} ({stored.storage}).")


def _remove_former(former: Names, names: Names) -> int:
    """Remove the files of the site that was emptied, but for those that the backup has too."""
    count = 0
    for storage, name, _needed in former.wanted():
        if names.get(storage, name) is None:
            storage_named(storage).delete(name)
            count += 1
    return count


def _make_anew(tell: Tell) -> None:
    """Make what is left out of backups, and forget what was remembered of the site before."""
    tell("Making the search index.")
    ContentType.objects.clear_cache()
    for name in settings.CACHES:
        caches[name].clear()
    call_command("update_index", verbosity=0)


def _other_keys(header: dict) -> tuple[str, ...]:
    ours = fingerprints()
    return tuple(name for name, value in header.get("fingerprints", {}).items() if ours.get(name) != value)
