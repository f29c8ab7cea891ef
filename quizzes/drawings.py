"""Geometry of the charts: where bars and dots stand, in the units of their own view box. Numbers as SVG wants them, never as a language writes them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# The drawings are as wide as a small phone, so that their words are as large as the page's there.
WIDTH, HEIGHT = 328, 200
LEFT, RIGHT, TOP, BOTTOM = 34, 18, 14, 30
# No drawing tells more dots apart.
MOST_DOTS = 400


def svg(number: float) -> str:
    """Write a number for an attribute: a point, one decimal."""
    return f"{number:.1f}"


@dataclass(frozen=True)
class Bar:
    x: str
    y: str
    width: str
    height: str
    count: int
    # From and to, in percent.
    begins: int
    ends: int
    passes: bool


@dataclass(frozen=True)
class Tick:
    at: str
    label: int


@dataclass(frozen=True)
class Bars:
    """A histogram of marks from 0 to 100 percent."""

    bars: list[Bar]
    columns: list[Tick]
    lines: list[Tick]
    pass_x: str


def histogram_of(counts: Sequence[int], pass_fraction: float) -> Bars:
    """Return the bars of a histogram over equal parts of 0 to 100 percent, with the pass mark."""
    top, across, down = _round_up(max(counts, default=0)), WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    step = across / max(1, len(counts))
    bars = [
        Bar(
            svg(LEFT + step * number + 1), svg(TOP + down * (1 - count / top)), svg(step - 2), svg(down * count / top), count,
            round(100 * number / len(counts)), round(100 * (number + 1) / len(counts)), (number + 0.5) / len(counts) > pass_fraction)
        for number, count in enumerate(counts)
    ]
    columns = [Tick(svg(LEFT + across * percent / 100), percent) for percent in (0, 25, 50, 75, 100)]
    lines = [Tick(svg(TOP + down * (1 - value / top)), value) for value in (0, top // 2, top)]
    return Bars(bars, columns, lines, svg(LEFT + across * pass_fraction))


def _round_up(most: int) -> int:
    """Return a round, even number of at least this: the top of the scale."""
    size = 1
    while True:
        for step in (2, 4, 6, 10):
            if step * size >= most:
                return step * size
        size *= 10


@dataclass(frozen=True)
class Dot:
    x: str
    y: str
    # The path of a diamond around it.
    diamond: str
    label_x: str
    label_y: str
    anchor: str
    of: object


@dataclass(frozen=True)
class Cloud:
    """Questions by how easy they are (across) and how well they tell takers apart (up)."""

    dots: list[Dot]
    columns: list[Tick]
    lines: list[tuple[str, str]]
    zero: str
    # From there to the bottom: where questions mislead.
    below: str
    left_out: int


def cloud_of(rows: Iterable) -> Cloud:
    """Return the dots of rows with a facility and a discrimination; flagged ones first, so that none of them is left out."""
    rows = sorted((row for row in rows if row.facility is not None and row.discrimination is not None), key=lambda row: not row.flags)
    columns = [Tick(svg(_x(percent / 100)), percent) for percent in (0, 25, 50, 75, 100)]
    lines = [(svg(_y(value)), f"{value:+.1f}".replace("+0.0", "0").replace(".", ",")) for value in (-1, -0.5, 0, 0.5, 1)]
    # The flagged ones are drawn last, on top.
    dots = [_dot(row) for row in reversed(rows[:MOST_DOTS])]
    return Cloud(dots, columns, lines, svg(_y(0)), svg(_y(-1) - _y(0)), max(0, len(rows) - MOST_DOTS))


def _x(facility: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * facility


def _y(discrimination: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - discrimination) / 2


def _dot(row) -> Dot:
    x, y = _x(row.facility), _y(row.discrimination)
    is_far_right = x > WIDTH - 40
    diamond = f"M{svg(x)} {svg(y - 6)}l6 6-6 6-6-6z"
    return Dot(svg(x), svg(y), diamond, svg(x - 8 if is_far_right else x + 8), svg(y + 4), "end" if is_far_right else "start", row)


@dataclass(frozen=True)
class Box:
    """How long the middle half of takers needed: from, middle, to, along a scale from 0."""

    low: str
    width: str
    middle: str
    end: int


def box_of(low: float, middle: float, high: float) -> Box:
    """Return the box of three quartiles in seconds, on a scale that ends at a round number."""
    end = max(10, _round_up(int(high * 1.25) + 1))
    scale = (WIDTH - 16) / end
    return Box(svg(8 + low * scale), svg(max(2, (high - low) * scale)), svg(8 + middle * scale), end)
