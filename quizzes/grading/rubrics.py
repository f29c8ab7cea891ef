"""Marks by criteria and for a choice with a reason beside it, and how long a text is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from quizzes.grading.totals import points_of

# What a person marks of a choice that asks for a reason, and what the choice itself is worth.
REASON, CHOICE = "reason", "choice"


@dataclass(frozen=True)
class Line:
    """What a part of the points is given for: by a person, or already by the question itself."""

    key: str
    title: str
    description: str
    # Of the points of the whole question, from 0 to 1.
    share: float
    # What the question's type has given for it; None: a person does.
    given: float | None = None


class WrongCriteria(ValueError):
    """The marks given are not one from 0 to 1 for each line that a person marks."""


def lines_of(criteria: Sequence[Mapping]) -> list[Line]:
    """Return the lines of a rubric as a question keeps it, {"key", "title", "description", "points"} each; points are shares of their sum."""
    total = sum(row["points"] for row in criteria)
    return [Line(row["key"], row["title"], row["description"], row["points"] / total) for row in criteria] if total else []


def most_of(line: Line, max_points: Decimal) -> Decimal:
    """Return the points that a line can earn, to three decimals, as they are shown."""
    return points_of_line(line, 1.0, max_points)


def points_of_line(line: Line, given: float, max_points: Decimal) -> Decimal:
    """Return what a fraction of a line is worth in points of the question, to three decimals, without zeros at the end."""
    # Adding 0 undoes the exponent that ten would get.
    return points_of(max_points, line.share * given).normalize() + 0


def fraction_of_line(line: Line, points: Decimal, max_points: Decimal) -> float:
    """Return what was given for a line as a fraction of it; all the points that are shown are all, though thirds were rounded."""
    if points >= most_of(line, max_points):
        return 1.0
    return float(points) / (float(max_points) * line.share) if max_points and line.share else 0.0


def mark_by_lines(lines: Iterable[Line], criteria: Mapping[str, float]) -> float:
    """Return the fraction of the whole: the sum of share × what was given, over all lines.

    :param criteria: what a person gave, from 0 to 1, by the key of the line.
    :raises WrongCriteria: when a line is missing, there is one too many, or a mark is not from 0 to 1.
    """
    lines = list(lines)
    if set(criteria) != {line.key for line in lines if line.given is None} or not all(0 <= given <= 1 for given in criteria.values()):
        raise WrongCriteria
    earned = sum(line.share * (criteria[line.key] if line.given is None else line.given) for line in lines)
    # The shares of thirds do not add up to one.
    return 1.0 if earned > 1 - 1e-9 else earned


def mean_by_line(marks: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the mean of several markers' marks for each line; nothing unless all of them have marked the same lines."""
    if not marks or any(set(mark) != set(marks[0]) for mark in marks):
        return {}
    return {key: sum(mark[key] for mark in marks) / len(marks) for key in marks[0]}


def word_count(text: str) -> int:
    """Count the words of a text, as word processors do: runs of anything but white space (in Vietnamese, syllables)."""
    return len(text.split())


def mark_choice_with_reason(choice: float, *, has_reason: bool) -> float | None:
    """Mark a choice whose reason a person marks too: half for the choice, half for the reason.

    A wrong choice earns 0, whatever the reason. A right one without a reason earns 0.5. A right one with a reason: None, since a
    person has to read it; then it is 0.5 and half of what the reason earns (`choice_and_reason`).
    """
    if choice <= 0:
        return 0.0
    return None if has_reason else 0.5


def choice_and_reason(choice: float, titles: Mapping[str, str]) -> list[Line]:
    """Return the two halves of a choice with a reason: the choice as it was marked, and the reason for a person."""
    return [Line(CHOICE, titles[CHOICE], "", 0.5, given=choice), Line(REASON, titles[REASON], "", 0.5)]
