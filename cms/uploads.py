"""Does the content of an uploaded file match its name? A page of HTML called .pdf must not come into the library.

Looks at the file's own marks, never at what the browser says that it is.
"""

import zipfile
from typing import BinaryIO

_HEAD = 4096
_OFFICE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
_OPEN_DOCUMENT = {"odt": b"application/vnd.oasis.opendocument.text", "ods": b"application/vnd.oasis.opendocument.spreadsheet"}


def content_matches(file: BinaryIO, extension: str) -> bool:
    """Say whether the file is what its extension promises; an extension that is not known here never is."""
    file.seek(0)
    head = file.read(_HEAD)
    try:
        return _matches(file, head, extension.lower().lstrip("."))
    finally:
        file.seek(0)


def _matches(file: BinaryIO, head: bytes, extension: str) -> bool:
    match extension:
        case "pdf":
            return b"%PDF-" in head[:1024]
        case "docx" | "xlsx" | "pptx" | "odt" | "ods" | "zip":
            return _is_archive(file, extension)
        case "jpg" | "jpeg":
            return head.startswith(b"\xff\xd8\xff")
        case "png":
            return head.startswith(b"\x89PNG\r\n\x1a\n")
        case "mp4" | "m4a":
            return head[4:8] == b"ftyp"
        case "webm":
            return head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:128]
        case "ogg":
            return head.startswith(b"OggS")
        case "mp3":
            # With a tag before it, or beginning with a frame of MPEG audio layer III.
            return head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2)
        case "vtt":
            return head.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT") and _is_text(file)
        case "txt" | "csv":
            return _is_text(file)
    return False


def _is_archive(file: BinaryIO, extension: str) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            if extension in _OFFICE:
                return _OFFICE[extension] in archive.namelist()
            if extension in _OPEN_DOCUMENT:
                with archive.open("mimetype") as kind:
                    return kind.read(100).strip() == _OPEN_DOCUMENT[extension]
            return True
    except (zipfile.BadZipFile, KeyError, OSError, NotImplementedError, RuntimeError, ValueError):
        return False


def _is_text(file: BinaryIO) -> bool:
    file.seek(0)
    try:
        text = file.read().decode("utf-8")
    except UnicodeDecodeError:
        return False
    return "\x00" not in text
