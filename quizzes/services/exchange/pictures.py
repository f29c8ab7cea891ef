"""Pictures that come with questions: checked by their content, laid aside in the private storage until the questions are brought in.

In the HTML of a question that waits, a picture is Wagtail's own embed with a number that stands for no picture yet: its place.
"""

import base64
import binascii
import hashlib
import io
import re
from html import escape, unescape
from pathlib import PurePath
from typing import Any
from urllib.parse import unquote

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image as Drawing

from quizzes.interchange.items import PLUGIN_FILE
from quizzes.storage import private_files
from vietnamese.text import clean

KINDS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp"}
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
# No id of a picture is ever this large, and it is no longer than what the gates take for a number.
FIRST_PLACE = 10**17
_IMG = re.compile(r"<img\b((?:[^<>\"']|\"[^\"<>]*\"|'[^'<>]*'){0,400000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""(?:^|[\s/"'])(src|alt)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
EMBED = re.compile(r"<embed(?: [a-z-]+=\"[^\"]*\")*/>")
_ID = re.compile(r" id=\"(\d+)\"")
_DATA = re.compile(r"data:image/[\w.+-]{1,20};base64,", re.IGNORECASE)


class Pictures:
    """The pictures of one file. The same picture in many questions is kept once."""

    def __init__(self, folder: str):
        self.folder = folder
        # By place: what is known of the picture.
        self.places: dict[str, dict[str, Any]] = {}
        self._by_content: dict[str, str] = {}
        # The places that the question at hand has so far.
        self.taken: set[str] = set()

    def put_places(self, html: str, pictures: dict[str, bytes], notes: list[str]) -> str:
        """Return the HTML with places where pictures of this question stand. Pictures of elsewhere, or that are none, leave a note."""
        def put(found: re.Match) -> str:
            said = {name.lower(): unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(found.group(1))}
            source = said.get("src", "").strip()
            name = unquote(source.removeprefix(PLUGIN_FILE)) if source.startswith(PLUGIN_FILE) else ""
            content = _inline(source) if _DATA.match(source) else pictures.get(name, pictures.get(source.removeprefix(PLUGIN_FILE)))
            place = self._place_of(content, name) if content else ""
            if not place:
                notes.append(_("The picture “%(name)s” is left out: it is not in the file, or no JPEG, PNG, GIF or WebP.") % {
                    "name": clean(name or source)[:80]})
                return ""
            return f'<embed embedtype="image" id="{place}" alt="{escape(clean(said.get("alt", "")))}" format="fullwidth"/>'

        return _IMG.sub(put, html)

    def keep_only_places(self, html: str, notes: list[str]) -> str:
        """Return cleaned HTML without embeds that no picture of this file stands for: a number of another site names a stranger's here."""
        def keep(found: re.Match) -> str:
            number = _ID.search(found.group())
            if number and 'embedtype="image"' in found.group() and number.group(1) in self.places:
                self.taken.add(number.group(1))
                return found.group()
            notes.append(_("A link into another site's library is left out."))
            return ""

        return EMBED.sub(keep, html)

    def take(self) -> dict[str, dict[str, Any]]:
        """Return what is known of the pictures of the question at hand, by place, and begin the next question."""
        taken, self.taken = {place: self.places[place] for place in sorted(self.taken)}, set()
        return taken

    def _place_of(self, content: bytes, name: str) -> str:
        digest = hashlib.sha1(content).hexdigest()  # noqa: S324  # nosec B324 # what Wagtail knows its pictures by, no secret
        if digest not in self._by_content:
            known = _known(content)
            self._by_content[digest] = place = str(FIRST_PLACE + len(self.places)) if known else ""
            if known:
                file = private_files().save(f"{self.folder}/{digest}.{known['kind']}", ContentFile(content))
                self.places[place] = {**known, "sha1": digest, "file": file, "name": clean(name)[:200], "size": len(content)}
        return self._by_content[digest]


def with_pictures(html: str, ids: dict[str, int]) -> str:
    """Return the HTML with the ids of pictures in their places."""
    def put(found: re.Match) -> str:
        return _ID.sub(lambda number: f' id="{ids.get(number.group(1), number.group(1))}"', found.group())

    return EMBED.sub(put, html) if "<embed" in html else html


def embeds_in(html: str) -> list[str]:
    """Return the ids of the pictures that stored HTML shows, in order, each as often as it is shown."""
    return [found for embed in EMBED.findall(html) if 'embedtype="image"' in embed for found in _ID.findall(embed)]


def digests_in(folder: str) -> set[str]:
    """Return the SHA-1 of the pictures that were laid aside for a file."""
    storage = private_files()
    return {PurePath(name).stem.split("_")[0] for name in storage.listdir(folder)[1]} if storage.exists(folder) else set()


def forget_pictures(folder: str) -> None:
    """Remove the pictures that were laid aside for a file."""
    storage = private_files()
    if storage.exists(folder):
        for name in storage.listdir(folder)[1]:
            storage.delete(f"{folder}/{name}")
        storage.delete(folder)


def _inline(source: str) -> bytes | None:
    try:
        return base64.b64decode(_DATA.sub("", source, count=1), validate=False)
    except (binascii.Error, ValueError):
        return None


def _known(content: bytes) -> dict[str, Any] | None:
    if len(content) > MOST_BYTES:
        return None
    try:
        with Drawing.open(io.BytesIO(content), formats=list(KINDS)) as drawing:
            width, height, kind = *drawing.size, KINDS[drawing.format]
            if not 0 < width * height <= MOST_PIXELS:
                return None
            drawing.verify()
    except Exception:
        # A broken picture shows itself in many ways (SyntaxError, struct.error, DecompressionBombWarning …): all mean that it is none.
        return None
    return {"width": width, "height": height, "kind": kind}
