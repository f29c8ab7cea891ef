"""Completion, in plain Python: a pure function of facts and a version of the rules. No database, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Facts:
    """What is known of one person about one page."""

    opened: bool = False
    read: bool = False
    watched: bool = False
    passed: bool = False
    best_fraction: float | None = None


NOTHING = Facts()


def step_is_done(rule: Mapping[str, Any], facts: Facts) -> bool:
    """Say whether the facts meet one rule: a lesson opened, read or watched; a quiz passed at the rule's own mark.

    A quiz that need not be passed is done once it was answered at all.
    """
    if rule["kind"] == "lesson":
        return {"opened": facts.opened, "read": facts.read, "watched": facts.watched}[rule["need"]]
    if not rule.get("required", True):
        return facts.best_fraction is not None
    return facts.passed or (facts.best_fraction is not None and facts.best_fraction >= rule["pass"])


def count_done(rules: Sequence[Mapping[str, Any]], facts: Mapping[int, Facts]) -> int:
    """Count the steps that are done."""
    return sum(step_is_done(rule, facts.get(rule["page"], NOTHING)) for rule in rules)


def is_complete(rules: Sequence[Mapping[str, Any]], facts: Mapping[int, Facts]) -> bool:
    """Say whether every requirement is met. A course without steps is never complete; a quiz that is not required never holds it up."""
    required = [rule for rule in rules if rule["kind"] == "lesson" or rule.get("required", True)]
    return bool(required) and all(step_is_done(rule, facts.get(rule["page"], NOTHING)) for rule in required)


def overall_fraction(rules: Sequence[Mapping[str, Any]], facts: Mapping[int, Facts]) -> float | None:
    """Return the result that the grade is made of: the best fraction of the last required quiz, the final one; None without quizzes."""
    finals = [facts.get(rule["page"], NOTHING).best_fraction for rule in rules if rule["kind"] == "quiz" and rule.get("required", True)]
    return finals[-1] if finals else None
