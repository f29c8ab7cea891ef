"""Going down a sheet: which rows are people, and to which unit they belong.

Keeps true: a row's own unit comes first, then what merged cells or a heading between rows say, then the sheet's name, its title, the unit that
the list is for; a heading that names an unknown unit leaves the rows below it refused, never with the unit above.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from intake.cells import SheetRow
from intake.days import read_birth
from intake.headings import is_numbering
from unions.services.rosters.columns import HEADINGS
from unions.services.rosters.keys import key_of
from unions.services.rosters.kinds import Kinds, UnknownPost
from unions.services.rosters.places import Places, Unplaced, begins_like_unit, looks_like_unit, without_number
from unions.services.rosters.rows import Understood, name_of, texts_of, understand
from vietnamese.text import clean

_TOTAL = re.compile(r"(tong cong|tong so|cong|tong)\b(?! (doan|ty|nhan)\b).*")
_SIGNATURE = re.compile(
    r"(?:.*\b(nguoi lap|nguoi ghi|thu truong|ky ten|ky ghi ro|xac nhan|tm ban|tm bch|t m|kt chu tich|noi nhan|danh sach nay co|an dinh danh sach)\b.*"
    r"|(tl |tuq )?(chu tich|giam doc|pho chu tich)|.*\bngay .*thang .*nam\b.*)")
_ORDINAL = re.compile(r"\d{1,6}(?:[.,]0*)?|\d{1,3}(?:\.\d{1,3})+|[IVXLC]{1,7}\.?|\(?[a-zA-Z]\)|\d{1,6}[.)]")
# A cell may hold 32,767 letters. What is longer than this is a note, and looking for a day of signing in it could take minutes.
_LONGEST_LINE = 200
# A number, a name, and a count of people, however many cells repeat them.
_MOST_IN_HEADING = 4
_TITLES = {"don vi", "ten don vi", "cong doan co so", "ten cong doan co so", "cdcs"}
_DITTO = re.compile(r"-?\s*(nt|n\.t\.?|như trên|\"|''|″|”|〃)\s*-?", re.IGNORECASE)
_BIRTHS = ("born_on", "born_male", "born_female")
_REPEATED = ("unit", "post", "term", "decision_number", "begun_on", "ended_on", "manner")


@dataclass(frozen=True)
class Reading:
    """What every sheet of one list is read with. `unit` is the one that the list is for, `kinds_of_none` what rows without a post have."""

    places: Places
    kinds: Kinds
    today: date
    unit: int
    post_of_none: str = ""


class Walk:
    """One sheet, from the row below its headings down."""

    def __init__(self, reading: Reading, sheet: int, name: str, columns: Mapping[str, int], titles: Iterable[SheetRow] = ()):
        self._by, self._sheet, self._columns = reading, sheet, columns
        self._above: dict[str, str] = {}
        # What a heading between rows says: its words, and the post where it names one.
        self._unit_said, self._post_said = self._from_titles(name, titles), ""
        self._is_over = False

    def people(self, rows: Iterable[SheetRow]) -> Iterator[Understood]:
        """Give the rows that are meant as people, in their order."""
        for row in rows:
            texts = texts_of(row, self._columns)
            if self._is_between(row, texts):
                continue
            if self._is_person(row, texts):
                yield self._person(row, texts)

    def _is_between(self, row: SheetRow, texts: Mapping[str, str]) -> bool:
        """Say whether a row stands between people: counts the columns, repeats the headings, or is a heading itself."""
        if len(set(row.cells.values())) <= _MOST_IN_HEADING and self._is_heading(row, texts):
            return True
        return is_numbering(row) or (not _ordinal(texts) and HEADINGS.field_of(texts.get("name", "")) == "name")

    def _from_titles(self, name: str, titles: Iterable[SheetRow]) -> str:
        """The sheet may be called like a unit, or a line above the headings may say "Đơn vị: …"."""
        if self._by.places.knows(name):
            return name
        for row in titles:
            before, _colon, said = clean(next(iter(row.cells.values()))).partition(":")
            if said.strip() and key_of(before) in _TITLES:
                return said.strip()
        return ""

    def _is_heading(self, row: SheetRow, texts: Mapping[str, str]) -> bool:
        """Say whether a row is a heading between rows, and remember what it says."""
        said = {clean(text) for text in row.cells.values()}
        words = [text for text in said if not _ORDINAL.fullmatch(text)]
        if len(words) != 1 or self._says_birth(texts):
            return False
        text = words[0]
        # Many are called Trường or Phong: of a numbered row the name of a unit comes first, or is known.
        if _ordinal(texts) and not (begins_like_unit(text) or self._by.places.knows(text)):
            return False
        if len(text) > _LONGEST_LINE:
            return True
        key = key_of(without_number(text))
        if _TOTAL.fullmatch(key) or (self._ends(key) and not self._by.places.knows(text)):
            return True
        if self._by.places.knows(text):
            self._unit_said, self._post_said = text, ""
            self._above.pop("unit", None)
        elif self._names_post(without_number(text)):
            self._post_said = without_number(text)
        elif looks_like_unit(text):
            self._unit_said, self._post_said = without_number(text), ""
            self._above.pop("unit", None)
        return True

    def _says_birth(self, texts: Mapping[str, str]) -> bool:
        """A name and a year are a person whose post a heading gave; a heading has counts of people there at most."""
        return any(read_birth(texts[column], self._by.today) for column in _BIRTHS if column in texts)

    def _ends(self, key: str) -> bool:
        if _signs(key):
            # "Chủ tịch" alone may head a group of people, too.
            self._is_over = self._is_over or not self._names_post(key)
            return not self._names_post(key)
        return False

    def _names_post(self, text: str) -> bool:
        try:
            return bool(self._by.kinds.of(text))
        except UnknownPost:
            return False

    def _is_person(self, row: SheetRow, texts: Mapping[str, str]) -> bool:
        said = [name for name in texts if name != "ordinal"]
        name = key_of(name_of(texts))
        if _ordinal(texts):
            self._is_over = self._is_over and not name
            return bool(said) and not _TOTAL.fullmatch(name)
        folded = [key_of(text) for text in row.cells.values()]
        if _TOTAL.fullmatch(name) or any(_TOTAL.fullmatch(text) for text in folded[:2]):
            return False
        if _signs(name) or (len(folded) < 4 and any(map(_signs, folded)) and "post" not in texts):
            self._is_over = True
        if self._is_over or not name:
            return False
        # Where rows are numbered, one without a number and with little else is the name of whoever signed.
        return len(said) > 2 if "ordinal" in self._columns else len(said) > 1

    def _person(self, row: SheetRow, texts: dict[str, str]) -> Understood:
        person = Understood(self._sheet, row.number, {})
        self._split(texts)
        if not self._repeat(person, texts):
            return person
        texts.setdefault("post", self._post_said or self._by.post_of_none)
        if not texts["post"]:
            del texts["post"]
        understand(person, row, self._columns, texts, self._by.kinds, self._by.today)
        self._place(person, texts)
        return person

    def _split(self, texts: dict[str, str]) -> None:
        """Cut "Chủ tịch CĐCS Công ty may" of one column into its two facts."""
        if said := texts.pop("post_and_unit", ""):
            post, unit = self._by.kinds.cut(said)
            texts.setdefault("post", post)
            if unit:
                texts.setdefault("unit", unit)

    def _repeat(self, person: Understood, texts: dict[str, str]) -> bool:
        """Put what stands above in the place of "nt"; remember this row for the next."""
        for name in _REPEATED:
            if not _DITTO.fullmatch(texts.get(name, "")):
                continue
            if name not in self._above:
                person.facts["name"] = name_of(texts)
                person.refuse(_("“%(said)s” repeats the row above, and nothing stands there.") % {"said": texts[name]}, name)
                return False
            texts[name] = self._above[name]
        unit = texts.get("unit_code") or texts.get("unit") or self._above.get("unit", "")
        self._above = {name: texts[name] for name in _REPEATED if name in texts} | ({"unit": unit} if unit else {})
        return True

    def _place(self, person: Understood, texts: Mapping[str, str]) -> None:
        """Find the unit; of merged cells only the first holds it, and the rows below belong to it."""
        said = texts.get("unit_code") or texts.get("unit") or self._above.get("unit") or self._unit_said
        try:
            unit = self._by.places.of(said) if said else self._by.unit
        except Unplaced as error:
            # The name beside a code that is unknown may still be known.
            if texts.get("unit_code") and texts.get("unit") and self._by.places.knows(texts["unit"]):
                unit = self._by.places.of(texts["unit"])
            else:
                person.facts |= {"unit": None, "unit_name": said}
                person.refuse(error.message, "unit")
                return
        person.facts |= {"unit": unit, "unit_name": self._by.places.names.get(unit, "")}
        if not person.refused:
            self._keep_within(person, *self._by.places.days[unit])

    def _keep_within(self, person: Understood, since: date, until: date | None) -> None:
        """No post reaches beyond the days of its unit: whoever was chair of the union that this one was made of began here when it was made."""
        begun, ends = person.facts["begun_on"], person.facts["until"]
        if begun and begun < since.isoformat():
            person.facts["begun_on"] = since.isoformat()
            person.remark(_("The unit is active from %(day)s; the post begins on that day.") % {"day": f"{since:%d/%m/%Y}"}, "begun_on")
        if until is not None and (not ends or ends > until.isoformat()):
            person.facts["until"] = until.isoformat()
        if person.facts["until"] and person.facts["until"] <= (person.facts["begun_on"] or since.isoformat()):
            person.refuse(_("The post ends before it begins."), "ended_on")


def _signs(key: str) -> bool:
    return bool(_SIGNATURE.fullmatch(key[:_LONGEST_LINE]))


def _ordinal(texts: Mapping[str, str]) -> bool:
    return any(map(str.isdigit, texts.get("ordinal", "")))
