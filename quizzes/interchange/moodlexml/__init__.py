"""Moodle XML, as Moodle 3 and 4 write it and read it. The questions stand one after another, each in the category named before it."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from intake.errors import UnreadableFile
from intake.safe_xml import cdata, elements
from intake.xml_encoding import PIECE
from quizzes.interchange.items import Item, Leave, Refused
from quizzes.interchange.moodle import read_path, say_path
from quizzes.interchange.moodlexml.reading import read_question
from quizzes.interchange.moodlexml.texts import LONGEST_FILE, said_in
from quizzes.interchange.moodlexml.writing import written

_FILES = {"file": LONGEST_FILE, "image_base64": LONGEST_FILE}


def read(file: BinaryIO) -> Iterator[Item | Refused]:
    """Read each question of a file, with the line it begins in. Points, penalties, names, shuffling and numbering have no place here.

    :raises UnreadableFile: when it is no XML, or not Moodle's.
    """
    category: tuple[str, ...] = ()
    count = 0
    for question, line in elements(file, {"question"}, cut_longer=_FILES):
        count += 1
        if question.get("type", "").strip().lower() == "category":
            category = read_path(_category_in(question))
        else:
            yield read_question(question, line, category)
    if not count and not _is_quiz(file):
        raise UnreadableFile(_("There are no questions of Moodle in this file. In Moodle, export as “Moodle XML format”."), code="no-questions")


def write(items: Iterable[Item], out: BinaryIO, leave: Leave) -> None:
    """Write questions so that Moodle takes them in and `read` gives the same ones back."""
    out.write(b'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n')
    category: tuple[str, ...] = ()
    for item in items:
        text = written(item, leave)
        if not text:
            continue
        if item.category != category:
            category = item.category
            out.write(_category(category).encode())
        out.write(text.encode())
    out.write(b"</quiz>\n")


def _category(names: tuple[str, ...]) -> str:
    return (
        '  <question type="category">\n    <category>\n'
        f"      <text>{cdata(say_path(names))}</text>\n"
        '    </category>\n    <info format="html">\n      <text></text>\n    </info>\n    <idnumber></idnumber>\n  </question>\n\n'
    )


def _category_in(question: Element) -> str:
    return said_in(question.find("category"))


def _is_quiz(file: BinaryIO) -> bool:
    file.seek(0)
    return b"<quiz" in file.read(PIECE).replace(b"\x00", b"")
