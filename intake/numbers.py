"""Numbers, days and times of a sheet as the person who typed them sees them: the cell of "50%" holds 0.5, that of 01/05/2021 holds 44317.

Written with a comma, and days as dd/mm/yyyy: what Excel shows in Vietnam, and what vietnamese.numbers reads.
"""

import math
import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext

# ECMA-376 part 1, 18.8.30: the formats that have a number only.
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 14: "dd/mm/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm",
    19: "h:mm:ss", 20: "h:mm", 21: "h:mm:ss", 22: "dd/mm/yyyy h:mm", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 45: "mm:ss",
    46: "h:mm:ss", 47: "mm:ss", **dict.fromkeys((*range(27, 37), *range(50, 59)), "dd/mm/yyyy"),
}
_EPOCHS = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}
_LATEST_DAY = 2_958_465
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]')
_NUMBER = re.compile(r"(?P<before>[^#0?]*)(?P<whole>[#0?][#0?,]*)(?:\.(?P<part>[#0?]+))?(?P<after>[^#0?]*)")
# Excel keeps fifteen digits; what comes after them is noise of binary fractions.
_DIGITS = 15


def shown_number(said: str, form: str = "", *, is_1904: bool = False) -> str:
    """Return the number that a cell holds as its format shows it; a format that is not understood shows the bare number."""
    try:
        number = float(said)
    except ValueError:
        return said
    if not math.isfinite(number) or abs(number) >= 1e15:
        return said
    literals: list[str] = []
    bare = _LITERAL.sub(lambda found: _put_away(found, literals), form.split(";")[0])
    if re.search("[dmyhs]", bare, re.IGNORECASE) and not re.search("[#0?]", bare) and 0 <= number <= _LATEST_DAY:
        return _moment(number, bare.lower(), is_1904)
    if found := _NUMBER.fullmatch(bare):
        return _put_back(_formed(number, found), literals)
    return _with_comma(_exact(number))


def _put_away(found: re.Match, literals: list[str]) -> str:
    """Words of a format may hold letters that mean something elsewhere in it; they come back at the end."""
    literals.append(found[1] or found[2] or found[3] or "")
    return chr(0xE000 + len(literals) - 1) if literals[-1] and len(literals) < 100 else ""


def _put_back(text: str, literals: list[str]) -> str:
    return re.sub("[\ue000-\ue063]", lambda found: literals[ord(found.group()) - 0xE000], text).strip()


def _exact(number: float) -> Decimal:
    return Decimal(format(number, f".{_DIGITS}g"))


def _with_comma(number: Decimal) -> str:
    return format(number.normalize() + 0, "f").replace(".", ",")


def _formed(number: float, form: re.Match) -> str:
    """Write a number by a format such as "000", "#,##0.00" or "0%"."""
    places = len(form["part"] or "")
    percents = (form["before"] + form["after"]).count("%")
    with localcontext() as context:
        context.prec = 60
        value = (_exact(abs(number)) * 100 ** min(percents, 3)).quantize(Decimal(1).scaleb(-min(places, 30)), ROUND_HALF_UP)
    whole, _dot, part = format(value, "f").partition(".")
    whole = whole.zfill(min(form["whole"].count("0"), 30))
    if "," in form["whole"].rstrip(","):
        whole = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ".", whole)
    part = part.rstrip("0") if "0" not in (form["part"] or "") else part
    sign = "-" if number < 0 and value else ""
    return f"{form['before']}{sign}{whole}{',' if part else ''}{part}{form['after']}"


def _moment(number: float, form: str, is_1904: bool) -> str:
    day = _EPOCHS[is_1904] + timedelta(days=number + (number < 60 and not is_1904 and number >= 1), microseconds=500)
    has_day, has_year, has_hour = "d" in form, "y" in form, "h" in form
    text = ""
    if has_day:
        # What was typed as 1/2 and became a day without a year is shown as it was typed.
        text = f"{day:%d/%m/}{day.year}" if has_year else f"{day.day}/{day.month}"
    elif has_year:
        text = f"{day.month}/{day.year}" if "m" in form else str(day.year)
    clock = f"{day:%H:%M:%S}" if "s" in form else f"{day:%H:%M}" if has_hour else ""
    return f"{text} {clock}".strip() or _with_comma(_exact(number))
