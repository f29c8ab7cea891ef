"""Reads of a question's versions: which one is the newest, and how two of them differ, word by word."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from laws.models import Provision
from quizzes.freezing import digest_of, freeze, provisions_of
from quizzes.models import Question, QuestionVersion
from quizzes.selectors.lines import Line, lines_of

# Words, spaces and signs: a comma that moved is no new word.
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
# Longer texts are compared as a whole: matching words takes the square of their number.
_MOST_WORDS = 4000


@dataclass(frozen=True)
class Piece:
    """Words of one side: "same" in both, "del" only in the older, "ins" only in the newer."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """One line side by side; a side that lacks it is None."""

    old: Line | None
    new: Line | None
    old_pieces: list[Piece]
    new_pieces: list[Piece]

    @property
    def label(self) -> str:
        return (self.new or self.old).label

    @property
    def is_changed(self) -> bool:
        return self.old is None or self.new is None or (self.old.text, self.old.is_right) != (self.new.text, self.new.is_right)


@dataclass(frozen=True)
class Comparison:
    """Two versions of a question, the older one first, with their numbers: the first version is 1."""

    old: QuestionVersion
    new: QuestionVersion
    old_number: int
    new_number: int
    # How many versions there are.
    count: int
    changes: list[Change]

    @property
    def changed(self) -> int:
        return sum(change.is_changed for change in self.changes)


def compared(question: Question, first: int | None = None, second: int | None = None) -> Comparison | None:
    """Return two versions of a question compared, by their numbers; without these the two newest. None when there are no such two. Two queries."""
    keys = list(question.versions.order_by("created_at", "pk").values_list("pk", flat=True))
    numbers = sorted({len(keys) - 1 if first is None else first, len(keys) if second is None else second})
    if len(numbers) < 2 or numbers[0] < 1 or numbers[1] > len(keys):
        return None
    wanted = [keys[number - 1] for number in numbers]
    found = question.versions.in_bulk(wanted)
    old, new = (found[key] for key in wanted)
    return Comparison(old, new, *numbers, count=len(keys), changes=changes_between(old, new))


def newest_version_of(question: Question) -> int | None:
    """Return the id of the version that says what the question says now; None when nobody was asked it so.

    No query when the question knows it; else what freezing asks, and one more.
    """
    if question.version_id or not question.content:
        return question.version_id
    kind, content = freeze(question, Provision.objects.in_bulk(provisions_of(question)))
    return question.versions.filter(digest=digest_of(kind, content)).values_list("pk", flat=True).first()


def changes_between(old: QuestionVersion, new: QuestionVersion) -> list[Change]:
    """Return both versions line by line, in the order of the newer with what only the older has in its place. No query."""
    before, after = ({line.key: line for line in lines_of(version.type, version.content)} for version in (old, new))
    return [_change(before.get(key), after.get(key)) for key in _merged(list(before), list(after))]


def _merged(before: list[str], after: list[str]) -> list[str]:
    keys: list[str] = []
    known = set(after)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        # What only moved stands where the newer has it.
        keys += [key for key in before[i1:i2] if key not in known] if tag != "equal" else []
        keys += after[j1:j2]
    return keys


def _change(old: Line | None, new: Line | None) -> Change:
    return Change(old, new, *pieces_between(old.text if old else "", new.text if new else ""))


def pieces_between(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Return two texts in pieces: what both share, what only one of them has. No query."""
    left, right = _WORDS.findall(old), _WORDS.findall(new)
    if old == new or max(len(left), len(right)) > _MOST_WORDS:
        kinds = ("same", "same") if old == new else ("del", "ins")
        return _pieces([(kinds[0], old)]), _pieces([(kinds[1], new)])
    olds, news = [], []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        olds.append(("same" if tag == "equal" else "del", "".join(left[i1:i2])))
        news.append(("same" if tag == "equal" else "ins", "".join(right[j1:j2])))
    return _pieces(olds), _pieces(news)


def _pieces(parts: Iterable[tuple[str, str]]) -> list[Piece]:
    """Put together what belongs together: a space between two words that changed is no word that stayed."""
    found = [Piece(kind, text) for kind, text in parts if text]
    for place in range(1, len(found) - 1):
        before, after = found[place - 1], found[place + 1]
        if not found[place].text.strip() and before.kind == after.kind != "same":
            found[place] = Piece(before.kind, found[place].text)
    return [Piece(kind, "".join(piece.text for piece in run)) for kind, run in groupby(found, key=lambda piece: piece.kind)]


def lines_of_question(question: Question) -> list[Line]:
    """Return what a question says now, without its pictures, recordings and articles while it has no version. No query with its version."""
    if question.version_id:
        return lines_of(question.version.type, question.version.content)
    return lines_of_content(list(question.content.raw_data), explanation=question.explanation, topic=question.topic)


def lines_of_content(raw: list[dict], *, explanation: str = "", topic: str = "") -> list[Line]:
    """Return what a question says that is stored so, without its pictures, recordings and articles. No query."""
    bare = Question(explanation=explanation, topic=topic)
    bare.content = Question._meta.get_field("content").stream_block.to_python(_without_things(raw))
    try:
        return lines_of(*freeze(bare, {})) if bare.content else []
    except (AttributeError, TypeError, ValueError, KeyError, ArithmeticError):
        # A draft that is half written.
        return []


def _without_things(value):
    """Leave out what would be fetched: a list of questions must not ask for each picture."""
    if isinstance(value, dict):
        return {key: [] if key == "materials" else None if key == "image" else _without_things(part) for key, part in value.items()}
    return [_without_things(part) for part in value] if isinstance(value, list) else value
