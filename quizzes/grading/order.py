"""Marks for answers that put things in order."""

from collections import Counter
from collections.abc import Mapping, Sequence


def at_places(places: Mapping[str, int]) -> dict[int, str]:
    """Return what stands at each place; a place that was given to two things holds neither."""
    used = Counter(places.values())
    return {place: item for item, place in places.items() if used[place] == 1}


def is_after_its_neighbour(right: Sequence[str], places: Mapping[str, int], item: str) -> bool:
    """Say whether the item directly follows the one that it should follow; the first one, whether it stands at place 1."""
    standing, index = at_places(places), right.index(item)
    place = next((place for place, other in standing.items() if other == item), None)
    if place is None:
        return False
    return place == 1 if index == 0 else standing.get(place - 1) == right[index - 1]


def mark_order(right: Sequence[str], places: Mapping[str, int]) -> float:
    """Give 1 when every item stands at its own place, else 0 (Moodle's ordering, "all or nothing")."""
    return float(bool(right) and [at_places(places).get(place) for place in range(1, len(right) + 1)] == list(right))


def mark_neighbours(right: Sequence[str], places: Mapping[str, int]) -> float:
    """Give the share of items that directly follow the right one: such pairs / (items - 1).

    Moodle's ordering, "relative to the next item (excluding last)": one item that is wrong costs the two or three pairs it breaks,
    not every item after it, as counting places would.
    """
    if len(right) < 2:
        return mark_order(right, places)
    return sum(is_after_its_neighbour(right, places, item) for item in right[1:]) / (len(right) - 1)
