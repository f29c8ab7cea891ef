"""Days as people type them into a list: dd/mm/yyyy, d.m.yy, "ngày 5 tháng 2 năm 2024", Excel's number of a day, of births the year alone.

Keeps true: a day that cannot be meant is no day; nothing is guessed but the century of two digits.
"""

import re
from datetime import date, timedelta

from vietnamese.text import fold

_EPOCH = date(1899, 12, 30)
# 18/05/1927 to 06/04/2064: a bare number of a list between them is Excel's.
_SERIALS = range(10_000, 60_000)
_DAY = re.compile(r"(\d{1,2})\s*[/.\-,\s]\s*(\d{1,2})\s*[/.\-,\s]\s*(\d{4}|\d{2})(?:\s+\d{1,2}:\d\d(?::\d\d)?)?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ t]00:00(?::00)?)?")
_SAID = re.compile(r"(?:ngay )?(\d{1,2}) thang (\d{1,2}) nam (\d{4})")
_YEAR = re.compile(r"(?:nam |[-/.\s0]*|\d{1,2}[/.-])((?:19|20)\d\d)")


def read_day(text: str, today: date) -> date | None:
    """Return the day that the text says; None when it says none."""
    said = fold(text).strip()
    if said.isdecimal() and int(said) in _SERIALS:
        return _EPOCH + timedelta(days=int(said))
    if found := _ISO.fullmatch(said):
        return day_of_numbers(int(found[1]), int(found[2]), int(found[3]))
    if found := _SAID.fullmatch(said) or _DAY.fullmatch(said):
        return day_of_numbers(_year(found[3], today), int(found[2]), int(found[1]))
    return None


def read_birth(text: str, today: date) -> str:
    """Return a day of birth as an ISO date, or the year when no more is known; nothing when the text says neither."""
    if day := read_day(text, today):
        return day.isoformat() if day.year >= 1900 and day < today else ""
    found = _YEAR.fullmatch(fold(text).strip())
    return found[1] if found and int(found[1]) <= today.year else ""


def day_of_numbers(year: int, month: int, day: int) -> date | None:
    """Return the day of these numbers; None when there is none."""
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
