"""The first design, of papers that name it instead of a version. It stays as it is, so that they can be set again byte for byte."""

import io
import json
from datetime import datetime

import segno

from certificates.layout.qr import INK
from certificates.typesetting.compilers import FOLDER, compiled

DESIGN = "giay-chung-nhan-1"
_SOURCES = {DESIGN: FOLDER / "giay_chung_nhan_1.typ"}


def typeset(values: dict, *, qr_text: tuple[str, str], design: str, issued_at: datetime) -> bytes:
    """Set a paper of the first design as PDF/A-2a and PDF/UA-1. About 19 ms once the compiler is warm.

    :param values: what the design prints; see the design's own file.
    :param qr_text: the address up to its #, and the digits behind it.
    """
    inputs = {"data": json.dumps(values, ensure_ascii=False, sort_keys=True), "qr": qr_svg(*qr_text)}
    return compiled(_SOURCES[design], inputs, at=issued_at)


def qr_svg(address: str, digits: str) -> str:
    """Draw the QR code as the first design does; its drawing is part of the bytes."""
    code = segno.make([address, digits] if digits else address, error="m", mask=3, boost_error=False, micro=False)
    drawing = io.BytesIO()
    code.save(drawing, kind="svg", border=0, dark=INK, xmldecl=False, omitsize=True)
    return drawing.getvalue().decode()
