"""Spans of months between days: terms of office, validity, recurring duties. Plain Python."""

import calendar
from dataclasses import dataclass
from datetime import date


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later (earlier if negative), or the last day of a shorter month: 31/08/2026 and six months give 28/02/2027."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Span:
    """One turn of something that comes again: which one, counted from 1, its first day, and the first day after it."""

    number: int
    begins_on: date
    ends_on: date


def turn_on(starts_on: date, months: int, day: date) -> Span | None:
    """Return the turn that the day lies in, of what begins on `starts_on` and comes again every so many months; None before the first.

    Each turn is counted from the very first day: every month from 31/01 gives 28/02 and then 31/03.
    """
    turns = ((day.year - starts_on.year) * 12 + day.month - starts_on.month) // months
    if months_after(starts_on, turns * months) > day:
        turns -= 1
    if turns < 0:
        return None
    return Span(turns + 1, months_after(starts_on, turns * months), months_after(starts_on, (turns + 1) * months))
