"""Rich and plain text inside QTI items: HTML of the bank as well-formed XHTML, and back exactly.

XHTML cannot say everything as it is stored (an entity, a link to a page, a run of spaces). Then what was stored goes along in an attribute,
with a digest of what a reader of the element sees: whoever changes the words elsewhere is believed, not the attribute.
"""

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from html import escape, unescape
from html.parser import HTMLParser
from xml.etree.ElementTree import XML, Element, ParseError

from intake.safe_xml import clean, escaped, quoted
from quizzes.interchange.items import PLUGIN_FILE
from quizzes.interchange.markup import readable
from quizzes.interchange.qti.names import OURS

# Levels that a reader allows (safe_xml) less those around the text.
_DEEPEST = 40
_VOID = frozenset({"br", "hr", "img", "col", "source", "track", "wbr"})
# What bodies of QTI 3.0 may hold, of what the bank can store.
_TAGS = frozenset(
    ["a", "abbr", "b", "blockquote", "br", "code", "dd", "div", "dl", "dt", "em", "h2", "h3", "h4", "hr", "i", "img", "li", "ol", "p", "pre", "q", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul"])
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt"}, "abbr": {"title"}}
_UNDERLINED = {"class": "qti-underline"}
_DECLARATION = re.compile(r"<!--.*?-->|<(?=[!?])", re.DOTALL)
_PICTURE = re.compile(rf'(?<= src=")({PLUGIN_FILE}[^"]*)(?=")')
# Shown to nobody, to somebody else, or kept apart by those who ask for it.
_APART = frozenset({
    "qti-catalog-info", "qti-companion-materials-info", "qti-feedback-block", "qti-feedback-inline", "qti-info-control", "qti-modal-feedback",
    "qti-rubric-block", "qti-stylesheet", "qti-template-block", "qti-template-inline", "script", "style", "annotation", "annotation-xml",
})


def xhtml(html: str) -> str:
    """Return HTML of the bank as well-formed XHTML that holds only what a QTI body may."""
    if _is_exact(html):
        return html
    builder = _Builder()
    builder.feed(_DECLARATION.sub(lambda found: "&lt;" if found.group() == "<" else "", clean(html)))
    builder.close()
    return builder.finished() if builder.deepest <= _DEEPEST else escaped(readable(clean(html)))


def rich(html: str, attributes: str = "", write: Callable[[str], str] = lambda body: body) -> str:
    """Return a <div> that holds this HTML and is read back as exactly this; `write` may change the XHTML further."""
    body = xhtml(html)
    return f"<div{attributes}{_source(html, _seen(body))}>{write(body)}</div>"


def plain(tag: str, text: str, attributes: str = "", more: str = "") -> str:
    """Return an element that holds this plain text and is read back as exactly this; `more` stands inside behind it."""
    return f"<{tag}{attributes}{_source(text, _one_line(clean(text)))}>{escaped(text)}{more}</{tag}>"


def pictures_in(body: str, place: Callable[[str], str]) -> str:
    """Return XHTML with each @@PLUGINFILE@@/name as `place` says it."""
    return _PICTURE.sub(lambda found: escaped(place(unescape(found.group()))), body)


def html_of(element: Element, picture: Callable[[str], str], swap: Mapping[Element, str] | None = None) -> str:
    """Return what stands in an element as HTML of the bank.

    :param picture: where a picture is from now on; "" when there is none, and its description takes its place.
    :param swap: elements that other HTML stands for.
    """
    source, body = element.get(f"{OURS}source"), "".join(_inside(element, picture, swap or {})).strip()
    return source if source is not None and element.get(f"{OURS}seen") == _digest(body) else body


def text_of(element: Element | None) -> str:
    """Return what stands in an element as plain text in one line; pictures give their description."""
    if element is None:
        return ""
    if all(child.tag in _APART for child in element):
        text = (element.text or "") + "".join(child.tail or "" for child in element)
    else:
        text = readable("".join(_inside(element, lambda _src: "", {})))
    source, text = element.get(f"{OURS}source"), _one_line(text)
    return source if source is not None and element.get(f"{OURS}seen") == _digest(text) else text


def has_pictures(element: Element) -> bool:
    """Say whether a picture stands in an element."""
    return any(child.tag in ("img", "object", "picture", "svg") for child in element.iter())


def _inside(element: Element, picture: Callable[[str], str], swap: Mapping[Element, str]) -> list[str]:
    parts = [escape(element.text or "", quote=False)]
    for child in element:
        if child in swap:
            parts.append(swap[child])
        elif child.tag == "img" or (child.tag == "object" and _is_picture(child)):
            parts.append(_picture(child, picture))
        elif child.tag not in _APART or (child.tag == "qti-rubric-block" and "candidate" in child.get("view", "")):
            parts += _drawn(child, picture, swap)
        parts.append(escape(child.tail or "", quote=False))
    return parts


def _drawn(child: Element, picture: Callable[[str], str], swap: Mapping[Element, str]) -> list[str]:
    if child.tag.startswith("qti-"):
        return _inside(child, picture, swap)
    name, attributes = child.tag, child.attrib
    if name == "span" and attributes == _UNDERLINED:
        name, attributes = "u", {}
    if name in _VOID:
        return [f"<{name}{_written(attributes)}/>"]
    return [f"<{name}{_written(attributes)}>", *_inside(child, picture, swap), f"</{name}>"]


def _is_picture(element: Element) -> bool:
    return element.get("type", "").startswith("image/") or element.get("data", "").lower().endswith((".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"))


def _picture(element: Element, picture: Callable[[str], str]) -> str:
    alt = element.get("alt") or _one_line("".join(element.itertext()))
    src = picture(element.get("src") or element.get("data") or "")
    return f"<img{_written({'src': src, 'alt': alt})}/>" if src else escape(alt, quote=False)


def _written(attributes: Mapping[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items() if not name.startswith(OURS))


def _is_exact(html: str) -> bool:
    """Whether HTML is well-formed XHTML already, holds what is allowed, and would be read back letter by letter."""
    if "<!" in html or "<?" in html or "\r" in html:
        return False
    try:
        root = XML(f"<div>{html}</div>")
        elements = [element for element in root.iter() if element is not root]
        return all(map(_is_allowed, elements)) and _depth(root) <= _DEEPEST and "".join(_inside(root, str, {})) == html
    except (ParseError, RecursionError, UnicodeEncodeError):
        return False


def _is_allowed(element: Element) -> bool:
    return (
        element.tag in _TAGS and all(_keeps(element.tag, name) for name in element.attrib)
        and (element.tag != "img" or {"src", "alt"} <= set(element.attrib)))


def _keeps(tag: str, name: str) -> bool:
    return name in _ATTRIBUTES.get(tag, ()) or (re.fullmatch(r"data-[a-z][a-z-]*", name) is not None and not name.startswith(OURS))


def _depth(element: Element) -> int:
    return 1 + max(map(_depth, element), default=0)


def _seen(body: str) -> str:
    return "".join(_inside(XML(f"<div>{body}</div>"), str, {})).strip()


def _source(stored: str, seen: str) -> str:
    return "" if seen == stored else f" {OURS}source={quoted(stored)} {OURS}seen={quoted(_digest(seen))}"


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _one_line(text: str) -> str:
    return " ".join(text.split())


class _Builder(HTMLParser):
    """Writes XHTML: every tag is ended, in order; what may not stand in a body is left out, its words stay."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._open: list[str] = []
        self.deepest = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kept = {name: value or "" for name, value in reversed(attrs) if _keeps(tag, name)}
        if tag == "img":
            kept.setdefault("alt", "")
        if tag == "u":
            kept = _UNDERLINED
        if (tag not in _TAGS and tag != "u") or (tag == "img" and not kept.get("src")):
            return
        name = "span" if tag == "u" else tag
        attributes = "".join(f" {key}={quoted(value)}" for key, value in reversed(kept.items()))
        self._parts.append(f"<{name}{attributes}{'/' if tag in _VOID else ''}>")
        if tag not in _VOID:
            self._open.append(tag)
            self.deepest = max(self.deepest, len(self._open))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._end() != tag:
                pass

    def handle_data(self, data: str) -> None:
        # Character references may bring in what XML cannot hold.
        self._parts.append(escaped(data))

    def finished(self) -> str:
        while self._open:
            self._end()
        return "".join(self._parts)

    def _end(self) -> str:
        tag = self._open.pop()
        self._parts.append(f"</{'span' if tag == 'u' else tag}>")
        return tag
