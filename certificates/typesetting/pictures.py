"""Pictures of designs where typst can read them: a folder of this process, filled from the private storage, each under its digest.

Keeps true: what is set is what was frozen; a stored picture that has changed since stops the paper instead of changing it.
"""

import hashlib
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from certificates.storage import private_storage

_ONE = Lock()


class PictureChanged(Exception):
    """The stored picture of a design is not the one that was published."""


def picture_name(sha256: str, format: str) -> str:
    """Return the name in the private storage."""
    return f"designs/{sha256}.{format}"


def path_of(sha256: str, format: str, content: bytes | None = None) -> str:
    """Return where typst finds the picture; reads it from the storage, once a process, unless its content is handed in.

    :raises PictureChanged: when the stored content does not have that digest.
    :raises FileNotFoundError: when the storage has lost it.
    """
    path = Path(_folder().name) / f"{sha256}.{format}"
    if not path.exists():
        content = content if content is not None else _stored(picture_name(sha256, format))
        if hashlib.sha256(content).hexdigest() != sha256:
            raise PictureChanged(path.name)
        part = path.with_suffix(f".{id(content)}.part")
        part.write_bytes(content)
        # In one step: another thread must not read half of it.
        part.replace(path)
    return str(path)


def _stored(name: str) -> bytes:
    with private_storage().open(name) as file:
        return file.read()


def _folder() -> TemporaryDirectory:
    # Two threads that are the first would else make two, and the one that is forgotten is removed under the other's hands.
    with _ONE:
        return _made_folder()


@cache
def _made_folder() -> TemporaryDirectory:
    return TemporaryDirectory(prefix="designs-")
