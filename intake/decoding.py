"""The text of an uploaded file, whatever Vietnamese encoding it came in; old fonts that only look Vietnamese are refused with a word.

The whole file is looked at once, piece by piece, before a reader gets its first line: what is plain letters in the first megabyte may be
salad in the second, and no reader meets a broken letter halfway.
"""

import codecs
import io
import re
import unicodedata
from collections.abc import Iterator
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import BinaryIO

from django.utils.translation import gettext as _

from intake.errors import UnreadableFile
from vietnamese.encodings import counted, has_old_words, legacy_font_of, single_byte_encoding, words_of

__all__ = ["has_old_words", "kind_of", "legacy_font_of", "legacy_reason", "open_text", "unicode_of"]

_PIECE = 1 << 16
# So many words of each piece are looked at; an encoding shows itself in far fewer.
_WORDS = 100
# A file with a few old words among many others is read; its questions are looked at one by one.
_LEAST_WORDS = 2
_MOST_IN_MEMORY = 1 << 20
# Western letters are this part of a text at most; with more of them it is no text, or none that we know.
_MOST_WESTERN = 0.2
_HEAP_OF_MARKS = re.compile("[\u0300-\u0323]{10}")
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def open_text(file: BinaryIO) -> io.TextIOBase:
    """Open a file as text, NFC or not as it is, every line ending in "\\n". The file stays open when the text is let go of.

    Read are UTF-8, UTF-16 and windows-1258 (which is composed to NFC), and windows-1252 for other languages.

    :raises UnreadableFile: when it is no text, or written with an old font (TCVN3, VNI).
    """
    file.seek(0)
    head = file.read(_PIECE)
    _refuse_other_kinds(head)
    encoding = unicode_of(head)
    try:
        words = list(_words(file, encoding))
    except UnicodeDecodeError as error:
        return _open_single_bytes(file, encoding, error)
    if len(words) >= _LEAST_WORDS and (font := counted(words).font()):
        raise UnreadableFile(legacy_reason(font), code=font.lower())
    return _text(file, encoding)


def legacy_reason(font: str) -> str:
    """Return what to tell a person whose text is written in an old font, "TCVN3" or "VNI"."""
    return _(
        "This text is typed in the old font encoding %(font)s, not in Unicode. Convert it to Unicode (for example with UniKey, "
        "Ctrl+Shift+F6) and try again."
    ) % {"font": {"TCVN3": "TCVN3 (ABC, .VnTime)", "VNI": "VNI (VNI-Times)"}[font]}


def _open_single_bytes(file: BinaryIO, encoding: str, error: UnicodeDecodeError) -> io.TextIOBase:
    """Open a file that is not written in Unicode, or say why it cannot be read."""
    if encoding != "utf-8":
        raise _unreadable() from error
    if line := _broken_line(file):
        raise UnreadableFile(
            _("A letter in line %(line)s is broken. Save the file as UTF-8 and try again.") % {"line": line}, code="encoding", line=line) from error
    words = list(_words(file, "latin-1"))
    encoding = single_byte_encoding(words)
    if encoding in ("TCVN3", "VNI"):
        raise UnreadableFile(legacy_reason(encoding), code=encoding.lower())
    if encoding == "cp1252" and _foreign_part(file) > _MOST_WESTERN:
        raise _unreadable()
    try:
        return _composed(file, encoding)
    except UnicodeDecodeError:
        raise _unreadable() from error


def _unreadable() -> UnreadableFile:
    return UnreadableFile(_("This file is not written in Unicode. Save it as UTF-8 and try again."), code="encoding")


def unicode_of(head: bytes) -> str:
    """Name the Unicode encoding that a file begins like: by its mark, or by where the zeros of UTF-16 stand."""
    for mark, encoding in _BOMS.items():
        if head.startswith(mark):
            return encoding
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 4 > len(head) // 2 and min(even, odd) * 20 <= max(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8"


def _pieces(file: BinaryIO, encoding: str, errors: str = "strict") -> Iterator[str]:
    """Decode a file piece by piece.

    :raises UnicodeDecodeError: when a letter is broken.
    """
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    file.seek(0)
    while data := file.read(_PIECE):
        yield decoder.decode(data)
    yield decoder.decode(b"", final=True)


def _words(file: BinaryIO, encoding: str) -> Iterator[str]:
    """Decode a file to its end and give some of the words of each piece that tell how it is written."""
    for piece in _pieces(file, encoding):
        if "\0" in piece:
            raise UnreadableFile(_("This file is no text. Choose a text file."), code="binary")
        if not piece.isascii():
            yield from islice(words_of(piece), _WORDS)


def _broken_line(file: BinaryIO) -> int:
    """Return the first line with a broken letter of a file that is UTF-8 but for a few: read as anything else it would be salad. Else 0."""
    good = bad = line = lines = 0
    for piece in _pieces(file, "utf-8", "replace"):
        if not bad and "\ufffd" in piece:
            line = lines + piece.count("\n", 0, piece.index("\ufffd")) + 1
        lines += piece.count("\n")
        broken = piece.count("\ufffd")
        bad += broken
        good += sum(1 for letter in piece if letter > "\x7f") - broken
    return line if good > 3 * bad else 0


def _foreign_part(file: BinaryIO) -> float:
    """Return which part of a file's bytes are no plain letters, 0 to 1."""
    foreign = total = 0
    for piece in _pieces(file, "latin-1"):
        total += len(piece)
        foreign += len(piece) - len(piece.encode("ascii", "ignore"))
    return foreign / total


class _Kept(io.RawIOBase):
    """A file that stays open when the text read from it is closed or forgotten."""

    def __init__(self, file: BinaryIO):
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        data = self._file.read(len(buffer))
        buffer[:len(data)] = data
        return len(data)


def _text(file: BinaryIO, encoding: str) -> io.TextIOBase:
    file.seek(0)
    return io.TextIOWrapper(io.BufferedReader(_Kept(file), _PIECE), encoding=encoding, newline=None)


def _composed(file: BinaryIO, encoding: str) -> io.TextIOBase:
    """Write a file anew in UTF-8, letters and their marks composed, and open that; what is large goes to the disk.

    :raises UnicodeDecodeError: when a byte means nothing in this encoding.
    """
    # The text that is returned closes it.
    out = SpooledTemporaryFile(max_size=_MOST_IN_MEMORY)  # noqa: SIM115
    held = ""
    for piece in _pieces(file, encoding):
        held += piece
        if _HEAP_OF_MARKS.search(held):
            raise _unreadable()
        # The last letter waits for its marks, which may come with the next piece.
        end = next((place for place in range(len(held) - 1, -1, -1) if not unicodedata.combining(held[place])), 0)
        out.write(unicodedata.normalize("NFC", held[:end]).encode())
        held = held[end:]
    out.write(unicodedata.normalize("NFC", held).encode())
    out.seek(0)
    return io.TextIOWrapper(out, encoding="utf-8", newline=None)


def _refuse_other_kinds(head: bytes) -> None:
    """Say what a file is that was given as text and is none."""
    if kind := kind_of(head):
        raise UnreadableFile(_("This is no text file but %(kind)s.") % {"kind": kind}, code="binary")


def kind_of(head: bytes) -> str:
    """Return in words what a file is that begins like this, when it is a kind of file that people take for another; else an empty string."""
    kinds = (
        (b"%PDF-", _("a PDF; save it as Word or text")), (b"\xd0\xcf\x11\xe0", _("an old Word or Excel file (.doc, .xls); save it as .docx or .xlsx")),
        (b"{\\rtf", _("an RTF file; save it as .docx")), (b"\x89PNG", _("a picture")), (b"\xff\xd8\xff", _("a picture")),
        (b"GIF8", _("a picture")), (b"Rar!\x1a", _("an archive")), (b"7z\xbc\xaf", _("an archive")), (b"\x1f\x8b", _("an archive")),
    )
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_archive(head)
    return next((kind for mark, kind in kinds if head.startswith(mark)), "")


def _kind_of_archive(head: bytes) -> str:
    """The names of the first files stand in the clear at the beginning."""
    if b"word/" in head:
        return _("a Word document (.docx)")
    return _("an Excel workbook (.xlsx)") if b"xl/" in head else _("a zip archive")
