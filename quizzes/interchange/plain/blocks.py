"""A text cut into its questions: where each begins, and under which headings it stands."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from quizzes.interchange.plain.chain import Chain, next_questions
from quizzes.interchange.plain.key import Marked
from quizzes.interchange.plain.lines import Line
from vietnamese.text import search_key

# Characters of one question; no question has so many, but a book pasted behind the last one may.
MOST_IN_BLOCK = 200_000
_LONGEST_HEADING = 200
# Every pattern is matched at the beginning of a line, and repeats nothing that can be parted in two ways.
QUESTION = re.compile(r"\s*(?:câu|question)\s*(?:hỏi\s*)?(?:số\s*)?(\d{1,5})(?!\d)(?!\s*,)(.*)$", re.IGNORECASE | re.DOTALL)
_DELIMITED = re.compile(r"\s*(?:[(\[][^)\]]{1,40}[)\]]\s*)?(?:[.:)\]/–—-]|$)")
NUMBER = re.compile(r"\s*(\d{1,5})\s?[.)/:](?!\d)\s*(.*)$", re.DOTALL)
_TAG = re.compile(r"\s*[(\[]([^)\]]{1,40})[)\]]\s*[.:)]?\s*")
_AFTER_NUMBER = re.compile(r"\s*[.:)\]/–—-]*\s*")
_SECTION = re.compile(
    r"\s*(phần|chương|chuyên\s+đề|chủ\s+đề|mục|bài|part|chapter)\s+(?:thứ\s+)?([IVXLC]{1,7}|\d{1,3}|[A-Z]|nhất|hai|ba|tư|năm)\s*(?:$|[.:–—-]\s*(.*)$|\s(.*)$)",
    re.IGNORECASE | re.DOTALL)
# Without a word it is a number, a percentage or a date.
_ROMAN = re.compile(r"\s*(?:[IVX]{1,5}|(?P<letter>[A-D]))\s*[.:)–-]\s*(?P<title>\S.*)$", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]{3}")
_RANKS = {"phan": 0, "part": 0, "chuyen de": 1, "chuong": 1, "chapter": 1, "chu de": 2, "muc": 3}
_FORM_WORDS = re.compile(r"tự\s*luận|trắc\s*nghiệm|tu luan|trac nghiem", re.IGNORECASE)
_ESSAY = re.compile(r"\btu luan\b")
_FORM = re.compile(r"\b(?:trac nghiem|tu luan|dung sai|cau hoi|phan|khach quan|nhieu lua chon|diem|mot dap an|\d+|[ivx]+|va|bai tap|ngan|tra loi|moi|cau|[a-d])\b")
_COMPLETE = re.compile(r"\s*\*?\(?[bB]\s?[.)/:]|.*(?:\t|\s\s)\(?[bB]\s?[.)/:]|\s*(?:đáp\s*án|đ\.?a\.?|answer)\b", re.IGNORECASE)
# Drawn across the page, or at the end of a paper.
_DIVIDER = re.compile(r"\s*[-–—_=*.~]{2,200}\s*(?:hết\.?)?\s*[-–—_=*.~]*\s*|\s*hết\.?\s*", re.IGNORECASE)
_POINTS = re.compile(r"[\d.,/]+ ?(?:diem|d|pt|points?)")
LEVELS = {
    "nb": "easy", "nhan biet": "easy", "de": "easy", "biet": "easy", "th": "medium", "thong hieu": "medium", "hieu": "medium", "trung binh": "medium",
    "tb": "medium", "vd": "hard", "van dung": "hard", "vdc": "hard", "van dung cao": "hard", "kho": "hard", "vdt": "hard", "van dung thap": "hard",
}


@dataclass(frozen=True)
class Place:
    """Under which headings a question stands."""

    category: tuple[str, ...] = ()
    topic: str = ""
    is_essay: bool = False


@dataclass
class Block:
    """The lines of one question, the first without its number."""

    number: int
    part: int
    start: int
    place: Place
    lines: list[Line] = field(default_factory=list)
    difficulty: str = ""
    is_essay: bool = False
    length: int = 0
    is_complete: bool = False
    has_list: bool = False
    chain: Chain = field(default_factory=Chain)

    def add(self, line: Line) -> None:
        self.length += len(line.text) + 1
        if self.length <= MOST_IN_BLOCK:
            self.lines.append(line)
            self.chain.add(line)
            self.is_complete = self.is_complete or bool(_COMPLETE.match(line.text))


class Cutting:
    """Cuts lines into questions, remembering the headings that were met."""

    def __init__(self, *, by_word: bool):
        """`by_word`: questions begin with "Câu 1"; otherwise with a bare number."""
        self._by_word = by_word
        self._block: Block | None = None
        self._place = Place()
        self._ranks: dict[int, str] = {}
        self._latest = 0
        self._part = 0

    def blocks(self, lines: Iterable[Marked]) -> Iterator[Block]:
        """Go through the questions of a text."""
        for one in lines:
            if one.is_key:
                continue
            if begun := self._begun(one.line):
                if self._block:
                    yield from self._parted(self._block)
                self._block = begun
            elif self._may_end() and self._is_heading(one.line):
                if self._block:
                    yield from self._parted(self._block)
                self._block = None
            elif self._block:
                self._block.add(replace(one.line, text="", spans=()) if _DIVIDER.fullmatch(one.line.text) else one.line)
        if self._block:
            yield from self._parted(self._block)

    def _parted(self, block: Block) -> Iterator[Block]:
        """Part a question from those behind it whose numbers were written otherwise: "1." among "Câu 1"."""
        is_whole = not self._by_word or block.is_essay or block.place.is_essay or block.length > MOST_IN_BLOCK
        begins = [] if is_whole else next_questions(block.lines, NUMBER)
        lines, ends = block.lines, [*begins[1:], len(block.lines)]
        yield replace(block, lines=lines[:begins[0]]) if begins else block
        for begin, end in zip(begins, ends, strict=False):
            found = NUMBER.match(lines[begin].text)
            # The key counts the others.
            yield Block(int(found[1]), -1, lines[begin].number, block.place, [lines[begin].part(found.start(2)), *lines[begin + 1:end]])

    def _may_end(self) -> bool:
        block = self._block
        return block is None or block.is_complete or not block.lines[-1].text or block.place.is_essay or block.is_essay

    def _begun(self, line: Line) -> Block | None:
        found = QUESTION.match(line.text) if self._by_word else NUMBER.match(line.text)
        if not found or not self._is_question(int(found[1]), found[2]):
            return None
        number = int(found[1])
        if number <= self._latest:
            self._part += 1
        self._latest = number
        start = found.start(2) + (_AFTER_NUMBER.match(found[2]).end() if self._by_word else 0)
        block = Block(number, self._part, line.number, self._place)
        block.add(self._without_tags(replace(line.part(start), heading=0), block))
        return block

    def _is_question(self, number: int, rest: str) -> bool:
        if self._by_word:
            return bool(_DELIMITED.match(rest)) or (number == self._latest + 1 and rest[:1] in " \t" and rest.lstrip()[:1].isupper())
        block = self._block
        if block is None or block.is_complete:
            return number != 0
        # A list within the stem counts from one; the next question goes on counting.
        block.has_list = block.has_list or number == 1
        return number == self._latest + 1 and not block.has_list

    def _without_tags(self, line: Line, block: Block) -> Line:
        """Take "(0,5 điểm)", "(NB)" and "(Tự luận)" off the beginning of a question."""
        while found := _TAG.match(line.text):
            said = search_key(found[1])
            if said in LEVELS:
                block.difficulty = LEVELS[said]
            elif _ESSAY.search(said):
                block.is_essay = True
            elif not _POINTS.fullmatch(search_key(found[1].replace(",", "").replace(".", ""))):
                break
            line = line.part(found.end())
        return line

    def _is_heading(self, line: Line) -> bool:
        """Say whether a line is a heading, and remember what it says of the questions under it."""
        text = line.text.strip()
        if not text or len(text) > _LONGEST_HEADING:
            return False
        if self._is_option(line):
            return False
        found, roman = _SECTION.match(text), self._roman(text)
        if not (found or roman or line.heading or _FORM_WORDS.search(text)):
            return False
        key = search_key(text)
        is_form = not search_key(_FORM.sub(" ", key))
        if found:
            self._enter(search_key(found[1]), text, is_form=is_form)
        elif roman and (text.isupper() or roman["title"].isupper() or _ESSAY.search(key) or "trac nghiem" in key):
            self._enter("phan", text, is_form=is_form)
        elif line.heading:
            self._enter_rank(line.heading - 1, text)
        elif not is_form or not ("trac nghiem" in key or _ESSAY.search(key)):
            return False
        if is_form or _ESSAY.search(key) or "trac nghiem" in key:
            self._place = replace(self._place, is_essay=bool(_ESSAY.search(key)))
        return True

    def _is_option(self, line: Line) -> bool:
        block = self._block
        return block is not None and not (block.is_essay or block.place.is_essay) and block.chain.is_next(line)

    def _roman(self, text: str) -> re.Match[str] | None:
        """Return a heading such as "II. ĐỐI THOẠI" or, where no option can be meant, "B. ĐỐI THOẠI"."""
        found = _ROMAN.match(text)
        if not found or not _WORD.search(found["title"]):
            return None
        letter = found["letter"]
        may_be = not letter or self._block is None or self._block.chain.is_over(ord(letter) - ord("A")) or _FORM_WORDS.search(text)
        return found if may_be else None

    def _enter(self, word: str, text: str, *, is_form: bool) -> None:
        if word == "bai":
            self._place = replace(self._place, topic=text if len(text) <= 120 else " ".join(text.split()[:2]))
        else:
            # "II. TỰ LUẬN" says what kind of questions follow, not what they are about.
            self._enter_rank(_RANKS.get(word, 0), "" if is_form else text)

    def _enter_rank(self, rank: int, text: str) -> None:
        self._ranks = {above: name for above, name in self._ranks.items() if above < rank}
        if text:
            self._ranks[rank] = text[:120]
        self._place = replace(self._place, category=tuple(name for _rank, name in sorted(self._ranks.items())), topic="")
