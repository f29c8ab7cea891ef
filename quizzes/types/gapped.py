"""A text with gaps, written by its author as [[right|also right]]; frozen with [[g1]] in their places, cut into pieces to be drawn.

A gap is only looked for between tags, never inside one: nothing that stands in an attribute can become an input, and cutting well-formed
HTML between its tags leaves pieces that make well-formed HTML again with an input between them.
"""

import re
from html import unescape

from vietnamese.text import clean

_TAG = re.compile(r"""(<(?:[^<>"']|"[^"]*"|'[^']*')*>)""")
_GAP = re.compile(r"\[\[([^\[\]]*)\]\]")
_PLACE = re.compile(r"\[\[(g\d{1,3})\]\]")


def take_out(html: str) -> tuple[str, list[dict]]:
    """Return the text with [[g1]], [[g2]] … where the gaps are, and the gaps: {"key", "right": [text, …]}, in order."""
    gaps: list[dict] = []

    def put_place(found: re.Match) -> str:
        rights = [clean(unescape(text)) for text in found.group(1).split("|")]
        gaps.append({"key": f"g{len(gaps) + 1}", "right": [text for text in dict.fromkeys(rights) if text]})
        return f"[[{gaps[-1]['key']}]]"

    parts = _TAG.split(html)
    parts[::2] = [_GAP.sub(put_place, text) for text in parts[::2]]
    return "".join(parts), gaps


def without_gaps(html: str) -> str:
    """Return the text with an ellipsis for each gap: what lists and search may know."""
    return _GAP.sub("…", html)


def has_broken_gaps(html: str) -> bool:
    """Say whether brackets are left over that were meant as a gap: unclosed, or with a tag inside."""
    left = _PLACE.sub("", take_out(html)[0])
    return "[[" in left or "]]" in left


def pieces_of(html: str) -> list[dict[str, str]]:
    """Cut a frozen text, written out and sanitised, into {"html"} and {"gap": key}, in order."""
    pieces: list[dict[str, str]] = []
    text = ""
    for number, part in enumerate(_TAG.split(html)):
        if number % 2:
            text += part
            continue
        first, *rest = _PLACE.split(part)
        text += first
        for key, after in zip(rest[::2], rest[1::2], strict=True):
            pieces += [{"html": text}, {"gap": key}]
            text = after
    return [piece for piece in [*pieces, {"html": text}] if piece.get("html") != ""]
