"""Spans of months between days: terms of office, validity, recurring duties. Plain Python."""

import calendar
from datetime import date


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later (earlier if negative), or the last day of a shorter month: 31/08/2026 and six months give 28/02/2027."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
