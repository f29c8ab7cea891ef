"""Between the HTML of the bank and the plain text of files."""

import re
from html import escape, unescape

from cms.sanitise import plain_text

# A run of spaces is looked through from its beginning only: a million of them would take a million times a million steps.
_BREAK = re.compile(r"(?<![ \t])[ \t]*(?:\r\n|\r|\n)")
_PARAGRAPHS = re.compile(r"(?<![ \t])(?:[ \t]*(?:\r\n|\r|\n)){2,}")
_PLAIN_PARAGRAPH = re.compile(r"<p(?: data-block-key=\"\w{1,20}\")?>((?:[^<]|<br ?/?>)*)</p>")
_BR = re.compile(r"<br ?/?>")
_TAG = re.compile(r"<[a-z/!]", re.IGNORECASE)


def from_plain(text: str) -> str:
    """Turn plain text into paragraphs of HTML: an empty line parts two, a single line break stays one. Nothing in it can become a tag."""
    parts = [part.strip() for part in _PARAGRAPHS.split(text.strip())]
    return "".join(f"<p>{_BREAK.sub('<br/>', escape(part, quote=False))}</p>" for part in parts if part)


def to_plain(html: str) -> str | None:
    """Return the text that `from_plain` would turn into this HTML, or None when plain text cannot say it."""
    if "<" not in html and "&" not in html:
        html = f"<p>{html}</p>" if html else ""
    parts = _PLAIN_PARAGRAPH.findall(html)
    if _PLAIN_PARAGRAPH.sub("", html).strip():
        return None
    text = "\n\n".join(unescape(_BR.sub("\n", part)).replace("\xa0", " ").strip() for part in parts)
    return text if from_plain(text) == "".join(f"<p>{_BR.sub('<br/>', part)}</p>" for part in parts if part) else None


def readable(html: str) -> str:
    """Return what a reader would read, line by line, whatever the HTML holds; formats and pictures are lost."""
    exact = to_plain(html)
    if exact is not None:
        return exact
    lines = re.split(r"</p>|</li>|<br ?/?>|</h[2-4]>", html)
    return "\n".join(line for line in map(plain_text, lines) if line)


def words_of(html: str) -> str:
    """Return HTML as one line of words; what holds no tag keeps its spaces."""
    if not _TAG.search(html):
        return unescape(html.replace("&nbsp;", " "))
    return " ".join(readable(html).split())
