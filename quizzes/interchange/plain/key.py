"""The answers that stand together at the end of a paper: "ĐÁP ÁN: 1-A, 2-C", one a line with its reason, or a table of numbers and letters."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from quizzes.interchange.plain.lines import Line
from vietnamese.text import search_key

_MOST_REASON = 5_000
_ANSWER = r"(?:[A-J](?:\s{0,3}[,&+]\s{0,3}[A-J])*|đúng|sai|đ|s)(?![^\W_])"
_PAIR = re.compile(rf"(?:câu\s*)?(\d{{1,5}})\s{{0,5}}[-–—.:)=/|]?\s{{0,5}}\(?({_ANSWER})\)?", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;|.]*")
_ENTRY = re.compile(
    rf"\s*(?:câu\s*)?(\d{{1,5}})\s{{0,5}}[-–—.:)=/]?\s{{0,5}}(?:(?:chọn\s+)?đáp\s+án(?:\s+(?:đúng|là))*\s{{0,5}}:?\s{{0,5}}|chọn\s+)?\(?({_ANSWER})\)?\s*(?:$|[-–—.:,;(]\s*(.*)$|\s(?=[(\[])(.*)$)",
    re.IGNORECASE)
_NUMBERED = re.compile(r"\s*(?:câu\s*(?:hỏi\s*)?\d|\d{1,5}\s*[.)/:])", re.IGNORECASE)
_HEADING = re.compile(r"(?:bang |phan )?(?:dap an|da|answer key|answers|key)(?: (?:va|chi tiet|tham khao|trac nghiem|phan|de|cac|cau|bai|chuong|cua|goi y|huong|giai|i|v|x|\d+)\b.*)?")
# Known at a glance, since every line is asked.
_LIKE_HEADING = re.compile(r"\W*(?:bảng|phần|đáp|đ\.?a|answer|key|câu|stt|số)\b", re.IGNORECASE)
_COLUMNS = re.compile(r"(?:(?:cau|stt|so|cau so|cau hoi) (?:dap an|da|tra loi) ?)+")
_LIKE_ROW = re.compile(r"[\s|]*(?:[\dA-JĐS]{1,5}[\s|]|câu|số|stt|đáp|đ\.?a|trả|chọn|đúng|sai)", re.IGNORECASE)
_FIRST_CELL = re.compile(r"^(?:câu(?:\s+(?:hỏi|số))?|số|stt|đáp\s*án|đ\.?a\.?|trả\s*lời|chọn)\s*:?\s+", re.IGNORECASE)
_INSIDE = re.compile(r"(?:đáp\s*án|đ\.?a\.?)\s*:?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """What the key says of one question."""

    number: int
    answer: str
    reason: str = ""


@dataclass
class Key:
    """All answers that stand apart from their questions. Numbers that begin anew belong to the next part of the paper."""

    parts: list[dict[int, Entry]] = field(default_factory=list)
    _latest: int = 0

    def add(self, entry: Entry) -> None:
        if not self.parts or entry.number <= self._latest:
            self.parts.append({})
        self._latest = entry.number
        self.parts[-1][entry.number] = entry

    def go_on(self, words: str) -> None:
        """Add a line to the reason of the latest answer."""
        if self.parts and len(self.parts[-1][self._latest].reason) < _MOST_REASON:
            entry = self.parts[-1][self._latest]
            self.parts[-1][self._latest] = replace(entry, reason=f"{entry.reason}\n{words}".strip())

    def find(self, part: int, number: int) -> Entry | None:
        """Return what the key says of a question of the given part, counted from 0; -1 is none of them."""
        return self.parts[part].get(number) if 0 <= part < len(self.parts) else None


@dataclass(frozen=True)
class Marked:
    """A line, and whether it belongs to a key: the answers in it, or words that go on with the reason of the one before."""

    line: Line
    is_key: bool = False
    entries: tuple[Entry, ...] = ()
    words: str = ""


def marked(lines: Iterable[Line]) -> Iterator[Marked]:
    """Tell the lines of keys from all others. A heading, or a row of numbers, is one only where answers follow."""
    waiting: list[Line] = []
    numbers: list[int] = []
    within = is_headed = False
    for line in lines:
        entries = _entries(line.text, numbers, within=within or is_headed)
        is_heading = _is_heading(line.text)
        if entries or not ((waiting and (is_heading or not line.text)) or _numbers_in(line.text)):
            yield from (Marked(held, is_key=bool(entries)) for held in waiting)
            waiting = []
        if entries:
            within, is_headed, numbers = within or is_headed or len(entries) > 2 or bool(_INSIDE.match(line.text)), False, []
            yield Marked(line, is_key=True, entries=entries)
        elif not line.text and waiting:
            waiting.append(line)
        elif found := _numbers_in(line.text):
            waiting, numbers = [*waiting, line], found
        elif is_heading:
            waiting, within, is_headed, numbers = [*waiting, line], False, True, []
        else:
            within, is_headed, numbers = within and not _NUMBERED.match(line.text) and not _is_section(line), False, []
            yield Marked(line, is_key=within, words=line.text.strip() if within else "")
    yield from (Marked(held) for held in waiting)


def _is_heading(text: str) -> bool:
    if not _LIKE_HEADING.match(text):
        return False
    key = search_key(text) if len(text) < 80 else ""
    return bool(_HEADING.fullmatch(key) or _COLUMNS.fullmatch(key))


def _is_section(line: Line) -> bool:
    return bool(line.heading) or bool(re.match(r"\s*(?:phần|chương|chuyên đề|[IVX]{1,5}\s*[.:])\s", line.text, re.IGNORECASE))


def _entries(text: str, numbers: list[int], *, within: bool) -> tuple[Entry, ...]:
    """Return the answers in a line; none when it is no line of a key. Under its heading one answer is enough."""
    if not text or len(text) > 5_000:
        return ()
    begun = _INSIDE.match(text)
    if pairs := _pairs(text[begun.end():] if begun else text):
        return pairs if len(pairs) >= (1 if within else 2 if begun else 3) else ()
    letters = _letters_in(text)
    if letters and len(letters) == len(numbers):
        return tuple(Entry(number, letter) for number, letter in zip(numbers, letters, strict=True))
    if within and (found := _ENTRY.match(text)):
        return (Entry(int(found[1]), found[2], (found[3] or found[4] or "").strip()),)
    return ()


def _pairs(text: str) -> tuple[Entry, ...]:
    """Return the pairs of number and letter that a line is made of; none when it says anything else."""
    pairs, place = [], _BETWEEN.match(text).end()
    while place < len(text):
        if not (found := _PAIR.match(text, place)):
            return ()
        pairs.append(Entry(int(found[1]), found[2]))
        place = _BETWEEN.match(text, found.end()).end()
    return tuple(pairs)


def _numbers_in(text: str) -> list[int]:
    """Return the numbers of a row of a table that holds nothing else."""
    row = _row(text)
    return [int(cell) for cell in row] if len(row) > 1 and all(cell.isascii() and cell.isdigit() and len(cell) < 6 for cell in row) else []


def _letters_in(text: str) -> list[str]:
    row = _row(text)
    return row if len(row) > 1 and all(re.fullmatch(_ANSWER, cell, re.IGNORECASE) for cell in row) else []


def _row(text: str) -> list[str]:
    """Return the cells of a row of short ones; the first one may be a word."""
    if len(text) > 2_000 or not _LIKE_ROW.match(text):
        return []
    return _FIRST_CELL.sub("", text.strip(" |\t"), count=1).replace("|", " ").split()
