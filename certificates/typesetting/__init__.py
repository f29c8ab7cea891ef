"""From a snapshot to a PDF, and from a PDF to a picture.

Keeps true: the same snapshot, version of the design and day of issue give the same bytes, so a hash can be computed again; fonts come
from their packages and from nowhere else.
"""

from certificates.typesetting.compilers import document, let_go
from certificates.typesetting.first import DESIGN, qr_svg, typeset
from certificates.typesetting.merging import merged
from certificates.typesetting.papers import papers_of, typeset_paper, typeset_papers
from certificates.typesetting.pictures import picture_name
from certificates.typesetting.reading import picture_of, text_of
from certificates.typesetting.words import printed, words_of

__all__ = [
    "DESIGN", "document", "let_go", "merged", "papers_of", "picture_name", "picture_of", "printed", "qr_svg", "text_of", "typeset", "typeset_paper", "typeset_papers",
    "words_of",
]
