"""Showing why something was found: the words of a text that a query matched, diacritics ignored."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cms.search.folding import folded_text

# The same few thousand words stand in all texts; folding one takes longer than looking it up.
_folded = lru_cache(maxsize=50_000)(folded_text)
_WORD = re.compile(r"[^\W_]+")
_GAP = re.compile(r"[\s\u00a0]*")


def mark_matches(text: str, query: str) -> SafeString:
    """Return the text as HTML with every word of the query inside <mark>, neighbours in one; the last word may be a beginning."""
    text = unicodedata.normalize("NFC", text)
    parts, end = [], 0
    for start, stop in _runs(text, query):
        parts += [escape(text[end:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        end = stop
    parts.append(escape(text[end:]))
    return mark_safe("".join(parts))  # nosec B308, B703 # every part was escaped before


def snippet(text: str, query: str, length: int = 160) -> SafeString:
    """Return about `length` letters of the text around its first match, cut between words, with the matches marked."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    if len(text) <= length:
        return mark_matches(text, query)
    first = next(_runs(text, query), (0, 0))[0]
    # A third of the room before the match, the rest after it; at the end of the text the room before grows.
    start = max(0, min(first - length // 3, len(text) - length))
    stop = min(len(text), start + length)
    if start:
        start = _next_word(text, start, first)
    if stop < len(text):
        cut = text.rfind(" ", start, stop + 1)
        stop = cut if cut > first else stop
    before, after = "… " if start else "", " …" if stop < len(text) else ""
    return mark_safe(before + mark_matches(text[start:stop], query) + after)  # nosec B308, B703 # every part was escaped before


def _next_word(text: str, start: int, latest: int) -> int:
    if text[start - 1] == " ":
        return start
    space = text.find(" ", start, latest)
    return space + 1 if space >= 0 else latest


def _runs(text: str, query: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the matched words of an NFC text, those with nothing but space between them as one."""
    begun = None
    for start, stop in _matches(text, folded_text(query).split()):
        if begun is not None and _GAP.fullmatch(text, begun[1], start):
            begun = (begun[0], stop)
            continue
        if begun is not None:
            yield begun
        begun = (start, stop)
    if begun is not None:
        yield begun


def _matches(text: str, wanted: list[str]) -> list[tuple[int, int]]:
    """Return the places of the words that are one of those wanted; the last may be the beginning of a word, when it is none itself."""
    words = [(_folded(word.group()), word.span()) for word in _WORD.finditer(text)]
    begins = tuple(wanted[-1:]) if wanted and all(word != wanted[-1] for word, _ in words) else ()
    whole = set(wanted)
    return [span for word, span in words if word in whole or (begins and word.startswith(begins))]
