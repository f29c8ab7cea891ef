"""Which units and people somebody means who typed or pasted them, one a line."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from accounts.models import User
from unions.models import Unit
from vietnamese import phones
from vietnamese.text import clean, search_key

# Cells of a pasted row; a name beside the number is for whoever reads it.
_CELLS = re.compile(r"[\t;,]")
_NUMBER_FIRST = re.compile(r"\+?\d[\d .\-()]{7,}\d")


@dataclass
class UnitsNamed:
    """What was found, and the lines that name no unit, or more than one."""

    found: list[Unit] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    several: list[tuple[str, list[Unit]]] = field(default_factory=list)


@dataclass
class PeopleNamed:
    """What was found, by id, and the lines that name nobody."""

    found: list[int] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def lines_of(text: str) -> list[str]:
    """Return the lines that say something, each once, in their order."""
    return list(dict.fromkeys(filter(None, map(clean, text.splitlines()))))


def units_named(lines: Iterable[str], units: QuerySet[Unit]) -> UnitsNamed:
    """Return the units that the lines mean: a code, a whole name (diacritics may be left out), or words that stand in one unit's name or code only.

    One query for codes and whole names, and one for each line that is neither.
    """
    lines, named = list(lines), UnitsNamed()
    exact = units.filter(Q(code__in=[*lines, *map(str.upper, lines)]) | Q(name__in=lines))
    by_word: dict[str, list[Unit]] = {}
    for unit in exact:
        for word in {unit.code.upper(), unit.name}:
            by_word.setdefault(word, []).append(unit)
    for line in lines:
        fitting = by_word.get(line.upper()) or by_word.get(line) or _holding(line, units)
        if len(fitting) == 1:
            named.found.append(fitting[0])
        elif fitting:
            named.several.append((line, fitting))
        else:
            named.unknown.append(line)
    return named


def _holding(line: str, units: QuerySet[Unit]) -> list[Unit]:
    words = search_key(line).split()
    for word in words:
        units = units.filter(search_key__contains=word)
    # Six are enough to say that it is not one; the shortest, since a whole name without its diacritics also stands in longer ones.
    found = list(units.order_by(Length("search_key"), "path")[:6]) if words else []
    return [unit for unit in found if search_key(unit.name) == search_key(line)] or found


def people_named(lines: Iterable[str], people: QuerySet[User]) -> PeopleNamed:
    """Return the people whom the lines mean: a telephone number, an e-mail address or a member code, with or without a name beside it.

    At most four queries, however many lines.
    """
    lines, named = list(lines), PeopleNamed()
    keys = {line: _keys_in(line) for line in lines}
    wanted: dict[str, set] = {}
    for kind, value in (key for found in keys.values() for key in found):
        wanted.setdefault(kind, set()).add(value)
    known = {
        (kind, value): pk for kind, values in wanted.items()
        for value, pk in people.filter(**{f"{kind}__in": values}).values_list(kind, "pk")}
    for line in lines:
        if pk := next((known[key] for key in keys[line] if key in known), None):
            named.found.append(pk)
        else:
            named.unknown.append(line)
    named.found = list(dict.fromkeys(named.found))
    return named


def _keys_in(line: str) -> list[tuple[str, object]]:
    """What a line may mean, the surest first."""
    cells = [cell.strip() for cell in _CELLS.split(line)]
    if number := _NUMBER_FIRST.match(line):
        cells.append(number.group())
    cells += [word for cell in cells for word in cell.split()[:1] + cell.split()[-1:]]
    return [key for cell in dict.fromkeys(filter(None, cells)) for key in _keys_of(cell)]


def _keys_of(cell: str) -> list[tuple[str, object]]:
    if "@" in cell:
        return [("email", cell.lower())]
    keys: list[tuple[str, object]] = []
    with suppress(phones.InvalidPhone):
        keys.append(("phone", phones.to_e164(cell)))
    with suppress(ValueError):
        keys.append(("uuid", UUID(cell)))
    return [*keys, ("member_code", cell.upper())]
