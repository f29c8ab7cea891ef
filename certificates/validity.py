"""How long a certificate is valid. Plain Python."""

from datetime import date, timedelta

from unions.terms import months_after

# Days before the end on which the holder is reminded.
REMINDERS = (60, 30, 7)


def first_day_without(issued_on: date, months: int | None) -> date | None:
    """Return the first day on which a certificate of that day is valid no more; None for one that does not end.

    The same day of the month, or the last day of a shorter month: 31/08/2026 and six months give 28/02/2027.
    """
    return months_after(issued_on, months) if months else None


def last_day_with(ends: date) -> date:
    """Return the last day on which a certificate is valid that is valid no more from `ends` on; people are told this one."""
    return ends - timedelta(days=1)


def opens_on(ends: date) -> date:
    """Return the day from which a certificate that ends then may be renewed: that of the first reminder."""
    return ends - timedelta(days=max(REMINDERS))


def renewed_until(issued_on: date, former_ends: date | None, months: int | None) -> date | None:
    """Return the first day without the renewed certificate: whoever renews before the end loses no day, for the months count from the end."""
    begins = max(issued_on, former_ends) if former_ends else issued_on
    return first_day_without(begins, months)
