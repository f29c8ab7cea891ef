"""How the floors say what they keep of a person: as parts of an export, and as what an erasure takes and leaves. No queries."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, Protocol

from accounts.signals import erasure_previewed, person_exported

# So many rows are held in memory at a time.
CHUNK = 500


@dataclass(frozen=True)
class Packed:
    """A file that goes into the export, and how it is opened when its turn comes."""

    name: str
    open: Callable[[], BinaryIO]


@dataclass(frozen=True)
class Section:
    """One part of the export. Nothing is read before `rows` or `files` is called, and then in chunks.

    Words are Vietnamese, whatever language the reader has chosen: the file is handed on to others, too.
    """

    key: str
    title: str
    # Why it is kept and how long, in one sentence.
    kept: str
    # What each key of a row means, in the order in which it is shown.
    columns: Mapping[str, str]
    rows: Callable[[], Iterable[Mapping[str, Any]]]
    files: Callable[[], Iterable[Packed]] = tuple
    # What the codes of a column mean: {"state": {"open": "Waits for an answer"}}.
    words: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    # Order in the readable page.
    place: int = 50


def read(rows: Any, /, **fields: str) -> Callable[[], Iterator[dict[str, Any]]]:
    """Return what reads these rows in chunks when it is called: one query however many; `fields` says under which key which field stands."""

    def go_through() -> Iterator[dict[str, Any]]:
        for values in rows.values_list(*fields.values()).iterator(chunk_size=CHUNK):
            yield dict(zip(fields, values, strict=True))

    return go_through


@dataclass(frozen=True)
class Fate:
    """What erasing does to one kind of data: it goes, or it stays and why."""

    what: str
    count: int
    stays: bool = False
    why: str = ""


class Telling(Protocol):
    """A module, called `personal` on each floor, that says what the floor keeps of a person."""

    __name__: str

    def sections_of(self, user, now: datetime) -> list[Section]: ...

    def fates_of(self, user) -> list[Fate]: ...


def answer_with(personal: Telling) -> None:
    """Let a floor answer exports and previews of erasures with what its own module says; called once, where the floor's receivers stand."""
    for signal, say in (
        (person_exported, lambda sender, user, now, **more: personal.sections_of(user, now)),
        (erasure_previewed, lambda sender, user, **more: personal.fates_of(user)),
    ):
        # Not weak: nobody else holds these functions.
        signal.connect(say, weak=False, dispatch_uid=personal.__name__)
