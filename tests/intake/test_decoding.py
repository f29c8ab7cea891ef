"""Files of every encoding that trainers have; what is no text, or only looks Vietnamese, is refused with a word."""

import io
import random
import tracemalloc
import unicodedata
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.decoding import open_text
from intake.errors import UnreadableFile
from tests.vietnamese.test_encodings import TCVN3, UNICODE, VNI

LINES = f"Câu 1: «Tổ chức» nào đại diện?\nA. Công đoàn® µ\nB. {UNICODE}\n"


def as_1258(text: str) -> bytes:
    """Write in windows-1258 as Windows does: letters with hats and hooks whole, tones as marks behind them."""
    out = b""
    for letter in unicodedata.normalize("NFC", text):
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            base, *marks = unicodedata.normalize("NFD", letter)
            tone = next(mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323")
            out += unicodedata.normalize("NFC", base + "".join(mark for mark in marks if mark != tone)).encode("cp1258") + tone.encode("cp1258")
    return out


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        open_text(io.BytesIO(data)).read()
    assert str(caught.value)
    return caught.value.code


@pytest.mark.parametrize("encode", [
    str.encode, lambda text: text.encode("utf-8-sig"), lambda text: text.encode("utf-16"), lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    lambda text: text.encode("utf-16-le"), lambda text: text.encode("utf-16-be"), lambda text: as_1258(text),
], ids=["utf-8", "utf-8 with mark", "utf-16", "utf-16 big", "utf-16 little bare", "utf-16 big bare", "windows-1258"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_text_is_read_when_it_is_vietnamese(encode, ending):
    assert open_text(io.BytesIO(encode(LINES.replace("\n", ending)))).read() == LINES


def test_text_is_read_line_by_line_and_the_file_stays_open():
    file = io.BytesIO(LINES.encode())
    file.seek(7)
    text = open_text(file)
    assert next(text) == "Câu 1: «Tổ chức» nào đại diện?\n"
    text.close()
    del text
    assert not file.closed
    assert list(open_text(file)) == LINES.splitlines(keepends=True)


@pytest.mark.parametrize("text", ["", "x", "Plain question {=one}\n", "“Union” – it’s fine\n", "Où est l'été? C'est là.\n", "España, mañana\n"])
def test_text_is_read_when_it_is_western(text):
    assert open_text(io.BytesIO(text.encode())).read() == text
    assert open_text(io.BytesIO(text.encode("cp1252"))).read() == text


@pytest.mark.parametrize(("text", "code"), [(TCVN3, "tcvn3"), (VNI, "vni")])
def test_text_is_refused_when_it_is_typed_in_an_old_font(text, code):
    assert refusal(text.encode("latin-1")) == code
    assert refusal(text.encode()) == code
    assert refusal(text.encode("utf-16")) == code
    assert refusal(b"Plain words first. " * 20_000 + text.encode("latin-1")) == code
    assert refusal(b"Plain words first. " * 20_000 + text.encode()) == code


@pytest.mark.parametrize("text", [TCVN3, VNI])
def test_text_is_read_when_few_of_its_words_are_old(text):
    assert open_text(io.BytesIO((UNICODE * 20 + text).encode())).read().endswith(text)


def test_windows_1258_is_composed_when_letter_and_mark_stand_in_different_pieces():
    text = "".join("x" * (number % 7) + " tổ chức công đoàn " for number in range(5_000))
    assert open_text(io.BytesIO(as_1258(text))).read() == text


@pytest.mark.parametrize("data", [
    b"%PDF-1.7\n1 0 obj", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, b"{\\rtf1\\ansi C\\'e2u}", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0",
    b"GIF89a", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"text\0text", b"\0" * 100, b"\xff\xfe\0\0", "a\0b".encode("utf-16"),
])
def test_file_is_refused_when_it_is_no_text(data):
    assert refusal(data) == "binary"


@pytest.mark.parametrize(("name", "kind"), [("word/document.xml", ".docx"), ("xl/workbook.xml", ".xlsx"), ("a.txt", "zip")])
def test_file_is_named_when_it_is_an_office_document(name, kind):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(name, "<w/>")
    with pytest.raises(UnreadableFile, match=kind) as caught:
        open_text(out)
    assert caught.value.code == "binary"


@pytest.mark.parametrize("data", [
    random.Random(4).randbytes(5000).replace(b"\0", b""), "日本語のテキスト".encode("shift-jis") * 20, "中文文本".encode("gbk") * 20, b"\xff\xfea\0b",
    "\ufeffab".encode("utf-16-be") + b"\xd8\0", b"\xcc" * 70_000, b"Caf\x81\x8d\x90",
])
def test_file_is_refused_when_nobody_could_read_it(data):
    assert refusal(data) == "encoding"


def test_file_is_refused_with_its_line_when_one_letter_is_broken():
    with pytest.raises(UnreadableFile) as caught:
        open_text(io.BytesIO(b"one\n\n" + UNICODE.encode() + b"\n\xe1\xba\nlast"))
    assert (caught.value.code, caught.value.line) == ("encoding", 4)


def test_memory_is_bounded_when_the_file_is_large():
    file = io.BytesIO(as_1258(f"{UNICODE}\r\n") * 20_000)
    tracemalloc.start()
    text = open_text(file)
    assert sum(1 for _line in text) == 20_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * 1024 * 1024


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"])))
def test_any_text_is_read_unchanged_when_it_is_marked_utf_8(text):
    try:
        assert open_text(io.BytesIO(text.encode("utf-8-sig"))).read() == text
    except UnreadableFile as error:
        assert error.code in {"tcvn3", "vni"}


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_raise_nothing_but_the_own_error(data):
    try:
        open_text(io.BytesIO(data)).read()
    except UnreadableFile as error:
        assert error.code in {"encoding", "binary", "tcvn3", "vni"}
