"""The fixed Vietnamese words of the paper and of the register, and how names are masked.

The paper is Vietnamese whatever language the reader has chosen, so nothing here is translated.
"""

import re
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from certificates.enums import Paper
from vietnamese.text import clean

PAPER_TITLES = {Paper.CERTIFICATE: "Giấy chứng nhận", Paper.DIPLOMA: "Chứng chỉ"}
# On behalf of whom somebody signs, and how that body is named in the sentence.
_BODIES = {"TM. BAN CHẤP HÀNH": "Ban Chấp hành ", "TM. BAN THƯỜNG VỤ": "Ban Thường vụ "}


def short_date(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def grouped(number: int) -> str:
    """Write a count as it is read in Vietnam: 11.628."""
    return f"{number:,}".replace(",", ".")


def long_date(day: date) -> str:
    """Write a date as documents do: zeros before days under 10 and before the months 1 and 2 (Decree 30/2020/NĐ-CP)."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def period(begun: date | None, ended: date | None) -> str:
    """Write when somebody studied; either day may be missing in an older register."""
    days = dict.fromkeys(day for day in (begun, ended) if day)
    return " – ".join(map(short_date, days))


def birth(text: str) -> str:
    """Write a day of birth as the register keeps it: "1988-02-05" is 05/02/1988, of some only the year is known."""
    return short_date(date.fromisoformat(text)) if len(text) > 4 else text


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


GENDERS = {"female": "Nữ", "male": "Nam", "other": "Khác"}


def fact(name: str, value: str | None) -> str:
    """Write a field of the register as the book does: days as dd/mm/yyyy, the gender as a word."""
    if value and name.endswith("_on"):
        return birth(value)
    return GENDERS.get(value or "", value or "") if name == "gender" else value or ""


def person_line(born_on: str, post: str, unit: str) -> str:
    """Write what is known of the holder under the name; any part may be missing, and of the birth all but the year."""
    place = f"{post} {unit}".strip()
    born = f"Sinh {'ngày' if len(born_on) > 4 else 'năm'} {birth(born_on)}" if born_on else ""
    return " · ".join(part for part in (born, place) if part)


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


_FORMAT_PART = re.compile(r"\{(số|năm|loại|mã)(?::(\d))?\}")


def written_number(pattern: str, *, number: int, year: int, paper: str, code: str) -> str:
    """Write a number as its issuer does: "{số:3}/{loại}-{mã}" gives "087/GCN-CĐ", "{số:4}/{năm}" gives "0087/2026"."""
    values = {"số": number, "năm": year, "loại": str(paper), "mã": code}

    def written(found: re.Match) -> str:
        value, digits = values[found[1]], found[2]
        return f"{value:0{digits}d}" if digits and isinstance(value, int) else str(value)

    return _FORMAT_PART.sub(written, pattern)


def check_number_format(pattern: str) -> None:
    """Refuse a way of writing numbers that does not hold the number once, or holds braces that stand for nothing.

    :raises ValidationError: with a word about what is missing.
    """
    parts = [found[1] for found in _FORMAT_PART.finditer(pattern)]
    if parts.count("số") != 1:
        raise ValidationError(_("Write {số} where the number stands, once."))
    if re.search(r"[{}]", _FORMAT_PART.sub("", pattern)):
        raise ValidationError(_("Only {số}, {năm}, {loại} and {mã} may stand in braces."))
