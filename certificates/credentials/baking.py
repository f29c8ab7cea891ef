"""Credentials inside pictures (Open Badges 3.0, 5.3): an iTXt chunk of a PNG, an element of an SVG."""

import re
import struct
import zlib

_KEYWORD = b"openbadgecredential"
_SPACE = "https://purl.imsglobal.org/ob/v3p0"
_OPENING = re.compile(r"<svg\b[^>]*(?=>)")
# A PNG ends in an empty IEND chunk: length, name and check sum.
_END_BYTES = 12


def baked_png(picture: bytes, credential: str) -> bytes:
    """Put the credential into the picture, before its end, as plain UTF-8 (5.3.1)."""
    # Keyword, not compressed (two bytes), no language, no translated keyword, text.
    body = b"iTXt" + _KEYWORD + b"\0\0\0\0\0" + credential.encode()
    chunk = struct.pack("!I", len(body) - 4) + body + struct.pack("!I", zlib.crc32(body))
    return picture[:-_END_BYTES] + chunk + picture[-_END_BYTES:]


def baked_svg(picture: str, credential: str) -> str:
    """Put the credential into the picture as its first element (5.3.2)."""
    # Inside a CDATA section only its own end must not stand; in JSON it can be within a text alone, where > may be escaped.
    inner = credential.replace("]]>", "]]\\u003e")
    element = f'><openbadges:credential><![CDATA[{inner}]]></openbadges:credential'
    return _OPENING.sub(lambda opening: f'{opening[0]} xmlns:openbadges="{_SPACE}"{element}', picture, count=1)
