"""Answers that are given part by part, {"name": {part: what was said}}: a match for each item, a word for each gap."""

from collections.abc import Callable, Collection
from typing import Any

from quizzes.types.base import Answer, Fields, InvalidAnswer


def read_parts(fields: Fields, name: str) -> Answer:
    """Turn a form's fields into an answer, parts that say nothing left out; {} when none says anything."""
    said = {part: values[0] for part, values in sorted(fields.items()) if part and values and values[0].strip()}
    return {name: said} if said else {}


def write_parts(answer: Answer, name: str) -> Fields:
    """Return the fields that `read_parts` would read as this answer."""
    return {part: [str(said)] for part, said in answer.get(name, {}).items()}


def clean_parts(answer: Answer, name: str, known: Collection[str], clean: Callable[[Any], Any]) -> Answer:
    """Check that the answer has this shape and names no other parts, and clean each; parts that say nothing are left out.

    :raises InvalidAnswer: when it does not; and whatever `clean` raises for a part.
    """
    if answer == {}:
        return {}
    if not isinstance(answer, dict) or set(answer) != {name} or not isinstance(answer[name], dict):
        raise InvalidAnswer
    if not set(answer[name]) <= set(known):
        raise InvalidAnswer
    cleaned = {part: clean(said) for part, said in sorted(answer[name].items())}
    said = {part: one for part, one in cleaned.items() if one != ""}
    return {name: said} if said else {}
