"""By which day a request about personal data is answered and done (Law 91/2025/QH15, Art. 4; Decree 356/2025/NĐ-CP, Art. 5)."""

from dataclasses import dataclass
from datetime import date, timedelta

from accounts.enums import RequestKind

# Said within so many working days.
ANSWER_DAYS = 2
# Done within so many days, counted from the day on which it was asked: the strictest reading. For a complaint no period is known to us; the
# longest of the others holds.
DONE_DAYS = {RequestKind.RESTRICT: 15, RequestKind.ACCESS: 10, RequestKind.CORRECT: 10, RequestKind.ERASE: 20, RequestKind.COMPLAIN: 20}
# Public holidays on a fixed day, since when: only what our facts about the law name by its day (24/11, Resolution 28/2026/QH16). One that is not
# here makes a deadline a day earlier, never later.
HOLIDAYS = {(11, 24): date(2026, 7, 1)}
_SATURDAY = 5


@dataclass(frozen=True)
class Deadlines:
    answer_by: date
    due_on: date


def deadlines_of(kind: str, made_on: date) -> Deadlines:
    """Return by which day a request of this kind is answered, and by which it is done. No query."""
    return Deadlines(after_working_days(made_on, ANSWER_DAYS), made_on + timedelta(days=DONE_DAYS[RequestKind(kind)]))


def after_working_days(day: date, count: int) -> date:
    """Return the day that lies so many working days after this one; the day itself is not counted. No query."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def is_working_day(day: date) -> bool:
    """Say whether offices work that day: neither a weekend nor a public holiday that we know of. No query."""
    since = HOLIDAYS.get((day.month, day.day))
    return day.weekday() < _SATURDAY and not (since and day >= since)
