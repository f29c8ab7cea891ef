"""Old numbers: kept as they are written, and read for their place in a series."""

import re

from vietnamese.text import fold

_YEAR = r"(?:19[4-9]\d|20\d\d)"
_THEN_YEAR = re.compile(rf"(?<!\d)(\d{{1,7}})\s*[/\-.]\s*({_YEAR})(?!\d)")
_YEAR_THEN = re.compile(rf"(?<!\d)({_YEAR})\s*[/\-.]\s*(\d{{1,7}})(?!\d)")
_DIGITS = re.compile(r"\d+")


def read_number(text: str) -> tuple[int | None, int | None]:
    """Return the number and the year that a text says: "0123/2024" (123, 2024), "45/GCN-CĐ" (45, None), "2024-0007" (7, 2024).

    (None, None) for a text without a number that could be one.
    """
    said = fold(text)
    if found := _THEN_YEAR.search(said):
        return _number(found[1]), int(found[2])
    if found := _YEAR_THEN.search(said):
        return _number(found[2]), int(found[1])
    groups = _DIGITS.findall(said)
    if not groups:
        return None, None
    year = next((int(group) for group in groups[1:] if re.fullmatch(_YEAR, group)), None)
    return _number(groups[0]), year


def _number(digits: str) -> int | None:
    return int(digits) if len(digits) <= 9 and int(digits) else None


def in_words(numbers: list[int], most: int = 12) -> str:
    """Write sorted numbers as runs: "3, 7–9, 12"; what is beyond so many runs is left out with dots."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    words = [str(first) if first == latest else f"{first}–{latest}" for first, latest in runs[:most]]
    return ", ".join(words) + (" …" if len(runs) > most else "")
