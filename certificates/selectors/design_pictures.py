"""Pictures on their way from the library into a design: looked into, and made fit for print."""

import hashlib
import io
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

# Printed at 300 dots an inch, more is only weight.
_DOTS_A_MILLIMETRE = 300 / 25.4
_AS_THEY_ARE = {"PNG": ({"L", "LA", "RGB", "RGBA", "P", "1"}, "png"), "JPEG": ({"L", "RGB"}, "jpg")}
_MOST_PIXELS = 60_000_000


class NotAPicture(Exception):
    """A file of the library that says it is a picture and is none, or that has gone."""

    code = "not_a_picture"

    def __init__(self, name: str) -> None:
        self.message = _("“%(name)s” is not a picture that can be printed. Upload it again as PNG or JPEG.") % {"name": name}
        super().__init__(name)


@dataclass(frozen=True)
class Picture:
    content: bytes
    format: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def picture_for_print(image, *, width: float, height: float) -> Picture:
    """Read a picture of the library and return it as PNG or JPEG, no finer than 300 dots an inch in a box of that many millimetres.

    :raises NotAPicture: when its content cannot be read as a picture.
    """
    try:
        with image.open_file() as file:
            content = file.read()
        return _printable(content, width * _DOTS_A_MILLIMETRE, height * _DOTS_A_MILLIMETRE)
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise NotAPicture(image.title) from error


def faint(picture: Picture) -> Picture:
    """Return the picture as if it shone through paper, for looking at a form with its fields."""
    drawn = Image.open(io.BytesIO(picture.content)).convert("RGBA")
    white = Image.new("RGBA", drawn.size, "white")
    return _as_png(Image.blend(white, Image.alpha_composite(white, drawn), 0.4).convert("RGB"))


def _printable(content: bytes, most_across: float, most_down: float) -> Picture:
    with Image.open(io.BytesIO(content)) as drawn:
        if drawn.width * drawn.height > _MOST_PIXELS:
            raise ValueError("too many pixels")
        drawn.load()
        modes, format = _AS_THEY_ARE.get(drawn.format, (set(), ""))
        scale = max(most_across / drawn.width, most_down / drawn.height)
        # 274: the camera was held sideways, which typst does not know.
        if drawn.mode in modes and scale >= 0.5 and drawn.getexif().get(274, 1) == 1:
            return Picture(content, format)
        upright = ImageOps.exif_transpose(drawn).convert("RGBA" if "A" in drawn.getbands() or "transparency" in drawn.info else "RGB")
        if scale < 0.5:
            upright = upright.resize((max(round(upright.width * scale), 1), max(round(upright.height * scale), 1)))
        return _as_png(upright)


def _as_png(drawn: Image.Image) -> Picture:
    written = io.BytesIO()
    drawn.save(written, "PNG")
    return Picture(written.getvalue(), "png")
