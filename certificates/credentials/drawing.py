"""The picture of a badge: our mark, what was learned, who issued it. No name: a picture is passed on more lightly than a paper."""

import json
from functools import cache
from pathlib import Path
from threading import Lock

import fontpkg_be_vietnam_pro
import typst

from certificates import wording
from certificates.models import Certificate

_FOLDER = Path(__file__).parent
_SOURCE = _FOLDER / "badge.typ"
# 96 mm at this many pixels an inch are 600 pixels.
_PPI = 158.75
_LOCK = Lock()


def picture_svg(certificate: Certificate) -> str:
    """Draw the badge of a certificate as an SVG, its words as outlines."""
    return _drawn(certificate, "svg").decode()


def picture_png(certificate: Certificate) -> bytes:
    """Draw the badge of a certificate as a PNG of 600 pixels."""
    return _drawn(certificate, "png")


def _drawn(certificate: Certificate, format: str) -> bytes:
    snapshot = certificate.snapshot
    values = {"title": wording.PAPER_TITLES[snapshot["paper"]], "course": snapshot["course"], "issuer": snapshot["issuer"], "year": snapshot["issued_on"][:4]}
    with _LOCK:
        return _compiler().compile(
            input=str(_SOURCE), format=format, ppi=_PPI, sys_inputs={"data": json.dumps(values, ensure_ascii=False, sort_keys=True)})


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(
        input=str(_SOURCE), root=str(_FOLDER), font_paths=[str(fontpkg_be_vietnam_pro.ROOT / "files")], ignore_system_fonts=True)
