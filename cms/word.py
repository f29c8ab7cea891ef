"""Making sense of what Word, Outlook and old web pages paste: their structure in the few tags that we keep.

This is housekeeping, not a gate: what comes out goes through cms.sanitise all the same.
"""

import re

from bs4 import BeautifulSoup, Tag
from bs4.element import PreformattedString

# What these hold is never text for a reader: stripping the tag alone would leave it behind as text.
_DROPPED = ["script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title", "head", "xml", "textarea", "select",
            "noembed", "noframes", "xmp", "plaintext", "audio", "video", "canvas"]
_BLOCKS = ["div", "section", "article", "header", "footer", "main", "aside", "nav", "address", "center", "pre", "dl", "dt", "dd", "fieldset",
           "form", "figure", "figcaption", "details", "summary", "table", "thead", "tbody", "tfoot", "tr", "caption"]
_RENAMED = {"h1": "h2", "h5": "h4", "h6": "h4"}
_INSIDE_A_BLOCK = ["p", "h2", "h3", "h4", "ul", "ol", "blockquote", "hr", *_BLOCKS]
_FOREIGN = re.compile(rf"<(?:[!?]|/?[a-z][\w-]*:|/?(?:{'|'.join([*_DROPPED, *_BLOCKS, *_RENAMED])})\b|p[^>]*mso)", re.IGNORECASE)
_INSTRUCTION = re.compile(r"<\?[^<>]*>")
_LIST_STYLE = re.compile(r"mso-list:\s*l\d+\s+level(\d)", re.IGNORECASE)
_NUMBER = re.compile(r"^\(?(?:\d+|[a-zđ]|[ivx]+)[.)]", re.IGNORECASE)


def tidy(html: str) -> str:
    """Return the HTML with Word's lists as lists, boxes and table rows as paragraphs, and nothing of scripts, comments and markup of others."""
    if not _FOREIGN.search(html):
        return html
    soup = BeautifulSoup(_INSTRUCTION.sub("", html), "html.parser")
    for text in soup.find_all(string=lambda text: isinstance(text, PreformattedString)):
        text.extract()
    for tag in soup.find_all(_DROPPED):
        tag.decompose()
    _make_lists(soup)
    # <o:p>, <st1:place>, <v:shape>, <w:sdt>: the words between them belong to the text.
    for tag in soup.find_all(lambda tag: ":" in tag.name):
        tag.unwrap()
    for tag in soup.find_all(list(_RENAMED)):
        tag.name = _RENAMED[tag.name]
    for cell in soup.find_all(["td", "th"]):
        if cell.find_next_sibling(["td", "th"]):
            cell.insert_after(" ")
        for paragraph in cell.find_all("p"):
            paragraph.unwrap()
        cell.unwrap()
    for block in soup.find_all(_BLOCKS):
        if block.find(_INSIDE_A_BLOCK) or not block.get_text(strip=True):
            block.unwrap()
        else:
            block.name, block.attrs = "p", {}
    return str(soup)


def _make_lists(soup: BeautifulSoup) -> None:
    """Turn runs of Word's list paragraphs, which differ from other paragraphs by their style alone, into lists of one level."""
    run = None
    for paragraph in soup.find_all("p"):
        if not _is_list_item(paragraph):
            continue
        kind = "ol" if _NUMBER.match(_take_marker(paragraph)) else "ul"
        if run is None or run.name != kind or _next_tag(run) is not paragraph:
            run = soup.new_tag(kind)
            paragraph.insert_before(run)
        paragraph.extract()
        paragraph.name, paragraph.attrs = "li", {}
        run.append(paragraph)


def _is_list_item(paragraph: Tag) -> bool:
    names = " ".join(paragraph.get("class") or [])
    return ("MsoListParagraph" in names and bool(_markers(paragraph))) or bool(_LIST_STYLE.search(paragraph.get("style") or ""))


def _markers(paragraph: Tag) -> list[Tag]:
    return paragraph.find_all(lambda tag: "mso-list:ignore" in (tag.get("style") or "").lower().replace(" ", ""))


def _take_marker(paragraph: Tag) -> str:
    """Take the bullet or number that Word typed before the item out of the text, and return it."""
    markers = _markers(paragraph)
    text = "".join(marker.get_text() for marker in markers).strip()
    for marker in markers:
        marker.decompose()
    return text


def _next_tag(tag: Tag) -> Tag | None:
    after = tag.next_sibling
    while after is not None and not isinstance(after, Tag) and not str(after).strip():
        after = after.next_sibling
    return after if isinstance(after, Tag) else None
