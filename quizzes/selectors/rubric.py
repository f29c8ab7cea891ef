"""What was given by the criteria of a question: for whoever marks, and for the taker once it counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from quizzes.grading import settling
from quizzes.grading.rubrics import Line, mark_by_lines, mean_by_line, most_of, points_of_line
from quizzes.models import AttemptSlot, HandMark
from quizzes.types import type_of


@dataclass(frozen=True)
class Scored:
    """A line of a rubric with the points that were given for it."""

    title: str
    points: Decimal
    most: Decimal


def lines_of_slot(slot: AttemptSlot) -> list[Line]:
    """Return the lines of the rubric by which a person marks the slot's answer; none where it is marked as a whole."""
    return type_of(slot.version.type).rubric(slot.version.content, slot.answer)


def scored(lines: Sequence[Line], criteria: Mapping[str, float], max_points: Decimal) -> list[Scored]:
    """Return what was given for each line; nothing for a mark as a whole. No query."""
    if not criteria:
        return []
    given = {line.key: criteria.get(line.key, 0.0) if line.given is None else line.given for line in lines}
    return [
        Scored(line.title, points_of_line(line, given[line.key], max_points), most_of(line, max_points)) for line in lines]


def criteria_that_count(slots: Sequence[AttemptSlot], *, needs_second: bool) -> dict[int, list[Scored]]:
    """Return by slot what was given by criterion, where that makes up the slot's mark today. One query, none without a rubric.

    Of two markers whose mean counts it is the mean.
    """
    lines = {slot.pk: lines_of_slot(slot) for slot in slots if slot.fraction is not None}
    wanted = [pk for pk, rows in lines.items() if rows]
    if not wanted:
        return {}
    marks: dict[int, list[HandMark]] = {}
    for mark in HandMark.objects.filter(slot__in=wanted).order_by("pk"):
        marks.setdefault(mark.slot_id, []).append(mark)
    found = {}
    for slot in slots:
        criteria = _counting(marks.get(slot.pk, []), needs_second)
        # A mark as a whole, a regrade or another question of two markers has taken its place.
        if criteria and abs(mark_by_lines(lines[slot.pk], criteria) - slot.fraction) < 1e-6:
            found[slot.pk] = scored(lines[slot.pk], criteria, slot.max_points)
    return found


def _counting(marks: list[HandMark], needs_second: bool) -> dict[str, float]:
    return mean_by_line([mark.criteria for mark in marks_that_count(marks, needs_second=needs_second)])


def given_by(marks: Iterable[HandMark]) -> list[settling.Given]:
    """Return marks as grading.settling knows them."""
    return [settling.Given(mark.by_id, mark.fraction, mark.decides) for mark in marks]


def marks_that_count(marks: Sequence[HandMark], *, needs_second: bool) -> list[HandMark]:
    """Return those of an answer's marks whose mean is its result, were there to be one now (grading.settling). No query."""
    given = given_by(marks)
    counted = settling.counting(given, needs_second=needs_second)
    return [mark for mark, one in zip(marks, given, strict=True) if any(one is kept for kept in counted)]
