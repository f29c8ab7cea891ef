"""The options of a question: one a line, several on one line, or behind the question itself; and which of them stand out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from quizzes.interchange.plain.lines import STYLES, Line

LETTERS = "ABCDEFGHIJ"
_BEGIN = re.compile(r"\s*(\*\s?)?(?:[☐□○●◯]\s?)?\(?([A-Ja-j])(?:\s?[.)/:\]]|\s[–-]\s)\s*(\*)?\s*")
_STAR = re.compile(r"^\*\s*|(?:\*{1,3}|[✓✔√]|\[x\]|\((?:đúng|đáp án|đáp án đúng|phương án đúng)\))\s*$", re.IGNORECASE)
# So much of a line is searched for options within it.
_MOST_SEARCHED = 20_000


@dataclass
class Option:
    """An option as it was written: its letter, its lines, whether a star stands beside it."""

    letter: str
    mark: Line
    lines: list[Line] = field(default_factory=list)
    is_starred: bool = False

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines if line.text).strip()


def split_options(lines: Sequence[Line]) -> tuple[list[Line], list[Option]]:
    """Part the lines of a question into those of its stem and its options."""
    begins = _begins(lines)
    if not begins:
        return _behind_the_stem(lines)
    stem, options = list(lines[:begins[0][0]]), []
    ends = [place for place, _letter in begins[1:]] + [len(lines)]
    for number, ((place, letter), end) in enumerate(zip(begins, ends, strict=True)):
        following = begins[number + 1][1] if number + 1 < len(begins) else None
        options += _options_in(lines[place], letter, following, is_alone=len(begins) == 1 or len(options) > number)
        options[-1].lines += lines[place + 1:end]
    return stem, [_without_star(option) for option in options]


def letters_in(line: Line) -> tuple[int, int, bool] | None:
    """Return the letters that a line of options begins and ends with, counted from 0, and whether they are small; None for any other line."""
    found = _BEGIN.match(line.text)
    if not found:
        return None
    letter, lower = LETTERS.index(found[2].upper()), found[2].islower()
    return letter, letter + len(_chain(line.text, found.end(), letter + 1, None, lower=lower)), lower


def standing_out(options: Sequence[Option]) -> list[str]:
    """Return the letters of the options that are written otherwise than the rest: in another colour, underlined, bold; none when none are.

    The most telling way decides. Whole options are looked at first, then their letters alone.
    """
    for parts in ([option.lines[0].styles() if option.lines else frozenset() for option in options], [option.mark.styles() for option in options]):
        for style in STYLES:
            chosen = [option.letter for option, found in zip(options, parts, strict=True) if style in found]
            if 0 < len(chosen) < len(options):
                return chosen
    return []


def _begins(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """Return which lines begin with an option: the number of the line, and of the letter. Letters go up from A; some may stand within lines."""
    found: list[tuple[int, int]] = []
    is_lower = None
    for place, line in enumerate(lines):
        match = _BEGIN.match(line.text)
        if not match or (is_lower is not None and match[2].islower() != is_lower):
            continue
        letter = LETTERS.index(match[2].upper())
        if (letter == 0 and not found) or (found and _reaches(lines, found[-1], place, letter, lower=bool(is_lower))):
            found.append((place, letter))
            is_lower = match[2].islower()
    return found if len(found) > 1 or (found and _chain(lines[found[0][0]].text, _start(lines[found[0][0]]), 1, None, lower=bool(is_lower))) else []


def _start(line: Line) -> int:
    return _BEGIN.match(line.text).end()


def _reaches(lines: Sequence[Line], latest: tuple[int, int], place: int, letter: int, *, lower: bool) -> bool:
    """Say whether a letter comes next: right after the latest one, or after those that stand within its line."""
    before, reached = latest
    if letter <= reached + 1:
        return letter == reached + 1
    line = lines[before]
    return letter < len(LETTERS) and place == before + 1 and len(_chain(line.text, _start(line), reached + 1, letter, lower=lower)) == letter - reached - 1


def _options_in(line: Line, letter: int, following: int | None, *, is_alone: bool) -> list[Option]:
    """Return the options of one line that begins with a letter; `following` is the one that the next such line begins with."""
    begin = _BEGIN.match(line.text)
    lower = begin[2].islower()
    chain = _chain(line.text, begin.end(), letter + 1, following, lower=lower)
    if following is None and not is_alone:
        # The last line of several: what could be a letter within it counts only after a gap as wide as a column.
        chain = [found for found in chain if _is_wide(line.text, found)]
    marks = [(begin.start(2), begin.end(), bool(begin[1] or begin[3]))] + [(found.start("letter"), found.end(), bool(found["star"])) for found in chain]
    ends = [found.start() for found in chain] + [len(line.text)]
    return [
        Option(LETTERS[letter + number], line.part(start, start + 1), [line.part(text, end)], is_starred)
        for number, ((start, text, is_starred), end) in enumerate(zip(marks, ends, strict=True))
    ]


def _chain(text: str, start: int, letter: int, following: int | None, *, lower: bool) -> list[re.Match]:
    """Find the letters that come next within a line, each once and in order, up to `following` (as many as there are for None).

    Where a letter is found twice – "A. Vitamin B. B. Vitamin C." – the last one before the next letter is meant, unless a wide gap says
    otherwise. Of two that follow one another directly the second is meant.
    """
    found: list[re.Match] = []
    text = text[:_MOST_SEARCHED]
    while letter < (len(LETTERS) if following is None else following):
        here = list(_within(letter, lower=lower).finditer(text, start))
        if not here:
            break
        here = [match for match, after in zip(here, [*here[1:], None], strict=True) if after is None or text[match.end():after.start()].strip()]
        wide = next((match for match in here if _is_wide(text, match)), None)
        after = _within(letter + 1, lower=lower).search(text, here[0].end()) if letter + 1 < len(LETTERS) else None
        chosen = wide or ([match for match in here if after is None or match.end() <= after.start() + 1][-1] if after else here[0])
        found.append(chosen)
        start, letter = chosen.end(), letter + 1
    return found


def _within(letter: int, *, lower: bool) -> re.Pattern[str]:
    sign = LETTERS[letter].lower() if lower else LETTERS[letter]
    return _PATTERNS[sign]


def _pattern(sign: str) -> re.Pattern[str]:
    return re.compile(rf"\s(?P<star>\*\s?)?\(?(?P<letter>{sign})[.)/:](?=\s*\S)")


_PATTERNS = {sign: _pattern(sign) for letter in LETTERS for sign in (letter, letter.lower())}


def _is_wide(text: str, found: re.Match) -> bool:
    """Say whether a letter stands after a tab or several spaces."""
    return found.group()[0] == "\t" or text[:found.start()].endswith((" ", "\t"))


def _behind_the_stem(lines: Sequence[Line]) -> tuple[list[Line], list[Option]]:
    """Look for options on the line of the question: three of them, or two after wide gaps."""
    for place, line in enumerate(lines):
        chain = _chain(f" {line.text}", 0, 0, None, lower=False)
        if len(chain) > 2 or (len(chain) == 2 and all(_is_wide(f" {line.text}", found) for found in chain)):
            start = max(chain[0].start() - 1, 0)
            options = _options_in(line.part(start), 0, None, is_alone=True)
            options[-1].lines += lines[place + 1:]
            return [*lines[:place], line.part(0, start)], [_without_star(option) for option in options]
    return list(lines), []


def _without_star(option: Option) -> Option:
    """Take the star, the tick or the word off that say that an option is right."""
    for place, line in enumerate(option.lines):
        found = _STAR.search(line.text) if line.text != "*" else None
        if found:
            option.is_starred = True
            option.lines[place] = line.part(found.end()) if found.start() == 0 else line.part(0, found.start())
    return option
