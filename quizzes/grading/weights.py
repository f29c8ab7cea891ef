"""The mark of a question that is made of questions."""

from collections.abc import Iterable


def weighted_mean(marks: Iterable[tuple[float, float | None]]) -> float | None:
    """Turn (weight, fraction) pairs into one fraction: sum of weight × fraction / sum of weights.

    None as soon as one fraction is None: a person has to mark that part first. Without weights there is nothing to earn: 0.
    """
    marks = list(marks)
    if any(fraction is None for _weight, fraction in marks):
        return None
    total = sum(weight for weight, _fraction in marks)
    return min(1.0, sum(weight * fraction for weight, fraction in marks) / total) if total else 0.0
