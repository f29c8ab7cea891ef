"""Units by what a list calls them: a code, a name of today or of before, with or without the usual abbreviations. Never guessed between two."""

import re
from collections import defaultdict
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from unions.models import Unit, UnitName
from vietnamese.text import search_key

_SHORT = (
    ("cong doan co so", "cdcs"), ("cong doan", "cd"), ("lien doan lao dong", "ldld"), ("trach nhiem huu han", "tnhh"), ("mot thanh vien", "mtv"),
    ("co phan", "cp"), ("cong ty", "cty"), ("nghiep doan", "nd"), ("khu cong nghiep", "kcn"), ("trung hoc co so", "thcs"), ("trung hoc pho thong", "thpt"),
    ("benh vien", "bv"), ("uy ban nhan dan", "ubnd"), ("xi nghiep", "xn"), ("thanh pho", "tp"),
)
# What looks like a unit though none is called so.
_LIKE_UNIT = re.compile(
    r"\b(cdcs|cong doan|ldld|lien doan|nghiep doan|cong ty|cty|truong|benh vien|xi nghiep|nha may|khoi|cum|xa|phuong|dac khu|hop tac xa|htx|trung tam|phong|kcn)\b")
_NUMBERED = re.compile(r"^\s*(?:[IVXLC]{1,7}|\d{1,3}(?:\.\d{1,3})*|[A-ZĐa-zđ])\s*(?:[.)\-:/–]\s*|\s+(?=\D))(?=\S)")
_MOST_NEAR = 3
_MOST_MISSED = 200


class Unplaced(Exception):
    """No unit of the list's branch is called so, or several are; `message` says what to do."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


class Places:
    """The units at and below the one that a list is for. Two queries when made, over that branch only, and one for each ended unit that is named."""

    def __init__(self, units: QuerySet[Unit], on: date):
        self._on = on
        self._codes: dict[str, int] = {}
        self._keys: dict[str, set[int]] = defaultdict(set)
        self._ended: set[int] = set()
        self.names: dict[int, str] = {}
        # The days on which each unit is active: no post reaches beyond them.
        self.days: dict[int, tuple[date, date | None]] = {}
        self._found: dict[str, int | str] = {}
        for pk, code, name, since, until in units.values_list("pk", "code", "name", "active_from", "active_until").iterator(chunk_size=5_000):
            self.names[pk] = name
            self.days[pk] = (since, until)
            self._codes[search_key(code)] = pk
            self._keys[_short(name)].add(pk)
            if since > on or (until is not None and until <= on):
                self._ended.add(pk)
        former = UnitName.objects.filter(unit__in=units, valid_until__isnull=False).values_list("unit_id", "name")
        for pk, name in former.iterator(chunk_size=5_000):
            self._keys[_short(name)].add(pk)

    def of(self, said: str) -> int:
        """Return the unit that is meant.

        :raises Unplaced: when none is, or several are, or it has ended.
        """
        if said not in self._found:
            try:
                self._found[said] = self._find(said)
            except Unplaced as error:
                self._found[said] = error.message
        found = self._found[said]
        if isinstance(found, str):
            raise Unplaced(found)
        return found

    def knows(self, said: str) -> bool:
        """Say whether exactly one unit that stands is called so."""
        try:
            self.of(said)
        except Unplaced:
            return False
        return True

    def _find(self, said: str) -> int:
        found = self._by_name(said) or self._by_name(without_number(said))
        standing = found - self._ended
        if len(standing) == 1:
            return next(iter(standing))
        if len(standing) > 1:
            raise Unplaced(_("Several units are called “%(said)s”. Write the code of the unit in place of its name.") % {"said": said})
        if found:
            raise Unplaced(self._words_of_ended(min(found)))
        raise Unplaced(self._words_of_unknown(said))

    def _by_name(self, said: str) -> set[int]:
        if (pk := self._codes.get(search_key(said))) is not None:
            return {pk}
        key = _short(said)
        # Many leave "CĐCS" out where the whole list is of such unions.
        return self._keys.get(key) or self._keys.get(f"cdcs {key}") or (self._keys.get(key[5:]) if key.startswith("cdcs ") else None) or set()

    def _words_of_ended(self, pk: int) -> str:
        since, until = self.days[pk]
        if until is None or until > self._on:
            return _("“%(name)s” is active only from %(day)s. Choose a later day for the list.") % {"name": self.names[pk], "day": f"{since:%d/%m/%Y}"}
        heirs = list(Unit.objects.get(pk=pk).successors.values_list("name", flat=True)[:_MOST_NEAR])
        if heirs:
            return _("“%(name)s” has ended. Its people now belong to: %(heirs)s.") % {"name": self.names[pk], "heirs": "; ".join(heirs)}
        return _("“%(name)s” has ended. Write the unit that took its place.") % {"name": self.names[pk]}

    def _words_of_unknown(self, said: str) -> str:
        near = self._nearest(said) if sum(isinstance(each, str) for each in self._found.values()) < _MOST_MISSED else []
        if near:
            return _("No unit in this branch is called “%(said)s”. Nearest names: %(names)s. Correct the name, or write the unit's code.") % {
                "said": said, "names": "; ".join(near)}
        return _("No unit in this branch is called “%(said)s”. Have the unit set up first, or write the unit's code.") % {"said": said}

    def _nearest(self, said: str) -> list[str]:
        """Names that share most of their words, rare words or not: told to a person, never taken by itself."""
        wanted = set(_short(said).split()) - {"cdcs", "cd", "cty"}
        scored = []
        for key, units in self._keys.items():
            words = set(key.split()) - {"cdcs", "cd", "cty"}
            if shared := len(wanted & words):
                scored.append((shared / len(wanted | words), min(units - self._ended, default=0)))
        best = sorted((pair for pair in scored if pair[0] >= 0.3 and pair[1]), reverse=True)[:_MOST_NEAR]
        return [self.names[pk] for _score, pk in best]


def without_number(text: str) -> str:
    """Take the numbering off a heading between rows: "I. CĐCS Công ty may" becomes "CĐCS Công ty may"."""
    return _NUMBERED.sub("", text, count=1).strip(" :.-–")


def looks_like_unit(text: str) -> bool:
    """Say whether a heading between rows names a unit or a group of units, known or not."""
    return bool(_LIKE_UNIT.search(search_key(text)))


def begins_like_unit(text: str) -> bool:
    """Say the same of a row of a numbered list, where people stand too: what makes it a unit stands first."""
    return bool(_LIKE_UNIT.match(search_key(without_number(text))))


def _short(text: str) -> str:
    key = f" {search_key(text)} "
    for long, short in _SHORT:
        key = key.replace(f" {long} ", f" {short} ")
    return key.strip()
