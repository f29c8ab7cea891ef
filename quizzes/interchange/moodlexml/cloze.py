"""Moodle's gaps within a text, {1:SHORTANSWER:=right~%50%half#feedback}, and ours, [[right|also right]]."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape

from cms.sanitise import plain_text

# A gap of ours is only looked for between tags, as when the question is asked.
_TAG = re.compile(r"(<[^<>]*>)")
_OURS = re.compile(r"\[\[([^\[\]]*)\]\]")
_TYPES = "NUMERICAL|NM|MULTICHOICE|MC|SHORTANSWER|SA|MW|MULTIRESPONSE|MR"
_START = re.compile(rf"\{{(\d{{0,6}}):({_TYPES})(_?(?:VS|HS|V|H|S|C))?:", re.IGNORECASE)
# A sign after a backslash, or a # that belongs to an entity like &#38;, ends nothing.
_PIECE = re.compile(r"\\.|&(?:amp;)?#|[~#}]|[^\\&~#}]+|.", re.DOTALL)
_FRACTION = re.compile(r"\s*(?:(=)|%(-?\d+(?:[.,]\d*)?)%)")
_UNQUOTED = re.compile(r"\\([}#~/\"\\])")
# Written as entities, they are never read as signs; Moodle turns them back.
_SIGNS = "\\~#{}%="
_TO_WRITE = re.compile(rf"&(?:#\d+|#x[\da-fA-F]+|\w+);|[{re.escape(_SIGNS)}]")
_WRITTEN = re.compile(f"&#({'|'.join(str(ord(sign)) for sign in _SIGNS)});")
_BRACE = re.compile(rf"&#123;(?=\d{{0,6}}:(?:{_TYPES})(?:_?(?:VS|HS|V|H|S|C))?:)", re.IGNORECASE)

KINDS = {"NM": "NUMERICAL", "MC": "MULTICHOICE", "SA": "SHORTANSWER", "MW": "SHORTANSWER", "MR": "MULTIRESPONSE"}


@dataclass(frozen=True)
class Alternative:
    """One answer of a gap: a piece of HTML without tags, and the percentage that it earns."""

    html: str
    percent: float
    has_feedback: bool = False

    @property
    def text(self) -> str:
        return unescape(self.html)


@dataclass(frozen=True)
class Gap:
    """A gap as Moodle has it: NUMERICAL, MULTICHOICE, SHORTANSWER or MULTIRESPONSE."""

    kind: str
    weight: int
    matches_case: bool
    alternatives: tuple[Alternative, ...]


def moodle_gaps(html: str) -> Iterator[str | Gap]:
    """Cut a text of Moodle into HTML and gaps, in order. Takes time that grows with its length only."""
    done = 0
    while start := _START.search(html, done):
        body = _body(html, start.end())
        if body is None:
            break
        parts, end = body
        yield unguarded(html[done:start.start()])
        kind, more = start[2].upper(), (start[3] or "").lstrip("_").upper()
        yield Gap(KINDS.get(kind, kind), int(start[1] or 1), more == "C", tuple(_alternatives(parts)))
        done = end
    yield unguarded(html[done:])


def our_gaps(html: str) -> Iterator[str | list[str]]:
    """Cut a text of ours into HTML and gaps, each the list of its right answers as HTML, in order."""
    for number, part in enumerate(_TAG.split(html)):
        pieces = [part] if number % 2 else _OURS.split(part)
        for place, piece in enumerate(pieces):
            yield piece.split("|") if place % 2 else piece


def written(gap: Gap) -> str:
    """Return a gap as Moodle reads it."""
    said = [f"{'=' if one.percent == 100 else ''}{_quoted(one.html)}" for one in gap.alternatives]
    return f"{{{gap.weight}:{gap.kind}{'_C' if gap.matches_case else ''}:{'~'.join(said)}}}"


def guarded(html: str) -> str:
    """Return HTML beside gaps so that nothing in it looks like one to Moodle."""
    return _START.sub(lambda found: "&#123;" + found.group()[1:], html)


def unguarded(html: str) -> str:
    """Return HTML that was guarded, as it was."""
    return _BRACE.sub("{", html)


def _body(html: str, start: int) -> tuple[list[list[str]], int] | None:
    """Return the alternatives of a gap, each its answer and perhaps its feedback, and where the gap ends; None when it does not."""
    parts: list[list[str]] = [[""]]
    pieces: list[str] = []
    for found in _PIECE.finditer(html, start):
        piece = found.group()
        ends_feedback = piece == "#" and len(parts[-1]) == 1
        if piece in ("~", "}") or ends_feedback:
            parts[-1][-1] = "".join(pieces)
            pieces = []
            if piece == "}":
                return parts, found.end()
            parts[-1].append("") if ends_feedback else parts.append([""])
        else:
            pieces.append(piece)
    return None


def _alternatives(parts: list[list[str]]) -> Iterator[Alternative]:
    for answer, *feedback in parts:
        fraction = _FRACTION.match(answer)
        said = _without_signs(answer[fraction.end():] if fraction else answer)
        percent = 0.0
        if fraction:
            percent = 100.0 if fraction[1] else float(fraction[2].replace(",", "."))
        if said.strip():
            yield Alternative(said, percent, bool(feedback and plain_text(feedback[0])))


def _without_signs(answer: str) -> str:
    html = _WRITTEN.sub(lambda found: chr(int(found[1])), _UNQUOTED.sub(r"\1", answer))
    return escape(plain_text(html), quote=False) if "<" in html else html


def _quoted(html: str) -> str:
    return _TO_WRITE.sub(lambda found: found.group() if len(found.group()) > 1 else f"&#{ord(found.group())};", html)
