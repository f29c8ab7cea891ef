"""The files that rows name: which they are, and whether what was read of one is what was there.

Keeps true: names and digests lie in a nameless temporary database on disk, so a million of them do not fill the memory.
"""

import hashlib
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import Storage, storages

from lms.backup.errors import BrokenBackup
from lms.backup.tables import Table

CHUNK = 1 << 20
# Pictures that wait for an import to be decided stand in its rows as {"file": name}, not in a field of their own.
_IN_JSON = re.compile(r'"file": "([^"\\]{1,300})"')


@dataclass(frozen=True)
class Stored:
    storage: str
    name: str
    size: int
    sha256: str


class Names:
    """A set of names of files, each with size and digest once known."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._rows.execute("PRAGMA journal_mode=OFF")
        self._rows.execute(
            "CREATE TABLE names (storage TEXT, name TEXT, needed INTEGER, size INTEGER, sha256 TEXT, PRIMARY KEY (storage, name)) WITHOUT ROWID")
        self._rows.execute("BEGIN")

    def close(self) -> None:
        self._rows.close()

    def add(self, storage: str, name: str, *, needed: bool = True) -> None:
        self._rows.execute(
            "INSERT INTO names VALUES (?, ?, ?, NULL, NULL) ON CONFLICT DO UPDATE SET needed = MAX(needed, excluded.needed)", [storage, name, needed])

    def know(self, stored: Stored) -> None:
        self._rows.execute(
            "INSERT INTO names VALUES (?, ?, 1, ?, ?) ON CONFLICT DO UPDATE SET size = excluded.size, sha256 = excluded.sha256",
            [stored.storage, stored.name, stored.size, stored.sha256])

    def known(self) -> Iterator[Stored]:
        for row in self._rows.execute("SELECT storage, name, size, sha256 FROM names WHERE sha256 IS NOT NULL ORDER BY storage, name"):
            yield Stored(*row)

    def wanted(self) -> Iterator[tuple[str, str, bool]]:
        """Yield storage, name, and whether it is an error when the file is not there; others may be written to meanwhile."""
        last = ("", "")
        while rows := self._rows.execute(
                "SELECT storage, name, needed FROM names WHERE (storage, name) > (?, ?) ORDER BY storage, name LIMIT 1000", last).fetchall():
            yield from ((storage, name, bool(needed)) for storage, name, needed in rows)
            last = rows[-1][:2]

    def get(self, storage: str, name: str) -> Stored | None:
        row = self._rows.execute("SELECT storage, name, size, sha256 FROM names WHERE storage = ? AND name = ?", [storage, name]).fetchone()
        return Stored(*row) if row else None

    def counts(self) -> tuple[int, int]:
        """Return how many are known, and how many bytes they have together."""
        return self._rows.execute("SELECT COUNT(sha256), COALESCE(SUM(size), 0) FROM names").fetchone()


class Gathering:
    """Looks at rows on their way into a backup, and keeps the names of files that they hold."""

    def __init__(self, names: Names):
        self.names = names

    def through(self, table: Table, rows: Iterable[list]) -> Iterable[list]:
        fields = [(place, column.storage) for place, column in enumerate(table.columns) if column.storage]
        texts = [place for place, column in enumerate(table.columns) if column.kind == "json"]
        return self._looked_at(rows, fields, texts) if fields or texts else rows

    def _looked_at(self, rows: Iterable[list], fields: list[tuple[int, str]], texts: list[int]) -> Iterator[list]:
        for row in rows:
            for place, storage in fields:
                if row[place]:
                    self.names.add(storage, row[place])
            for place in texts:
                for name in _IN_JSON.findall(row[place]) if row[place] and '"file": "' in row[place] else ():
                    if "/" in name:
                        self.names.add("private", name, needed=False)
            yield row


class Hashing:
    """A reader that knows afterwards how many bytes went through it, and their SHA-256."""

    def __init__(self, file: BinaryIO):
        self.file, self.size, self._digest = file, 0, hashlib.sha256()

    def read(self, size: int = CHUNK) -> bytes:
        data = self.file.read(size)
        self.size += len(data)
        self._digest.update(data)
        return data

    def to_the_end(self) -> "Hashing":
        while self.read():
            pass
        return self

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def storage_named(name: str) -> Storage:
    """Return one of the two storages whose files are backed up.

    :raises BrokenBackup: for any other name.
    """
    if name not in ("default", "private"):
        raise BrokenBackup(f"The backup names a storage that this site does not have: {name[:40]}.")
    return storages[name]


class _Body:
    """What an object store sends; whatever breaks in the middle is an OSError, as with a disk."""

    def __init__(self, body: BinaryIO):
        self.body = body

    def read(self, size: int = CHUNK) -> bytes:
        try:
            return self.body.read(size)
        except OSError:
            raise
        except Exception as error:  # the store's library has errors of several libraries
            raise StoreBroke(f"The object store broke off: {type(error).__name__}") from error


class StoreBroke(OSError):
    code = "store_broke"


@contextmanager
def reading(storage: str, name: str) -> Iterator[tuple[BinaryIO, int, Callable[[], bool]]]:
    """Open a file and hand out the reader, its size, and what says afterwards whether it changed meanwhile.

    :raises FileNotFoundError: when there is none.
    """
    place = storage_named(storage)
    if hasattr(place, "part"):
        # One request, and one version of the file whatever becomes of it meanwhile.
        found = place.part(name)
        with closing(found["Body"]) as body:
            yield _Body(body), found["ContentLength"], lambda: False
        return
    try:
        changed_at, file = place.get_modified_time(name), place.open(name)
    except (IsADirectoryError, SuspiciousFileOperation) as error:
        raise FileNotFoundError(name) from error
    with file:
        size = place.size(name)
        yield file, size, lambda: bool(file.read(1)) or (place.size(name), place.get_modified_time(name)) != (size, changed_at)


def stored_in(storage: str, name: str) -> Stored | None:
    """Return size and digest of a file as it lies there now; None when it does not."""
    try:
        with reading(storage, name) as (file, _size, _changed):
            read = Hashing(file).to_the_end()
    except FileNotFoundError:
        return None
    return Stored(storage, name, read.size, read.sha256)
