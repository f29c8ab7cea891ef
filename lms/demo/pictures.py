"""Draws the demonstration's own pictures: plain shapes and words, in the site's typeface."""

from io import BytesIO

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

PAPER, INK, SOFT, LINE = "#fdfcf9", "#1c2733", "#5a6672", "#8a96a3"
COMPANY, UNION, GROUP, TABLE = "#b4690e", "#1c5fa8", "#2b7a4b", "#e9e4d8"
SIDE = 1080
# Of the 14 seats of the workers' side: who is away, and the seat of those outside the union.
AWAY, OUTSIDE = {2, 5, 8, 12}, 13


def font(size: int, *, strong: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(settings.BASE_DIR / "static" / "fonts" / f"BeVietnamPro-{'SemiBold' if strong else 'Regular'}.woff2", size)


def dialogue_table() -> bytes:
    """Draw a dialogue seen from above: the director's seat is empty, ten of fourteen are there on the workers' side. PNG."""
    picture = Image.new("RGB", (SIDE, SIDE), PAPER)
    draw = ImageDraw.Draw(picture)
    draw.text((SIDE / 2, 50), "Bên công ty", INK, font(46, strong=True), "mm")
    for x, words, is_there in ((190, "Trưởng phòng\nnhân sự", True), (540, "Giám đốc", False), (891, "Kế toán\ntrưởng", True)):
        # Under each seat there is room for the number of its area.
        _seat(draw, x, 141, 38, COMPANY, is_there=is_there)
        draw.multiline_text((x, 305), words, INK, font(40), "mm", spacing=0, align="center")
    draw.rounded_rectangle((40, 415, 790, 600), 36, TABLE, LINE, 3)
    draw.text((415, 507), "Bàn đối thoại", SOFT, font(46), "mm")
    _seat(draw, 934, 435, 30, SOFT, is_there=True)
    draw.text((934, 580), "Thư ký", INK, font(42), "mm")
    _workers(draw)
    _legend(draw)
    return _saved(picture, "PNG")


def _workers(draw: ImageDraw.ImageDraw) -> None:
    for seat in range(13):
        # Seven before six: the number of the area stands between the rows.
        row, place = divmod(seat, 7)
        _seat(draw, 95 + 112 * place + 56 * row, (703, 862)[row], 32, UNION, is_there=seat not in AWAY)
    _seat(draw, 950, 703, 32, GROUP, is_there=True)
    draw.multiline_text((950, 874), "Nhóm\nngoài", INK, font(42), "mm", spacing=0, align="center")
    draw.text((SIDE / 2, 965), "Bên người lao động: 14 ghế, có mặt 10", INK, font(42, strong=True), "mm")


def _legend(draw: ImageDraw.ImageDraw) -> None:
    _seat(draw, 250, 1037, 22, UNION, is_there=True)
    draw.text((290, 1037), "có mặt", INK, font(42), "lm")
    _seat(draw, 600, 1037, 22, UNION, is_there=False)
    draw.text((640, 1037), "vắng mặt", INK, font(42), "lm")


def _seat(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, colour: str, *, is_there: bool) -> None:
    box = (x - radius, y - radius, x + radius, y + radius)
    if is_there:
        draw.ellipse(box, colour)
        return
    # Pillow knows no dashes: twelve short arcs.
    for angle in range(0, 360, 30):
        draw.arc(box, angle, angle + 17, colour, 5)


def page(lines: list[str]) -> bytes:
    """Draw a sheet of paper with these lines, the first as its title. PDF."""
    sheet = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        draw.text((120, 160 + 70 * number), line, INK, font(44 if number == 0 else 36, strong=number == 0))
    return _saved(sheet, "PDF")


def _saved(picture: Image.Image, form: str) -> bytes:
    stream = BytesIO()
    picture.save(stream, form, **({"resolution": 150} if form == "PDF" else {"optimize": True}))
    return stream.getvalue()


# By the names that files of the demonstration use, with the title in the library.
DRAWINGS = {"dialogue-table": ("Bàn đối thoại: ai có mặt", dialogue_table)}
