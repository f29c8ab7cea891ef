"""What a taker is shown and when: a table of moments × facts, with presets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Self

FACTS = ("own_answer", "correctness", "right_answer", "explanation", "mark")
MOMENTS = ("during", "after_failure", "after_pass", "after_close")

Table = Mapping[str, Iterable[str]]


@dataclass(frozen=True)
class Shown:
    """Which facts may be shown at one moment."""

    own_answer: bool = False
    correctness: bool = False
    right_answer: bool = False
    explanation: bool = False
    mark: bool = False

    @classmethod
    def of(cls, names: Iterable[str]) -> Self:
        """Return what a row of the table allows; names that are not known here allow nothing."""
        known = set(names)
        return cls(**{name: name in known for name in FACTS})

    @property
    def anything(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    @property
    def questions(self) -> bool:
        """Whether there is anything to say about single questions, beside the mark of the whole."""
        return self.own_answer or self.correctness or self.right_answer or self.explanation


EVERYTHING = Shown.of(FACTS)
NOTHING = Shown()

# What each preset means. "at_once" is the practice mode's: a question is marked and explained as soon as it is answered.
PRESETS: dict[str, Table] = {
    "at_once": dict.fromkeys(MOMENTS, FACTS),
    "full": {"during": (), "after_failure": FACTS, "after_pass": FACTS, "after_close": FACTS},
    "after_pass": {"during": (), "after_failure": ("mark",), "after_pass": FACTS, "after_close": FACTS},
    # A contest's, until its author chooses otherwise: others are still at it.
    "after_close": {"during": (), "after_failure": ("mark",), "after_pass": ("mark",), "after_close": FACTS},
    "mark_only": {"during": (), "after_failure": ("mark",), "after_pass": ("mark",), "after_close": ("mark",)},
}


def shown_at(table: Table, moment: str) -> Shown:
    """Return what may be shown at a moment ("during", "after_failure", "after_pass", "after_close")."""
    return Shown.of(table.get(moment, ()))


def moment_of(*, is_finished: bool, passed: bool, is_closed: bool) -> str:
    """Return the moment that an attempt is at; after the quiz has closed for everybody, that one counts."""
    if not is_finished:
        return "during"
    if is_closed:
        return "after_close"
    return "after_pass" if passed else "after_failure"
