"""Several PDFs laid into one, to print: what they say of themselves beyond their pages stays behind."""

import io
from collections.abc import Iterable

import pypdfium2

from certificates.typesetting.reading import PDFIUM


def merged(parts: Iterable[bytes]) -> bytes:
    """Lay the pages of several PDFs into one, in their order; a single one stays byte for byte what it is."""
    found = list(parts)
    if len(found) == 1:
        return found[0]
    with PDFIUM:
        whole = pypdfium2.PdfDocument.new()
        for part in found:
            source = pypdfium2.PdfDocument(part)
            whole.import_pages(source)
            source.close()
        written = io.BytesIO()
        whole.save(written)
        whole.close()
    return written.getvalue()
