"""The little of Markdown that questions are written in: paragraphs, lists, bold, italic, code, links and pictures."""

import re
from html import escape

_MARKS = (
    (re.compile(r"!\[([^\[\]]*)\]\(([^\s()<>\"]+)\)"), r'<img src="\2" alt="\1"/>'),
    (re.compile(r"(?<!!)\[([^\[\]]+)\]\(([^\s()<>\"]+)\)"), r'<a href="\2">\1</a>'),
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*(?=\S)([^*]+)(?<=\S)\*\*"), r"<b>\1</b>"),
    (re.compile(r"(?<!\*)\*(?=\S)([^*]+)(?<=\S)\*(?!\*)"), r"<i>\1</i>"),
)
_ITEM = re.compile(r"(?:[-*+]|(\d{1,3})[.)])\s+(.*)")
_HEADING = re.compile(r"#{1,6}\s+(.*)")


def from_markdown(text: str) -> str:
    """Turn Markdown into HTML; tags in it stay text, and what is not known stays as it was typed."""
    blocks = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").strip())
    return "".join(_block([line.strip() for line in block.split("\n") if line.strip()]) for block in blocks)


def _block(lines: list[str]) -> str:
    items = [_ITEM.fullmatch(line) for line in lines]
    if lines and all(items):
        name = "ol" if items[0].group(1) else "ul"
        return f"<{name}>{''.join(f'<li>{_inline(item.group(2))}</li>' for item in items)}</{name}>"
    if len(lines) == 1 and (heading := _HEADING.fullmatch(lines[0])):
        return f"<p><b>{_inline(heading.group(1).rstrip('# '))}</b></p>"
    return f"<p>{'<br/>'.join(map(_inline, lines))}</p>" if lines else ""


def _inline(text: str) -> str:
    html = escape(text, quote=False)
    for mark, tag in _MARKS:
        html = mark.sub(tag, html)
    return html
