"""Files from strangers through every reader that there is: each is read or refused in words, in good time, and nothing outside is touched."""

import contextlib
import io
import struct
import time
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts import codes as slip_codes
from accounts.forms.fields import BirthDateField, FullNameField, PhoneField
from certificates import codes as paper_codes
from certificates import payload
from cms.ranges import span_of
from cms.sanitise import plain_text
from cms.uploads import content_matches
from intake.days import read_birth, read_day
from intake.errors import UnreadableFile
from intake.tables import tables_of
from quizzes import codes as contest_codes
from quizzes.interchange.formats import FORMATS, guess
from vietnamese import names, phones
from vietnamese.text import clean, fold, search_key

pytestmark = pytest.mark.same_everywhere

MB = 1024 * 1024
SECONDS = 5
QUICK = settings(max_examples=25, deadline=None, derandomize=True, database=None)


def rows_in(file) -> list:
    return [row for table in tables_of(file) for row in table.rows()]


def items_in(name: str):
    return lambda file: list(FORMATS[name].read(file))


READERS = {name: items_in(name) for name in FORMATS} | {"list": rows_in}


def archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return out.getvalue()


TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(sheet: bytes = b"", texts: bytes = b"", **more: bytes) -> bytes:
    relations = "".join(
        f'<Relationship Id="r{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate([("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")], 1))
    return archive({
        "[Content_Types].xml": TYPES,
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relations}</Relationships>'.encode(),
        "xl/worksheets/sheet1.xml": sheet or f'<worksheet xmlns="{_MAIN}"><sheetData/></worksheet>'.encode(),
        "xl/sharedStrings.xml": texts or f'<sst xmlns="{_MAIN}"/>'.encode(), **more})


def cells(*texts: str) -> bytes:
    row = "".join(f'<c r="A{at}" t="s"><v>{text}</v></c>' for at, text in enumerate(texts, 1))
    return f'<worksheet xmlns="{_MAIN}"><sheetData><row r="1">{row}</row></sheetData></worksheet>'.encode()


def lying(data: bytes) -> bytes:
    """The directory says that what comes out is small."""
    changed = bytearray(data)
    at = changed.index(b"PK\x01\x02")
    changed[at + 24:at + 28] = struct.pack("<I", 10)
    return bytes(changed)


LAUGHS = b"<!DOCTYPE x [" + b'<!ENTITY a0 "haha">' + b"".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">'.encode() for n in range(1, 10)) + b"]>"
OUTSIDE = b'<!DOCTYPE x [<!ENTITY o SYSTEM "file:///etc/passwd"><!ENTITY h SYSTEM "http://127.0.0.1:1/">]>'
DEEP = b"<p>" * 20_000 + b"</p>" * 20_000
ZEROS = b"\0" * (40 * MB)


def _hostile() -> dict[str, bytes]:
    quiz, sheet = b"<quiz><question type='essay'><name><text>%s</text></name></question></quiz>", b"<worksheet>%s</worksheet>"
    document = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>%s</w:body></w:document>'
    found = {
        "empty": b"", "one byte": b"P", "only a mark": b"PK\x03\x04", "only an end": b"PK\x05\x06" + b"\0" * 18, "old office": b"\xd0\xcf\x11\xe0" + b"\0" * 4000,
        "zeros": b"\0" * 100_000, "ones": b"\xff" * 100_000, "one long line": b"a" * (2 * MB), "many lines": b"\n" * 100_000, "commas": b"," * 500_000,
        "quotes": b'"' * 500_001, "braces": b"{" * 200_000, "backslashes": b"\\" * 200_001, "equals": b"::x::y {=" + b"~%50%" * 50_000, "brackets": b"<" * 300_000,
        "entities": LAUGHS + quiz % b"&a9;", "outside": OUTSIDE + quiz % b"&o;&h;", "deep": b"<quiz>" + DEEP + b"</quiz>", "half": b"<quiz><question",
        "attributes": b"<quiz " + b" ".join(f'a{n}="1"'.encode() for n in range(20_000)) + b"/>", "long name": b"<" + b"a" * 500_000 + b"/>",
        "utf-7": b'<?xml version="1.0" encoding="utf-7"?><quiz>+ADw-x+AD4-</quiz>', "utf-32": "<quiz/>".encode("utf-32"), "comment": b"<quiz><!--" + b"-" * 300_000,
        "bomb by ratio": archive({"xl/workbook.xml": ZEROS, "word/document.xml": b"", "imsmanifest.xml": b""}),
        "bomb that lies": lying(archive({"xl/workbook.xml": ZEROS, "word/document.xml": ZEROS[:MB], "imsmanifest.xml": ZEROS[:MB]})),
        "bomb by count": archive({f"x{number}": b"" for number in range(31_000)}),
        "nested": archive({"a.zip": archive({"b.zip": archive({"c.zip": b"x"})}), "imsmanifest.xml": b"<manifest/>"}),
        "upwards": archive({"../../evil.txt": b"x", "imsmanifest.xml": b"<manifest/>"}), "absolute": archive({"/etc/evil": b"x", "xl/workbook.xml": b"<x/>"}),
        "workbook of laughs": workbook(LAUGHS + sheet % b"&a9;"), "workbook asks outside": workbook(OUTSIDE + sheet % b"&o;"),
        "texts of laughs": workbook(cells("0"), LAUGHS + b"<sst><si><t>&a9;</t></si></sst>"), "deep workbook": workbook(sheet % DEEP),
        "texts bomb": workbook(cells(*["0"] * 3), f'<sst xmlns="{_MAIN}"><si><t>'.encode() + b"x" * (30 * MB) + b"</t></si></sst>"),
        "no such text": workbook(cells("-1", "99999999999", "NaN", "1e999", "x")),
        "far cells": workbook(f'<worksheet xmlns="{_MAIN}"><sheetData><row r="999999999"><c r="ZZZZZZZ999999999"><v>1</v></c></row></sheetData></worksheet>'.encode()),
        "leads outside": workbook(**{"xl/_rels/workbook.xml.rels": b'<Relationships><Relationship Id="r1" Target="../../../etc/passwd" Type="x"/></Relationships>'}),
        "document of laughs": archive({"[Content_Types].xml": TYPES, "word/document.xml": LAUGHS + document % b"&a9;"}),
        "deep document": archive({"[Content_Types].xml": TYPES, "word/document.xml": document % (b"<w:p>" * 9000 + b"</w:p>" * 9000)}),
        "package of laughs": archive({"imsmanifest.xml": LAUGHS + b"<manifest>&a9;</manifest>"}),
        "package asks outside": archive({"imsmanifest.xml": b'<manifest><resources><resource type="imsqti_item_xmlv3p0" href="file:///etc/passwd"/>'
                                                            b'<resource type="imsqti_item_xmlv3p0" href="http://127.0.0.1:1/x"/></resources></manifest>'}),
    }
    link = zipfile.ZipInfo("imsmanifest.xml")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(link, "/etc/passwd")
    found["symbolic link"] = out.getvalue()
    whole = workbook(cells("0"))
    return found | {f"cut at {part}/7": whole[:len(whole) * part // 7] for part in range(1, 7)}


@pytest.fixture(scope="module")
def hostile() -> dict[str, bytes]:
    return _hostile()


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_refuses_or_reads_what_is_hostile_in_good_time(reader, hostile, monkeypatch):
    monkeypatch.setattr("socket.create_connection", lambda *given, **named: pytest.fail("a file made the server ask somebody"))
    faults = {}
    for name, data in hostile.items():
        start = time.process_time()
        try:
            said = repr(READERS[reader](io.BytesIO(data)))[:100_000]
        except UnreadableFile as refused:
            said = str(refused)
            assert said, name
        except Exception as error:  # whatever else comes out is what we look for
            faults[name] = repr(error)[:200]
            continue
        if "root:" in said or "hahahaha" in said:
            faults[name] = "told what it must not"
        if time.process_time() - start > SECONDS:
            faults[name] = f"took {time.process_time() - start:.1f} seconds"
    assert faults == {}


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_keeps_its_word_with_any_bytes(reader):
    @QUICK
    @given(st.binary(max_size=400) | st.text(alphabet="<>/&;:{}=~%\\\"' \n,;Câu 1.ABĐáp ánANSWER", max_size=200).map(str.encode))
    def reads(data):
        try:
            READERS[reader](io.BytesIO(data))
        except UnreadableFile as refused:
            assert str(refused)

    reads()


@QUICK
@given(st.text(max_size=120))
def test_what_people_type_is_read_or_refused(text):
    """Codes, names, days and numbers: plain functions that must take anything."""
    for read in (
        slip_codes.normalise, slip_codes.understood, paper_codes.code_in, paper_codes.is_well_formed, contest_codes.normalise, clean, fold, search_key,
        names.sort_key, names.given_name, plain_text,
    ):
        read(text)
    slip_codes.is_well_formed(text, (12,))
    read_day(text, date(2026, 11, 22))
    read_birth(text, date(2026, 11, 22))
    with contextlib.suppress(phones.InvalidPhone):
        phones.to_e164(text)
    for field in (FullNameField(required=False), PhoneField(required=False), BirthDateField(required=False)):
        try:
            field.clean(text)
        except Exception as error:
            assert type(error).__name__ == "ValidationError"


@QUICK
@given(st.text(alphabet="0123456789", max_size=400) | st.text(max_size=60))
def test_a_scanned_payload_is_read_or_refused(digits):
    with pytest.raises(payload.BadPayload):
        payload.read(digits, code="ABCD-EFGH-JKLM", public_key=payload.signing_key().public_key())


@QUICK
@given(st.binary(max_size=200), st.sampled_from(["pdf", "docx", "xlsx", "zip", "png", "mp4", "webm", "vtt", "txt", "csv", "ods", "exe", ""]))
def test_any_upload_is_compared_with_its_name(data, extension):
    assert content_matches(io.BytesIO(data), extension) in (True, False)
    assert isinstance(guess(f"x.{extension}", data), str)


@QUICK
@given(st.text(alphabet="bytes=-0123456789, ", max_size=40), st.integers(0, 10**12))
def test_any_range_lies_within_the_file(header, size):
    span = span_of(header, size)
    assert span is None or 0 <= span[0] <= span[1] < size


def test_names_of_files_are_never_paths(tmp_path):
    """What an archive calls its files is never where anything is written: nothing new lies beside the working folder."""
    for reader in ("qti", "xlsx", "text"):
        with contextlib.suppress(UnreadableFile):
            READERS[reader](io.BytesIO(archive({f"{'../' * 9}{tmp_path}/evil": b"x", "imsmanifest.xml": b"<manifest/>"})))
    assert list(tmp_path.iterdir()) == []
