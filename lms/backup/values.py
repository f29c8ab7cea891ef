"""How each kind of value is written in a backup, and how each database keeps it. Plain Python, no Django.

Keeps true: the same value has the same text whichever database it came from, so that digests of tables can be compared across both.
A line is a JSON array; decimals, times, uuids, binary and JSON itself are strings in it (docs/backup.md has the table of kinds).
"""

import base64
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Context, Decimal
from typing import Any
from uuid import UUID

KINDS = ("integer", "boolean", "text", "float", "decimal", "date", "moment", "time", "duration", "uuid", "json", "binary")
_MICROSECOND = timedelta(microseconds=1)
# SQLite keeps decimals as floats: 15 digits are what a float holds.
_FLOAT_DIGITS = Context(prec=15)

Convert = Callable[[Any], Any]


def line_of(row: list) -> bytes:
    """Return a row as it stands in a backup, with its line end."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def row_of(line: bytes) -> list:
    """Return the row that a line holds.

    :raises ValueError: when it is not a JSON array.
    """
    row = json.loads(line)
    if not isinstance(row, list):
        raise ValueError("not an array")
    return row


def canonical_json(text: str) -> str:
    """Return JSON in one form: keys in order, escaped as Django writes it, numbers as PostgreSQL's jsonb gives them back."""
    return json.dumps(json.loads(text, parse_float=_number), sort_keys=True)


def _number(text: str) -> int | float:
    number = Decimal(text)
    if number.as_tuple().exponent >= 0:
        return int(number)
    return float(text) or 0.0


def _float(value: float) -> float | str:
    value = float(value) + 0.0
    return value if value - value == 0 else str(value)


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _stored_moment(value: str) -> str:
    moment = datetime.fromisoformat(value)
    return _moment(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment)


def _binary(value: bytes) -> str:
    return base64.b64encode(bytes(value)).decode()


def from_sqlite(kind: str, places: int | None) -> Convert | None:
    """Return what turns a value as SQLite gives it into the one of a backup; None where it is the same."""
    return {
        "boolean": bool, "float": _float, "uuid": lambda value: str(UUID(value)), "json": canonical_json, "binary": _binary, "moment": _stored_moment,
        "time": lambda value: time.fromisoformat(value).isoformat(timespec="microseconds"),
        "decimal": lambda value: _fixed(_FLOAT_DIGITS.create_decimal_from_float(value) if isinstance(value, float) else Decimal(value), places),
    }.get(kind)


def to_sqlite(kind: str) -> Convert | None:
    """Return the opposite: values in the very form in which Django writes them into SQLite, so that it compares and sorts them rightly."""
    return {
        "boolean": int, "float": float, "uuid": lambda value: UUID(value).hex, "binary": base64.b64decode,
        "moment": lambda value: str(datetime.fromisoformat(value).replace(tzinfo=None)), "time": lambda value: str(time.fromisoformat(value)),
    }.get(kind)


def from_postgresql(kind: str, places: int | None) -> Convert | None:
    """Return what turns a value as psycopg gives it into the one of a backup; None where it is the same."""
    return {
        "text": str, "float": _float, "uuid": str, "json": canonical_json, "binary": _binary, "moment": _moment, "date": date.isoformat,
        "time": lambda value: value.isoformat(timespec="microseconds"), "duration": lambda value: value // _MICROSECOND,
        "decimal": lambda value: _fixed(value, places),
    }.get(kind)


def to_postgresql(kind: str) -> Convert | None:
    """Return the opposite: text that COPY reads."""
    return {
        "boolean": lambda value: "t" if value else "f", "text": None, "json": None, "decimal": None, "date": None, "moment": None, "time": None, "uuid": None,
        "binary": lambda value: "\\x" + base64.b64decode(value).hex(), "duration": lambda value: f"{value} microseconds",
    }.get(kind, str)


def _fixed(value: Decimal, places: int | None) -> str:
    return str(value.quantize(Decimal(1).scaleb(-(places or 0))))


def converter(functions: list[Convert | None]) -> Callable[[Any], list]:
    """Return what turns a whole row; nulls stay nulls."""
    to_do = [(place, function) for place, function in enumerate(functions) if function is not None]

    def convert(row: Any) -> list:
        values = list(row)
        for place, function in to_do:
            if values[place] is not None:
                values[place] = function(values[place])
        return values

    return convert
