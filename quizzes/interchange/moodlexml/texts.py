"""The texts of a question of Moodle: four ways of writing them, with the pictures that stand in them."""

import base64
import binascii
import re
from html import escape, unescape
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from cms.sanitise import plain_text
from intake.safe_xml import CUT
from quizzes.interchange.items import MAX_TEXT, PLUGIN_FILE, add_picture
from quizzes.interchange.markdown import from_markdown
from quizzes.interchange.markup import from_plain, words_of
from quizzes.interchange.moodle import BLANK
from quizzes.interchange.moodlexml.refusing import Unreadable

# One picture, and all of one question.
MAX_PICTURE = 5 * 1024 * 1024
MAX_PICTURES = 20 * 1024 * 1024
# Characters of a picture in base64, with a line end after each 76th.
LONGEST_FILE = MAX_PICTURE * 4 // 3 + MAX_PICTURE // 50

_PICTURE_NAME = re.compile(r"\.(png|jpe?g|gif|webp|svg|bmp)$", re.IGNORECASE)
_LINK = re.compile(r"<(/?)a\b([^<>]{0,4000})>", re.IGNORECASE)
_REFERENCE = re.compile(re.escape(PLUGIN_FILE.rstrip("/")) + r"/?([^\"'\s<>)]*)")
# A picture written into the text itself; the bank takes it out.
_PICTURE_IN_TEXT = re.compile(r"data:image/[\w.+-]{1,20};base64,[\w+/=%\s]*")
_TAG = re.compile(r"<[a-z/!]", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d+|#x[\da-f]+|\w+);", re.IGNORECASE)
_BLOCK = re.compile(r"<(?:p|div|br|ul|ol|li|table|tr|h[1-6]|pre|blockquote)\b", re.IGNORECASE)
# Tags that change nothing but where a line ends.
_PLAIN_TAG = re.compile(r"</?(?:p|div|span|br|font|o:p)\b[^<>]*>", re.IGNORECASE)


class Texts:
    """Reads the texts of one question; gathers its pictures, and notes what had to be left out, each once."""

    def __init__(self, question: Element):
        self.pictures: dict[str, bytes] = {}
        self._notes: dict[str, None] = {}
        stem = question.find("questiontext")
        self._format = "html" if stem is None else stem.get("format", "html")

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(self._notes)

    def note(self, text: str) -> None:
        """Remember a note."""
        self._notes[text] = None

    def rich(self, holder: Element | None) -> str:
        """Return a text as HTML, and take the pictures that stand in it."""
        if holder is None:
            return ""
        html = _to_html(_bounded(said_in(holder)), holder.get("format", self._format))
        moved = self._take_files(holder)
        return _REFERENCE.sub(lambda found: _moved(found, moved), _without_links(html)) if "@@PLUGINFILE" in html else html

    def words(self, holder: Element | None) -> str:
        """Return a text as plain words where no HTML can stand; formats and pictures are noted."""
        if holder is None:
            return ""
        written = holder.get("format", self._format)
        text = _bounded(said_in(holder))
        if written == "plain_text" or not text:
            return text
        html = _to_html(text, written)
        if "<img" in html or holder.find("file") is not None:
            self.note(_("Pictures in options and feedback are left out; pictures in the question and the explanation are kept."))
        if "<" in _PLAIN_TAG.sub("", html):
            self.note(_("Bold and other formats in options and feedback are left out."))
        return words_of(html)

    def _take_files(self, holder: Element) -> dict[str, str]:
        """Take the pictures of a text; return the new name of each whose name in the text would not find it, by path and name."""
        moved = {}
        for file in holder.findall("file"):
            name, folder = file.get("name", ""), file.get("path", "/").strip("/")
            content = self._content(file, name)
            if content is None:
                continue
            kept = add_picture(self.pictures, name, content)
            if folder or kept != name:
                moved[f"{folder}/{name}".lstrip("/")] = kept
        return moved

    def add_file(self, name: str, text: str) -> str:
        """Take a picture that stands beside the text, as Moodle 1.9 wrote it; return the HTML that shows it, or nothing."""
        file = Element("file", {"name": name})
        file.text = text
        content = self._content(file, name)
        return "" if content is None else f'<p><img src="{PLUGIN_FILE}{quote(add_picture(self.pictures, name, content))}" alt=""/></p>'

    def _content(self, file: Element, name: str) -> bytes | None:
        if not _PICTURE_NAME.search(name):
            self.note(_("The file “%(name)s” is left out: only pictures are taken.") % {"name": name})
            return None
        try:
            content = base64.b64decode(file.text or "")
        except (binascii.Error, ValueError):
            content = b""
        # What is decoded need not be kept twice.
        file.text = None
        if file.get(CUT) or len(content) > MAX_PICTURE or sum(map(len, self.pictures.values())) + len(content) > MAX_PICTURES:
            self.note(_("The picture “%(name)s” is left out: it is too large.") % {"name": name})
            return None
        if not content:
            self.note(_("The picture “%(name)s” is left out: it is damaged.") % {"name": name})
            return None
        return content


def said_in(holder: Element | None) -> str:
    """Return the text within an element, or of the <text> in it, without blanks around it."""
    if holder is None:
        return ""
    text = holder.find("text")
    return ((holder if text is None else text).text or "").strip(BLANK)


def is_blank(html: str) -> bool:
    """Say whether a reader would see nothing."""
    return not plain_text(html).strip() and "<img" not in html


def _bounded(text: str) -> str:
    """Return the text unless it is longer than any of ours, pictures written into it not counted.

    :raises Unreadable: when it is. So whatever is done with a text takes its time only so often.
    """
    if len(text) > MAX_TEXT and len(_PICTURE_IN_TEXT.sub("", text)) > MAX_TEXT:
        raise Unreadable(_("A text is longer than %(count)s characters.") % {"count": MAX_TEXT})
    return text


def _to_html(text: str, written: str) -> str:
    if not text or written == "html":
        return text
    if written == "plain_text":
        return from_plain(text)
    if written == "markdown":
        return from_markdown(text)
    # What Moodle calls its own way: HTML is shown as it is, and a line end is a line end.
    if not _TAG.search(text) and not _ENTITY.search(text):
        return from_plain(text)
    if _BLOCK.search(text):
        return text
    return "".join(f"<p>{part.strip().replace(chr(10), '<br/>')}</p>" for part in re.split(r"\n\s*\n", text) if part.strip())


def _moved(found: re.Match, moved: dict[str, str]) -> str:
    """Write the name of a picture as it is known now, without what follows a question mark."""
    written = found.group(1)
    name = unquote(unescape(written.partition("?")[0]))
    if name in moved:
        return PLUGIN_FILE + quote(moved[name])
    return PLUGIN_FILE + written.partition("?")[0] if "?" in written else found.group()


def _without_links(html: str) -> str:
    """Return the text without links to files of its own: only pictures are taken, and those are no links."""
    is_inside = False

    def drop(found: re.Match) -> str:
        nonlocal is_inside
        was_inside, is_inside = is_inside, not found[1] and PLUGIN_FILE in found[2]
        return "" if is_inside or (found[1] and was_inside) else found.group()

    return _LINK.sub(drop, html)


def as_html(text: str) -> str:
    """Return plain words as HTML that stands in a line."""
    return escape(text, quote=False)
