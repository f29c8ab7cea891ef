"""A question on its way into the bank or out of it: what every format is read into and written from. Knows neither database nor models."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from posixpath import splitext
from typing import Any, BinaryIO

# So many questions are taken from one file; the rest is refused with a word.
MAX_ITEMS = 50_000
# Characters of one stem, explanation or other long text.
MAX_TEXT = 20_000
PLUGIN_FILE = "@@PLUGINFILE@@/"


@dataclass(frozen=True)
class Item:
    """One question.

    `kind` names a type of quizzes.types; `value` is what the type's block holds, as plain JSON: rich text as HTML, lists as plain lists
    without ids ({"stem": "<p>…</p>", "options": [{"text": "…", "is_right": true, "feedback": ""}]}). What is missing has its default.
    Pictures stand in HTML as <img src="@@PLUGINFILE@@/name" alt="…">, their bytes in `pictures` under that name.
    """

    kind: str
    value: dict[str, Any]
    explanation: str = ""
    code: str = ""
    # "easy", "medium" or "hard".
    difficulty: str = "medium"
    topic: str = ""
    tags: tuple[str, ...] = ()
    # The articles it rests on, each as a reader says it: "45/2019/QH14 Điều 70 khoản 1 điểm a".
    citations: tuple[str, ...] = ()
    # The path of its category below the bank, outermost first.
    category: tuple[str, ...] = ()
    # Where it begins in its file: a line of text, a row of a sheet; counted from 1.
    line: int = 0
    pictures: dict[str, bytes] = field(default_factory=dict)
    # What could not be kept of it, in words for a person.
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refused:
    """A piece of a file that cannot become a question, and why, in words that say what to do."""

    line: int
    reason: str
    excerpt: str = ""


Reader = Callable[[BinaryIO], Iterator[Item | Refused]]
# What a writer calls for a question, or a part of one, that its format cannot say: the question, why, and whether the rest of it was written.
Leave = Callable[[Item, str, bool], None]
Writer = Callable[[Iterable[Item], BinaryIO, Leave], None]


def add_picture(pictures: dict[str, bytes], name: str, content: bytes) -> str:
    """Put a picture among those of a question and return its name there: another one where a different picture has it already."""
    stem, extension = splitext(name)
    number, kept = 1, name
    while pictures.get(kept, content) != content:
        number += 1
        kept = f"{stem}-{number}{extension}"
    pictures[kept] = content
    return kept


def excerpt_of(text: str, most: int = 80) -> str:
    """Return the beginning of a text in one line, so that a person finds it again in the file."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most - 1].rstrip()}…"
