"""A mark in the private storage, from the moment when a restore first changes what cannot be taken back until all of it is done.

Keeps true: while rows and files may not belong together the mark lies there, whatever was killed when; the probes and the checks name it, and a
repeated restore reads from it which files the former site had.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from tempfile import SpooledTemporaryFile

from django.core.files import File
from django.core.files.storage import storages

from lms.backup.errors import CannotRestore
from lms.backup.files import Names

MARK = "restore-under-way"
WORDS = "under way, or broken off: run `restore --empty-first` again"
IN_MEMORY = 1 << 20


def is_under_way() -> bool:
    """Say whether a restore has begun and not ended. One question to the private storage."""
    return storages["private"].exists(MARK)


def recall(former: Names) -> None:
    """Add the files of the site that an earlier restore, which never ended, was to throw away."""
    with suppress(FileNotFoundError), storages["private"].open(MARK) as file:
        for line in file:
            former.add(*json.loads(line))


def begin(former: Names) -> None:
    """Lay the mark, with the names of the files that go when all is done; one that lies there already stays.

    :raises CannotRestore: when the storage does not take it; nothing was changed yet.
    """
    if is_under_way():
        return
    with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        for line in _lines(former):
            file.write(line)
        file.seek(0)
        if storages["private"].save(MARK, File(file, name=MARK)) != MARK:
            raise CannotRestore("The private storage does not keep a file under its name, so nothing was begun.")


def end() -> None:
    """Take the mark away: rows and files belong together."""
    storages["private"].delete(MARK)


def _lines(former: Names) -> Iterator[bytes]:
    for storage, name, _needed in former.wanted():
        yield json.dumps([storage, name]).encode() + b"\n"
