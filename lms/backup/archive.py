"""The file of a backup: a tar, compressed by gzip, sealed by age where a key is given; written and read as a stream (docs/backup.md).

Keeps true: members come in one order – header, rows by table, files, list of the files, manifest – and the manifest, which is last,
has the digest of everything before it. A file without it is not a backup.
"""

import contextlib
import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from lms.backup.errors import BrokenBackup
from lms.backup.files import Hashing, Stored
from lms.backup.sealing import Sealing, opened_seal
from lms.backup.values import line_of

FORMAT = 1
PART_BYTES = 4 << 20
# Measured: level 4 takes half the time of 6 for 4 % more bytes.
LEVEL = 4
HEADER, MANIFEST = "header.json", "manifest.json"


class Writer:
    """Adds members to a backup that is being written."""

    def __init__(self, file: BinaryIO, recipients: list, *, mtime: int):
        self._mtime = mtime
        self._outer = Sealing(file, recipients) if recipients else None
        self._gzip = gzip.GzipFile(filename="", mode="wb", compresslevel=LEVEL, fileobj=self._outer or file, mtime=mtime)
        self._tar = tarfile.open(fileobj=self._gzip, mode="w|", format=tarfile.PAX_FORMAT, bufsize=1 << 16)  # noqa: SIM115 - closed in finish

    def add(self, name: str, source: BinaryIO | Hashing, size: int) -> None:
        """Add a member of just this size.

        :raises OSError: when the source ends before.
        """
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = size, self._mtime, 0o600
        self._tar.addfile(info, source)

    def add_json(self, name: str, data: dict) -> None:
        content = json.dumps(data, ensure_ascii=False, indent=1).encode()
        self.add(name, io.BytesIO(content), len(content))

    def add_lines(self, folder: str, rows: Iterable[list]) -> tuple[int, str]:
        """Add rows as one or more parts of a few megabytes; return how many there were and the SHA-256 of all lines together."""
        digest, count, number, part = hashlib.sha256(), 0, 0, bytearray()
        for row in rows:
            part += line_of(row)
            count += 1
            if len(part) >= PART_BYTES:
                digest.update(part)
                number += 1
                self.add(f"{folder}/{number:06}.jsonl", io.BytesIO(part), len(part))
                part = bytearray()
        if part:
            digest.update(part)
            self.add(f"{folder}/{number + 1:06}.jsonl", io.BytesIO(part), len(part))
        return count, digest.hexdigest()

    def finish(self) -> None:
        self._tar.close()
        self._gzip.close()
        if self._outer:
            self._outer.close()

    def abandon(self) -> None:
        """Let go of everything after an error; the error itself is what is told."""
        for part in (self._tar.fileobj, self._gzip, self._outer):
            with contextlib.suppress(Exception):
                if part:
                    part.close()


class Member:
    """One member of a backup that is being read; read it before the next."""

    def __init__(self, info: tarfile.TarInfo, file: BinaryIO):
        self.name, self.size, self.file = info.name, info.size, file

    def json(self) -> dict:
        try:
            found = json.loads(self.file.read())
        except ValueError as error:
            raise BrokenBackup(f"{self.name} in the backup cannot be read.") from error
        if not isinstance(found, dict):
            raise BrokenBackup(f"{self.name} in the backup cannot be read.")
        return found


@contextlib.contextmanager
def members(path: Path, identities: list) -> Iterator[Iterator[Member]]:
    """Open a backup and hand out its members, in order, to be read one after the other.

    :raises BrokenBackup: when the file is cut off, changed or no backup; whoever reads it meets the error where it is.
    :raises KeyMissing: when it is encrypted and no given key opens it.
    """
    try:
        with path.open("rb") as file, contextlib.closing(opened_seal(file, identities)) as plain, gzip.GzipFile(fileobj=plain, mode="rb") as stream:
            with tarfile.open(fileobj=stream, mode="r|", bufsize=1 << 16) as tar:
                yield _walked(tar)
            while stream.read(1 << 20):  # to the end, where the checksum of all is
                pass
    except (EOFError, gzip.BadGzipFile, zlib.error, tarfile.TarError) as error:
        raise BrokenBackup(f"{path.name} is damaged, cut off or not a backup ({type(error).__name__}: {error}).") from error


def _walked(tar: tarfile.TarFile) -> Iterator[Member]:
    for info in tar:
        if not info.isreg():
            raise BrokenBackup(f"The backup holds something that is neither rows nor a file: {info.name[:80]}.")
        yield Member(info, tar.extractfile(info))


def listed(stored: Iterable[Stored]) -> Iterator[list]:
    return ([file.storage, file.name, file.size, file.sha256] for file in stored)
