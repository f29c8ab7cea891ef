"""The headings of a list: by what names offices call its columns, and where they stand in a sheet.

Keeps true: names are compared without case, accents, spaces and punctuation; two lines of headings, the upper one merged, count as one.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from intake.cells import SheetRow
from vietnamese.text import search_key

# Titles stand above the headings: the issuer, the motto, the name of the list, the period.
MOST_ROWS_ABOVE = 40
LONGEST = 120
# "(3) = (1) + (2)" is how some count their columns.
_NUMBERING = re.compile(r"\(?\s*(\d{1,2}|[A-Za-z])\s*\)?(\s*=.*)?")
_HINT = re.compile(r"\([^)]*\)")


@dataclass(frozen=True)
class Field:
    """Something that a column may say, and the folded headings under which offices have it."""

    name: str
    label: str
    headings: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """Where the headings of a sheet are: the last row of them, which column says what, and all of them as they are written."""

    row: int
    columns: Mapping[str, int]
    headings: list[tuple[int, str]]


class Headings:
    """The columns that one kind of list may have."""

    def __init__(
        self, fields: Sequence[Field], *, needs: Iterable[str], below: Iterable[str], least: int = 3,
        together: tuple[str, ...] = ("born_male", "born_female"),
    ):
        """Take the fields of a list.

        :param needs: a row of headings has at least one of these fields, and `least` known ones in all.
        :param below: folded words that may stand in the second line of headings, under a merged one.
        :param together: fields that mean something only beside each other: a column "Nam" beside "Nữ" holds births, alone it is none of ours.
        """
        self._names = {heading: field.name for field in fields for heading in field.headings}
        self._needs, self._below, self._least, self._together = frozenset(needs), frozenset(below), least, together

    def field_of(self, heading: str) -> str:
        """Return what a column of this heading says; nothing for one that is not known. Hints in brackets behind the name are looked over."""
        return self._names.get(folded(heading)) or self._names.get(folded(_HINT.sub(" ", heading)), "")

    def find(self, rows: Iterable[SheetRow]) -> Layout | None:
        """Return where the headings are among the first rows; None when they hold none."""
        upper: SheetRow | None = None
        for row in islice(rows, MOST_ROWS_ABOVE):
            if upper is not None:
                return self._layout(upper, row)
            if self._is_heading(row):
                upper = row
        return self._layout(upper, None) if upper is not None else None

    def at(self, rows: Iterable[SheetRow], number: int) -> Layout | None:
        """Return the headings that somebody says stand in this row of the sheet, known ones or not; None when the sheet has no such row."""
        upper: SheetRow | None = None
        for row in rows:
            if upper is not None:
                return self._layout(upper, row)
            if row.number == number:
                upper = row
            elif row.number > number:
                return None
        return self._layout(upper, None) if upper is not None else None

    def _is_heading(self, row: SheetRow) -> bool:
        found = {self.field_of(text) for text in row.cells.values() if len(text) <= LONGEST} - {""}
        return bool(found & self._needs) and len(found) >= self._least

    def _layout(self, upper: SheetRow, lower: SheetRow | None) -> Layout:
        headings = dict(upper.cells)
        last = upper.number
        if lower is not None and lower.number == upper.number + 1 and self._is_below(lower):
            last = lower.number
            headings |= {place: f"{_over(upper, place)} {text}".strip() for place, text in lower.cells.items()}
        columns: dict[str, int] = {}
        for place, heading in sorted(headings.items()):
            if (name := self.field_of(heading)) and name not in columns:
                columns[name] = place
        return Layout(last, self._settled(columns), [(place, " ".join(text.split())[:LONGEST]) for place, text in sorted(headings.items())])

    def _is_below(self, row: SheetRow) -> bool:
        return all(folded(text) in self._below for text in row.cells.values())

    def _settled(self, columns: dict[str, int]) -> dict[str, int]:
        if len(set(self._together) & set(columns)) < len(self._together):
            return {name: place for name, place in columns.items() if name not in self._together}
        return columns


def folded(text: str) -> str:
    """Return a heading as it is compared."""
    return search_key(text[:LONGEST])


def is_numbering(row: SheetRow) -> bool:
    """Say whether a row under the headings only counts the columns: (1), (2), (3) …"""
    texts = list(row.cells.values())
    numbers = [found[1] for text in texts if (found := _NUMBERING.fullmatch(text))]
    return len(texts) >= 3 and len(numbers) == len(texts) and sum(map(str.isdigit, numbers)) * 2 >= len(numbers)


def _over(upper: SheetRow, place: int) -> str:
    """Return the heading above a column: of merged cells the first one holds the words."""
    left = [each for each in upper.cells if each <= place]
    return upper.cells[max(left)] if left else ""
