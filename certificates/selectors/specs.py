"""From a design as it stands in the editor to a spec: everything that a paper needs besides its snapshot. One query a picture."""

from certificates.layout import ENGINE, SIZES
from certificates.layout.borders import drawing_of_border
from certificates.models import Design
from certificates.selectors.design_pictures import NotAPicture, Picture, faint, picture_for_print

_LENGTHS = ("x", "y", "width", "height", "size", "tracking", "room", "thickness")


def spec_of(design: Design) -> tuple[dict, dict[str, bytes]]:
    """Return the spec of a design and the content of its pictures by digest.

    :raises NotAPicture: when a picture is none; says which.
    """
    width, height = SIZES[design.size, design.orientation]
    pictures: list[Picture] = []
    blocks = [_block(block, pictures) for block in design.blocks]
    ground = [] if design.is_blank_form else _ground(design, width, height)
    spec = {
        "engine": ENGINE, "paper": str(design.paper), "width": width, "height": height, "blank_form": design.is_blank_form,
        "ground": [{"file": picture.sha256} for picture in ground], "blocks": blocks,
        "files": {picture.sha256: picture.format for picture in [*ground, *pictures]}}
    return spec, {picture.sha256: picture.content for picture in [*ground, *pictures]}


def spec_on_form(design: Design) -> tuple[dict, dict[str, bytes]]:
    """Return the spec of only the fields, over a faint picture of the form that they are printed onto; for looking at, never for printing.

    :raises NotAPicture: when a picture is none; says which.
    """
    spec, files = spec_of(design)
    spec |= {"blank_form": True, "ground": []}
    if design.background:
        form = faint(picture_for_print(design.background, width=spec["width"], height=spec["height"]))
        spec |= {"under": [{"file": form.sha256}], "files": spec["files"] | {form.sha256: form.format}}
        files |= {form.sha256: form.content}
    return spec, files


def _ground(design: Design, width: float, height: float) -> list[Picture]:
    ground = [picture_for_print(design.background, width=width, height=height)] if design.background else []
    if design.border:
        ground.append(Picture(drawing_of_border(design.border, width, height).encode(), "svg"))
    return ground


def _block(block, pictures: list[Picture]) -> dict:
    """Turn a block of the editor into plain numbers and words; `pictures` is filled with what it shows."""
    spec = {"kind": block.block_type}
    for name, value in block.value.items():
        if name in _LENGTHS:
            spec[name] = float(value)
        elif name == "weight":
            spec[name] = int(value)
        elif name == "shrink_to":
            spec[name] = value / 100
        elif name == "image":
            picture = _picture(value, block)
            pictures.append(picture)
            spec["file"] = picture.sha256
        else:
            spec[name] = value
    if block.block_type == "picture":
        spec["alt"] = spec.pop("alt_text")
    return spec


def _picture(image, block) -> Picture:
    if image is None:
        raise NotAPicture(block.value.get("alt_text") or "…")
    return picture_for_print(image, width=float(block.value["width"]), height=float(block.value["height"]))
