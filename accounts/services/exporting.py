"""Everything that is kept about a person, as a ZIP that is written while it is sent: du-lieu.json, doc-duoc.html, and their files.

Keeps true: at most a chunk of rows and a piece of a file are in memory at a time; queries do not grow with rows; no secret is in it, and of others
only the names of whoever acted on the person's own record, which the person may read on their pages anyway.
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from accounts.enums import Act
from accounts.models import User
from accounts.records import Packed, Section
from accounts.selectors import personal
from accounts.services.log import note
from accounts.signals import person_exported

# Of the shape of du-lieu.json: other keys are another version.
SCHEMA = "du-lieu-ca-nhan/1"
PIECE = 64 * 1024
# Stands in the log, which keeps one language.
_SAID = "Tự tải toàn bộ dữ liệu của mình"
_NOT_IN_NAMES = re.compile(r"[^\w.,()\- ]+")

logger = logging.getLogger(__name__)


def sections_of(user: User, now: datetime) -> list[Section]:
    """Return all parts of the person's export, of every floor, in the order in which they are shown. No query before one is read."""
    found = personal.sections_of(user, now)
    for _receiver, sections in person_exported.send(sender=User, user=user, now=now):
        found += sections
    return sorted(found, key=lambda section: section.place)


def export_person(*, user: User, now: datetime) -> Iterator[bytes]:
    """Note in the person's log that they took their data, and return the ZIP, piece by piece. The person's own; whoever asks is known by then.

    Two queries beside one or two a part (docs/personal-data.md names the parts). A file that the storage has lost is named in the ZIP, not left out silently.
    """
    note(about=user, act=Act.EXPORTED, by=user, now=now, subject=_SAID, own=True)
    return _written(user, now)


def _written(user: User, now: datetime) -> Iterator[bytes]:
    sink = _Sink()
    # Not around a yield: the language of whoever runs this thread in between is not ours to change.
    with override("vi"):
        sections = sections_of(user, now)
    with TemporaryFile() as page, ZipFile(sink, "w", ZIP_DEFLATED) as packed:
        _put(page, _drawn("head", user=user, now=now, sections=sections, site_name=settings.SITE_NAME))
        yield from _json(user, now, sections, packed, page, sink)
        _put(page, _drawn("foot"))
        page.seek(0)
        yield from _file("doc-duoc.html", page, packed, sink)
        missing: list[str] = []
        for section in sections:
            for number, file in enumerate(section.files(), start=1):
                yield from _one_file(file, section.key, number, packed, sink, missing)
        if missing:
            packed.writestr("tep-khong-mo-duoc.txt", "\n".join(missing))
    yield sink.taken()


def _json(user: User, now: datetime, sections: list[Section], packed: ZipFile, page: BinaryIO, sink: "_Sink") -> Iterator[bytes]:
    """Write the rows of each part once, into both forms; yield what is ready to be sent."""
    head = {"schema": SCHEMA, "exported_at": now, "site": settings.SITE_URL, "person": user.uuid}
    with packed.open("du-lieu.json", "w", force_zip64=True) as out:
        out.write(f'{_as_json(head)[:-1]}, "sections": {{'.encode())
        for place, section in enumerate(sections):
            words = _in_vietnamese(section)
            told = {"title": section.title, "kept": section.kept, "columns": section.columns, "values": words}
            out.write(f'{"," if place else ""}\n{json.dumps(section.key)}: {_as_json(told)[:-1]}, "rows": ['.encode())
            _put(page, _drawn("section", section=section))
            count = 0
            for count, row in enumerate(section.rows(), start=1):
                out.write(f'{"," if count > 1 else ""}\n{_as_json(row)}'.encode())
                _put(page, _drawn("row", number=count, facts=_facts(section, words, row)))
                if sink.size > PIECE:
                    yield sink.taken()
            out.write(b"]}")
            _put(page, _drawn("end", count=count))
        out.write(b"}}\n")
    yield sink.taken()


def _one_file(file: Packed, key: str, number: int, packed: ZipFile, sink: "_Sink", missing: list[str]) -> Iterator[bytes]:
    name = name_in_zip(file.name, key, number)
    try:
        source = file.open()
    except OSError:
        logger.exception("A file of an export is not in the storage.")
        missing.append(name)
        return
    with source:
        yield from _file(name, source, packed, sink)


def _file(name: str, source: BinaryIO, packed: ZipFile, sink: "_Sink") -> Iterator[bytes]:
    with packed.open(name, "w", force_zip64=True) as out:
        while piece := source.read(PIECE):
            out.write(piece)
            if sink.size > PIECE:
                yield sink.taken()


def name_in_zip(name: str, key: str, number: int) -> str:
    """Return a name that no other file has and that leads nowhere out of the folder into which it is unpacked, whoever named the file."""
    safe = _NOT_IN_NAMES.sub("-", PurePosixPath(name.replace("\\", "/")).name).strip(". ")[-120:]
    return f"tep/{key}/{number:04d}-{safe or 'tep'}"


def _in_vietnamese(section: Section) -> dict[str, dict[str, str]]:
    with override("vi"):
        return {column: {str(code): str(word) for code, word in words.items()} for column, words in section.words.items()}


def _facts(section: Section, words: Mapping[str, Mapping[str, str]], row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return label and value of what a row says, as people read it; what is empty is left out."""
    shown = ((label, _shown(words.get(key, {}).get(str(row.get(key)), row.get(key)))) for key, label in section.columns.items())
    return [(label, value) for label, value in shown if value]


def _shown(value: Any) -> str:
    if value is None or value == {} or value == []:
        return ""
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%H:%M %d/%m/%Y}"
    if hasattr(value, "strftime"):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, list | tuple):
        return "; ".join(map(_shown, value))
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_shown(part)}" for key, part in value.items())
    return str(value)


def _as_json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)


def _drawn(part: str, **context) -> str:
    return render_to_string(f"accounts/export/{part}.html", context)


def _put(page: BinaryIO, text: str) -> None:
    page.write(text.encode())


class _Sink:
    """Where the ZIP is written to, and from where it is taken to be sent: no more than that is ever held."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits below."""

    def taken(self) -> bytes:
        pieces, self._pieces, self.size = self._pieces, [], 0
        return b"".join(pieces)
