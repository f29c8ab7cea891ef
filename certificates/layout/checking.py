"""What an administrator should be told about a design before anybody's paper is printed with it."""

from dataclasses import dataclass

from certificates.layout.fields import has_stray_braces, unknown_fields

# Boxes that end where the next begins do not cross, whatever the last digit of the sum says.
_HAIR = 0.01


@dataclass(frozen=True)
class Problem:
    """`code` says what is wrong; `place` is the number of the block from 1, or 0 for the design; a design with a grave one is not published."""

    code: str
    place: int = 0
    detail: str = ""
    is_grave: bool = True


def problems_of(spec: dict) -> list[Problem]:
    """Return what is wrong with a design, in the order of its blocks."""
    found = [problem for place, block in enumerate(spec["blocks"], start=1) for problem in _of_block(block, place, spec)]
    if sum(block.get("is_title", False) for block in spec["blocks"]) > 1:
        found.append(Problem("two_titles"))
    if not spec["blocks"]:
        found.append(Problem("empty"))
    if not any(block["kind"] == "qr" for block in spec["blocks"]):
        found.append(Problem("no_qr", is_grave=False))
    return [*found, *_crossing(spec["blocks"])]


def _of_block(block: dict, place: int, spec: dict) -> list[Problem]:
    found = []
    if block["x"] + block["width"] > spec["width"] + _HAIR or block["y"] + block.get("height", 0) > spec["height"] + _HAIR:
        found.append(Problem("outside", place))
    if block["kind"] == "words":
        found += [Problem("unknown_field", place, name) for name in unknown_fields(block["words"])]
        if has_stray_braces(block["words"]):
            found.append(Problem("stray_brace", place))
        if block["is_title"] and not block["words"].strip():
            found.append(Problem("empty_title", place))
    if block["kind"] == "qr" and min(block["width"], block["height"]) < 22:
        found.append(Problem("small_qr", place, is_grave=False))
    return found


def _crossing(blocks: list[dict]) -> list[Problem]:
    """Blocks of words whose boxes lie over each other: their lines might touch one day, so it is said, not refused."""
    boxes = [(place, block) for place, block in enumerate(blocks, start=1) if block["kind"] not in ("picture", "rule")]
    return [
        Problem("crossing", place, str(other), is_grave=False)
        for number, (place, block) in enumerate(boxes) for other, later in boxes[number + 1:] if _cross(block, later)]


def _cross(one: dict, other: dict) -> bool:
    return _meet(one, other, "x", "width") and _meet(one, other, "y", "height")


def _meet(one: dict, other: dict, start: str, length: str) -> bool:
    return one[start] + _HAIR < other[start] + other[length] and other[start] + _HAIR < one[start] + one[length]
