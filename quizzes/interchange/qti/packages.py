"""Reading the files around QTI items: a package with a manifest, a zip of items, or one XML file; and the pictures beside them."""

import base64
import binascii
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from intake.archives import open_archive, open_member
from intake.errors import UnreadableFile
from intake.safe_xml import elements
from quizzes.interchange.items import MAX_ITEMS, PLUGIN_FILE, Item, Refused, add_picture, excerpt_of
from quizzes.interchange.qti.items import Unreadable
from quizzes.interchange.qti.manifest import NAME, is_item, labels_from
from quizzes.interchange.qti.names import ITEMS
from quizzes.interchange.qti.reading import read_item

# Everything in a package, unpacked. Only one item is in memory at a time, so this bounds the time, not the memory.
MAX_UNPACKED = 600 * 1024 * 1024
MAX_FILES = MAX_ITEMS + 10_000
# What is read of it altogether: a manifest may name one file, and items one picture, as often as they like.
MAX_READ = 4 * MAX_UNPACKED
# One item; one picture; all pictures of one item.
MAX_ITEM_BYTES = 4 * 1024 * 1024
MAX_PICTURE_BYTES = 10 * 1024 * 1024
MAX_PICTURES_BYTES = 30 * 1024 * 1024
# A name that can stand in an address and in a zip as it is.
SAFE_NAME = re.compile(r"\w[\w.-]{0,99}")

_DATA = re.compile(r"data:image/(\w{2,4})[^,;]{0,20};base64,", re.ASCII)
_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
# Where programs keep what belongs to nobody.
_ASIDE = re.compile(r"(?:^|/)(?:__MACOSX/|\.)")


def read_file(file: BinaryIO) -> Iterator[Item | Refused]:
    """Go through one XML file of items."""
    count = 0
    for element, line in elements(file, {*ITEMS, "questestinterop"}):
        count += 1
        yield _read_one(element, line, "", Pictures(None, ""))
    if not count:
        raise UnreadableFile(_("There is no QTI item in this file."), code="empty")


def read_archive(file: BinaryIO) -> Iterator[Item | Refused]:
    """Go through the items of a package in the order of its manifest; without one, through every XML file, in the order of the zip."""
    with open_archive(file, most_bytes=MAX_UNPACKED, most_files=MAX_FILES) as archive:
        package, count = Package(archive), 0
        for manifest in package.manifests():
            for entry, _line in elements(package.open(manifest, MAX_UNPACKED), {"resource"}):
                if is_item(entry):
                    count += 1
                    yield _read_entry(package, posixpath.dirname(manifest), entry, count)
        for name in [] if count else package.documents():
            for found in _read_member(package, name, count + 1, {}):
                count += 1
                yield found
        if not count:
            raise UnreadableFile(_("There is no QTI item in this file."), code="empty")


class Package:
    """The files of a zip, and how much of them may still be read."""

    def __init__(self, archive: zipfile.ZipFile):
        self._archive, self._left = archive, MAX_READ
        self._names = dict.fromkeys(name for name in archive.namelist() if not _ASIDE.search(name))

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def manifests(self) -> list[str]:
        """Return the manifests, the outermost first: a package in a folder, or two in one zip, are as good."""
        found = [name for name in self._names if posixpath.basename(name) == NAME]
        return sorted(found, key=lambda name: name.count("/"))[:20]

    def documents(self) -> list[str]:
        """Return the XML files that are no manifests."""
        return [name for name in self._names if name.lower().endswith(".xml") and posixpath.basename(name) != NAME]

    def open(self, name: str, most: int) -> BinaryIO:
        """Open one file for reading piece by piece."""
        self._left -= self._archive.getinfo(name).file_size if name in self._names else 0
        if self._left < 0:
            raise UnreadableFile(_("This file names the same files too often."), code="zip_size")
        return open_member(self._archive, name, most)

    def read(self, name: str, most: int) -> bytes:
        """Return what one file holds."""
        with self.open(name, most) as member:
            return member.read()


class Pictures:
    """Finds the pictures of one item, which names them as seen from its own file."""

    def __init__(self, package: Package | None, member: str):
        self._package, self._folder = package, posixpath.dirname(member)
        self._names: dict[str, str] = {}
        self.found: dict[str, bytes] = {}
        self.notes: list[str] = []

    def __call__(self, src: str) -> str:
        """Return the new address of a picture, or "" when it is not to be had."""
        if src not in self._names:
            try:
                self._names[src] = self._keep(*self._load(src))
            except _NoPicture as reason:
                self.notes.append(str(reason))
                self._names[src] = ""
        return self._names[src]

    def _load(self, src: str) -> tuple[str, bytes]:
        if inside := _DATA.match(src):
            return f"picture.{inside.group(1)}", _decoded(src[inside.end():])
        shown = {"name": src[:80]}
        if _ADDRESS.match(src):
            raise _NoPicture(_("The picture “%(name)s” lies outside of the file.") % shown)
        path = src.partition("#")[0].partition("?")[0]
        for name in (unquote(path), path):
            member = posixpath.normpath(posixpath.join(self._folder, name.replace("\\", "/")))
            if self._package is not None and member in self._package:
                try:
                    return posixpath.basename(member), self._package.read(member, MAX_PICTURE_BYTES)
                except UnreadableFile as error:
                    raise _NoPicture(str(error)) from error
        raise _NoPicture(_("The picture “%(name)s” is missing.") % shown)

    def _keep(self, name: str, data: bytes) -> str:
        if len(data) > MAX_PICTURES_BYTES - sum(map(len, self.found.values())):
            raise _NoPicture(_("The pictures of this item are too large together."))
        name = name if SAFE_NAME.fullmatch(name) else re.sub(r"[^\w.-]+", "-", name).strip("-.")[-100:] or "picture"
        return PLUGIN_FILE + add_picture(self.found, name, data)


class _NoPicture(Exception):
    pass


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(unquote(text).split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _NoPicture(_("A picture inside the text is damaged.")) from error


def _read_entry(package: Package, folder: str, entry: Element, number: int) -> Item | Refused:
    href = entry.get("href") or next((file.get("href", "") for file in entry.iter("file")), "")
    member = posixpath.normpath(posixpath.join(folder, unquote(href)))
    if member not in package:
        return Refused(number, _("The manifest names this file, but it is not in the package."), href[:120])
    return next(_read_member(package, member, number, labels_from(entry)), Refused(number, _("There is no QTI item in this file."), member))


def _read_member(package: Package, member: str, number: int, labels: dict[str, Any]) -> Iterator[Item | Refused]:
    """Go through the items of one file; a file that is broken is one refusal, not the end of the others."""
    try:
        with package.open(member, MAX_ITEM_BYTES) as file:
            for element, _line in elements(file, {*ITEMS, "questestinterop"}):
                found = _read_one(element, number, member, Pictures(package, member))
                yield replace(found, **labels) if isinstance(found, Item) else found
                number += 1
    except UnreadableFile as error:
        yield Refused(number, str(error), member)


def _read_one(element: Element, line: int, member: str, pictures: Pictures) -> Item | Refused:
    title = element.get("title") or element.get("identifier") or ""
    try:
        if element.tag not in ITEMS:
            raise Unreadable(_("This is QTI 1. Export it as QTI 2.1, 2.2 or 3.0."))
        item = read_item(element, pictures)
    except Unreadable as reason:
        return Refused(line, str(reason), excerpt_of(f"{member}: {title}" if member else title, 160))
    return replace(item, line=line, pictures=pictures.found, notes=tuple(dict.fromkeys([*item.notes, *pictures.notes])))
