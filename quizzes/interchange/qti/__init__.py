"""QTI 3.0 content packages (1EdTech, 1 May 2022, with 3.0.1), read and written; items of QTI 2.0 to 2.2 are read too.

A package is a zip of items, one XML file each, their pictures and a manifest. Tests, sections and shared texts in it are passed over: only
items are questions.
"""

import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, BinaryIO
from urllib.parse import quote

from django.utils.translation import gettext as _

from intake.errors import UnreadableFile
from intake.safe_xml import clean
from quizzes.interchange.items import PLUGIN_FILE, Item, Leave, Refused
from quizzes.interchange.qti.frame import Unsayable
from quizzes.interchange.qti.manifest import BEGIN, END, NAME, resource
from quizzes.interchange.qti.packages import SAFE_NAME, read_archive, read_file
from quizzes.interchange.qti.writing import write_item

_ZIP = b"PK"


def read(file: BinaryIO) -> Iterator[Item | Refused]:
    """Go through the items of a package, of a zip or of one XML file, and yield each as a question or as refused with its reason.

    The line is that of the XML file, or in a package the number of the item, and the excerpt begins with the name of its file.

    :raises UnreadableFile: when the file as a whole cannot be read.
    """
    file.seek(0)
    head = file.read(len(_ZIP))
    file.seek(0)
    try:
        yield from read_archive(file) if head == _ZIP else read_file(file)
    except RecursionError as error:
        raise UnreadableFile(_("This file cannot be read."), code="too-deep") from error


def write(items: Iterable[Item], out: BinaryIO, leave: Leave) -> None:
    """Write a package, question by question; the manifest, which names them all, is gathered in a file and comes last."""
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package,
        tempfile.TemporaryFile("w+b") as manifest,
    ):
        manifest.write(BEGIN.encode())
        for number, item in enumerate(items, 1):
            said = _without_forbidden(item)
            if said != item:
                leave(item, _("Signs that XML cannot hold were left out."), True)
            _write_one(said, f"question-{number:06d}", package, manifest, leave)
        manifest.write(END.encode())
        manifest.seek(0)
        with package.open(_entry(NAME), "w", force_zip64=True) as member:
            while piece := manifest.read(1 << 20):
                member.write(piece)


def _write_one(item: Item, identifier: str, package: zipfile.ZipFile, manifest: BinaryIO, leave: Leave) -> None:
    placed: dict[str, str] = {}

    def place(address: str) -> str:
        name = address.removeprefix(PLUGIN_FILE)
        if name not in item.pictures:
            leave(item, _("The picture “%(name)s” is missing.") % {"name": name[:80]}, True)
            return address
        if name not in placed:
            placed[name] = name if SAFE_NAME.fullmatch(name) else f"picture-{len(placed) + 1}{_suffix(name)}"
        return f"../pictures/{identifier}/{quote(placed[name])}"

    try:
        xml = write_item(item, identifier, place)
    except Unsayable as reason:
        leave(item, str(reason), False)
        return
    files = [f"items/{identifier}.xml", *(f"pictures/{identifier}/{name}" for name in placed.values())]
    package.writestr(_entry(files[0]), xml.encode())
    for file, name in zip(files[1:], placed, strict=True):
        package.writestr(_entry(file), item.pictures[name])
    manifest.write(resource(item, identifier, map(quote, files)).encode())


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry without a date, so that the same questions make the same file."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _suffix(name: str) -> str:
    found = re.search(r"\.\w{1,5}$", name, re.ASCII)
    return found.group() if found else ""


def _without_forbidden(said: Any) -> Any:
    """Return a question, or a part of one, without the signs that XML cannot hold."""
    if isinstance(said, Item):
        fields = ("value", "explanation", "code", "topic", "tags", "citations", "category")
        return replace(said, **{name: _without_forbidden(getattr(said, name)) for name in fields})
    if isinstance(said, str):
        return clean(said)
    if isinstance(said, dict):
        return {name: _without_forbidden(part) for name, part in said.items()}
    return type(said)(map(_without_forbidden, said)) if isinstance(said, list | tuple) else said
