"""The fixed Vietnamese words of the paper and of the register, and how names are masked. Plain Python.

The paper is Vietnamese whatever language the reader has chosen, so nothing here is translated.
"""

from datetime import date
from decimal import Decimal

from certificates.enums import Paper
from vietnamese.text import clean

PAPER_TITLES = {Paper.CERTIFICATE: "Giấy chứng nhận", Paper.DIPLOMA: "Chứng chỉ"}
# On behalf of whom somebody signs, and how that body is named in the sentence.
_BODIES = {"TM. BAN CHẤP HÀNH": "Ban Chấp hành ", "TM. BAN THƯỜNG VỤ": "Ban Thường vụ "}


def short_date(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def long_date(day: date) -> str:
    """Write a date as documents do: zeros before days under 10 and before the months 1 and 2 (Decree 30/2020/NĐ-CP)."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def period(begun: date, ended: date) -> str:
    return short_date(begun) if begun == ended else f"{short_date(begun)} – {short_date(ended)}"


def hours(count: Decimal) -> str:
    """Write hours of study: "04 giờ học", "3,5 giờ học"; nothing for none."""
    if not count:
        return ""
    if count == count.to_integral_value():
        return f"{int(count):02d} giờ học"
    return f"{count.normalize():f} giờ học".replace(".", ",")


def certifies(signer_form: str, issuer: str) -> str:
    """Write who certifies: "Ban Chấp hành Công đoàn phường Tân Lập chứng nhận"."""
    return f"{_BODIES.get(clean(signer_form).upper(), '')}{issuer} chứng nhận"


def person_line(born_on: date | None, post: str, unit: str) -> str:
    """Write what is known of the holder under the name; any part may be missing."""
    place = f"{post} {unit}".strip()
    return " · ".join(part for part in (f"Sinh ngày {short_date(born_on)}" if born_on else "", place) if part)


def masked_name(full_name: str, given_name: str = "") -> str:
    """Hide the middle of a name: "NGUYỄN T*** MAI" (domain facts, 5.4).

    A name of two words would show whole, so its given name is hidden instead: "NGUYỄN M***".
    """
    words = clean(full_name).upper().split()
    given = clean(given_name).upper().split()
    last = len(given) if given and words[-len(given):] == given and len(given) < len(words) else 1
    family, middle, called = words[:1], words[1:-last], words[-last:]
    if len(words) < 2:
        return f"{words[0][0]}***" if words else ""
    if not middle:
        return f"{family[0]} {called[0][0]}***"
    return " ".join([*family, f"{middle[0][0]}***", *called])


def register_number(number: int, paper: str, series_code: str) -> str:
    """Write the number as it is printed: "Số: 087/GCN-CĐ" without the "Số: "."""
    return f"{number:03d}/{paper}-{series_code}"


def register_entry(number: int, year: int) -> str:
    """Write the number in the register: "0087/2026"."""
    return f"{number:04d}/{year}"
