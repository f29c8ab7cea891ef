"""Reads a backup from end to end and holds everything in it against its manifest."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from lms.backup import archive
from lms.backup.archive import Member
from lms.backup.databases import Digest
from lms.backup.errors import BrokenBackup
from lms.backup.files import Hashing, Names, Stored
from lms.backup.tables import Table
from lms.backup.values import row_of


@dataclass
class Visitor:
    """What may be done with the parts of a backup on the way through it; by itself, nothing."""

    def header(self, header: dict, tables: dict[str, Table]) -> None:
        pass

    def rows(self, table: Table, rows: Iterator[list]) -> None:
        for _row in rows:
            pass

    def file(self, storage: str, name: str, content: Hashing) -> None:
        content.to_the_end()


@dataclass
class Reading:
    """One walk through a backup: what was found so far."""

    header: dict = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    digests: dict[str, Digest] = field(default_factory=dict)
    manifest: dict = field(default_factory=dict)


def check_backup(*, path: Path, identities: list, visitor: Visitor | None = None) -> dict:
    """Read a backup to its end, compare every digest and count, and return its manifest.

    :raises BrokenBackup: at the first thing that does not fit.
    :raises KeyMissing: when it is encrypted and no given key opens it.
    """
    if not path.is_file():
        raise BrokenBackup(f"There is no file {path}.")
    with closing(Names()) as names, archive.members(path, identities) as found:
        walk = _Walk(found, visitor or Visitor(), names)
        try:
            walk.through()
        except (KeyError, TypeError, IndexError) as error:  # well-formed JSON of another form
            raise BrokenBackup(f"The backup cannot be read: something in it has another form than it should ({type(error).__name__}).") from error
        return walk.reading.manifest


class _Walk:
    def __init__(self, members: Iterator[Member], visitor: Visitor, names: Names):
        self.members, self.visitor, self.names = members, visitor, names
        self.reading, self.member = Reading(), next(members, None)

    def through(self) -> None:
        self._header()
        for table in self.reading.tables.values():
            self._table(table)
        while self.member and self.member.name.startswith("files/"):
            self._file()
        listing, listed = hashlib.sha256(), 0
        for row in self._lines("listing", listing):
            self._listed(row)
            listed += 1
        self._manifest(listing.hexdigest(), listed)

    def _next(self) -> None:
        self.member = next(self.members, None)

    def _header(self) -> None:
        if not self.member or self.member.name != archive.HEADER:
            raise BrokenBackup("The file is not a backup of this platform: it does not begin with a header.")
        header = self.member.json()
        if header.get("format") != archive.FORMAT:
            raise BrokenBackup(f"The backup has the form {header.get('format')}; this version reads the form {archive.FORMAT}.")
        try:
            self.reading.tables = {data["name"]: Table.from_dict(data) for data in header["tables"]}
        except (KeyError, TypeError) as error:
            raise BrokenBackup("The header of the backup cannot be read.") from error
        self.reading.header = header
        self.visitor.header(header, self.reading.tables)
        self._next()

    def _table(self, table: Table) -> None:
        digest, count = hashlib.sha256(), 0

        def counted() -> Iterator[list]:
            nonlocal count
            for row in self._lines(f"database/{table.name}", digest):
                if len(row) != len(table.columns):
                    raise BrokenBackup(f"{table.name} in the backup has a row of another length.")
                count += 1
                yield row

        self.visitor.rows(table, counted())
        self.reading.digests[table.name] = Digest(count, digest.hexdigest())

    def _lines(self, folder: str, digest) -> Iterator[list]:
        number = 1
        while self.member and self.member.name == f"{folder}/{number:06}.jsonl":
            for line in self.member.file:
                digest.update(line)
                try:
                    yield row_of(line)
                except ValueError as error:
                    raise BrokenBackup(f"{self.member.name} in the backup holds a line that is not one.") from error
            number += 1
            self._next()

    def _file(self) -> None:
        storage, _slash, name = self.member.name.removeprefix("files/").partition("/")
        content = Hashing(self.member.file)
        self.visitor.file(storage, name, content)
        self.names.know(Stored(storage, name, content.size, content.sha256))
        self._next()

    def _listed(self, row: list) -> None:
        if self.names.get(*row[:2]) != Stored(*row):
            raise BrokenBackup(f"A file in the backup is not what its list says: {row[1][:100]}.")

    def _manifest(self, listing: str, listed: int) -> None:
        if not self.member or self.member.name != archive.MANIFEST:
            name = self.member.name[:80] if self.member else "its end"
            raise BrokenBackup(f"The backup is not complete: where the manifest should be, there is {name}.")
        self.reading.manifest = manifest = self.member.json()
        wanted = {name: Digest(**digest) for name, digest in manifest.get("rows", {}).items()}
        if wrong := sorted(name for name in {*wanted, *self.reading.digests} if wanted.get(name) != self.reading.digests.get(name)):
            raise BrokenBackup(f"Rows in the backup are not what its manifest says: {', '.join(wrong[:5])}.")
        count, size = self.names.counts()
        files = manifest.get("files", {})
        if (files.get("count"), files.get("bytes"), files.get("listing_sha256"), listed) != (count, size, listing, count):
            raise BrokenBackup("The files in the backup are not those that its manifest says.")
        if manifest.get("header") != self.reading.header:
            raise BrokenBackup("Header and manifest of the backup do not belong together.")
        self._next()
        if self.member:
            raise BrokenBackup("The backup goes on after its manifest.")
