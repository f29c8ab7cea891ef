"""Days and periods as people type them into a register. Single days and births are read by `intake.days`.

Keeps true: a day that cannot be meant is no day; nothing is guessed but the century of two digits.
"""

import re
from datetime import date

from intake.days import day_of_numbers, read_birth, read_day
from vietnamese.text import fold

__all__ = ["read_birth", "read_day", "read_period"]

_WITHIN = re.compile(r"\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{2,4}")
_FULL = re.compile(r"\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4}")
_SHORT_BEGIN = re.compile(r"(\d{1,2})(?:\s*[/.]\s*(\d{1,2}))?\s*(?:-|–|den(?: het)?(?: ngay)?)\s*(\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4})")


def read_period(text: str, today: date) -> tuple[date | None, date | None]:
    """Return when a training began and ended: "từ 02/11/2023 đến 20/11/2023", "02-20/11/2023", one day alone is both."""
    said = fold(text)
    if len(_FULL.findall(said)) == 1 and (found := _SHORT_BEGIN.search(said)) and (ended := read_day(found[3], today)):
        return day_of_numbers(ended.year, int(found[2] or ended.month), int(found[1])) or ended, ended
    days = [day for found in _WITHIN.findall(said) if (day := read_day(found, today))]
    return (days[0], days[-1]) if days and len(days) < 3 else (None, None)
