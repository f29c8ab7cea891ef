"""What the values of the kinds look like that GIFT can say: their fields with their defaults, and whether a value fits."""

from typing import Any

from quizzes.interchange.gift.pictures import without_pictures
from quizzes.interchange.items import MAX_TEXT

_OPTION = {"text": "", "is_right": False, "feedback": ""}
_MOST_ROWS = 100
# A sign of plain text is up to five of HTML.
_MOST_LETTERS = 5 * MAX_TEXT
Value = dict[str, Any]
DEFAULTS: dict[str, Value] = {
    "one_answer": {"stem": "", "options": [_OPTION]},
    "several_answers": {"stem": "", "options": [_OPTION], "marking": "partial"},
    "true_false": {"stem": "", "is_true": False, "feedback": ""},
    "short_answer": {"stem": "", "accepted": [{"text": "", "fraction": 1.0, "feedback": ""}], "comparing": "case"},
    "numeric": {
        "stem": "", "accepted": [{"value": "", "tolerance": "0", "measure": "absolute", "fraction": 1.0, "feedback": ""}], "unit": ""},
    "matching": {"stem": "", "pairs": [{"left": "", "right": "", "feedback": ""}], "distractors": [""]},
    "essay": {
        "stem": "", "model_answer": "", "criteria": [{"title": "", "description": "", "points": 1.0}], "least_words": None, "most_words": None},
}
# Fields that a value has only where they say something.
_RARE: dict[str, Value] = {"true_false": {"asks_reason": False, "marks_reason": False}, "essay": {"shows_criteria": False}}


def completed(kind: str, value: Value) -> Value:
    """Return a value with every field of its kind and of its rows; what it lacks has its default. Other fields stay."""
    return _filled(value, DEFAULTS[kind]) if kind in DEFAULTS else value


def fits(kind: str, name: str, part: Any) -> bool:
    """Say whether a field of a kind may hold this: of the right type, with rows of the right fields."""
    fields = {**DEFAULTS[kind], **_RARE.get(kind, {})}
    return name in fields and _fits(part, fields[name])


def _filled(value: Any, default: Any) -> Any:
    if isinstance(default, dict) and isinstance(value, dict):
        return {**value, **{name: _filled(value[name], part) if name in value else _empty(part) for name, part in default.items()}}
    if isinstance(default, list) and isinstance(value, list):
        return [_filled(row, default[0]) for row in value]
    return value


def _empty(default: Any) -> Any:
    return [] if isinstance(default, list) else default


def _fits(part: Any, default: Any) -> bool:
    match default:
        case dict():
            return isinstance(part, dict) and set(part) == set(default) and all(_fits(part[name], default[name]) for name in default)
        case list():
            return isinstance(part, list) and len(part) <= _MOST_ROWS and all(_fits(row, default[0]) for row in part)
        case float():
            return isinstance(part, int | float | str) and not isinstance(part, bool)
        case None:
            return part is None or (isinstance(part, int) and not isinstance(part, bool))
    return isinstance(part, str) and len(without_pictures(part)) <= _MOST_LETTERS if isinstance(default, str) else isinstance(part, bool)
