"""A row of an office's list as facts, or why it is refused. What is about the unit of a row is in `walking`, what is about other rows in `within`.

Keeps true: what is not understood is refused with its cell or left out with a word, never guessed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from intake.cells import SheetRow, column_letters
from intake.days import read_birth, read_day
from intake.decoding import has_old_words, legacy_font_of, legacy_reason
from unions.enums import Manner
from unions.services.rosters.columns import LABELS
from unions.services.rosters.keys import key_of
from unions.services.rosters.kinds import Kinds, UnknownPost
from vietnamese import phones
from vietnamese.names import given_name
from vietnamese.text import clean

_LONGEST = {"name": 120, "family_name": 120, "given_name": 40, "decision_number": 60, "member_code": 20, "unit": 250, "note": 500}
_CALLED = re.compile(r"(đ/c|đồng chí|đ\.c|đc|ông \(bà\)|ông/bà|ông|bà|anh|chị|a\.|c\.)[.:]?\s+(?=\S+\s+\S)", re.IGNORECASE)
_GENDERS = {"nam": "male", "nu": "female", "male": "male", "female": "female", "m": "male", "f": "female", "khac": "other"}
_MANNERS = (
    (Manner.ELECTED, re.compile(r"(bau|dc bau|duoc bau|dai hoi|elected)\b.*")),
    (Manner.DESIGNATED, re.compile(r"(chi dinh|duoc chi dinh|designated)\b.*")),
    (Manner.APPOINTED, re.compile(r"(bo nhiem|tuyen dung|duoc bo nhiem|appointed)\b.*")),
)
_YES = {"x", "co", "1", "v", "chuyen trach", "ct", "true", "yes", "can bo chuyen trach"}
_NO = {"khong", "0", "khong chuyen trach", "kiem nhiem", "ban chuyen trach", "kct", "false", "no", "k"}
_TERM = re.compile(r"(\d{4})\s*[-–—/]\s*(\d{4})")
_CODE = re.compile(r"(?=.*\d)[\w./-]+")
# "0912345678 (Zalo)", "ĐT: 0912…", and the mark by which Excel is told that a number is text.
_BESIDE_PHONE = re.compile(r"\([^)\d]*\)|^['’`]|^\D{1,12}:")
_SEVERAL_PHONES = re.compile(r"[/;,|\n]|\s{2,}|\s-\s")


class Refusal(Exception):
    """Why a row is refused, in words, and in which field."""

    def __init__(self, message: str, field: str = ""):
        super().__init__(message)
        self.message, self.field = message, field


@dataclass
class Understood:
    """A row that is meant as a person's: its facts, and what somebody should know of them; refused when one of the problems is."""

    sheet: int
    number: int
    facts: dict
    problems: list[dict] = field(default_factory=list)
    refused: bool = False

    def refuse(self, message: str, name: str = "") -> None:
        # The first reason is told first.
        self.problems.insert(int(self.refused), {"field": name, "message": message})
        self.refused = True

    def remark(self, message: str, name: str = "") -> None:
        self.problems.append({"field": name, "message": message})


def texts_of(row: SheetRow, columns: Mapping[str, int]) -> dict[str, str]:
    """Return what a row says by field, NFC and with single spaces; empty cells are left out."""
    return {name: text for name, place in columns.items() if (said := row.cells.get(place)) and (text := _clean(said))}


def _clean(said: str) -> str:
    """Numbers, days and codes need no cleaning, and are most of what a list holds."""
    return said if said.isascii() and said.isprintable() and "  " not in said else clean(said)


def name_of(texts: Mapping[str, str]) -> str:
    """Return the name that a row gives, without "Đ/c" or "Ông/Bà" before it; a name all in capitals is written as a name."""
    whole = texts.get("name") or texts.get("family_name", "")
    # "Họ và tên" merged over two columns: the given name stands in the second.
    if "given_name" in texts and key_of(texts["given_name"]) not in key_of(whole).split()[-1:]:
        whole = f"{whole} {texts['given_name']}"
    whole = clean(_CALLED.sub("", whole, count=1)) if _CALLED.match(whole) else clean(whole)
    return whole.title() if whole.isupper() else whole


def understand(row: Understood, cells: SheetRow, columns: Mapping[str, int], texts: dict[str, str], kinds: Kinds, today: date) -> None:
    """Put what the texts say into the facts of the row, except its unit; or refuse it with the reason.

    :param today: births lie before it, and two digits of a year mean the latest one until then.
    """
    row.facts |= {"name": name_of(texts), "post_said": texts.get("post", "")}
    try:
        _check(cells, columns, texts)
        name = _name(texts)
        row.facts |= {"given_name": _given(name, texts), **_birth(texts, today), **_contacts(row, texts)}
        row.facts |= {"kinds": list(_kinds(texts, kinds)), **_post(texts, today), "note": texts.get("note", "")}
    except Refusal as refusal:
        row.refuse(refusal.message, refusal.field)


def _check(cells: SheetRow, columns: Mapping[str, int], texts: dict[str, str]) -> None:
    for name in texts:
        if columns.get(name) in cells.errors:
            raise Refusal(_("Cell %(cell)s: Excel shows an error there.") % {"cell": f"{column_letters(columns[name])}{cells.number}"}, name)
        if len(texts[name]) > _LONGEST.get(name, 1000):
            raise Refusal(_("%(label)s: the text is too long.") % {"label": LABELS[name]}, name)
    whole = "\n".join(texts.values())
    if not whole.isascii() and has_old_words(whole) and (font := legacy_font_of(whole) or next(filter(None, map(legacy_font_of, texts.values())), "")):
        raise Refusal(legacy_reason(font))


def _name(texts: dict[str, str]) -> str:
    name = name_of(texts)
    if len(name) < 2 or not any(map(str.isalpha, name)):
        raise Refusal(_("The name is missing."), "name")
    if any(map(str.isdigit, name)):
        raise Refusal(_("“%(said)s” is no name: it holds digits.") % {"said": name}, "name")
    return name


def _given(name: str, texts: dict[str, str]) -> str:
    """Kept only where it is not the last word: of split columns the second may hold two."""
    given = clean(texts.get("given_name", ""))
    given = given.title() if given.isupper() else given
    return given if " " in given and given != given_name(name) and "family_name" in texts else ""


def _birth(texts: dict[str, str], today: date) -> dict:
    said = [(gender, texts[column]) for column, gender in (("born_male", "male"), ("born_female", "female"), ("born_on", "")) if column in texts]
    told = key_of(texts.get("gender", ""))
    if told and told not in _GENDERS:
        raise Refusal(_("The gender “%(said)s” was not understood. Write Nam or Nữ.") % {"said": texts["gender"]}, "gender")
    if len({gender for gender, _text in said if gender}) > 1:
        raise Refusal(_("Both columns of births, men and women, are filled in."), "born_on")
    by_column, text = said[0] if said else ("", "")
    # Some tick the column of the gender and write the birth elsewhere.
    if by_column and key_of(text) == "x":
        text = texts.get("born_on", "")
    born = read_birth(text, today) if text else ""
    if text and not born:
        raise Refusal(_("The date of birth “%(said)s” was not understood. Write it as 05/02/1988, or the year alone.") % {"said": text}, "born_on")
    return {"born_on": born if len(born) > 4 else "", "birth_year": int(born[:4]) if born else None, "gender": _GENDERS.get(told, "") or by_column}


def _contacts(row: Understood, texts: dict[str, str]) -> dict:
    found = {"phone": "", "email": "", "member_code": _code(row, texts)}
    if said := _BESIDE_PHONE.sub("", texts.get("phone", "")).strip():
        found["phone"] = _e164(said)
        if not found["phone"]:
            found["phone"] = next(filter(None, (_e164(part.strip()) for part in _SEVERAL_PHONES.split(said) if part.strip())), "")
            if found["phone"]:
                row.remark(_("Of several telephone numbers the first is taken: %(phone)s.") % {"phone": phones.shown(found["phone"])}, "phone")
            else:
                row.remark(_("The telephone number “%(said)s” is none and is left out.") % {"said": said}, "phone")
    if said := texts.get("email"):
        address = said.strip().lower()
        try:
            validate_email(address)
            found["email"] = address
        except ValidationError:
            row.remark(_("The e-mail address “%(said)s” is none and is left out.") % {"said": said}, "email")
    return found


def _code(row: Understood, texts: dict[str, str]) -> str:
    code = "".join(texts.get("member_code", "").upper().split())
    if code and not _CODE.fullmatch(code):
        # "Chưa có", "không": two of them are not one person.
        row.remark(_("The member code “%(said)s” is none and is left out.") % {"said": texts["member_code"]}, "member_code")
        return ""
    return code


def _e164(text: str) -> str:
    try:
        return phones.to_e164(text)
    except phones.InvalidPhone:
        return ""


def _kinds(texts: dict[str, str], kinds: Kinds) -> tuple[int, ...]:
    said = texts.get("post", "")
    if not said:
        raise Refusal(_("The post is missing. Write it in the row, or say below the headings which post the rows without one have."), "post")
    try:
        return kinds.of(said)
    except UnknownPost as error:
        raise Refusal(_("No kind of post is called “%(said)s”. Known ones: %(names)s.") % {
            "said": error.said, "names": ", ".join(list(kinds.names.values())[:12])}, "post") from error


def _post(texts: dict[str, str], today: date) -> dict:
    begun, ended = _day("begun_on", texts, today), _day("ended_on", texts, today)
    if begun and ended and ended < begun:
        raise Refusal(_("The post ends before it begins."), "ended_on")
    return {
        "full_time": _full_time(texts), "manner": _manner(texts), "term": _term(texts), "decision_number": texts.get("decision_number", ""),
        "begun_on": begun.isoformat() if begun else "",
        # Offices write the last day; a post is kept with the first day without.
        "until": (ended + timedelta(days=1)).isoformat() if ended else ""}


def _day(name: str, texts: dict[str, str], today: date) -> date | None:
    if name not in texts:
        return None
    # A term may begin after today: two digits of a year are read towards it.
    if (day := read_day(texts[name], date(today.year + 20, 12, 31))) and 1945 <= day.year <= today.year + 20:
        return day
    raise Refusal(_("%(label)s: “%(said)s” was not understood. Write the day as 20/11/2026.") % {"label": LABELS[name], "said": texts[name]}, name)


def _full_time(texts: dict[str, str]) -> bool | None:
    for name, yes, no in (("full_time", True, False), ("part_time", False, True)):
        if (said := key_of(texts.get(name, ""))) in _YES:
            return yes
        if said in _NO:
            # "Kiêm nhiệm" in the column of part-time work says what its heading says.
            return no if name == "full_time" or said in ("khong", "0", "no", "false", "k") else yes
        if said:
            raise Refusal(_("%(label)s: “%(said)s” was not understood. Write x, or leave the cell empty.") % {"label": LABELS[name], "said": texts[name]}, name)
    return None


def _manner(texts: dict[str, str]) -> str:
    said = key_of(texts.get("manner", ""))
    if not said:
        return ""
    if found := next((manner for manner, words in _MANNERS if words.fullmatch(said)), ""):
        return found
    raise Refusal(_("“%(said)s” was not understood. Write bầu, chỉ định or bổ nhiệm.") % {"said": texts["manner"]}, "manner")


def _term(texts: dict[str, str]) -> str:
    return shown_term(texts.get("term", ""))


def shown_term(said: str) -> str:
    """Write a term the way it is kept: "2026-2031", "nhiệm kỳ 2026 – 2031" become "2026–2031"; of other words so many as there is room for."""
    found = _TERM.search(said)
    return f"{found[1]}–{found[2]}" if found else clean(said)[:20]
