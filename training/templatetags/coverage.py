"""Drawings of coverage: bars, months, the map of tiles. Numbers go into the drawings as text of their own, never by colour or length alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.http import urlencode

from training.selectors.coverage_pages import Row
from training.tiles import Tile, tiles_of, wrapped
from training.wording import share_of

register = template.Library()

# Width, height, and the smallest tile in which a number can be read, in pixels of a desktop and of a phone.
MAPS = {"desk": (960, 500, 2200), "phone": (328, 540, 1700)}
LETTER, LINE, ROOM, EDGE = 7.6, 18.0, 8.0, 4.0
STEPS = (20, 40, 60, 80)
# Twelve months side by side: the width of one, the height of the whole, and where the ground is.
MONTH, HIGH, GROUND, GRAPH = 30, 150, 126, 100


def _number(value: float) -> str:
    """As SVG writes numbers, whatever the reader's language."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


@register.filter
def goal(percentage) -> str:
    """Write a target's percentage: 90%, 87,5%."""
    value = float(percentage)
    return f"{number_format(value, 0 if value == int(value) else 1)}%"


@register.filter
def share(figures) -> str:
    """Write the part that has done it, cut off after one decimal: 89,96% is not yet 90. A dash for a unit of nobody."""
    found = share_of(figures)
    return "–" if found is None else goal(found)


@register.inclusion_tag("training/_bar.html")
def coverage_bar(figures, percentage) -> dict:
    """Draw the bar of a row; its numbers stand beside it."""
    done = 100 * figures.done / figures.people if figures.people else 0
    now = 100 * figures.under_way / figures.people if figures.people else 0
    place = min(float(percentage), 99.1)
    return {"done": _number(done), "now": _number(now), "gap": _number(place - 0.9), "goal": _number(place - 0.45)}


@dataclass(frozen=True)
class Month:
    """A column of the graph of months."""

    figures: object
    day: object
    x: str
    y: str
    height: str
    middle: str
    label_at: str
    label: str


@register.inclusion_tag("training/_trend.html")
def coverage_trend(trend, target) -> dict:
    """Draw the months as columns against the goal, with the same numbers as a table."""
    months = []
    for place, (day, figures) in enumerate(trend):
        high = GRAPH * (figures.done / figures.people if figures.people else 0)
        months.append(Month(
            figures, day, _number(place * MONTH + 4), _number(GROUND - high), _number(high), _number(place * MONTH + MONTH / 2), _number(GROUND - high - 4),
            goal(figures.done * 100 // figures.people) if figures.people else "–"))
    return {
        "months": months, "target": target, "width": max(12, len(months)) * MONTH, "height": HIGH, "ground": GROUND,
        "goal": _number(GROUND - GRAPH * float(target.percentage) / 100)}


@dataclass(frozen=True)
class Drawn:
    """A tile of the map; `row` is None for all that is too small for a tile of its own."""

    row: Row | None
    x: str
    y: str
    width: str
    height: str
    step: int
    is_met: bool
    lines: list[tuple[str, str]]
    left: str
    number_at: str
    number: str = ""
    address: str = ""


@register.inclusion_tag("training/_map.html")
def coverage_map(rows: Sequence[Row], size: str, target, address: str, names: str, others: str) -> dict:
    """Draw units as tiles: as large as the people who are meant, as dark as they are done.

    :param address: of a unit with units below it; `names` of one without; `others` the rest of the address.
    """
    width, height, smallest = MAPS[size]
    shown = [row for row in rows if row.figures.people]
    tiles = tiles_of([row.figures.people for row in shown], width=width, height=height, smallest=smallest)
    alone = {tile.place for tile in tiles}
    rest = [row for place, row in enumerate(shown) if place not in alone]
    drawn = [_drawn(tile, None if tile.place is None else shown[tile.place], target, address, names, others) for tile in tiles]
    return {
        "tiles": drawn, "width": width, "height": height, "size": size, "rest": len(rest), "rest_people": sum(row.figures.people for row in rest),
        "rest_done": sum(row.figures.done for row in rest), "empty": len(rows) - len(shown)}


def _drawn(tile: Tile, row: Row | None, target, address: str, names: str, others: str) -> Drawn:
    place = {"x": _number(tile.x + 1), "y": _number(tile.y + 1), "width": _number(max(0, tile.width - 2)), "height": _number(max(0, tile.height - 2))}
    top = tile.y + 20
    number, room = _fitting(tile, row, target)
    place |= {"left": _number(tile.x + room), "number_at": _number(top), "number": number}
    if row is None:
        return Drawn(None, **place, step=0, is_met=False, lines=[])
    lines = wrapped(row.name, width=tile.width - 2 * ROOM, height=tile.height - 30, letter=LETTER, line=LINE)
    at = ""
    if row.uuid:
        at = f"{address if row.has_children else names}?{urlencode({'unit': row.uuid})}&{others}" + ("&xem=ban-do" if row.has_children else "")
    texts = [(_number(top + LINE * (number + 1)), line) for number, line in enumerate(lines)]
    return Drawn(row, **place, step=step_of(row.figures), is_met=_is_met(row, target), lines=texts, address=at)


def _fitting(tile: Tile, row: Row | None, target) -> tuple[str, float]:
    """Return the number that stands in the tile, the longest way of writing it that fits, and how far from its edge it begins."""
    if row is None:
        return "", ROOM
    plain = share(row.figures)
    ways = [f"{plain} ✓"] if _is_met(row, target) else []
    for text in [*ways, plain]:
        if len(text) * LETTER + ROOM + EDGE <= tile.width:
            return text, ROOM
    return f"{row.figures.done * 100 // row.figures.people}%", EDGE


def _is_met(row: Row, target) -> bool:
    return row.figures.done * 100 >= Decimal(target.percentage) * row.figures.people


@register.simple_tag
def map_steps() -> list[tuple[int, int, int]]:
    """Return the shades of the map: which one, from what percentage, to what."""
    return list(zip(range(len(STEPS) + 1), (0, *STEPS), (*STEPS, 100), strict=True))


def step_of(figures) -> int:
    return sum(figures.done * 100 >= step * figures.people for step in STEPS)
