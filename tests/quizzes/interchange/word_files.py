"""Word documents made of paragraphs, as Word writes them, for the tests."""

import io
import zipfile
from xml.sax.saxutils import escape

_NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)


def run(text: str, look: str = "") -> str:
    """A run; `look` is what stands in its properties."""
    return f"<w:r><w:rPr>{look}</w:rPr><w:t xml:space=\"preserve\">{escape(text)}</w:t></w:r>".replace("\t", "</w:t><w:tab/><w:t xml:space=\"preserve\">")


def p(*runs: str, style: str = "", number: str = "", level: int = 0, mark: str = "") -> str:
    """A paragraph of runs, or of plain texts."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    properties += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>' if number else ""
    inner = "".join(one if one.startswith("<") else run(one) for one in runs)
    return f"<w:p><w:pPr>{properties}<w:rPr>{mark}</w:rPr></w:pPr>{inner}</w:p>"


def table(*rows: list[str]) -> str:
    """A table; a cell is a text or paragraphs."""
    cells = [["".join(f"<w:tc><w:tcPr/>{cell if cell.startswith('<') else p(cell)}</w:tc>" for cell in row)] for row in rows]
    return f"<w:tbl><w:tblPr/>{''.join(f'<w:tr>{row[0]}</w:tr>' for row in cells)}</w:tbl>"


def numbering(*forms: tuple[str, str], restarts: int = 1) -> str:
    """Numberings of which the first list has these levels; further ones begin it anew."""
    levels = "".join(
        f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>' for place, (form, text) in enumerate(forms))
    numbers = "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="7"/>'
        + ('<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>' if number > 1 else "") + "</w:num>" for number in range(1, restarts + 1))
    return f'<w:numbering {_NAMES}><w:abstractNum w:abstractNumId="7">{levels}</w:abstractNum>{numbers}</w:numbering>'


def styles(inner: str) -> str:
    return f"<w:styles {_NAMES}>{inner}</w:styles>"


def document(*paragraphs: str, **parts: str) -> io.BytesIO:
    """A document of these paragraphs, with further parts by name: styles="…", numbering="…"."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        body = "".join(one if one.startswith("<") else p(one) for one in paragraphs)
        archive.writestr("word/document.xml", f'<?xml version="1.0" encoding="UTF-8"?><w:document {_NAMES}><w:body>{body}<w:sectPr/></w:body></w:document>')
        for name, text in parts.items():
            archive.writestr(f"word/{name}.xml", text)
    return out
