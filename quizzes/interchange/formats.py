"""The formats that question files may have, by name; their modules are loaded when they are first needed."""

import codecs
import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePath

from django.utils.translation import gettext_lazy as _

from intake.decoding import unicode_of
from quizzes.interchange.items import Reader, Writer

# So much of a file is looked at to tell its format.
HEAD = 4096
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Format:
    """One format; `made_of` says what its files look like by their first bytes."""

    name: str
    label: str
    extensions: tuple[str, ...]
    media_type: str
    module: str
    made_of: tuple[str, ...] = ("text",)
    is_written: bool = True

    @property
    def read(self) -> Reader:
        return import_module(f"quizzes.interchange.{self.module}").read

    @property
    def write(self) -> Writer | None:
        return import_module(f"quizzes.interchange.{self.module}").write if self.is_written else None


_ALL = [
    Format("moodlexml", _("Moodle XML"), (".xml",), "application/xml", "moodlexml", ("xml",)),
    Format("xlsx", _("Excel workbook"), (".xlsx",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", ("zip",)),
    Format("gift", _("GIFT (text of Moodle)"), (".gift", ".txt"), "text/plain; charset=utf-8", "gift"),
    Format("aiken", _("Aiken (text)"), (".txt",), "text/plain; charset=utf-8", "aiken"),
    Format("qti", _("QTI 3.0"), (".zip", ".xml"), "application/zip", "qti", ("zip", "xml")),
    Format("text", _("Word or plain text (Câu 1: … A. … Đáp án: B)"), (".docx", ".txt"), "text/plain; charset=utf-8", "plain", ("text", "zip"),
           is_written=False),
]
FORMATS: dict[str, Format] = {format_.name: format_ for format_ in _ALL}


def made_of(head: bytes) -> str:
    """Return "zip", "xml", "text" or, for anything else, "binary": what a file looks like by its first bytes."""
    if head.startswith(_ZIP):
        return "zip"
    text = _text_of(head)
    if text.lstrip().startswith("<"):
        return "xml"
    return "binary" if "\x00" in text else "text"


def guess(name: str, head: bytes) -> str:
    """Return the name of the format that a file has, by its first bytes and then by its name; an empty string when nothing fits."""
    extension = PurePath(name).suffix.lower()
    match made_of(head):
        case "zip":
            return _guess_zip(extension, head)
        case "xml":
            return _guess_xml(_text_of(head))
        case "text":
            return _guess_text(extension, _text_of(head))
    return ""


def _text_of(head: bytes) -> str:
    # The head may end within a letter, which waits for the rest.
    return codecs.getincrementaldecoder(unicode_of(head))("replace").decode(head).removeprefix("\ufeff")


def _guess_zip(extension: str, head: bytes) -> str:
    by_name = {".xlsx": "xlsx", ".docx": "text", ".zip": "qti"}
    inside = [("xlsx", b"xl/"), ("text", b"word/"), ("qti", b"imsmanifest.xml")]
    return by_name.get(extension) or next((name for name, part in inside if part in head), "")


def _guess_xml(text: str) -> str:
    if re.search(r"<(?:\w+:)?(?:qti-|assessmentItem|manifest|questestinterop)", text):
        return "qti"
    return "moodlexml" if "<quiz" in text else ""


def _guess_text(extension: str, text: str) -> str:
    if extension == ".gift":
        return "gift"
    if re.search(r"(?m)^ANSWER\s*:\s*[A-Z]\s*$", text):
        return "aiken"
    if re.search(r"(?m)^\s*(?:::|\$CATEGORY:)|(?<!\\)\{[^{}]*(?:[=~#]|T\}|F\}|TRUE|FALSE)|(?<!\\)\{\s*\}", text):
        return "gift"
    if re.search(r"(?mi)^\s*(?:câu(?:\s+hỏi)?\s*\d+|đáp\s*án|bài\s*\d+|\d+\s*[.)/:])", text):
        return "text"
    return "text" if extension in (".docx", ".txt") else ""
