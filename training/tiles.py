"""Tiles of a map: areas as large as the numbers they stand for, as square as they can be. Plain Python.

Source: Bruls, Huizing, van Wijk, "Squarified Treemaps" (2000).
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Tile:
    """A rectangle, and the place of its number in the list; None: all that is too small for a tile of its own."""

    place: int | None
    x: float
    y: float
    width: float
    height: float


def tiles_of(numbers: Sequence[int], *, width: float, height: float, smallest: float, at_most: int = 120) -> list[Tile]:
    """Return the tiles of these numbers in a rectangle, the largest first; zeros get none.

    What would be smaller than `smallest` (an area in which its words can still be read), or is beyond `at_most`, shares the last tile.
    """
    order = sorted((place for place, number in enumerate(numbers) if number > 0), key=lambda place: (-numbers[place], place))
    total = sum(numbers[place] for place in order)
    if not total:
        return []
    least = smallest * total / (width * height)
    kept = len(order) if len(order) <= at_most and numbers[order[-1]] >= least else _kept([numbers[place] for place in order], least, at_most)
    sizes: list[float] = [numbers[place] for place in order[:kept]]
    places: list[int | None] = list(order[:kept])
    if kept < len(order):
        sizes.append(sum(numbers[place] for place in order[kept:]))
        places.append(None)
    return [Tile(place, *rectangle) for place, rectangle in zip(places, _laid([size * width * height / total for size in sizes], width, height), strict=True)]


def wrapped(text: str, *, width: float, height: float, letter: float, line: float) -> list[str]:
    """Return the text in lines that fit into a rectangle, or nothing when it does not fit as a whole: names are not cut.

    :param letter: how wide a letter is on average; line: how high a line is.
    """
    most, lines = int(width / letter), [""]
    for word in text.split():
        if len(word) > most:
            return []
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines if text.strip() and len(lines) * line <= height else []


def _kept(sizes: Sequence[int], least: float, at_most: int) -> int:
    """How many get a tile of their own, so that these and what is left are each large enough."""
    kept = min(sum(size >= least for size in sizes), at_most - 1)
    while kept and sum(sizes[kept:]) < least:
        kept -= 1
    return kept


def _laid(areas: Sequence[float], width: float, height: float) -> list[tuple[float, float, float, float]]:
    """Fill the rectangle row by row along its shorter side; a row takes areas as long as that makes its worst tile squarer."""
    laid: list[tuple[float, float, float, float]] = []
    x = y = 0.0
    start = 0
    while start < len(areas):
        side = min(width, height)
        end = start + 1
        while end < len(areas) and _worst(areas[start:end + 1], side) <= _worst(areas[start:end], side):
            end += 1
        row = areas[start:end]
        depth = sum(row) / side
        offset = 0.0
        for area in row:
            length = area / depth
            laid.append((x, y + offset, depth, length) if height <= width else (x + offset, y, length, depth))
            offset += length
        if height <= width:
            x, width = x + depth, width - depth
        else:
            y, height = y + depth, height - depth
        start = end
    return laid


def _worst(row: Sequence[float], side: float) -> float:
    total = sum(row)
    return max(max(side * side * area / (total * total), total * total / (side * side * area)) for area in row)
