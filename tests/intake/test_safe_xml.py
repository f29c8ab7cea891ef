import io
import time
import tracemalloc

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from intake import safe_xml
from intake.errors import UnreadableFile
from intake.safe_xml import CUT, cdata, clean, elements, escaped, quoted


def read(data: str | bytes, *names: str, **choices):
    data = data.encode() if isinstance(data, str) else data
    return list(elements(io.BytesIO(data), names or ("q",), **choices))


def refused(data: str | bytes, **choices) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught, translation.override("en"):
        read(data, **choices)
    assert str(caught.value)
    return caught.value


def attributes(count: int) -> str:
    return " ".join(f"a{n}='1'" for n in range(count))


def test_elements_come_whole_with_their_line_when_names_match():
    found = read('<?xml version="1.0"?>\n<all>\n <q a="1"><t>một\nhai</t></q><x/>\n <q/></all>')
    assert [(one.tag, line) for one, line in found] == [("q", 3), ("q", 5)]
    assert found[0][0].attrib == {"a": "1"}
    assert found[0][0].findtext("t") == "một\nhai"


def test_elements_are_the_outermost_when_they_nest():
    ((outer, line),) = read("<q><q>in</q></q>")
    assert line == 1
    assert outer.findtext("q") == "in"


def test_elements_have_local_names_when_namespaces_are_stripped():
    data = '<a:all xmlns:a="urn:x" xmlns="urn:y"><a:q xml:lang="vi" a:id="1" id="2"><t/></a:q></a:all>'
    ((one, _line),) = read(data)
    assert one.tag == "q"
    assert one.attrib == {"lang": "vi", "id": "2"}
    assert one[0].tag == "t"
    ((full, _line),) = read(data, strip_namespaces=False)
    assert full.tag == "{urn:x}q"
    assert full[0].tag == "{urn:y}t"
    assert full.get("{http://www.w3.org/XML/1998/namespace}lang") == "vi"


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-8", "UTF-16"),
        ("utf-16", ""),
        ("utf-16", "utf-8"),
        ("utf-16-le", "utf-16"),
        ("utf-16-be", "utf-16"),
        ("utf-32", ""),
    ],
)
def test_elements_are_read_when_written_in_unicode(encoding, declared):
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    ((one, _line),) = read(f"{head}<q>Công đoàn 😀</q>".encode(encoding))
    assert one.text == "Công đoàn 😀"


def test_elements_are_read_when_a_legacy_encoding_is_declared():
    ((one, _line),) = read(b'<?xml version="1.0" encoding="windows-1258"?>\n<q>' + "Công đo\u00e0n".encode("cp1258") + b"</q>")
    assert one.text == "Công đo\u00e0n"
    ((one, _line),) = read('<?xml version="1.0" encoding="GBK"?><q>工会</q>'.encode("gbk"))
    assert one.text == "工会"


def test_file_is_refused_with_a_word_when_its_encoding_is_not_known():
    legacy = refused(b"<a>\n<q>" + "Công đoàn".encode("cp1258") + b"</q></a>")
    assert (legacy.code, legacy.line) == ("encoding", 2)
    assert "UTF-8" in str(legacy)
    for name in ("utf-7", "zlib", "rot13", "idna", "unicode_escape", "x-user", "iso-8859-99", "mbcs"):
        assert refused(f'<?xml version="1.0" encoding="{name}"?><q/>').code == "encoding", name
    assert refused('<?xml version="1.0" encoding="utf-8"?><q>đ</q>'.encode("utf-16-le")[1:]).code in ("encoding", "not-xml")
    assert refused("<q>đ</q>".encode("utf-16")[:-1]).code == "encoding"


def test_blank_lines_before_the_declaration_do_no_harm_and_are_counted():
    assert [line for _one, line in read('\n\n<?xml version="1.1"?><q/>')] == [3]


def test_characters_that_xml_cannot_hold_are_left_out_when_they_stand_in_a_file():
    ((one, _line),) = read(b"<q>a\x0bb\x00c\x1f</q>")
    assert one.text == "abc"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"\x00" * 100, "empty"),
        (b"hello", "not-xml"),
        (b"PK\x03\x04 a zip", "not-xml"),
        (b"{}", "not-xml"),
        (b"<a><q></a>", "not-xml"),
        (b"<a><q/></a><b/>", "not-xml"),
        (b"<q>&nbsp;</q>", "not-xml"),
        (b"<q>&#0;</q>", "not-xml"),
        (b"<a><q/>", "truncated"),
        (b"<a><q", "truncated"),
        (b"<a><q><![CDATA[abc", "truncated"),
        (b"<a><!-- abc", "truncated"),
        (b"<!DOCTYPE html><html><q/></html>", "declaration"),
        (b'<!DOCTYPE q SYSTEM "http://127.0.0.1:1/x.dtd"><q/>', "declaration"),
        (b'<!DOCTYPE q [<!ENTITY a SYSTEM "file:///etc/passwd">]><q>&a;</q>', "declaration"),
        (b'<!DOCTYPE q [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]><q/>', "declaration"),
    ],
)
def test_file_is_refused_when_it_is_no_plain_xml(data, code):
    assert refused(data).code == code


def test_billion_laughs_is_refused_before_it_grows():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 30))
    assert refused(f'<!DOCTYPE q [<!ENTITY l0 "ha">{laughs}]><q>&l29;</q>').code == "declaration"
    assert refused(f'<!DOCTYPE q [<!ENTITY a "{"x" * 100_000}">]><q>{"&a;" * 100_000}</q>').code == "declaration"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("<a>" * 1_000_000, "too-deep"),
        ("<q>" * 61, "too-deep"),
        (f"<q {attributes(201)}/>", "too-large"),
        (f"<q {attributes(300_000)}/>", "too-large"),
        (f"<q>{'<b/>' * 20_001}</q>", "too-large"),
        (f"<a>{''.join(f'<b{n}/>' for n in range(6_000))}</a>", "too-large"),
        (f"<q a='{'x' * 6_000_000}'/>", "too-large"),
        (f"<a><!--{'x' * 6_000_000}--></a>", "too-large"),
        (f"<a {' ' * 6_000_000}/>", "too-large"),
        (f"<{'a' * 6_000_000}/>", "too-large"),
    ],
    ids=["deep", "depth", "attributes", "many-attributes", "elements", "names", "value", "comment", "blanks", "name"],
)
def test_file_is_refused_in_bounded_time_when_it_holds_too_much(data, code):
    begun = time.perf_counter()
    assert refused(data).code == code
    assert time.perf_counter() - begun < 5


def test_depth_is_counted_from_the_root():
    assert len(read("<a>" * 9 + "<q/>" + "</a>" * 9, most_depth=10)) == 1
    assert refused("<a>" * 10 + "<q/>" + "</a>" * 10, most_depth=10).code == "too-deep"


def test_text_of_one_element_is_bounded(monkeypatch):
    monkeypatch.setattr(safe_xml, "MAX_ELEMENT_TEXT", 1000)
    assert refused(f"<q>{'<b>xxxxx</b>' * 201}</q>").code == "too-large"
    assert len(read(f"<a>{'<q>xxxxx</q>' * 500}</a>")) == 500


def test_text_is_let_go_of_when_an_element_may_be_cut():
    data = f"<q><file>{'x' * 200_000}</file>tail<file>{'y' * 10}</file></q>"
    ((one, _line),) = read(data, cut_longer={"file": 100_000})
    long, short = one
    assert (long.text, long.get(CUT), long.tail) == (None, "200000", "tail")
    assert (short.text, short.get(CUT)) == ("y" * 10, None)


def test_text_is_let_go_of_when_all_that_may_be_cut_is_too_much(monkeypatch):
    monkeypatch.setattr(safe_xml, "MAX_ELEMENT_TEXT", 1000)
    files = ("<file>" + "x" * 400 + "</file>") * 9
    ((one, _line),) = read(f"<q>{files}<t>{'y' * 100}</t></q>", cut_longer={"file": 500})
    assert [bool(file.get(CUT)) for file in one.findall("file")] == [False] * 2 + [True] * 7
    assert one.findtext("t") == "y" * 100


def test_file_is_refused_when_it_is_longer_than_a_file_may_be():
    assert refused(f"<a>{'<b/>' * 30_000}</a>", most_bytes=100_000).code == "too-large"


def test_memory_stays_bounded_when_a_file_holds_many():
    data = f"<a>{'<q><t>một câu hỏi</t></q>' * 8_000}</a>".encode()
    tracemalloc.start()
    count = sum(1 for _one in elements(io.BytesIO(data), {"q"}))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 8_000
    assert peak < 2_000_000


ANY_TEXT = st.text(st.characters(codec=None), max_size=60) | st.sampled_from(
    ["]]>", "<p>a</p>]]>", "a\r\nb", "&amp;", "\x0b", "\ud800", "😀 đ"]
)


@given(ANY_TEXT)
@settings(max_examples=60, deadline=None)
def test_written_text_is_read_again_when_it_holds_anything(text):
    ((one, _line),) = read(f"<q a={quoted(text)}>{escaped(text)}</q>".encode())
    assert (one.text or "", one.get("a")) == (clean(text), clean(text))
    ((one, _line),) = read(f"<q>{cdata(text)}</q>".encode())
    assert (one.text or "") == clean(text)


@given(st.binary(max_size=300) | st.binary(max_size=100).map(lambda data: b"<a><q>" + data + b"</q></a>"))
@settings(max_examples=60, deadline=None)
def test_nothing_but_the_error_of_interchange_is_raised_when_bytes_are_arbitrary(data):
    try:
        read(data)
    except UnreadableFile as error:
        assert error.code
