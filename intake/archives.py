"""Zip archives (xlsx, docx, QTI packages) from strangers: nothing is taken out before its size, its name and its place are known to be harmless."""

import io
import re
import struct
import zipfile
import zlib
from typing import BinaryIO

from django.utils.translation import gettext as _

from intake.errors import UnreadableFile

_ENTRY = b"PK\x01\x02"
_LOCAL_HEADER_BYTES = 30
_CHUNK = 1 << 16
# Other ways of packing may ask for gigabytes of memory before the first byte; no office program uses them.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:")
_DAMAGES = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError)


def open_archive(file: BinaryIO, *, most_bytes: int, most_files: int = 30_000) -> zipfile.ZipFile:
    """Open a zip archive after looking at everything that its directory says; nothing is unpacked yet. The file stays open.

    :param most_bytes: how much everything in it may be together when unpacked.
    :raises UnreadableFile: when it is no zip, damaged, encrypted, too large unpacked, or names files outside of itself.
    """
    # Counted before Python makes an object of each: fifty megabytes hold a million entries.
    if _entries_at_most(file, most_files) > most_files:
        raise UnreadableFile(_("This file holds too many files (more than %(count)s).") % {"count": most_files}, code="zip_files")
    try:
        file.seek(0)
        archive = zipfile.ZipFile(file)
    except Exception as error:
        # What is wrong with a directory shows itself in many ways (BadZipFile, struct.error, UnicodeDecodeError …); all of them mean the same.
        raise UnreadableFile(_("This file is no zip archive, or it is damaged."), code="zip") from error
    for member in archive.infolist():
        _check(member)
    _check_places(archive)
    if sum(member.file_size for member in archive.infolist()) > most_bytes:
        raise UnreadableFile(
            _("Unpacked, this file is larger than %(size)s MB.") % {"size": most_bytes // (1024 * 1024)}, code="zip_size")
    return archive


def open_member(archive: zipfile.ZipFile, name: str, most: int) -> BinaryIO:
    """Open one file of the archive for reading, piece by piece, so that it never takes more memory than what is asked for.

    :raises UnreadableFile: here or while reading, when it is not there, damaged, or larger than `most` bytes.
    """
    try:
        info = archive.getinfo(name)
        if info.file_size > most:
            raise _too_large(name)
        return io.BufferedReader(_Member(archive.open(info), name, most), _CHUNK)
    except KeyError as error:
        raise UnreadableFile(_("“%(name)s” is missing in this file.") % {"name": name}, code="zip_missing") from error
    except _DAMAGES as error:
        raise _damaged(name) from error


class _Member(io.RawIOBase):
    """A file of an archive whose packed size may lie: what comes out is counted, and asked for in small pieces only."""

    def __init__(self, member: BinaryIO, name: str, most: int):
        self._member, self._name, self._left = member, name, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        try:
            data = self._member.read(min(len(buffer), _CHUNK))
        except _DAMAGES as error:
            raise _damaged(self._name) from error
        self._left -= len(data)
        if self._left < 0:
            raise _too_large(self._name)
        buffer[:len(data)] = data
        return len(data)

    def close(self) -> None:
        self._member.close()
        super().close()


def _entries_at_most(file: BinaryIO, most: int) -> int:
    """Count the marks that every entry of a directory begins with, wherever a reader may look for the directory; stop above `most`."""
    file.seek(0)
    count, tail = 0, b""
    while count <= most and (chunk := file.read(1 << 20)):
        piece = tail + chunk
        count += piece.count(_ENTRY)
        tail = piece[-len(_ENTRY) + 1:]
    return count


def _check(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & 0x1:
        raise UnreadableFile(_("This file is protected with a password. Save it without one and try again."), code="zip_encrypted")
    if member.compress_type not in _METHODS:
        raise UnreadableFile(_("This file is packed in an unusual way. Pack it as an ordinary zip and try again."), code="zip_method")
    name = member.orig_filename
    if _ABSOLUTE.match(name) or ".." in re.split(r"[/\\]", name) or "\0" in name:
        raise UnreadableFile(_("This file names files outside of itself."), code="zip_name")


def _check_places(archive: zipfile.ZipFile) -> None:
    """Refuse entries that share bytes: how a bomb packs a petabyte into ten megabytes, each entry of a modest size."""
    end = 0
    for member in sorted(archive.infolist(), key=lambda member: member.header_offset):
        if member.header_offset < end:
            raise UnreadableFile(_("This file is no zip archive, or it is damaged."), code="zip_overlap")
        end = member.header_offset + _LOCAL_HEADER_BYTES + member.compress_size
    if end > archive.start_dir:
        raise UnreadableFile(_("This file is no zip archive, or it is damaged."), code="zip_overlap")


def _damaged(name: str) -> UnreadableFile:
    return UnreadableFile(_("“%(name)s” in this file is damaged.") % {"name": name[:100]}, code="zip_damaged")


def _too_large(name: str) -> UnreadableFile:
    return UnreadableFile(_("“%(name)s” in this file is too large.") % {"name": name[:100]}, code="zip_size")
