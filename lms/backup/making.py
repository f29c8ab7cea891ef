"""Makes a backup: the state of the database at one moment, then the files that it names, checked by reading it all back.

Keeps true: under its final name there is only a whole backup that was read back. Rows come first and files after them, because files are
only ever added under new names: a row is committed after its file is stored, so each file that the rows of that moment name is there.
"""

import errno
import hashlib
import os
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from lms.backup import archive, erased, keeping, underway
from lms.backup.archive import Writer, listed
from lms.backup.checking import check_backup
from lms.backup.databases import Database, opened, tables_in
from lms.backup.errors import BackupError, CannotBackUp, DiskFull, FilesMissing
from lms.backup.files import Gathering, Hashing, Names, Stored, reading
from lms.backup.sealing import passing_key
from lms.backup.tables import LEFT_OUT, SEARCH_INDEX, Table

# Kept elsewhere, or a stolen backup would be the keys as well.
NOT_INSIDE = [
    "SECRET_KEY", "SECRET_KEY_FALLBACKS", "CERTIFICATE_SIGNING_KEY", "PDF_SIGNING (the file and its keys)", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "S3_ACCESS_KEY", "S3_SECRET_KEY",
    "METRICS_TOKEN", "SENTRY_DSN", "the secret key that opens this backup"]
TOLD = 20
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class Made:
    path: Path
    manifest: dict
    size: int
    sha256: str
    seconds: float
    removed: tuple[str, ...] = ()


def make_backup(
        *, folder: Path, recipients: list, keep: int | None = None, allow_missing: bool = False, now: datetime,
        tell: Callable[[str], None] = lambda text: None) -> Made:
    """Write a backup into the folder, read it back, give it its name, remove old ones beyond `keep`, and note it as the latest.

    :raises CannotBackUp: another backup is at work, a restore has not ended, or the database is none of this version.
    :raises FilesMissing: files that rows name are gone or changed meanwhile; with `allow_missing` those gone are listed in the manifest instead.
    :raises DiskFull: nothing is left of what was written.
    """
    began = time.monotonic()
    with keeping.folder_held(folder):
        _refuse_half_restored()
        path = keeping.free_path(folder, now=now, is_sealed=bool(recipients))
        part, key = path.with_name(path.name + keeping.PARTIAL), passing_key()
        try:
            _write_file(part, [*recipients, key.to_public()] if recipients else [], allow_missing=allow_missing, now=now, tell=tell)
            tell("Reading it back.")
            manifest = check_backup(path=part, identities=[key])
            made = Made(path, manifest, part.stat().st_size, _digest(part), time.monotonic() - began)
            _give_name(part, made)
        except OSError as error:
            raise _in_words(error, folder) from error
        finally:
            part.unlink(missing_ok=True)
        try:
            keeping.note_latest(_facts(made, now=now))
        except OSError as error:
            raise CannotBackUp(f"{path} is whole and checked, but the private storage could not note it ({error}). No old backup was removed.") from error
        return made if keep is None else replace(made, removed=tuple(keeping.prune(folder, keep=keep, latest=path)))


def _give_name(part: Path, made: Made) -> None:
    """Give a backup that was checked its name; the list of erased people beside it comes first, so that none lies there without them."""
    erased.add_to_list(part.parent, erased.in_manifest(made.manifest))
    part.rename(made.path)
    _sync_folder(part.parent)


def _write_file(part: Path, recipients: list, *, allow_missing: bool, now: datetime, tell: Callable[[str], None]) -> None:
    # Made by us alone and readable by us alone, from its first byte on.
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        _write(file, recipients, allow_missing=allow_missing, now=now, tell=tell)
        file.flush()
        os.fsync(file.fileno())
        if hasattr(os, "posix_fadvise"):  # not on a Mac
            # Read back from the disk itself, not from memory.
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _write(file: BinaryIO, recipients: list, *, allow_missing: bool, now: datetime, tell: Callable[[str], None]) -> None:
    writer = Writer(file, recipients, mtime=int(now.timestamp()))
    try:
        with closing(Names()) as names:
            header, rows, counters = _write_rows(writer, names, now=now, tell=tell)
            missing = _write_files(writer, names, tell=tell)
            if missing and not allow_missing:
                raise FilesMissing(_words_for(missing))
            count, size = names.counts()
            _listed, digest = writer.add_lines("listing", listed(names.known()))
            files = {"count": count, "bytes": size, "listing_sha256": digest, "missing": [list(place) for place in missing]}
            # Whoever was erased since the rows were read, too: they are still in them.
            gone = erased.told(erased.known(erased.in_storage(), erased.in_database()))
            writer.add_json(archive.MANIFEST, {"header": header, "rows": rows, "counters": counters, "files": files, "erased": gone})
        writer.finish()
    except BaseException:
        writer.abandon()
        raise


def _write_rows(writer: Writer, names: Names, *, now: datetime, tell: Callable[[str], None]) -> tuple[dict, dict, dict]:
    """Write header and tables as of one moment; the connection is closed before the first file is read."""
    gathering, rows = Gathering(names), {}
    with opened() as database:
        database.begin_reading()
        tables = tables_in(database)
        header = header_of(database, tables, now=now)
        writer.add_json(archive.HEADER, header)
        tell(f"Writing {len(tables)} tables of {database.vendor}.")
        for table in tables:
            count, digest = writer.add_lines(f"database/{table.name}", gathering.through(table, database.rows(table)))
            rows[table.name] = {"rows": count, "sha256": digest}
        return header, rows, database.counters(tables)


def header_of(database: Database, tables: list[Table], *, now: datetime) -> dict:
    """Return what stands first in a backup: enough to know whether and how it can be restored."""
    return {
        "format": archive.FORMAT, "product": "lms", "version": settings.VERSION, "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "site": settings.SITE_NAME, "address": settings.SITE_URL, "engine": database.vendor, "migrations": sorted(map(list, database.migrations())),
        "fingerprints": fingerprints(),
        "left_out": {"made_anew": sorted(SEARCH_INDEX), "not_restored": sorted(LEFT_OUT - SEARCH_INDEX)}, "not_inside": NOT_INSIDE,
        "tables": [table.as_dict() for table in tables]}


def fingerprints() -> dict[str, str]:
    """Return by what a restore knows whether the keys of this site are those of the backup; nobody can get from them to the keys."""
    keys = {"SECRET_KEY": settings.SECRET_KEY, "CERTIFICATE_SIGNING_KEY": settings.CERTIFICATE_SIGNING_KEY}
    return {name: hashlib.pbkdf2_hmac("sha256", key.encode(), b"backup " + name.encode(), 200_000).hex()[:16] for name, key in keys.items()}


def _write_files(writer: Writer, names: Names, *, tell: Callable[[str], None]) -> list[tuple[str, str]]:
    """Write every file that is named; return those that rows need and that are not there."""
    missing, count = [], 0
    for storage, name, needed in names.wanted():
        if _write_one(writer, names, storage, name):
            count += 1
        elif needed:
            missing.append((storage, name))
    tell(f"Written: {count} files.")
    return missing


def _write_one(writer: Writer, names: Names, storage: str, name: str) -> bool:
    try:
        with reading(storage, name) as (file, size, has_changed):
            source = Hashing(file)
            try:
                writer.add(f"files/{storage}/{name}", source, size)
            except OSError as error:
                if type(error) is OSError and error.errno is None and source.size < size:  # so tarfile says that the source ended too early
                    raise FilesMissing(_changed(storage, name)) from error
                raise
            if has_changed():
                raise FilesMissing(_changed(storage, name))
    except FileNotFoundError:
        return False
    names.know(Stored(storage, name, source.size, source.sha256))
    return True


def _changed(storage: str, name: str) -> str:
    return f"A file changed while it was being copied: {name} ({storage}). Nothing was kept; run the backup again."


def _words_for(missing: list[tuple[str, str]]) -> str:
    named = "\n".join(f"  {name} ({storage})" for storage, name in missing[:TOLD])
    more = f"\n  and {len(missing) - TOLD} more" if len(missing) > TOLD else ""
    return (
        f"{len(missing)} files that the database names are not there:\n{named}{more}\nNothing was kept. If they were deleted just now, run the "
        "backup again; if they are gone for good, --allow-missing makes a backup without them that lists them.")


def _refuse_half_restored() -> None:
    try:
        is_under_way = underway.is_under_way()
    except Exception as error:  # the store's library has errors of several libraries
        raise CannotBackUp(f"The private storage or the object store does not answer: {type(error).__name__}") from error
    if is_under_way:
        raise CannotBackUp("A restore has not ended, so rows and files may not belong together. Run `restore --empty-first` again, then back up.")


def _in_words(error: OSError, folder: Path) -> BackupError:
    if error.errno in _FULL:
        return DiskFull(f"The disk of BACKUP_DIR is full ({folder}). Nothing was left of this backup; make room and run it again.")
    return CannotBackUp(f"The backup could not be written: {error.strerror or error}. Nothing was left of it.")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    """Have the name on disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _facts(made: Made, *, now: datetime) -> dict:
    return {
        "at": now.astimezone(UTC).isoformat(timespec="seconds"), "name": made.path.name, "size": made.size, "sha256": made.sha256, "checked": True,
        "encrypted": made.path.suffix == ".age", "seconds": round(made.seconds, 1), "rows": sum(table["rows"] for table in made.manifest["rows"].values()),
        "files": made.manifest["files"]["count"], "missing": len(made.manifest["files"]["missing"])}
