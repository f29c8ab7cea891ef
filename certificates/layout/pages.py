"""One page: the blocks of a design with the words of a snapshot, as items at their places, in reading order.

A spec: {"engine", "paper", "width", "height", "blank_form", "ground": [pictures over the whole page], "blocks": [...],
"files": {sha256: format}}. Lengths are millimetres from the top left corner.
"""

from certificates.layout.drawing import DRAWN

# Names this way of laying out and the typst source that places its items; both stay as they are once papers were printed with them.
ENGINE = 1
SIZES = {
    ("A4", "landscape"): (297, 210), ("A4", "portrait"): (210, 297), ("A5", "landscape"): (210, 148), ("A5", "portrait"): (148, 210),
}


def lay_out(spec: dict, words: dict, *, qr: str) -> dict:
    """Place everything that the design prints of the words.

    :param words: see `certificates.typesetting.words.words_of`.
    :param qr: the drawing of the QR code.
    :raises UnprintableLetter: for a letter that the design's typeface does not have.
    """
    # "under" is only in previews: the form that the paper is going to be printed onto.
    drawn = spec.get("under", []) + ([] if spec["blank_form"] else spec["ground"])
    ground = [_over_the_page(picture, spec) for picture in drawn]
    items = [item for block in spec["blocks"] for item in DRAWN[block["kind"]](block, words | {"qr": qr}, only_fields=spec["blank_form"])]
    return {"width": spec["width"], "height": spec["height"], "items": [*ground, *items]}


def _over_the_page(picture: dict, spec: dict) -> dict:
    return {"kind": "picture", "x": 0, "y": 0, "width": spec["width"], "height": spec["height"], "file": picture["file"], "alt": None, "fit": "cover"}
