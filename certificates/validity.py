"""How long a certificate is valid. Plain Python."""

import calendar
from datetime import date

# Days before the end on which the holder is reminded.
REMINDERS = (60, 30, 7)


def first_day_without(issued_on: date, months: int | None) -> date | None:
    """Return the first day on which a certificate of that day is valid no more; None for one that does not end.

    The same day of the month, or the last day of a shorter month: 31/08/2026 and six months give 28/02/2027.
    """
    if not months:
        return None
    year, month = divmod(issued_on.year * 12 + issued_on.month - 1 + months, 12)
    return date(year, month + 1, min(issued_on.day, calendar.monthrange(year, month + 1)[1]))
