"""An Aiken file, line by line: text, options, the answer. Which text begins the next question shows only when its first option comes."""

import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from unicodedata import normalize

from django.utils.translation import gettext as _

from quizzes.interchange.items import MAX_TEXT, Item, Refused, excerpt_of
from quizzes.interchange.lines import lines_of
from quizzes.interchange.markup import from_plain

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MOST_LINES = 400
_OPTION = re.compile(r"([A-Za-z])[.)](.*)", re.DOTALL)
_ANSWER = re.compile(r"(?:answer|đáp án(?: đúng)?|dap an)\s{0,9}:(.*)", re.IGNORECASE | re.DOTALL)
# "B", "b.", "B) the words of the option once more"
_LETTER = re.compile(r"([A-Za-z])(?:[.)].*|[,;])?", re.DOTALL)


@dataclass(frozen=True)
class _Line:
    number: int
    text: str
    # Whether blank lines stand before it.
    is_parted: bool


def read(file: BinaryIO) -> Iterator[Item | Refused]:
    """Read an Aiken file question by question; what cannot be a question is refused by itself, with its line and the reason.

    :raises UnreadableFile: when the file is no text.
    """
    return read_lines(lines_of(file))


def read_lines(lines: Iterable[tuple[int, str]]) -> Iterator[Item | Refused]:
    """Read questions from lines with their numbers."""
    draft, is_parted = _Draft(), False
    for number, said in lines:
        text = said.strip()
        if not text:
            is_parted = True
            continue
        line, is_parted = _Line(number, text, is_parted), False
        answer = _ANSWER.match(normalize("NFC", text[:200]))
        option = _OPTION.match(text)
        if answer:
            yield draft.finished(number, answer[1].strip())
            draft = _Draft()
        elif option and draft.expects(option[1].upper()):
            if option[1] in "Aa" and draft.after:
                draft = yield from _next_of(draft)
            draft.take_option(line, option[1].upper(), option[2].strip())
        else:
            yield from draft.take_text(line)
    draft = yield from _next_of(draft)
    yield from draft.given_up()


def _next_of(draft: "_Draft") -> Generator[Refused, None, "_Draft"]:
    """Give up a question that has no answer, and return the one that the text after its options begins."""
    if not draft.after:
        return draft
    yield from draft.given_up()
    following = _Draft()
    for line in draft.after:
        yield from following.take_text(line)
    return following


@dataclass
class _Draft:
    """A question whose lines are still coming in."""

    stem: list[_Line] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    # Where its first option stands, when no text comes before.
    opened: int = 0
    # Text after the options: the next question, if options follow it.
    after: list[_Line] = field(default_factory=list)
    fault: tuple[int, str] | None = None
    size: int = 0

    @property
    def line(self) -> int:
        return self.stem[0].number if self.stem else self.opened

    def expects(self, letter: str) -> bool:
        """Say whether a line that begins like an option is one. Before an A has come it is a name, as in "E. coli"."""
        return letter == "A" or bool(self.options)

    def take_text(self, line: _Line) -> Iterator[Refused]:
        """Take a line of text. After a blank line it begins a question of its own: what came before had no options."""
        held = self.after if self.options else self.stem
        if not self.options and held and line.is_parted:
            yield self._refused(self.line, _("No options follow this text. Write each in a line of its own: A. …, then B. …"))
            held.clear()
            self.size, self.fault = 0, None
        self.size += len(line.text)
        if self.size <= MAX_TEXT and len(held) < _MOST_LINES:
            held.append(line)
        elif not self.fault:
            self._blame(line.number, _("This text is longer than %(count)s characters. Shorten it.") % {"count": MAX_TEXT})
            held.append(_Line(line.number, line.text[:200], line.is_parted))

    def take_option(self, line: _Line, letter: str, text: str) -> None:
        self.opened = self.opened or line.number
        self.fault = self.fault or self._fault_at(line, letter, text)
        if len(self.options) < len(LETTERS):
            self.options.append(text[:MAX_TEXT])

    def _fault_at(self, line: _Line, letter: str, text: str) -> tuple[int, str] | None:
        """Return why an option may not stand in this line."""
        if not self.stem:
            return line.number, _("An option stands here before any question. Write the question in the line above it.")
        if self.after:
            return self.after[0].number, _("This text stands between the options. Write each option in one line.")
        if len(text) > MAX_TEXT:
            return line.number, _("This text is longer than %(count)s characters. Shorten it.") % {"count": MAX_TEXT}
        if LETTERS.index(letter) != len(self.options):
            return line.number, _("The options are not in the order of the alphabet: %(letter)s should not come here.") % {"letter": letter}
        return None

    def finished(self, number: int, answer: str) -> Item | Refused:
        """Return the question that an answer ends."""
        letter = _LETTER.fullmatch(answer)
        place = LETTERS.index(letter[1].upper()) if letter else -1
        if not self.stem:
            self._blame(self.opened or number, _("An answer stands here without a question."))
        if self.after:
            self._blame(self.after[0].number, _("This text stands between the options and the answer. Write each option in one line."))
        if len(self.options) < 2:
            self._blame(number, _("A question needs at least two options before its answer, each in a line of its own: A. …, then B. …"))
        if place < 0:
            self._blame(number, _("One letter has to stand after ANSWER: and nothing else."))
        if place >= len(self.options):
            self._blame(number, _("The answer is %(letter)s, but no option has this letter.") % {"letter": LETTERS[place]})
        if self.fault:
            return self._refused(*self.fault)
        options = [{"text": text, "is_right": at == place, "feedback": ""} for at, text in enumerate(self.options)]
        stem = from_plain("\n".join(line.text for line in self.stem))
        return Item(kind="one_answer", value={"stem": stem, "options": options}, line=self.line)

    def given_up(self) -> Iterator[Refused]:
        """Refuse what no answer ended."""
        if self.options:
            self._blame(self.line, _("No answer follows the options. Write ANSWER: and the right letter below them."))
        elif self.stem:
            self._blame(self.line, _("No options follow this text. Write each in a line of its own: A. …, then B. …"))
        if self.fault:
            yield self._refused(*self.fault)

    def _blame(self, number: int, reason: str) -> None:
        self.fault = self.fault or (number, reason)

    def _refused(self, number: int, reason: str) -> Refused:
        return Refused(number, reason, excerpt_of(self.stem[0].text[:400] if self.stem else (self.options or [""])[0][:400]))
