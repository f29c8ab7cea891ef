"""The folder of backups: one backup at a time, names in the order of time, old ones removed, and what the operations page reads of the latest."""

import contextlib
import fcntl
import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from lms.backup.errors import CannotBackUp

LATEST = "backups/latest.json"
PARTIAL = ".part"
_OURS = re.compile(r"backup-\d{8}-\d{6}(-\d+)?\.tar\.gz(\.age)?")


@contextlib.contextmanager
def folder_held(folder: Path) -> Iterator[None]:
    """Make the folder if need be, for its owner alone, keep others from backing up into it meanwhile, and clear away what a killed run left.

    :raises CannotBackUp: when another backup is at work there, or the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CannotBackUp(f"BACKUP_DIR cannot be written to: {folder} ({error.strerror}).") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotBackUp(f"Another backup is being written into {folder}. Wait for it to end.") from error
        for left in folder.glob(f"backup-*{PARTIAL}"):
            left.unlink()
        yield
    finally:
        os.close(lock)


def free_path(folder: Path, *, now: datetime, is_sealed: bool) -> Path:
    """Return where a backup of this moment goes: a name that none has yet."""
    stem, ending = f"backup-{now.astimezone(UTC):%Y%m%d-%H%M%S}", ".tar.gz.age" if is_sealed else ".tar.gz"
    path, number = folder / f"{stem}{ending}", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}{ending}"
    return path


def prune(folder: Path, *, keep: int, latest: Path) -> list[str]:
    """Remove all but the newest so many backups, never the one just checked; return the names of those removed. Other files stay."""
    ours = [path for path in folder.iterdir() if _OURS.fullmatch(path.name) and path != latest]
    old = sorted(ours, key=lambda path: (path.stat().st_mtime, path.name), reverse=True)[max(keep, 1) - 1:]
    for path in old:
        path.unlink()
    return sorted(path.name for path in old)


def note_latest(facts: dict) -> None:
    """Put into the private storage what the operations page shows of the last good backup."""
    storage = storages["private"]
    storage.delete(LATEST)
    storage.save(LATEST, ContentFile(json.dumps(facts, indent=1).encode()))


def latest_backup() -> dict | None:
    """Return what is known of the last good backup: at, name, size, sha256, checked, encrypted, seconds, rows, files; None when there is none."""
    storage = storages["private"]
    with contextlib.suppress(FileNotFoundError, ValueError), storage.open(LATEST) as file:
        return json.loads(file.read())
    return None
