"""Marks for questions whose answer is a choice among options."""

from collections.abc import Collection


def mark_one(right: str, chosen: str) -> float:
    """Give 1 for the right option, 0 for any other and for none."""
    return 1.0 if chosen and chosen == right else 0.0


def mark_several(right: Collection[str], wrong: Collection[str], chosen: Collection[str]) -> float:
    """Give the share of right options found, less the share of wrong options taken, never below 0.

    Ticking everything earns nothing, so that guessing is no strategy: sum of right ticks / number of right options minus
    wrong ticks / number of wrong options (Moodle's "several answers" with balanced weights).
    """
    picked = set(chosen)
    found = len(picked & set(right)) / len(set(right)) if right else 0.0
    missed = len(picked & set(wrong)) / len(set(wrong)) if wrong else 0.0
    return max(0.0, found - missed)


def mark_lenient(right: Collection[str], chosen: Collection[str]) -> float:
    """Give the share of right options found: right ticks / number of right options. Wrong ticks cost nothing.

    So ticking everything earns everything; for exercises rather than exams (QTI's mapResponse with 0 for wrong choices).
    """
    return len(set(chosen) & set(right)) / len(set(right)) if right else 0.0


def mark_all_or_nothing(right: Collection[str], chosen: Collection[str]) -> float:
    """Give 1 when exactly the right options were ticked, else 0."""
    return 1.0 if right and set(chosen) == set(right) else 0.0


def mark_ticks(marking: str, right: Collection[str], wrong: Collection[str], chosen: Collection[str]) -> float:
    """Mark by the author's choice: "all" (all or nothing), "lenient" (wrong ticks cost nothing), any other: "partial" (they cost)."""
    if marking == "all":
        return mark_all_or_nothing(right, chosen)
    if marking == "lenient":
        return mark_lenient(right, chosen)
    return mark_several(right, wrong, chosen)
