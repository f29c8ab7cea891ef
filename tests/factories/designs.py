"""Designs and pictures as small as the test needs."""

import io

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from PIL import Image as Drawn
from wagtail.images import get_image_model

from certificates.models import Design
from certificates.selectors.specs import spec_of
from certificates.services.built_in import BUILT_IN, blocks_of


def png(colour: str = "#a3232b", size: tuple[int, int] = (60, 60)) -> bytes:
    written = io.BytesIO()
    Drawn.new("RGB", size, colour).save(written, "PNG")
    return written.getvalue()


def image(title: str = "Huy hiệu", content: bytes | None = None, as_uploaded: bytes | None = None):
    """A picture of the library; with `content`, that is what its file holds, picture or not."""
    picture = get_image_model().objects.create(title=title, file=ImageFile(io.BytesIO(as_uploaded or png()), name="hinh.png"))
    if content is not None:
        # The library's own small picture is there already, as after an upload.
        picture.get_rendition("max-165x165")
        storage, name = picture.file.storage, picture.file.name
        storage.delete(name)
        storage.save(name, ContentFile(content))
    return get_image_model().objects.get(pk=picture.pk)


def built_in(number: int, **fields) -> Design:
    """One of the designs that come along, not saved."""
    layout = BUILT_IN[number]
    return Design(**{
        "name": layout.name, "size": layout.size, "orientation": layout.orientation, "is_blank_form": layout.is_blank_form,
        "border": layout.border, "blocks": blocks_of(layout), **fields})


def words(text: str, **values) -> dict:
    return {"type": "words", "value": {
        "x": 30, "y": 60, "width": 200, "height": 12, "align": "center", "face": "sans", "size": 5, "stand": "middle", "weight": "400",
        "colour": "ink", "tracking": 0, "shrink_to": 75, "is_title": False, "words": text, **values}}


def signer(number: int, x: float, **values) -> dict:
    return {"type": "signer", "value": {
        "x": x, "y": 90, "width": 60, "height": 45, "align": "center", "face": "sans", "size": 4, "number": number, "room": 22,
        "with_picture": False, **values}}


def qr(x: float = 20, y: float = 100, side: float = 27) -> dict:
    return {"type": "qr", "value": {"x": x, "y": y, "width": side, "height": side}}


def design(*blocks: dict, **fields) -> Design:
    return Design(**{"name": "Mẫu thử", "blocks": list(blocks) or [words("{HỌ TÊN}"), qr()], "border": "single", **fields})


def spec(number: int) -> tuple[dict, dict[str, bytes]]:
    return spec_of(built_in(number))
