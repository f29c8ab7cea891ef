"""Borders, drawn once for each size of paper: plain double and single rules, and the woven spine with the rule open towards it.

The weave is a plain one: picks (weft) of indigo over ends (warp) of sky, 2.5 mm apart, four columns, three rows of gold in the middle.
"""

BLUE, SKY, GOLD = "#123e72", "#7fa3cb", "#c08a12"
_PITCH, _COLUMNS, _EDGE = 2.5, 4, 10.25


def drawing_of_border(kind: str, width: float, height: float) -> str:
    """Draw the border for a paper of `width` × `height` millimetres as an SVG of the whole page."""
    paths = {"woven": _woven, "double": _double, "single": _single}[kind](width, height)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}">{paths}</svg>'


def inside_of_border(kind: str, width: float, height: float) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of the room inside the border, millimetres."""
    if kind == "woven":
        return 26, 13, width - 13, height - 13
    margin = {"double": 14, "single": 12}.get(kind, 0)
    return margin, margin, width - margin, height - margin


def _double(width: float, height: float) -> str:
    return _frame(width, height, _EDGE, 0.5, BLUE) + _frame(width, height, _EDGE + 2, 0.25, GOLD)


def _single(width: float, height: float) -> str:
    return _frame(width, height, _EDGE, 0.5, BLUE)


def _frame(width: float, height: float, edge: float, stroke: float, colour: str) -> str:
    return (f'<path fill="none" stroke="{colour}" stroke-width="{stroke:g}" '
            f'd="M{edge:g} {edge:g}H{width - edge:g}V{height - edge:g}H{edge:g}z"/>')


def _woven(width: float, height: float) -> str:
    rows = int((height - 2 * _EDGE) / _PITCH)
    rows -= 1 - rows % 2
    top = (height - rows * _PITCH) / 2
    first_gold = rows // 2 - 1
    parts = [(BLUE, range(first_gold)), (BLUE, range(first_gold + 3, rows)), (GOLD, range(first_gold, first_gold + 3))]
    drawn = "".join(_picks(colour, column, part, top) for colour, part in parts for column in range(_COLUMNS))
    drawn += "".join(_ends(column, range(rows), top) for column in range(_COLUMNS))
    return drawn + _open_rule(width, height, 0, 0.5, BLUE) + _open_rule(width, height, 2, 0.25, GOLD)


def _picks(colour: str, column: int, rows: range, top: float) -> str:
    """The picks of a column that lie over the ends: every second row, 3 × 1.75 mm."""
    return _dashes(colour, 11.25 + _PITCH * column, [top + 0.375 + _PITCH * row for row in rows if (row + column) % 2 == 0], 3, 1.75)


def _ends(column: int, rows: range, top: float) -> str:
    """The ends of a column that lie over the picks: the other rows, 1.75 × 3 mm."""
    return _dashes(SKY, 11.25 + _PITCH * column, [top - 0.25 + _PITCH * row for row in rows if (row + column) % 2], 1.75, 3)


def _dashes(colour: str, x: float, starts: list[float], across: float, along: float) -> str:
    """A dashed line down the column: hundreds of rectangles cost ten times as much on every paper."""
    if not starts:
        return ""
    return (f'<path fill="none" stroke="{colour}" stroke-width="{across:g}" stroke-dasharray="{along:g} {2 * _PITCH - along:g}" '
            f'd="M{x:g} {starts[0]:g}V{starts[-1] + along:g}"/>')


def _open_rule(width: float, height: float, inset: float, stroke: float, colour: str) -> str:
    edge = _EDGE + inset
    return (f'<path fill="none" stroke="{colour}" stroke-width="{stroke:g}" d="M26 {edge:g}H{width - edge:g}V{height - edge:g}H26"/>')
