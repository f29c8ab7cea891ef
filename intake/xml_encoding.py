"""The characters of an XML file, by its mark, by what it declares, or UTF-8."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from intake.errors import UnreadableFile

PIECE = 1 << 16

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_DECLARED = re.compile(rb"\s{0,100}<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_DECLARATION = re.compile(r"\A(\s{0,100})<\?xml\s[^>]{0,300}\?>")
# Encodings in which "<" is one byte, as they are declared in the wild. Python knows others, some of which are no encodings of text.
_KNOWN = re.compile(
    r"utf-8|us-ascii|ascii|(windows-|cp)(874|125\d)|iso-8859-\d{1,2}|latin-?1|gbk|gb2312|gb18030|big5|euc-(jp|kr)|shift_jis|koi8-[ru]|tis-620"
)


def decoded(file: BinaryIO, *, most: int) -> Iterator[str]:
    """Return the text of an XML file piece by piece, without its declaration, every line where it was.

    :raises UnreadableFile: when it is empty, longer than `most` bytes, or not written in what it declares.
    """
    piece = file.read(PIECE)
    if not piece.strip(b" \t\r\n\x00"):
        raise UnreadableFile(_("This file is empty."), code="empty")
    encoding = _encoding_of(piece)
    decoder = codecs.getincrementaldecoder(encoding)()
    read, line = 0, 1
    while piece:
        text = _decode(decoder, piece, encoding, line, final=False)
        # A parser is handed text that was decoded already; what the file declares would only lead it astray.
        yield text if read else _DECLARATION.sub(r"\1", text, count=1)
        read += len(piece)
        line += text.count("\n")
        piece = file.read(PIECE)
        if read + len(piece) > most:
            raise UnreadableFile(_("This file is too large."), code="too-large")
    yield _decode(decoder, b"", encoding, line, final=True)


def _encoding_of(head: bytes) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    declared = _DECLARED.match(head)
    name = declared[1].decode().lower() if declared else "utf-8"
    # "UTF-16" in a file whose first letters are plain bytes is the mistake of a tool that wrote UTF-8.
    if name in ("utf8", "utf-16", "unicode"):
        name = "utf-8"
    if not _KNOWN.fullmatch(name) or not _exists(name):
        text = _("The encoding “%(name)s” is not known. Save the file as UTF-8 and try again.")
        raise UnreadableFile(text % {"name": name}, code="encoding")
    return name


def _exists(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


def _decode(decoder: codecs.IncrementalDecoder, piece: bytes, encoding: str, line: int, *, final: bool) -> str:
    try:
        return decoder.decode(piece, final)
    except UnicodeError as error:
        line += piece[: getattr(error, "start", 0)].count(b"\n")
        text = _("Line %(line)d is not written in %(encoding)s. Save the file as UTF-8 and try again.")
        name = encoding.removesuffix("-sig").upper()
        raise UnreadableFile(text % {"line": line, "encoding": name}, code="encoding", line=line) from error
