"""From a snapshot to a PDF, and from a PDF to a picture.

Keeps true: the same snapshot and day of issue give the same bytes, so a hash can be computed again; one compiler serves the whole
process; fonts come from their package and from nowhere else.
"""

import io
import json
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import Lock

import fontpkg_be_vietnam_pro
import pypdfium2
import segno
import typst
from PIL import Image

DESIGN = "giay-chung-nhan-1"
_FOLDER = Path(__file__).parent / "designs"
_SOURCES = {"giay-chung-nhan-1": _FOLDER / "giay_chung_nhan_1.typ"}
_INK = "#1a2230"
_STANDARDS = ["a-2a", "ua-1"]
_LOCK = Lock()
_OBJECT = re.compile(rb"\d+ 0 obj\s*<<(?:(?!endobj).)*?/Length (\d+)(?:(?!endobj).)*?>>\s*stream\n", re.DOTALL)


def typeset(values: dict, *, qr_text: tuple[str, str], design: str, issued_at: datetime) -> bytes:
    """Set the paper and return it as PDF/A-2a and PDF/UA-1. About 5 ms once the compiler is warm.

    :param values: what the design prints; see the design's own file.
    :param qr_text: the address up to its #, and the digits behind it.
    """
    inputs = {"data": json.dumps(values, ensure_ascii=False, sort_keys=True), "qr": qr_svg(*qr_text)}
    with _LOCK:
        pdf = _compiler().compile(
            input=str(_SOURCES[design]), format="pdf", sys_inputs=inputs, pdf_standards=_STANDARDS, timestamp=issued_at.astimezone(UTC).replace(microsecond=0))
    return _with_clear_stream_ends(pdf)


def document(name: str, values: dict, *, at: datetime) -> bytes:
    """Set a document of the office (a list, the register, a transcript) as PDF/A-2a and PDF/UA-1.

    :param name: of its source in `designs/`, without the ending.
    :param values: JSON, read there as `json(bytes(sys.inputs.data))`.
    :param at: the time stamp; the same values and time give the same bytes.
    """
    inputs = {"data": json.dumps(values, ensure_ascii=False, sort_keys=True)}
    with _LOCK:
        pdf = _compiler().compile(
            input=str(_FOLDER / f"{name}.typ"), format="pdf", sys_inputs=inputs, pdf_standards=_STANDARDS,
            timestamp=at.astimezone(UTC).replace(microsecond=0))
    return _with_clear_stream_ends(pdf)


def qr_svg(address: str, digits: str) -> str:
    """Draw the QR code without its quiet zone, which the paper leaves white. A fixed mask costs a tenth of trying them all."""
    code = segno.make([address, digits] if digits else address, error="m", mask=3, boost_error=False, micro=False)
    drawing = io.BytesIO()
    code.save(drawing, kind="svg", border=0, dark=_INK, xmldecl=False, omitsize=True)
    return drawing.getvalue().decode()


def picture_of(pdf: bytes, width: int) -> bytes:
    """Draw the first page as a PNG of that many pixels in width, in 256 colours: about a third of the bytes, and no visible difference."""
    with _LOCK:
        document = pypdfium2.PdfDocument(pdf)
        page = document[0]
        image = page.render(scale=width / page.get_width()).to_pil()
        page.close()
        document.close()
    packed = io.BytesIO()
    image.convert("RGB").quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
    return packed.getvalue()


def text_of(pdf: bytes) -> str:
    """Return what stands on the first page; nothing when the file is no PDF."""
    with _LOCK:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError:
            return ""
        page = document[0]
        text = page.get_textpage().get_text_range()
        document.close()
    return text


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(
        input=str(_SOURCES[DESIGN]), root=str(_FOLDER), font_paths=[str(fontpkg_be_vietnam_pro.ROOT / "files")], ignore_system_fonts=True)


def _with_clear_stream_ends(pdf: bytes) -> bytes:
    """Write CRLF before `endstream` where compressed data happens to end in CR.

    CR LF there could be read as one end of line, which leaves the data a byte shorter than its /Length: ISO 19005-2, 6.1.7.1, and
    one certificate in twenty. Moves the offsets of the cross-reference table along.
    """
    ends = [end for found in _OBJECT.finditer(pdf) if pdf[(end := found.end() + int(found.group(1))) - 1:end] == b"\r"]
    if not ends:
        return pdf
    table_at = pdf.rindex(b"\nxref\n") + 1
    body, table = pdf[:table_at], pdf[table_at:]

    def moved(found: re.Match) -> bytes:
        offset = int(found.group(1))
        return b"%0*d" % (len(found.group(1)), offset + sum(end < offset for end in ends))

    table = re.sub(rb"(\d{10})(?= \d{5} n)", moved, table)
    table = re.sub(rb"(?<=startxref\n)(\d+)", moved, table)
    pieces = [body[start:end] for start, end in zip([0, *ends], [*ends, len(body)], strict=True)]
    return b"\r".join(pieces) + table
