"""Marks for answers that match one thing to another."""

from collections.abc import Mapping


def mark_pairs(right: Mapping[str, str], said: Mapping[str, str]) -> float:
    """Give the share of things that were matched rightly: right pairs / pairs (QTI 2.2 "match interaction", one point a pair)."""
    found = sum(said.get(left) == partner for left, partner in right.items())
    return found / len(right) if right else 0.0
