"""From a design and the words of a snapshot to lines, rules and pictures at their places. Plain Python, without a database.

Keeps true: the same design and words give the same page; no line leaves its box, however long the name. A page that was printed must
come out the same in ten years, so what this package answers for engine 1 does not change: another way of laying out is another engine.
"""

from certificates.layout.checking import Problem, problems_of
from certificates.layout.faces import FACES, UnprintableLetter
from certificates.layout.fields import FIELDS
from certificates.layout.pages import ENGINE, SIZES, lay_out
from certificates.layout.qr import drawing_of_qr

__all__ = ["ENGINE", "FACES", "FIELDS", "SIZES", "Problem", "UnprintableLetter", "drawing_of_qr", "lay_out", "problems_of"]
