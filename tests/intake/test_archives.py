"""Zip archives from strangers: bombs, lies and names that lead outside are refused before anything is unpacked."""

import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.archives import open_archive, open_member
from intake.errors import UnreadableFile

MB = 1024 * 1024


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytearray:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return bytearray(out.getvalue())


def content_of(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    with open_member(archive, name, most) as member:
        return member.read()


def refusal(data: bytes, *, read: str = "", **limits) -> str:
    with pytest.raises(UnreadableFile) as caught:
        archive = open_archive(io.BytesIO(data), **{"most_bytes": MB, **limits})
        content_of(archive, read, MB)
    assert str(caught.value)
    return caught.value.code


def directory_of(data: bytes) -> int:
    return data.index(b"PK\x01\x02")


def test_archive_gives_its_files_when_it_is_honest():
    data = packed({"a.txt": b"xin", "b/c.xml": b"ch\xc3\xa0o" * 1000, "leer/": b""})
    file = io.BytesIO(data)
    archive = open_archive(file, most_bytes=MB)
    assert archive.namelist() == ["a.txt", "b/c.xml", "leer/"]
    assert content_of(archive, "a.txt", 3) == b"xin"
    with open_member(archive, "b/c.xml", MB) as member:
        assert member.read(4) == b"ch\xc3\xa0"
        assert len(member.read()) == 4996
    archive.close()
    assert not file.closed


@pytest.mark.parametrize("data", [b"", b"PK", b"Question one\nA. a", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, b"PK\x05\x06" + b"\xff" * 18])
def test_archive_is_refused_when_it_is_none(data):
    assert refusal(data) == "zip"


def test_archive_is_refused_when_it_is_cut_short():
    data = packed({"a.txt": bytes(range(256)) * 50})
    for length in range(0, len(data), 7):
        assert refusal(data[:length], read="a.txt").startswith("zip")


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/etc/passwd", "\\server\\a", "C:\\a", "c:a", "a\\..\\b", "..", "a\0b"])
def test_archive_is_refused_when_a_name_leads_outside(name):
    data = packed({"x" * len(name): b"1"})
    assert refusal(data.replace(b"x" * len(name), name.encode())) == "zip_name"


def test_archive_is_taken_when_names_only_look_alike():
    names = ["a..b", "…/x", "a/...", "ảnh/1.png", "ab:c"]
    assert open_archive(io.BytesIO(packed(dict.fromkeys(names, b"1"))), most_bytes=MB).namelist() == names


def test_archive_is_refused_when_it_holds_too_many_files():
    data = packed({f"{number}": b"" for number in range(41)})
    assert refusal(data, most_files=40) == "zip_files"
    assert len(open_archive(io.BytesIO(data), most_bytes=MB, most_files=41).namelist()) == 41


def test_archive_is_refused_when_it_says_it_is_too_large():
    data = packed({"a": b"\0" * MB, "b": b"1"})
    assert len(data) < 3000
    assert refusal(data) == "zip_size"
    archive = open_archive(io.BytesIO(data), most_bytes=2 * MB)
    with pytest.raises(UnreadableFile) as caught:
        content_of(archive, "a", MB - 1)
    assert caught.value.code == "zip_size"


def test_archive_is_bounded_when_its_sizes_lie():
    """The directory and the header say ten bytes; sixteen megabytes would come out."""
    data = packed({"a": b"\0" * 16 * MB})
    at = directory_of(data)
    data[at + 24:at + 28] = struct.pack("<I", 10)
    data[22:26] = struct.pack("<I", 10)
    assert refusal(data, read="a") == "zip_damaged"


def test_archive_is_refused_when_it_wants_a_password():
    data = packed({"a": b"1"})
    data[directory_of(data) + 8] |= 1
    assert refusal(data) == "zip_encrypted"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_archive_is_refused_when_it_is_packed_in_an_unusual_way(method):
    assert refusal(packed({"a": b"1" * 100}, method)) == "zip_method"


def test_archive_is_refused_when_entries_share_their_bytes():
    data = packed({"a": b"1" * 5000, "b": b"2" * 5000})
    second = data.index(b"PK\x01\x02", directory_of(data) + 1)
    data[second + 42:second + 46] = struct.pack("<I", 0)
    assert refusal(data) == "zip_overlap"


def test_archive_is_refused_when_an_entry_reaches_into_the_directory():
    data = packed({"a": b"1"}, zipfile.ZIP_STORED)
    at = directory_of(data)
    data[at + 20:at + 28] = struct.pack("<II", 50, 50)
    assert refusal(data) == "zip_overlap"


def test_member_is_refused_when_it_is_missing_or_damaged():
    data = packed({"a": b"hello" * 100}, zipfile.ZIP_STORED)
    assert refusal(data, read="b") == "zip_missing"
    data[40] ^= 0xFF
    assert refusal(data, read="a") == "zip_damaged"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_archive_raises_nothing_but_its_own_error_when_bytes_are_changed(data):
    file = packed({"a.xml": b"<a>" * 30, "b/c": b"x"})
    for _change in range(data.draw(st.integers(1, 6))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    try:
        archive = open_archive(io.BytesIO(file), most_bytes=MB)
        for name in archive.namelist():
            content_of(archive, name, MB)
    except UnreadableFile as error:
        assert str(error)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_archive_raises_nothing_but_its_own_error_when_bytes_are_any(data):
    assert refusal(data).startswith("zip")
