"""The designs that come with the platform. They are made as ordinary designs, which an administrator may change or put out of use."""

from collections.abc import Sequence
from dataclasses import dataclass

_FACTS = ["thời gian", "số giờ", "hình thức", "xếp loại"]


@dataclass(frozen=True)
class Layout:
    name: str
    size: str
    orientation: str
    blocks: Sequence[dict]
    border: str = ""
    is_blank_form: bool = False
    face: str = "sans"


def _block(kind: str, x: float, y: float, width: float, height: float, **values) -> dict:
    return {"type": kind, "value": {"x": x, "y": y, "width": width, "height": height, **values}}


def _words(words: str, x: float, y: float, width: float, height: float, size: float, **values) -> dict:
    styled = {
        "align": "center", "stand": "middle", "weight": "400", "colour": "ink", "tracking": 0, "shrink_to": 75, "is_title": False, **values}
    return _block("words", x, y, width, height, words=words, size=size, **styled)


def _signer(x: float, y: float, width: float, height: float, size: float, **values) -> dict:
    return _block("signer", x, y, width, height, size=size, **{"align": "center", "number": 1, "room": 24, "with_picture": False, **values})


# As the look draws it: woven spine, head left and motto right, one line of facts, code beside the QR code, signer at the right.
_GENERAL = [
    _block("issuer", 44, 17.5, 84, 18.4, size=4.2, align="center"),
    _words("Số: {số}", 44, 36.6, 84, 6, 4),
    _block("motto", 160, 21.3, 112, 14.6, size=4.2, align="center"),
    _words("{LOẠI GIẤY}", 44, 50, 222, 18.3, 13.4, weight="700", colour="red", tracking=0.5, is_title=True),
    _words("{ai chứng nhận}", 44, 68.4, 222, 6.4, 4.4, colour="soft"),
    _words("{HỌ TÊN}", 44, 77.2, 222, 17, 10.6, weight="700", colour="blue", tracking=0.3, shrink_to=48),
    _words("[{sinh}] · [{chức vụ}] {đơn vị}", 44, 94.4, 222, 9.6, 4.4, stand="top"),
    _words("đã hoàn thành chương trình bồi dưỡng", 44, 104.8, 222, 6, 4.4, colour="soft"),
    _words("{khóa học}", 44, 111, 222, 14.4, 7, weight="700", shrink_to=74),
    _block("facts", 44, 127.5, 222, 14.5, size=4.4, align="center", facts=_FACTS),
    _block("qr", 44, 150.5, 27, 27),
    _words("Số vào sổ gốc", 75, 150.4, 72, 4.8, 3.4, align="left", colour="soft"),
    _words("{số vào sổ}", 75, 155.4, 72, 6.2, 4.4, align="left", weight="600"),
    _words("Mã xác minh", 75, 162.4, 72, 4.8, 3.4, align="left", colour="soft"),
    _words("{mã xác minh}", 75, 167.2, 72, 6.2, 4.4, align="left", weight="600", tracking=0.2),
    _words("{địa chỉ xác minh}", 75, 173.4, 84, 4.8, 3.4, align="left", colour="soft"),
    _words("{quyết định}\n{ghi chú}\n[Có giá trị đến ngày {hết hạn}]", 44, 180, 128, 14.6, 3.4, align="left", stand="top", colour="soft"),
    _words("{nơi cấp và ngày}", 182, 144.6, 92, 5.8, 4),
    _signer(182, 150.8, 92, 42.8, 4.2),
]

# Fields where the usual form leaves room for them; nothing else is printed.
_FORM = [
    _words("{số}", 60, 37, 68, 6, 4.2, align="left"),
    _words("{HỌ TÊN}", 70, 78, 170, 14, 9, weight="700", shrink_to=50, is_title=False),
    _words("{ngày sinh}", 70, 93, 60, 9, 4.6, align="left"),
    _words("[{chức vụ}] {đơn vị}", 132, 93, 124, 9, 4.6, align="left"),
    _words("{khóa học}", 52, 106, 206, 14, 6.4, weight="700"),
    _words("{thời gian}", 70, 124, 70, 7, 4.6, align="left"),
    _words("{số giờ}", 146, 124, 44, 7, 4.6, align="left"),
    _words("{xếp loại}", 206, 124, 52, 7, 4.6, align="left"),
    _words("{nơi cấp và ngày}", 182, 138, 92, 6.4, 4.2),
    _signer(182, 145, 92, 48, 4.2, room=26),
    _block("qr", 36, 150, 25, 25),
    _words("{số vào sổ}", 64, 152, 60, 6.4, 4.2, align="left"),
    _words("{mã xác minh}", 64, 160, 60, 6.4, 4.2, align="left", tracking=0.2),
]

# A small upright paper in letters with serifs, as offices are used to them.
_UPRIGHT = [
    _block("motto", 18, 18, 112, 14.4, size=3.9, align="center"),
    _block("issuer", 22, 33.6, 104, 15, size=3.7, align="center"),
    _words("Số: {số}", 34, 49.2, 80, 5.4, 3.6),
    _words("{LOẠI GIẤY}", 18, 57.4, 112, 13.4, 9.6, weight="700", colour="red", tracking=0.3, is_title=True),
    _words("{ai chứng nhận}", 18, 71.2, 112, 6.8, 3.7, colour="soft"),
    _words("{HỌ TÊN}", 18, 79.4, 112, 13, 7.6, weight="700", colour="blue", tracking=0.2, shrink_to=50),
    _words("{sinh}\n[{chức vụ}] {đơn vị}", 18, 92.8, 112, 12.6, 3.8, stand="top"),
    _words("đã hoàn thành chương trình bồi dưỡng", 18, 105.8, 112, 5.4, 3.7, colour="soft"),
    _words("{khóa học}", 18, 111.4, 112, 16, 5.4, weight="700"),
    _block("facts", 18, 129.6, 112, 12.4, size=3.3, align="center", facts=_FACTS),
    _words("{nơi cấp và ngày}", 68, 143.6, 62, 5.2, 3.4),
    _signer(68, 148.8, 62, 43.6, 3.5, room=24),
    _block("qr", 18, 145.6, 25, 25),
    _words("Số vào sổ: {số vào sổ}\nMã: {mã xác minh}\n{địa chỉ xác minh}", 18, 171, 48, 12.4, 2.8, align="left", stand="top"),
    _words("{quyết định}\n{ghi chú}\n[Có giá trị đến ngày {hết hạn}]", 18, 183.6, 48, 10, 2.4, align="left", stand="top", colour="soft"),
]

BUILT_IN = (
    Layout("Giấy chứng nhận (mẫu chung)", "A4", "landscape", _GENERAL, border="woven"),
    Layout("Phôi in sẵn, A4 ngang", "A4", "landscape", _FORM, is_blank_form=True),
    Layout("Giấy chứng nhận A5 đứng, chữ có chân", "A5", "portrait", _UPRIGHT, border="double", face="serif"),
)


def blocks_of(layout: Layout) -> list[dict]:
    """Return the blocks as the editor keeps them, in the layout's typeface; lengths as words, since 68.4 has no end in binary."""
    return [{**block, "value": _kept(block["value"], layout.face, block["type"])} for block in layout.blocks]


def _kept(value: dict, face: str, kind: str) -> dict:
    lengths = {name: str(length) for name, length in value.items() if isinstance(length, float)}
    return value | lengths | ({} if kind == "qr" else {"face": face})
