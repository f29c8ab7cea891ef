"""The text of an uploaded file, whatever Vietnamese encoding it came in; old fonts that only look Vietnamese are refused with a word."""

import io
from typing import BinaryIO

from django.utils.translation import gettext as _

from quizzes.interchange.items import InterchangeError


def open_text(file: BinaryIO) -> io.TextIOBase:
    """Open a file as text, NFC or not as it is, every line ending in "\\n". The file stays open when the text is let go of.

    :raises InterchangeError: when it is no text, or written with an old font (TCVN3, VNI).
    """
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = file.read().decode(encoding)
    except UnicodeDecodeError as error:
        raise InterchangeError(_("This file is not written in Unicode. Save it as UTF-8 and try again."), code="encoding") from error
    return io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"))
