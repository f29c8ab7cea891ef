"""Days as people type them into a register: dd/mm/yyyy, d.m.yy, "ngày 5 tháng 2 năm 2024", Excel's number of a day, of births the year alone.

Keeps true: a day that cannot be meant is no day; nothing is guessed but the century of two digits.
"""

import re
from datetime import date, timedelta

from vietnamese.text import fold

_EPOCH = date(1899, 12, 30)
# 18/05/1927 to 06/04/2064: a bare number of a register between them is Excel's.
_SERIALS = range(10_000, 60_000)
_DAY = re.compile(r"(\d{1,2})\s*[/.\-,\s]\s*(\d{1,2})\s*[/.\-,\s]\s*(\d{4}|\d{2})(?:\s+\d{1,2}:\d\d(?::\d\d)?)?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ t]00:00(?::00)?)?")
_SAID = re.compile(r"(?:ngay )?(\d{1,2}) thang (\d{1,2}) nam (\d{4})")
_YEAR = re.compile(r"(?:nam |[-/.\s0]*|\d{1,2}[/.-])((?:19|20)\d\d)")
_WITHIN = re.compile(r"\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{2,4}")
_FULL = re.compile(r"\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4}")
_SHORT_BEGIN = re.compile(r"(\d{1,2})(?:\s*[/.]\s*(\d{1,2}))?\s*(?:-|–|den(?: het)?(?: ngay)?)\s*(\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4})")


def read_day(text: str, today: date) -> date | None:
    """Return the day that the text says; None when it says none."""
    said = fold(text).strip()
    if said.isdecimal() and int(said) in _SERIALS:
        return _EPOCH + timedelta(days=int(said))
    if found := _ISO.fullmatch(said):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _SAID.fullmatch(said) or _DAY.fullmatch(said):
        return _date(_year(found[3], today), int(found[2]), int(found[1]))
    return None


def read_birth(text: str, today: date) -> str:
    """Return a day of birth as an ISO date, or the year when no more is known; nothing when the text says neither."""
    if day := read_day(text, today):
        return day.isoformat() if day.year >= 1900 and day < today else ""
    found = _YEAR.fullmatch(fold(text).strip())
    return found[1] if found and int(found[1]) <= today.year else ""


def read_period(text: str, today: date) -> tuple[date | None, date | None]:
    """Return when a training began and ended: "từ 02/11/2023 đến 20/11/2023", "02-20/11/2023", one day alone is both."""
    said = fold(text)
    if len(_FULL.findall(said)) == 1 and (found := _SHORT_BEGIN.search(said)) and (ended := read_day(found[3], today)):
        return _date(ended.year, int(found[2] or ended.month), int(found[1])) or ended, ended
    days = [day for found in _WITHIN.findall(said) if (day := read_day(found, today))]
    return (days[0], days[-1]) if days and len(days) < 3 else (None, None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(text: str, today: date) -> int:
    """Two digits stand for the latest year of that end that has come: in 2026, 25 is 2025 and 88 is 1988."""
    if len(text) == 4:
        return int(text)
    century = today.year - today.year % 100
    return century + int(text) if century + int(text) <= today.year else century - 100 + int(text)
