"""The one allow-list for HTML, and the two gates that every body passes when it is saved or imported (docs/adr/0003-two-html-gates.md)."""

import re
from html import escape, unescape

import bleach
import nh3

from cms.word import tidy

_ANYTHING = re.compile(r".*", re.DOTALL)
_NUMBER = re.compile(r"\d{1,18}")
_WORD = re.compile(r"[\w-]{1,40}")
_KEY = {"data-block-key": re.compile(r"\w{1,20}")}
# Tag, attribute, and what its value must be from end to end. linktype, id and embedtype are how Wagtail stores links to pages, documents
# and pictures; data-block-key is how the editor finds the paragraph that a comment is about.
ALLOWED: dict[str, dict[str, re.Pattern]] = {
    "p": _KEY, "h2": _KEY, "h3": _KEY, "h4": _KEY, "li": _KEY, "blockquote": _KEY, "hr": {}, "br": {}, "ul": {},
    "ol": {"start": _NUMBER},
    "b": {}, "strong": {}, "i": {}, "em": {}, "u": {}, "s": {}, "sub": {}, "sup": {}, "code": {},
    "abbr": {"title": _ANYTHING},
    "a": {"href": _ANYTHING, "title": _ANYTHING, "linktype": _WORD, "id": _NUMBER},
    "embed": {"embedtype": _WORD, "id": _NUMBER, "alt": _ANYTHING, "format": _WORD, "url": re.compile(r"https?://.*")},
}
SCHEMES = {"http", "https", "mailto", "tel"}
# No person nests tags so deep, and the time that parsers take grows with the square of the depth.
_DEEPEST = 100
_TAG = re.compile(r"<(/?)([a-z][\w:-]*)[^<>]*?(/?)>", re.IGNORECASE)
_VOID = {"br", "hr", "img", "embed", "input", "meta", "link", "col", "wbr", "area", "base", "source", "track"}
# Tags that end where the next one begins, so that old pages leave their ends away; in earnest not this often.
_SELF_ENDING = {"p", "li", "td", "th", "tr", "dt", "dd"}
_MOST_WITHOUT_END = 1000
_EMPTY = re.compile(r"<(p|h2|h3|h4|ul|ol|li|strong|b|em|i|u|a)(?: [a-z-]+=\"\w+\")?>(?:\s|&nbsp;|\u00a0)*</\1>")
# Tags that part no words: H<sub>2</sub>O is one.
_PARTS_NO_WORDS = re.compile(r"</?(?:a|abbr|b|big|code|del|em|font|i|ins|mark|s|small|span|strike|strong|su[bp]|tt|u)(?=[\s/>])[^<>]*>", re.IGNORECASE)
_LINK_OR_EMBED = re.compile(r"<(a|embed)((?: [a-z-]+=\"[^\"]*\")*)>")
# Paragraphs and lists of words as both gates write them, with nothing in them that a parser could read in another way: letters, signs, and the three
# entities that both write. A bank of questions is mostly made of these, and the gates take a hundred times longer to say the same.
_WORDS = r"[\n !-%'-;=?-~\u00a1-\u167f\u1681-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\u2fff\u3001-\ud7ff]|&(?:amp|lt|gt);"
_INLINE = "|".join(rf"<{tag}>(?:{_WORDS})+</{tag}>" for tag in ("b", "strong", "i", "em", "u", "s", "sub", "sup"))
_SAID = rf"(?:{_WORDS}|<br>|{_INLINE})+"
_PLAIN = re.compile(rf"(?:<p>{_SAID}</p>|<ul>(?:<li>{_SAID}</li>)+</ul>|<ol>(?:<li>{_SAID}</li>)+</ol>)+")


def sanitise(html: str) -> str:
    """Keep only what the allow-list names: Word's leftovers, scripts, event handlers and dangerous links go, their readable text stays."""
    if "<" not in html and "&" not in html:
        return html
    if _PLAIN.fullmatch(html) and not _EMPTY.search(html):
        return html
    if _is_too_deep(html):
        html = escape(plain_text(html), quote=False)
    html = _through_both_gates(tidy(html))
    # An empty tag taken away can leave its parent empty.
    for _ in range(_DEEPEST):
        html, found = _EMPTY.subn("", html)
        if not found:
            break
    return _LINK_OR_EMBED.sub(_as_wagtail_writes, html).strip()


def plain_text(html: str) -> str:
    """Return what a reader would read, for search and summaries."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^<>]+>", " ", _PARTS_NO_WORDS.sub("", html)))).strip()


def _is_too_deep(html: str) -> bool:
    depth = without_end = 0
    for end, name, self_closed in _TAG.findall(html):
        name = name.lower()
        if name in _VOID or (self_closed and ":" in name):
            continue
        step = -1 if end else 1
        if name in _SELF_ENDING:
            without_end += step
        else:
            depth = max(0, depth + step)
        if depth > _DEEPEST or without_end > _MOST_WITHOUT_END:
            return True
    return False


def _through_both_gates(html: str) -> str:
    html = bleach.clean(html, tags=set(ALLOWED), attributes=_is_allowed, protocols=SCHEMES, strip=True, strip_comments=True)
    return nh3.clean(
        html, tags=set(ALLOWED), attributes={tag: set(names) for tag, names in ALLOWED.items() if names},
        attribute_filter=lambda tag, name, value: value if _is_allowed(tag, name, value) else None,
        url_schemes=SCHEMES, link_rel=None, strip_comments=True)


def _is_allowed(tag: str, name: str, value: str) -> bool:
    pattern = ALLOWED.get(tag, {}).get(name)
    return pattern is not None and pattern.fullmatch(value) is not None


def _as_wagtail_writes(tag: re.Match) -> str:
    """Write the tag so that Wagtail finds it when the page is drawn: it looks for "/>" after an embed, and for ">" nowhere before."""
    name, attributes = tag.groups()
    attributes = attributes.replace("<", "&lt;").replace(">", "&gt;")
    return f"<{name}{attributes}{'/' if name == 'embed' else ''}>"
