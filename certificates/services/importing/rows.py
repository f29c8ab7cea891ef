"""A row of an office's register as facts, or why it is refused; titles, totals, repeated headings and signatures are no rows.

Keeps true: numbers stay as they are written; what is not understood is refused with its cell, never guessed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from certificates.enums import State
from certificates.services.importing.days import read_birth, read_day, read_period
from certificates.services.importing.headings import LABELS, field_of, is_numbering, letters_of
from certificates.services.importing.numbers import read_number
from intake.cells import SheetRow
from intake.decoding import has_old_words, legacy_font_of, legacy_reason
from vietnamese.names import given_name
from vietnamese.text import clean, fold, search_key

YEARS = range(1946, 2201)
_LONGEST = {
    "name": 120, "birth_place": 120, "post": 120, "unit": 200, "course": 250, "grade": 40, "register_number": 40, "register_entry": 40, "decision_number": 60,
    "correction_decision": 60, "note": 500, "correction": 500}
_TOTAL = re.compile(r"(tong cong|tong so|cong|tong)\b.*")
_SIGNATURE = re.compile(
    r".*\b(nguoi lap|nguoi vao so|nguoi ghi|thu truong|ky ten|ky ghi ro|xac nhan|tm ban|kt chu tich|chu tich|giam doc|hieu truong)\b.*|.*ngay .*thang .*nam.*")
_CALLED = re.compile(r"(đ/c|đồng chí|đc|ông \(bà\)|ông/bà)[.:]?\s+", re.IGNORECASE)
_DECISION = re.compile(r"(?P<number>.*?)[\s,;(]*(?:ngày)\s*(?P<day>[\d/.\- ]+\d)\)?\s*", re.IGNORECASE)
_GENDERS = {"nam": "male", "nu": "female", "male": "male", "female": "female", "khac": "other"}
# What a column of states may say; what else stands there is refused, for a paper is not valid by mistake.
_STATES = {
    State.REVOKED: {"thu hoi", "da thu hoi", "bi thu hoi", "huy", "da huy", "huy bo", "revoked"},
    State.SUPERSEDED: {"da thay the", "thay the", "da cap lai", "duoc thay the", "da doi", "superseded"},
    State.EXPIRED: {"het han", "het hieu luc", "het gia tri", "expired"},
    # The last: "Đã cấp lại" begins like "Đã cấp".
    State.VALID: {"da cap", "cap moi", "hop le", "con hieu luc", "con gia tri", "binh thuong", "cap lai", "dieu chinh", "da dieu chinh", "da nhan", "valid"},
}
_IN_NOTE = {State.REVOKED: re.compile(r"(?<!khong )\bthu hoi\b"), State.SUPERSEDED: re.compile(r"\b(da cap lai|da thay the|thay the bang)\b"),
            State.EXPIRED: re.compile(r"^het han\b")}
# "nt", như trên: what the row above says.
_DITTO = re.compile(r"-?\s*(nt|n\.t\.?|như trên|\"|''|″|”|〃)\s*-?", re.IGNORECASE)
# What several people have alike: it may be repeated so, or stand in a cell that is merged over their rows.
REPEATED = ("unit", "course", "post", "period", "begun_on", "ended_on", "issued_on", "decision_number", "decision_on", "grade", "birth_place", "valid_through")
_WITHOUT_END = re.compile(r"(vo|khong( co)?) thoi han|khong")


class Refusal(Exception):
    """Why a row is refused, in words."""


@dataclass(frozen=True)
class Understood:
    """A row that is meant as one: its facts, and what a person should know of them; or why it is refused."""

    line: int
    facts: dict
    notes: list[str]
    refused: str = ""


def understand(
    row: SheetRow, columns: Mapping[str, int], today: date, programme: str = "", above: dict[str, str] | None = None,
) -> Understood | None:
    """Return what a row says; None for one that is not meant as a certificate.

    :param programme: of rows that do not say theirs: many books name it in their title alone.
    :param above: what the row above says, for cells with "nt"; it then holds what this one says.
    """
    texts = {name: clean(text) for name, place in columns.items() if (text := row.cells.get(place)) and clean(text)}
    if not _is_meant(row, texts):
        return None
    try:
        _check(row, columns, texts)
        _repeat(texts, {} if above is None else above, columns)
        facts, notes = _facts({"course": programme, **texts} if programme else texts, today)
    except Refusal as refusal:
        return Understood(row.number, {"name": _name(texts), "course": texts.get("course", ""), **_place(texts)}, [], str(refusal))
    return Understood(row.number, facts, notes)


def _is_meant(row: SheetRow, texts: dict[str, str]) -> bool:
    name = _name(texts)
    has_number = any(any(map(str.isdigit, texts.get(column, ""))) for column in ("register_entry", "register_number"))
    if not (name or has_number) or is_numbering(row):
        return False
    if field_of(texts.get("name", "")) == "name":
        return False
    if has_number and name:
        return True
    folded = [search_key(text) for text in row.cells.values()]
    if any(_TOTAL.fullmatch(text) or _SIGNATURE.fullmatch(text) for text in folded):
        return False
    # A name that stands alone is that of whoever signed, or a heading between people.
    return has_number or len(texts) > 2


def _check(row: SheetRow, columns: Mapping[str, int], texts: dict[str, str]) -> None:
    for name in texts:
        if columns[name] in row.errors:
            raise _fault(name, columns, _("Excel shows an error in this cell."))
        if len(texts[name]) > _LONGEST.get(name, 1000):
            raise _fault(name, columns, _("the text is too long."))
    whole = "\n".join(texts.values())
    if has_old_words(whole) and (font := legacy_font_of(whole) or next(filter(None, map(legacy_font_of, texts.values())), "")):
        raise Refusal(legacy_reason(font))


def _repeat(texts: dict[str, str], above: dict[str, str], columns: Mapping[str, int]) -> None:
    """Put what stands above in the place of "nt"; remember this row for the next."""
    for name in REPEATED:
        if not _DITTO.fullmatch(texts.get(name, "")):
            continue
        if name not in above:
            raise _fault(name, columns, _("“%(said)s” repeats the row above, and nothing stands there.") % {"said": texts[name]})
        texts[name] = above[name]
    above.clear()
    above.update(texts)


def _place(texts: dict[str, str]) -> dict:
    """The number of a row that is refused, where it can be read with its year: nobody else may have it meanwhile."""
    for column in ("register_entry", "register_number"):
        number, year = read_number(texts.get(column, ""))
        if number is not None and year is not None:
            return {"number": number, "year": year}
    return {}


def _fault(name: str, columns: Mapping[str, int], said: str) -> Refusal:
    return Refusal(_("Column %(column)s (%(label)s): %(said)s") % {"column": letters_of(columns[name]), "label": LABELS[name], "said": said})


def _facts(texts: dict[str, str], today: date) -> tuple[dict, list[str]]:
    notes: list[str] = []
    name = _name(texts)
    if len(name) < 2 or not any(map(str.isalpha, name)):
        raise Refusal(_("The name is missing."))
    if "course" not in texts:
        raise Refusal(_("The programme is missing."))
    facts = {column: texts.get(column, "") for column in ("birth_place", "post", "unit", "course", "grade", "note", "correction", "phone", "email")}
    facts |= {"name": name, "given_name": given_name(name), **_birth(texts, today), **_decision(texts, today), **_period(texts, today, notes)}
    facts["issued_on"] = _issued_on(texts, facts, today, notes)
    facts |= _numbers(texts, facts["issued_on"], notes)
    facts |= {"state": _state(texts), "valid_until": _valid_until(texts, today), "correction_on": _optional_day("correction_on", texts, today)}
    return facts | {"correction_decision": texts.get("correction_decision", "")}, notes


def _name(texts: dict[str, str]) -> str:
    whole = texts.get("name") or texts.get("family_name", "")
    # "Họ và tên" merged over two columns: the given name stands in the second.
    if "given_name" in texts and search_key(texts["given_name"]) not in search_key(whole).split()[-1:]:
        whole = f"{whole} {texts['given_name']}"
    return clean(_CALLED.sub("", whole, count=1)) if _CALLED.match(whole) else clean(whole)


def _birth(texts: dict[str, str], today: date) -> dict:
    said = [(gender, texts[column]) for column, gender in (("born_male", "male"), ("born_female", "female"), ("born_on", "")) if column in texts]
    told = search_key(texts.get("gender", ""))
    if told and told not in _GENDERS:
        raise Refusal(_("The gender “%(said)s” was not understood. Write Nam or Nữ.") % {"said": texts["gender"]})
    gender = _GENDERS.get(told, "")
    if not said:
        return {"born_on": None, "gender": gender}
    if len({gender for gender, _text in said if gender}) > 1:
        raise Refusal(_("Both columns of births, men and women, are filled in."))
    by_column, text = said[0]
    if not (born_on := read_birth(text, today)):
        raise Refusal(_("The date of birth “%(said)s” was not understood. Write it as 05/02/1988, or the year alone.") % {"said": text})
    return {"born_on": born_on, "gender": gender or by_column}


def _decision(texts: dict[str, str], today: date) -> dict:
    number, day = texts.get("decision_number", ""), _optional_day("decision_on", texts, today)
    if not day and (found := _DECISION.fullmatch(number)) and (said := read_day(found["day"], today)):
        number, day = found["number"], said.isoformat()
    return {"decision_number": number, "decision_on": day}


def _optional_day(name: str, texts: dict[str, str], today: date) -> str | None:
    if name not in texts:
        return None
    if day := read_day(texts[name], today):
        return day.isoformat()
    raise Refusal(_("%(label)s: “%(said)s” was not understood. Write the day as 20/11/2026.") % {"label": LABELS[name], "said": texts[name]})


def _period(texts: dict[str, str], today: date, notes: list[str]) -> dict:
    begun, ended = _optional_day("begun_on", texts, today), _optional_day("ended_on", texts, today)
    if not begun and not ended and "period" in texts:
        days = read_period(texts["period"], today)
        begun, ended = (day.isoformat() if day else None for day in days)
        if not begun:
            notes.append(_("The time of training “%(said)s” was not understood and is left out.") % {"said": texts["period"]})
    if begun and ended and begun > ended:
        raise Refusal(_("The training ends before it begins."))
    return {"begun_on": begun, "ended_on": ended}


def _issued_on(texts: dict[str, str], facts: dict, today: date, notes: list[str]) -> str:
    issued_on = _optional_day("issued_on", texts, today)
    if not issued_on and facts["decision_on"]:
        issued_on = facts["decision_on"]
        notes.append(_("Without a day of issue; the day of the decision is taken."))
    if not issued_on:
        raise Refusal(_("The day of issue is missing."))
    if issued_on > today.isoformat() or int(issued_on[:4]) not in YEARS:
        raise Refusal(_("The day of issue %(day)s cannot be.") % {"day": date.fromisoformat(issued_on).strftime("%d/%m/%Y")})
    return issued_on


def _numbers(texts: dict[str, str], issued_on: str, notes: list[str]) -> dict:
    """Read the number in the register where there is one, else the number of the paper; the year from either, else from the day of issue."""
    entry, paper = texts.get("register_entry", ""), texts.get("register_number", "")
    (number, year), (paper_number, paper_year) = read_number(entry), read_number(paper)
    number, year = number or paper_number, year or paper_year
    if number is None:
        raise Refusal(_("The number “%(said)s” was not understood.") % {"said": entry or paper} if entry or paper else _("The number is missing."))
    issued_in = int(issued_on[:4])
    if year is not None and year not in (issued_in, issued_in - 1, issued_in + 1):
        notes.append(_("The number is of %(year)s, the day of issue of %(issued)s.") % {"year": year, "issued": issued_in})
    return {"number": number, "year": year or issued_in, "register_number": paper or entry, "register_entry": entry or paper}


def _state(texts: dict[str, str]) -> str:
    told = re.split(r"[;,.(]", fold(texts.get("state", "")))[0]
    if key := search_key(told):
        for state, words in _STATES.items():
            if key in words or any(key.startswith(f"{word} ") for word in words):
                return state
        raise Refusal(_("The state “%(said)s” is not known. Write: Đã cấp, Đã cấp lại, Thu hồi or Hết hạn.") % {"said": texts["state"]})
    note = search_key(texts.get("note", ""))
    return next((state for state, words in _IN_NOTE.items() if words.search(note)), State.VALID)


def _valid_until(texts: dict[str, str], today: date) -> str | None:
    """The register keeps the first day without; offices write the last day with."""
    if _WITHOUT_END.fullmatch(search_key(texts.get("valid_through", ""))):
        return None
    day = _optional_day("valid_through", texts, today)
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat() if day else None
