"""What each kind of block draws: a function from the block and the words to items, one function a kind.

With `only_fields` (forms that are printed already) fixed words, rules and pictures are left out.
"""

from collections.abc import Iterator

from certificates.layout.fields import filled
from certificates.layout.fitting import ABOVE, LINE, Fitted, Style, fit

COLOURS = {
    "ink": "#1a2230", "soft": "#4b5362", "blue": "#123e72", "red": "#a3232b", "gold": "#8a6208", "hairline": "#ddd4c5", "black": "#000000",
}
_MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
_RULE = 0.3


def draw_words(block: dict, words: dict, *, only_fields: bool) -> Iterator[dict]:
    lines = filled(block["words"], words["fields"], only_fields=only_fields)
    yield from _boxed(block, lines, level=1 if block.get("is_title") and not only_fields else 0)


def draw_issuer(block: dict, words: dict, *, only_fields: bool) -> Iterator[dict]:
    """The upper body over the issuing body in bold capitals, growing upwards from a short rule."""
    room = block["height"] - 2.6
    upper, issuer = words["upper_name"].upper(), words["issuer"].upper()
    share = room if not upper else room * 0.5
    own = _fit(block, [issuer], share if upper else room, weight=700)
    above = _fit(block, [upper], room - own.height, size=block["size"] * 0.95) if upper else None
    bottom = block["y"] + room
    if above:
        yield _text(block, above, bottom - own.height - above.height)
    yield _text(block, own, bottom - own.height, weight=700)
    if not only_fields:
        yield _short_rule(block, bottom + 1.3, min(30, block["width"]))


def draw_motto(block: dict, words: dict, *, only_fields: bool) -> Iterator[dict]:
    """The national name and motto, with the rule that their style asks for."""
    if only_fields:
        return
    room = (block["height"] - 2.6) / 2
    country, motto = (_fit(block, [line], room, weight=700, size=size) for line, size in zip(_MOTTO, (block["size"] * 0.95, block["size"]), strict=True))
    yield _text(block, country, block["y"] + room - country.height, weight=700)
    yield _text(block, motto, block["y"] + 2 * room - motto.height, weight=700)
    yield _short_rule(block, block["y"] + 2 * room + 1.3, min(54, block["width"]))


def draw_facts(block: dict, words: dict, *, only_fields: bool) -> Iterator[dict]:
    """Facts side by side between two hairlines; missing ones leave their room to the others, wide ones take more of it."""
    facts = [words["facts"][name] for name in block["facts"] if words["facts"].get(name, ("", ""))[1]]
    if not facts:
        return
    if not only_fields:
        yield _rule(block["x"], block["y"], block["width"], "hairline")
        yield _rule(block["x"], block["y"] + block["height"], block["width"], "hairline")
    # Square roots: a long period of study gets more room than a grade, but not all of it.
    shares = [max(len(value), len(label)) ** 0.5 for label, value in facts]
    left, small = block["x"], block["size"] * 0.77
    for (label, value), share in zip(facts, shares, strict=True):
        width = block["width"] * share / sum(shares)
        cell = block | {"x": left + 1, "width": width - 2, "align": "center"}
        if not only_fields:
            yield _text(cell, _fit(cell, [label], small * LINE, size=small), block["y"] + block["height"] * 0.5 - small * LINE - 0.2, colour="soft")
        room = block["height"] * 0.5 - 0.4
        yield _text(cell, _fit(cell, [value], room, weight=600), block["y"] + block["height"] * 0.5, weight=600)
        left += width


def draw_signer(block: dict, words: dict, *, only_fields: bool) -> Iterator[dict]:
    """The lines above the signature, free room for it and the seal, and the name at the foot."""
    if block["number"] > len(words["signers"]):
        return
    signer = words["signers"][block["number"] - 1]
    name = _fit(block, [signer["name"].upper()], block["size"] * LINE, weight=700, size=block["size"] * 1.04)
    heads = [line.upper() for line in signer["lines"]]
    room = max(block["height"] - name.height - block["room"], block["size"] * 0.5)
    head = _fit(block, heads, room, weight=700)
    if heads:
        yield _text(block, head, block["y"], weight=700)
    if block.get("with_picture") and signer.get("signature") and not only_fields:
        yield {
            "kind": "picture", "x": block["x"], "y": block["y"] + head.height, "width": block["width"],
            "height": max(block["height"] - head.height - name.height, 1), "file": signer["signature"], "fit": "contain",
            "alt": f"Chữ ký của {signer['name']}"}
    yield _text(block, name, block["y"] + block["height"] - name.height, weight=700)


def draw_picture(block: dict, words: dict, *, only_fields: bool) -> Iterator[dict]:
    if not only_fields and block["file"]:
        place = {name: block[name] for name in ("x", "y", "width", "height", "file")}
        yield {"kind": "picture", "fit": "contain", "alt": block["alt"] or None, **place}


def draw_qr(block: dict, words: dict, *, only_fields: bool) -> Iterator[dict]:
    side = min(block["width"], block["height"])
    yield {"kind": "qr", "x": block["x"], "y": block["y"], "width": side, "height": side, "svg": words["qr"], "alt": words["qr_alt"]}


def draw_rule(block: dict, words: dict, *, only_fields: bool) -> Iterator[dict]:
    if not only_fields:
        yield _rule(block["x"], block["y"], block["width"], block["colour"], thickness=block["thickness"])


DRAWN = {
    "words": draw_words, "issuer": draw_issuer, "motto": draw_motto, "facts": draw_facts, "signer": draw_signer, "picture": draw_picture,
    "qr": draw_qr, "rule": draw_rule,
}


def _boxed(block: dict, lines: list[str], level: int) -> Iterator[dict]:
    """Words at the top, in the middle or at the bottom of their box."""
    if not lines:
        return
    fitted = _fit(block, lines, block["height"])
    spare = block["height"] - fitted.height
    yield _text(block, fitted, block["y"] + spare * {"top": 0, "middle": 0.5, "bottom": 1}[block.get("stand", "middle")], level=level)


def _fit(block: dict, lines: list[str], height: float, *, weight: int | None = None, size: float | None = None) -> Fitted:
    style = Style(
        face=block["face"], weight=weight or block.get("weight", 400), size=size or block["size"], tracking=block.get("tracking", 0),
        shrink_to=block.get("shrink_to", 0.75))
    return fit(lines, width=block["width"], height=height, style=style)


def _text(block: dict, fitted: Fitted, top: float, *, weight: int | None = None, colour: str = "", level: int = 0) -> dict:
    """An item whose `y` is the first baseline."""
    return {
        "kind": "text", "x": block["x"], "y": top + ABOVE * fitted.size, "width": block["width"], "align": block.get("align", "center"),
        "face": block["face"], "size": fitted.size, "weight": weight or block.get("weight", 400),
        "tracking": block.get("tracking", 0) * fitted.size / block["size"], "colour": COLOURS[colour or block.get("colour", "ink")],
        "leading": LINE * fitted.size, "lines": list(fitted.lines), "level": level}


def _short_rule(block: dict, y: float, length: float) -> dict:
    start = {"left": 0, "center": (block["width"] - length) / 2, "right": block["width"] - length}[block.get("align", "center")]
    return _rule(block["x"] + start, y, length, "ink")


def _rule(x: float, y: float, length: float, colour: str, thickness: float = _RULE) -> dict:
    return {"kind": "rule", "x": x, "y": y, "width": length, "thickness": thickness, "colour": COLOURS[colour]}
