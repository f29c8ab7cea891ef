"""Encryption with age, as a stream: what is written into one end is sealed in a thread and comes out at the other, in constant memory.

Files are plain age files: `age -d -i KEY FILE` opens them without this program.
"""

import contextlib
import os
import threading
from collections.abc import Iterable
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import BinaryIO

import pyrage

from lms.backup.errors import BrokenBackup, CannotBackUp, KeyMissing

MAGIC = b"age-encryption.org/"


def recipients_of(text: str) -> list:
    """Return the public keys in a setting: one or more, with spaces or commas between them.

    :raises CannotBackUp: when one is not a public key of age or SSH.
    """
    return [_recipient(word) for word in _words(text)]


def _words(text: str) -> list[str]:
    """One or more `age1…`; a key of SSH is two words and a remark, so it stands alone."""
    return [text.strip()] if text.strip().startswith("ssh-") else text.replace(",", " ").split()


def _recipient(word: str):
    try:
        return pyrage.ssh.Recipient.from_str(word) if word.startswith("ssh-") else pyrage.x25519.Recipient.from_str(word)
    except pyrage.RecipientError as error:
        hint = "It is a secret key: only its public half (age1…) belongs there" if word.upper().startswith("AGE-SECRET-KEY") else "It must be age1… (age-keygen)"
        raise CannotBackUp(f"BACKUP_RECIPIENT is not a public key of age. {hint}.") from error


def identities_in(path: Path) -> list:
    """Return the secret keys in a file as `age-keygen` writes it, or in one of SSH.

    :raises KeyMissing: when it cannot be read or holds none.
    """
    try:
        content = path.read_bytes()
        if b"PRIVATE KEY-----" in content:
            return [pyrage.ssh.Identity.from_buffer(content)]
        words = [line.strip() for line in content.decode().splitlines()]
        found = [pyrage.x25519.Identity.from_str(word) for word in words if word and not word.startswith("#")]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError) as error:
        raise KeyMissing(f"{path} cannot be read as a secret key of age ({type(error).__name__}).") from error
    if not found:
        raise KeyMissing(f"{path} holds no secret key of age (AGE-SECRET-KEY-1…).")
    return found


def passing_key():
    """Return a key for one run, never stored: sealed for it too, a backup can be read back by the process that has just written it."""
    return pyrage.x25519.Identity.generate()


class Sealing(RawIOBase):
    """Takes plain bytes, writes sealed ones to a file. What goes wrong while writing (a full disk) is raised here as itself."""

    def __init__(self, file: BinaryIO, recipients: Iterable):
        self._error: BaseException | None = None
        self._file = _Keeping(file)
        read_end, write_end = os.pipe()
        self._pipe = os.fdopen(write_end, "wb", 1 << 16)
        self._thread = threading.Thread(target=self._seal, args=(os.fdopen(read_end, "rb"), list(recipients)), daemon=True)
        self._thread.start()

    def _seal(self, source: BinaryIO, recipients: list) -> None:
        try:
            pyrage.encrypt_io(source, self._file, recipients)
        except BaseException as error:
            self._error = self._file.error or error
        finally:
            source.close()

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        try:
            self._pipe.write(data)
        except BrokenPipeError:
            self._finish()
            raise
        return len(data)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._finish()

    def _finish(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._pipe.close()
        self._thread.join()
        if self._error:
            raise self._error


class _Keeping:
    """A file that remembers what went wrong: pyrage tells only the words of it."""

    def __init__(self, file: BinaryIO):
        self.file, self.error = file, None

    def write(self, data: bytes) -> int:
        try:
            return self.file.write(data)
        except BaseException as error:
            self.error = error
            raise

    def flush(self) -> None:
        self.file.flush()


class _Opening(RawIOBase):
    """Reads plain bytes out of a sealed file."""

    def __init__(self, file: BinaryIO, identities: list):
        self._error: BaseException | None = None
        read_end, write_end = os.pipe()
        self._pipe = os.fdopen(read_end, "rb", 0)
        self._thread = threading.Thread(target=self._open, args=(file, os.fdopen(write_end, "wb"), identities), daemon=True)
        self._thread.start()

    def _open(self, file: BinaryIO, target: BinaryIO, identities: list) -> None:
        try:
            pyrage.decrypt_io(file, target, identities)
            target.flush()
        except BaseException as error:
            self._error = error
        finally:
            with contextlib.suppress(OSError):
                target.close()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        count = self._pipe.readinto(buffer)
        if not count:
            self._thread.join()
            if self._error:
                raise _in_words(self._error)
        return count or 0

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._pipe.close()
            self._thread.join()


def _in_words(error: BaseException) -> Exception:
    if isinstance(error, pyrage.DecryptError) and "key" in str(error).lower():
        return KeyMissing("The backup was sealed for another key: none of the given ones opens it.")
    if isinstance(error, pyrage.DecryptError | OSError):
        return BrokenBackup(f"The backup is damaged or not complete: its encryption does not hold ({error}).")
    return error  # type: ignore[return-value]


def is_sealed(file: BinaryIO) -> bool:
    """Say whether a file begins like one of age; it is left at its beginning."""
    head = file.read(len(MAGIC))
    file.seek(0)
    return head == MAGIC


def opened_seal(file: BinaryIO, identities: list) -> BinaryIO:
    """Return a reader of what a file holds, sealed or not.

    :raises KeyMissing: when it is sealed and there is no key.
    """
    if not is_sealed(file):
        return file
    if not identities:
        raise KeyMissing("The backup is encrypted: give the file with the secret key (--identity FILE).")
    return BufferedReader(_Opening(file, identities), 1 << 16)
