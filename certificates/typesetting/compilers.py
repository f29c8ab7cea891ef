"""Typst compilers, as many as work at once: typst lets go of Python's lock while it sets, so two threads set two papers.

A compiler keeps its fonts and what it has read; making one costs about 100 ms, so they are handed on and never thrown away.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue

import typst

from certificates.layout import FACES
from certificates.layout.faces import letters_of

FOLDER = Path(__file__).parent.parent / "designs"
_STANDARDS = ["a-2a", "ua-1"]
# So many settings typst keeps what none of them has asked for.
_KEPT = 10
_idle: SimpleQueue = SimpleQueue()
_OBJECT = re.compile(rb"\d+ 0 obj\s*<<(?:(?!endobj).)*?/Length (\d+)(?:(?!endobj).)*?>>\s*stream\n", re.DOTALL)


def document(name: str, values: dict, *, at: datetime) -> bytes:
    """Set a document of the office (a list, the register, a transcript) as PDF/A-2a and PDF/UA-1.

    :param name: of its source in `designs/`, without the ending.
    :param values: JSON, read there as `json(bytes(sys.inputs.data))`.
    :param at: the time stamp; the same values and time give the same bytes.

    A letter that the typeface lacks is printed as "?": one odd sign in a reason must not keep a whole register from being printed. Papers
    themselves are stricter.
    """
    data = json.dumps(values, ensure_ascii=False, sort_keys=True)
    lacking = set(map(ord, set(data))) - letters_of("sans")
    return compiled(FOLDER / f"{name}.typ", {"data": data.translate(dict.fromkeys(lacking, "?"))}, at=at)


def compiled(source: Path, inputs: dict[str, str], *, at: datetime) -> bytes:
    with _compiler() as compiler:
        pdf = compiler.compile(
            input=str(source), format="pdf", sys_inputs=inputs, pdf_standards=_STANDARDS, timestamp=at.astimezone(UTC).replace(microsecond=0))
    return _with_clear_stream_ends(pdf)


def let_go() -> None:
    """Have typst forget the parts of large documents, which it keeps for ten further settings: 500 lines of a register take 75 MB. About 10 ms."""
    for turn in range(_KEPT + 1):
        compiled(FOLDER / "blank.typ", {"turn": str(turn)}, at=datetime(2026, 1, 1, tzinfo=UTC))


@contextmanager
def _compiler() -> Iterator[typst.Compiler]:
    """Borrow a compiler that nobody uses; there are never more than threads that set at the same moment."""
    try:
        compiler = _idle.get_nowait()
    except Empty:
        # The root is that of the machine: pictures lie in a folder of their own, and every source is ours.
        compiler = typst.Compiler(root="/", font_paths=[str(face.folder) for face in FACES.values()], ignore_system_fonts=True)
    try:
        yield compiler
    finally:
        _idle.put(compiler)


def _with_clear_stream_ends(pdf: bytes) -> bytes:
    """Write CRLF before `endstream` where compressed data happens to end in CR.

    CR LF there could be read as one end of line, which leaves the data a byte shorter than its /Length: ISO 19005-2, 6.1.7.1, and
    one certificate in twenty. Moves the offsets of the cross-reference table along.
    """
    if b"\r\nendstream" not in pdf:
        # Nineteen in twenty; looking at every stream costs more than a millisecond.
        return pdf
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
