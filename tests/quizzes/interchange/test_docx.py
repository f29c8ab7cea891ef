"""Word documents as lines: looks, automatic numbers, tables, what was deleted; and the questions in them."""

import io
import zipfile

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.errors import UnreadableFile
from quizzes.interchange import plain
from quizzes.interchange.docx import document_lines
from quizzes.interchange.items import Item, Refused
from tests.quizzes.interchange.word_files import document, numbering, p, run, styles, table
from tests.vietnamese.test_encodings import TCVN3

BOLD, RED, UNDERLINED, YELLOW = "<w:b/>", '<w:color w:val="FF0000"/>', '<w:u w:val="single"/>', '<w:highlight w:val="yellow"/>'


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def texts(*paragraphs: str, **parts: str) -> list[str]:
    return [line.text for line in document_lines(document(*paragraphs, **parts))]


def questions(*paragraphs: str, **parts: str) -> list[Item | Refused]:
    return list(plain.read(document(*paragraphs, **parts)))


def right_of(item: Item) -> list[str]:
    assert isinstance(item, Item), item
    return [option["text"] for option in item.value["options"] if option["is_right"]]


def test_paragraphs_become_lines_with_the_number_of_their_paragraph():
    lines = list(document_lines(document("một", "", p(run("hai"), "<w:r><w:br/></w:r>", run("ba\tbốn")))))
    assert [(line.number, line.text) for line in lines] == [(1, "một"), (2, ""), (3, "hai"), (3, "ba\tbốn")]


def test_words_are_read_wherever_word_keeps_them():
    assert texts(
        p("<w:ins>" + run("thêm ") + "</w:ins>", "<w:del><w:r><w:delText>bỏ</w:delText></w:r></w:del>", "<w:smartTag>" + run("Hà ") + "</w:smartTag>",
          "<w:hyperlink>" + run("Nội") + "</w:hyperlink>", "<w:moveFrom>" + run("cũ") + "</w:moveFrom>", "<w:r><w:noBreakHyphen/></w:r>",
          "<m:oMath><m:r><m:t>x+1</m:t></m:r></m:oMath>", "<w:r><w:instrText>PAGE</w:instrText></w:r>", run("ẩn", "<w:vanish/>"),
          "<w:sdt><w:sdtPr/><w:sdtContent>" + run(" ô") + "</w:sdtContent></w:sdt>"),
        "<w:sdt><w:sdtContent>" + p("khối") + "</w:sdtContent></w:sdt>",
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent>" + p("hộp") + "</w:txbxContent></w:drawing></mc:Choice>"
        "<mc:Fallback><w:pict><w:txbxContent>" + p("hộp") + "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>",
    ) == ["thêm Hà Nội-x+1 ô", "khối", "", "hộp"]


def test_automatic_numbers_are_written_out():
    levels = numbering(("decimal", "Câu %1:"), ("upperLetter", "%2."), restarts=2)
    assert texts(p("Hỏi?", number="1"), p("x", number="1", level=1), p("y", number="1", level=1), p("Hai?", number="1"), p("z", number="1", level=1),
                 p("Mới", number="2"), p("Không", number="9"), p("Không", number="0"), numbering=levels) == [
        "Câu 1: Hỏi?", "A. x", "B. y", "Câu 2: Hai?", "A. z", "Câu 1: Mới", "Không", "Không"]


@pytest.mark.parametrize(("form", "labels"), [
    ("lowerLetter", ["a)", "b)"]), ("upperRoman", ["I)", "II)"]), ("decimalZero", ["01)", "02)"]), ("bullet", ["", ""]), ("lowerRoman", ["i)", "ii)"]),
])
def test_automatic_numbers_have_many_forms(form, labels):
    assert texts(p("x", number="1"), p("x", number="1"), numbering=numbering((form, "%1)"))) == [f"{label} x".strip() for label in labels]


def test_numbers_and_looks_come_from_styles_too():
    said = styles(
        '<w:style w:type="paragraph" w:styleId="Opt"><w:basedOn w:val="Base"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Base"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr><w:rPr><w:b/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Loop"><w:basedOn w:val="Loop"/></w:style>')
    lines = list(document_lines(document(
        p("x", style="Opt"), p(run("yyyyyyyy", '<w:b w:val="0"/>'), style="Opt"), p("z", style="H2"), p("w", style="Loop"),
        styles=said, numbering=numbering(("upperLetter", "%1.")))))
    assert [(line.text, "bold" in line.styles(), line.heading) for line in lines] == [("A. x", True, 0), ("B. yyyyyyyy", False, 0), ("z", False, 2), ("w", False, 0)]


@pytest.mark.parametrize("look", [BOLD, RED, UNDERLINED, YELLOW, '<w:shd w:fill="FFFF00"/>', '<w:color w:val="0070C0"/>', "<w:i/>"])
def test_option_is_right_when_it_stands_out(look):
    (item,) = questions("Câu 1: Hỏi?", "A. x", p(run("B. y", look)), "C. z")
    assert (item.kind, right_of(item)) == ("one_answer", ["y"])


@pytest.mark.parametrize("options", [
    [p(run("A. ", BOLD), run("x")), p(run("B. ", BOLD), run("y", RED)), p(run("C. ", BOLD), run("z"))],
    [p(run("A. x", BOLD)), p(run("B. y", BOLD + UNDERLINED)), p(run("C. z", BOLD))],
    [p("A. x"), p(run("B", UNDERLINED), run(". y")), p("C. z")],
    [p(run("A. x", '<w:color w:val="0000FF"/>')), p(run("B. y", RED)), p(run("C. z", '<w:color w:val="0000FF"/>'))],
    [p(run("A. x", '<w:color w:val="auto"/>')), p(run("B. ", RED), run("y", RED)), p("C. z")],
    [p(run("A. x\t"), run("B. y", RED), run("\tC. z"))],
])
def test_what_stands_out_is_told_from_how_all_options_look(options):
    (item,) = questions("Câu 1: Hỏi?", *options)
    assert right_of(item) == ["y"]


def test_several_options_are_right_when_several_stand_out():
    (item,) = questions("Câu 1: Hỏi?", p(run("A. x", BOLD)), p(run("B. y", BOLD)), "C. z")
    assert (item.kind, right_of(item)) == ("several_answers", ["x", "y"])


def test_question_is_refused_when_nothing_or_everything_stands_out():
    found = questions("Câu 1: Hỏi?", "A. x", "B. y", p(run("Câu 2: Hỏi?", BOLD)), p(run("A. x", RED)), p(run("B. y", RED)))
    assert [(one.line, "paragraph" in one.reason) for one in found] == [(1, True), (4, True)]


def test_said_answer_is_stronger_than_looks():
    (item,) = questions("Câu 1: Hỏi?", p(run("A. x", BOLD)), "B. y", "Đáp án: B")
    assert right_of(item) == ["y"]


def test_questions_are_found_when_all_their_numbers_are_automatic():
    levels = numbering(("decimal", "%1."), ("upperLetter", "%2."))
    option = lambda text, look="", mark="": p(run(text, look), number="1", level=1, mark=mark)  # noqa: E731
    found = questions(p("Một?", number="1"), option("x"), option("y", RED), p("Hai?", number="1"), option("x"), option("y", "", RED), numbering=levels)
    assert [right_of(item) for item in found] == [["y"], ["y"]]


@pytest.mark.parametrize("texts", [["1929", "1%", "3%", "10"], ["28/7/1929", "VNĐ", "LĐLĐ", "TLĐLĐVN"], ["XVIII", "XIX", "XX", "XXI"]])
def test_options_with_automatic_letters_are_kept_when_they_have_no_small_letters(texts):
    levels = numbering(("decimal", "Câu %1:"), ("upperLetter", "%2."))
    question = [p("Hỏi?", number="1"), *(p(text, number="1", level=1) for text in texts), "Đáp án: D"]
    for item in questions(*question, *question, numbering=levels):
        assert (right_of(item), [option["text"] for option in item.value["options"]], item.category) == (texts[3:], texts, ())


def test_options_in_a_table_are_read_row_by_row():
    (item,) = questions("Câu 1: Hỏi?", table(["A. x", "B. y"], ["C. z", "D. w"]), "Đáp án: D")
    assert right_of(item) == ["w"]


@pytest.mark.parametrize("key", [
    [table(["Câu", "1", "2", "3"], ["Đáp án", "B", "A", "B"])], [table(["1", "B"], ["2", "A"], ["3", "B"])], ["ĐÁP ÁN: 1-B, 2-A, 3.B"],
    ["ĐÁP ÁN", "1B 2A 3B"], ["BẢNG ĐÁP ÁN", table(["Câu", "Đáp án"], ["1", "B"], ["2", "A"], ["3", "B"])],
])
def test_key_at_the_end_answers_the_questions(key):
    body = [text for number in (1, 2, 3) for text in (f"Câu {number}: Hỏi?", "A. x", "B. y")]
    found = questions(*body, "", "ĐÁP ÁN" if key[0].startswith("<") else "", *key)
    assert [right_of(item) for item in found] == [["y"], ["x"], ["y"]]


def test_questions_are_found_when_each_has_a_row_of_a_table():
    cell = p("Hỏi?") + p("A. x") + p("B. y") + p("Đáp án: B")
    found = questions(table(["STT", "Nội dung"], ["1", cell], ["2", cell]))
    assert [right_of(item) for item in found] == [["y"], ["y"]]


def test_picture_is_told_of_when_it_is_left_out():
    picture = "<w:r><w:drawing><wp:inline><a:graphic><a:blip/></a:graphic></wp:inline></w:drawing></w:r>"
    (item,) = questions(p(run("Câu 1: Hỏi?"), picture), "A. x", "B. y", "Đáp án: B")
    assert len(item.notes) == 1


def test_document_is_refused_when_it_is_typed_in_an_old_font():
    with pytest.raises(UnreadableFile) as caught:
        questions(TCVN3, TCVN3)
    assert caught.value.code == "tcvn3"
    soft = p(run("ng"), "<w:r><w:softHyphen/></w:r>", run("êi lao ®éng cã quyÒn"))
    with pytest.raises(UnreadableFile):
        questions(soft, soft)


@pytest.mark.parametrize(("change", "code"), [
    (lambda xml: b'<!DOCTYPE w [<!ENTITY a "b">]>' + xml, "declaration"), (lambda xml: xml[:-30], None), (lambda xml: b"\xff\xfe\x00", None),
    (lambda xml: xml.replace(b"<w:body>", b"<w:body>" + b"<w:x>" * 300), "too-deep"),
])
def test_document_is_refused_when_its_xml_is_hostile(change, code):
    out = io.BytesIO()
    with zipfile.ZipFile(document("Câu 1: Hỏi?")) as source, zipfile.ZipFile(out, "w") as target:
        xml = source.read("word/document.xml").split(b"?>", 1)[1]
        target.writestr("word/document.xml", change(xml))
    with pytest.raises(UnreadableFile) as caught:
        list(plain.read(out))
    assert code is None or caught.value.code == code


def test_file_is_refused_when_it_is_another_zip():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(UnreadableFile) as caught:
        list(plain.read(out))
    assert caught.value.code == "no_document"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_bytes_raise_nothing_but_the_own_error(data):
    file = bytearray(DOCUMENT)
    for _change in range(data.draw(st.integers(1, 8))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    try:
        list(plain.read(io.BytesIO(file)))
    except UnreadableFile as error:
        assert str(error)


@settings(max_examples=60, deadline=None)
@given(st.recursive(st.sampled_from([run("A. x\tB. y", BOLD), run("Câu 1: "), "<w:tab/>", "<w:numPr/>", "<w:t/>", "<w:pPr><w:numPr><w:ilvl w:val='9'/></w:numPr></w:pPr>"]),
                    lambda inner: st.builds(lambda name, parts: f"<w:{name}>{''.join(parts)}</w:{name}>",
                                            st.sampled_from(["p", "tbl", "tr", "tc", "r", "sdt", "ins", "del", "txbxContent"]), st.lists(inner, max_size=4)), max_leaves=12))
def test_any_nesting_is_read_or_refused(body):
    try:
        list(plain.read(document(f"<w:p>{body}</w:p>", body if body.startswith("<w:p>") else p("x"), numbering=numbering(("decimal", "%1%9")))))
    except UnreadableFile as error:
        assert str(error)


DOCUMENT = document("Câu 1: Hỏi?", "A. x", p(run("B. y", BOLD)), numbering=numbering(("decimal", "%1."))).getvalue()
