"""Texts in GIFT: escapes, and the formats that stand before a text in square brackets. Whatever is written here is read back here unchanged.

While a question is taken apart, an escaped sign is hidden behind half of a surrogate pair: no text that was decoded holds one, so
that no sign of the file can be taken for a hidden one, and every search for a sign finds those that mean something.
"""

import re
from html import escape as as_entities

from django.utils.translation import gettext as _

from quizzes.interchange.gift.pictures import without_pictures
from quizzes.interchange.items import MAX_TEXT
from quizzes.interchange.markup import from_plain, to_plain, words_of

MARKS = "\\:#={}~"
_ESCAPED = re.compile(r"\\([\\:#={}~n])")
_HIDDEN = {sign: chr(0xDC00 + ord(sign)) for sign in MARKS} | {"n": "\udc0a"}
_SHOWN = {hidden: "\n" if sign == "n" else sign for sign, hidden in _HIDDEN.items()}
_STAND_IN = re.compile("[" + "".join(map(re.escape, _SHOWN)) + "]")
# A null would make the file a binary one, and half a pair of surrogates cannot be written at all.
_ESCAPES = {sign: f"\\{sign}" for sign in MARKS} | {"\n": "\\n"}
_TO_ESCAPE = re.compile(r"[\\:#={}~\n\r\0\ud800-\udfff]")
_FORMAT = re.compile(r"\[(html|plain|moodle|markdown)\]")
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]{1,400})\*\*")
_BLOCK = re.compile(r"</?(?:p|div|ul|ol|li|table|h[1-6]|pre|blockquote|hr)\b", re.IGNORECASE)
# What Moodle takes for HTML in a text without a format. Words in angle brackets that are no tags of HTML stay words.
_MARKUP = re.compile(
    r"</?(?:p|br|b|i|u|s|em|strong|su[bp]|span|div|ul|ol|li|a|img|h[1-6]|table|tbody|thead|tr|t[dh]|pre|code|blockquote|hr|font|center"
    r"|small|big|tt|strike|del|ins)\b[^<>]*>|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)
# Tags whose loss nobody notices.
_STYLED = re.compile(r"<(?!/|(?:p|br|span|div|font|o:p)\b)[a-z]", re.IGNORECASE)
_WRAPPED = re.compile(r"\n\s*")
_INDENT = re.compile(r"\n[ \t]+")
_NOT_PLAIN_IN_MOODLE = re.compile(r"<[a-z/!?]|&[a-z#]", re.IGNORECASE)
_NOT_PLAIN_IN_HTML = re.compile(r"[<&\n\t]|  ")


class Fault(Exception):
    """A question cannot be read; `place` is where in its answers, if that can be said."""

    def __init__(self, reason: str, place: int | None = None):
        super().__init__(reason)
        self.reason, self.place = reason, place


def hide_escapes(text: str) -> str:
    """Put a stand-in for every escaped sign, so that the signs left are those that mean something."""
    return _ESCAPED.sub(lambda match: _HIDDEN[match.group(1)], text)


def show_escapes(text: str) -> str:
    """Put the signs back in the place of their stand-ins."""
    return _STAND_IN.sub(lambda match: _SHOWN[match[0]], text)


def escape(text: str) -> str:
    """Write a text in one line so that no sign of it means anything."""
    return _TO_ESCAPE.sub(lambda match: _ESCAPES.get(match[0], ""), text)


def format_of(text: str, default: str) -> str:
    """Name the format that a text says it is in, or the default."""
    match = _FORMAT.match(text)
    return match.group(1) if match else default


def read_html(text: str, default: str) -> str:
    """Return as HTML what a text says, whose escapes are hidden still.

    :raises Fault: when it is too long.
    """
    kind, text = _parted(text if "<pre" in text else _INDENT.sub("\n", text), default)
    match kind:
        case "html":
            return text
        case "markdown":
            return _BOLD.sub(r"<strong>\1</strong>", from_plain(text))
        case "moodle" if _MARKUP.search(text):
            return text if _BLOCK.search(text) else "<p>" + text.replace("\n", "<br/>") + "</p>"
    return from_plain(text)


def unwrapped(text: str) -> str:
    """Put the lines of the file together over which a text runs."""
    return _WRAPPED.sub(" ", text.strip())


def read_words(text: str, default: str, notes: list[str]) -> str:
    """Return as plain words what a text says, whose escapes are hidden still; where formats are lost, a note is added.

    A line that goes on in the next one of the file goes on here too; only an escaped line break is one.

    :raises Fault: when it is too long.
    """
    kind, text = _parted(unwrapped(text), default)
    if kind == "html" or (kind == "moodle" and _MARKUP.search(text)):
        if _STYLED.search(text):
            notes.append(_("Bold type, links and pictures inside answers and their feedback are not kept."))
        return words_of(text)
    return _BOLD.sub(r"\1", text) if kind == "markdown" else text


def _parted(text: str, default: str) -> tuple[str, str]:
    """Return the format of a text and the text itself, its escapes shown."""
    text = text.strip()
    match = _FORMAT.match(text)
    if len(text) > MAX_TEXT and len(without_pictures(show_escapes(text))) > MAX_TEXT:
        raise Fault(_("This text is longer than %(count)s characters. Shorten it.") % {"count": MAX_TEXT})
    return (match.group(1), show_escapes(text[match.end():]).strip()) if match else (default, show_escapes(text))


def say_html(html: str) -> str:
    """Write a text of its own: as it is read where plain text can say it, else as HTML."""
    plain = to_plain(html)
    if plain is not None and _is_plain(plain) and read_html(hide_escapes(escape(plain)), "moodle") == html:
        return escape(plain)
    return f"[html]{escape(html)}" if html else ""


def say_explanation(html: str, around: str) -> str:
    """Write a text that stands inside a question of this format."""
    if around == "html":
        return escape(html) if format_of(html, "") == "" else f"[html]{escape(html)}"
    return say_html(html)


def say_words(words: str, around: str, *, arrows: bool = True) -> str:
    """Write plain words inside a question of this format.

    :param arrows: whether "->" may stand in them as it is; where it may not, HTML has another way to write it.
    """
    if not arrows and "->" in words:
        return f"[html]{escape(as_entities(words, quote=False))}"
    if words.startswith("%") or not _is_plain(words) or (around == "html" and _NOT_PLAIN_IN_HTML.search(words)):
        return f"[plain]{escape(words)}"
    return escape(words)


def _is_plain(text: str) -> bool:
    return not (_NOT_PLAIN_IN_MOODLE.search(text) or text.startswith("//") or _FORMAT.match(text))
