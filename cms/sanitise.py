"""The one allow-list for HTML, and the two gates that every body passes when it is saved or imported (docs/adr/0003-two-html-gates.md)."""

import re
from html import unescape

import bleach
import nh3
from bs4 import BeautifulSoup, Comment

TAGS = {
    "a", "b", "strong", "i", "em", "u", "s", "sub", "sup", "code", "br", "hr", "p", "h2", "h3", "h4", "ul", "ol", "li",
    "blockquote", "abbr", "embed",
}
ATTRIBUTES = {
    # linktype, id and embedtype are how Wagtail stores links to pages, documents and pictures before they are drawn.
    "a": {"href", "title", "linktype", "id"},
    "abbr": {"title"},
    "embed": {"embedtype", "id", "alt", "format", "url"},
    "ol": {"start"},
}
SCHEMES = {"http", "https", "mailto", "tel"}
# What these hold is never text for a reader: bleach would leave it behind as text.
_DROP_WITH_CONTENT = ["script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title", "head", "xml", "textarea", "select"]
_OFFICE_TAG = re.compile(r"</?[a-z]+:[^>]*>", re.IGNORECASE)
_EMPTY = re.compile(r"<(p|h2|h3|h4|li|strong|b|em|i|u|a)>(?:\s|&nbsp;|\u00a0)*</\1>")


def sanitise(html: str) -> str:
    """Keep only what the allow-list names: Word's leftovers, scripts, event handlers and dangerous links go, their readable text stays."""
    if "<" not in html and "&" not in html:
        return html
    html = _without_foreign(html)
    html = bleach.clean(html, tags=TAGS, attributes={tag: sorted(names) for tag, names in ATTRIBUTES.items()},
                        protocols=SCHEMES, strip=True, strip_comments=True)
    html = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None, strip_comments=True)
    return _EMPTY.sub("", html).strip()


def plain_text(html: str) -> str:
    """Return what a reader would read, for search and summaries."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))).strip()


def _without_foreign(html: str) -> str:
    if not re.search(r"<(!|\w+:|/?(?:%s)\b)" % "|".join(_DROP_WITH_CONTENT), html, re.IGNORECASE):
        return html
    soup = BeautifulSoup(_OFFICE_TAG.sub("", html), "html.parser")
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for tag in soup.find_all(_DROP_WITH_CONTENT):
        tag.decompose()
    return str(soup)
