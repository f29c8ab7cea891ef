"""Questions as trainers keep them in Word: "Câu 1: … A. … B. … Đáp án: B". Read from text files and Word documents; not written.

Its lines are gone through twice: once for how it counts its questions and for answers that stand together at its end, once for the
questions. So nothing but the key is kept in memory.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO

from django.utils.translation import gettext as _

from intake.decoding import legacy_reason
from intake.errors import UnreadableFile
from quizzes.interchange.docx import document_lines
from quizzes.interchange.items import Item, Refused
from quizzes.interchange.plain.blocks import QUESTION, Cutting
from quizzes.interchange.plain.key import Key, marked
from quizzes.interchange.plain.lines import Kept, Line, text_lines
from quizzes.interchange.plain.question import Making
from vietnamese.encodings import counted, words_of

# So many words tell whether a document is typed in an old font.
_WORDS = 5_000
_ZIP = b"PK\x03\x04"


def read(file: BinaryIO) -> Iterator[Item | Refused]:
    """Read the questions of a text file or a Word document, one by one.

    :raises UnreadableFile: when it is neither, typed in an old font, or no question begins in it.
    """
    file.seek(0)
    is_document = file.read(4) == _ZIP
    kept = Kept()
    by_word, key = _habits(kept.keep((document_lines if is_document else text_lines)(file)))
    making = Making(_paragraph if is_document else _line)
    count = 0
    for block in Cutting(by_word=by_word).blocks(marked(kept.lines())):
        count += 1
        yield making.item(block, key.find(block.part, block.number))
    if not count:
        raise UnreadableFile(_("No question was found in this file. Questions begin with “Câu 1:” or “1.”."), code="no_questions")


def _habits(lines: Iterable[Line]) -> tuple[bool, Key]:
    """Return whether questions begin with a word, "Câu 1", and what is said of answers apart from them."""
    by_word, key, words = False, Key(), []
    for one in marked(lines):
        if one.is_key:
            for entry in one.entries:
                key.add(entry)
            if one.words:
                key.go_on(one.words)
            continue
        by_word = by_word or bool(QUESTION.match(one.line.text))
        if len(words) < _WORDS:
            words += islice(words_of(one.line.text), _WORDS - len(words))
    if font := counted(words).font():
        raise UnreadableFile(legacy_reason(font), code=font.lower())
    return by_word, key


def _line(number: int) -> str:
    return _("line %(number)s") % {"number": number}


def _paragraph(number: int) -> str:
    return _("paragraph %(number)s") % {"number": number}
