"""Several things in one cell: one a line, or with a sign between them. What would be misread stands in quotes, as JSON writes them."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True)
class Between:
    """What stands between the things of a list: the sign that is written, the pattern that is read, and every letter that such a sign has."""

    sign: str
    pattern: re.Pattern[str]
    letters: frozenset[str]

    def join(self, texts: Iterable[str]) -> str:
        """Write texts into one, so that `split` gives them back."""
        return self.sign.join(map(self._quoted, texts))

    def split(self, text: str) -> list[str]:
        """Take a text apart; what is empty is left out, unless it stands in quotes."""
        parts: list[str] = []
        place = 0
        while place <= len(text):
            part, place = self._next(text, place)
            if part is not None:
                parts.append(part)
        return parts

    def _next(self, text: str, place: int) -> tuple[str | None, int]:
        """Return the next part, None for an empty one, and where the one after it begins."""
        start = _SPACE.match(text, place).end()
        if text.startswith('"', start) and (quoted := self._read_quoted(text, start)):
            return quoted
        found = self.pattern.search(text, place)
        part = text[place:found.start() if found else len(text)].strip()
        return part or None, found.end() if found else len(text) + 1

    def _read_quoted(self, text: str, start: int) -> tuple[str, int] | None:
        try:
            part, end = _DECODER.raw_decode(text, start)
        except ValueError:
            return None
        # Only when the quotes hold all of it: “"Công đoàn" là gì” is a text that begins with quotes.
        found = self.pattern.search(text, end)
        if text[end:found.start() if found else len(text)].strip():
            return None
        return part, found.end() if found else len(text) + 1

    def _quoted(self, text: str) -> str:
        is_plain = text and text[0] != '"' and text == text.strip() and "\n" not in text and (
            self.letters.isdisjoint(text) or self.split(f"x{self.sign}{text}{self.sign}x") == ["x", text, "x"])
        return text if is_plain else json.dumps(text, ensure_ascii=False)


def lines_in(text: str) -> list[str]:
    """Return the lines that hold something; quotes in them are left to whoever reads the parts of a line."""
    return [line.strip() for line in text.split("\n") if line.strip()]


# Patterns begin with no repetition, so that a cell full of spaces is read in one go. "//" and "/" need space around them: addresses on the
# web and the numbers of laws (145/2020/NĐ-CP) hold them too.
PARTS = Between(" // ", re.compile(r"\s//(?=\s|$)"), frozenset("/"))
LINES_OR_SEMICOLONS = Between("\n", re.compile(r"[\n;]"), frozenset(";"))
COMMAS = Between("; ", re.compile(r"[,;\n]"), frozenset(",;"))
PATH = Between(" / ", re.compile(r"\s[/>](?=\s)"), frozenset("/>"))
PAIR = Between(" = ", re.compile(r"=>|->|=|→|⇒"), frozenset("=->→⇒"))
