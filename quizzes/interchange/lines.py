"""The lines of an uploaded text, counted as a person counts them; no line, however long, fills the memory."""

from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from intake.decoding import open_text
from intake.errors import UnreadableFile

# Characters of one line. Longer only with pictures inside the text, which are bounded too.
MAX_LINE = 8 * 1024 * 1024
# Several times as many as the largest bank fills; a file of nothing but line ends would keep a worker busy for minutes.
MAX_LINES = 2_000_000


def lines_of(file: BinaryIO) -> Iterator[tuple[int, str]]:
    """Give the lines of a file one by one, each with its number from 1, without its end; of a line beyond MAX_LINE one character more than that.

    :raises UnreadableFile: when it is no text, or has too many lines.
    """
    text, number = open_text(file), 0
    try:
        while line := text.readline(MAX_LINE + 1):
            number += 1
            if number > MAX_LINES:
                raise UnreadableFile(_("This file has too many lines. Divide it into several."), code="too_long", line=number)
            rest = line
            while rest and rest[-1] != "\n":
                rest = text.readline(MAX_LINE)
            yield number, line.removesuffix("\n")
    except UnicodeError as error:
        raise UnreadableFile(_("This file is damaged: a part of it is no text."), code="encoding", line=number + 1) from error
