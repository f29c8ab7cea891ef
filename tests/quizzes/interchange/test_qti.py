"""QTI packages: what is written is read back exactly, and is what the standard asks for; what strangers send is read or refused, never worse."""

import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.errors import UnreadableFile
from quizzes.interchange.items import Item, Refused
from quizzes.interchange.qti import read, write

QTI = "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}"
PACKAGE = "{http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1}"
STEM = "<p>Nhiệm kỳ của <strong>công đoàn cơ sở</strong> là mấy năm?</p>"

# Signs that XML, HTML and our gaps give a meaning, spaces of every kind, Vietnamese in both normal forms, and a sign beyond 16 bits.
ALPHABET = "abcĐđếợ e\u0302\u0301 \u00a0\t\n<>&\"'#;:=/-0123456789…🙂"
texts = st.text(ALPHABET, max_size=12)
words = st.text("abcđếợ &<>'\"-0123456789", min_size=1, max_size=12)
labels = st.text("abcđếợ -/.0123", min_size=1, max_size=10).map(lambda text: " ".join(text.split())).filter(bool)
pieces = st.one_of(
    texts, texts.map("<p>{}</p>".format), words.map("<strong>{}</strong>".format),
    st.sampled_from([
        "<p>", "</p>", "<br/>", "<br>", "&nbsp;", "&amp;", "&lt;b&gt;", "&#1;", "<ul><li>một</li><li>hai</li></ul>", '<p data-block-key="a1b2">x</p>',
        '<a linktype="page" id="3">Luật</a>', '<a href="https://example.org/?a=1&amp;b=2">Luật</a>', "<u>x</u>", "<!-- -->", "<![if", "<?x", "<b><i>x</b></i>",
        '<img src="@@PLUGINFILE@@/so-do.png" alt="Sơ đồ &amp; chú thích"/>', "<img>", '<p data-lms-part="text">x</p>', "<div>" * 60, "</", "]]>",
    ]))
htmls = st.lists(pieces, min_size=1, max_size=4).map("".join)
fractions = st.sampled_from([0.0, 0.333, 0.5, 1.0])
numbers = st.from_regex(r"-?[0-9]{1,6}(\.[0-9]{1,4})?", fullmatch=True)


def options(least: int, most: int) -> st.SearchStrategy:
    """Options of which as many are right as lies between these bounds."""
    option = st.fixed_dictionaries({"text": texts, "is_right": st.booleans(), "feedback": texts})
    return st.lists(option, min_size=2, max_size=6).filter(lambda found: least <= sum(one["is_right"] for one in found) <= most)


@st.composite
def gap_texts(draw) -> str:
    gap = st.lists(words, min_size=1, max_size=3).map(lambda found: "[[" + "|".join(found).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") + "]]")
    return "".join(draw(st.lists(st.one_of(gap, texts.map(lambda text: text.replace("<", ""))), min_size=1, max_size=5))) + draw(gap)


@st.composite
def drag_words(draw) -> dict:
    answers = draw(st.lists(words, min_size=1, max_size=5))
    gaps = draw(st.permutations([f"[[{number}]]" for number in range(1, len(answers) + 1)]))
    return {
        "stem": draw(htmls), "text": "<p>" + " và ".join(gaps) + "</p>" + draw(st.sampled_from(["", "[[1]]", "[[77]]"])), "answers": answers,
        "distractors": draw(st.lists(words, max_size=3)), "reusable": False}


def said(**parts: st.SearchStrategy) -> st.SearchStrategy:
    return st.fixed_dictionaries({"stem": htmls, **parts})


answer = st.fixed_dictionaries({"text": texts, "fraction": fractions, "feedback": texts})
target = st.fixed_dictionaries({
    "value": numbers, "tolerance": numbers.map(lambda text: text.lstrip("-")), "measure": st.sampled_from(["absolute", "percent"]),
    "fraction": fractions, "feedback": texts})
pair = st.fixed_dictionaries({"left": texts, "right": texts, "feedback": texts})
criterion = st.fixed_dictionaries({"title": texts, "description": texts, "points": st.sampled_from([0.25, 1, 2.5])})
comparing = st.sampled_from(["exact", "case", "tones", "diacritics"])
word_count = st.none() | st.integers(1, 4000)
VALUES = {
    "one_answer": said(options=options(1, 1)),
    "several_answers": said(options=options(1, 6), marking=st.sampled_from(["partial", "lenient", "all"])),
    "true_false": said(is_true=st.booleans(), feedback=texts),
    "matching": said(pairs=st.lists(pair, min_size=2, max_size=5), distractors=st.lists(texts, max_size=3)),
    "ordering": said(items=st.lists(texts, min_size=2, max_size=5), marking=st.sampled_from(["neighbours", "all"])),
    "short_answer": said(accepted=st.lists(answer, min_size=1, max_size=4), comparing=comparing),
    "numeric": said(accepted=st.lists(target, min_size=1, max_size=4), unit=labels | st.just("")),
    "gaps": said(text=gap_texts(), filling=st.just("typed"), comparing=comparing, distractors=st.just([])),
    "drag_words": drag_words(),
    "essay": said(model_answer=htmls | st.just(""), criteria=st.lists(criterion, max_size=3), least_words=word_count, most_words=word_count),
}


def items(kind: str) -> st.SearchStrategy:
    """Questions of a kind, with all that a question can be known by."""
    return st.builds(
        Item, kind=st.just(kind), value=VALUES[kind], explanation=htmls | st.just(""), code=texts, difficulty=st.sampled_from(["easy", "medium", "hard"]),
        topic=labels | st.just(""), tags=st.lists(labels, max_size=3, unique=True).map(tuple),
        citations=st.lists(labels, max_size=2, unique=True).map(tuple), category=st.lists(labels, max_size=3).map(tuple), pictures=st.just({}))


def written(*said: Item) -> tuple[bytes, list[tuple[str, bool]]]:
    out, left = io.BytesIO(), []
    write(said, out, lambda _item, reason, was_written: left.append((str(reason), was_written)))
    return out.getvalue(), left


def read_back(data: bytes) -> list[Item | Refused]:
    return [replace(found, line=0) if isinstance(found, Item) else found for found in read(io.BytesIO(data))]


def with_picture(item: Item) -> Item:
    return replace(item, pictures={"so-do.png": b"\x89PNG"} if "so-do.png" in repr((item.value, item.explanation)) else {})


@pytest.mark.parametrize("kind", VALUES)
@settings(max_examples=15, deadline=None)
@given(st.data())
def test_package_gives_back_the_same_question(kind, data):
    said = with_picture(data.draw(items(kind)))
    package, left = written(said)
    assert left == []
    assert [without_unseen(item) for item in read_back(package)] == [without_unseen(said)]


def without_unseen(item: Item) -> Item:
    """A picture that only stands in words, as in the text of an option, is no picture; its bytes are nobody's."""
    return replace(item, pictures={})


QUESTIONS = [
    Item("one_answer", {"stem": STEM, "options": [{"text": "5 năm", "is_right": True, "feedback": "Điều lệ"}, {"text": "3 năm", "is_right": False, "feedback": ""}]},
         explanation='<p>Xem <img src="@@PLUGINFILE@@/so-do.png" alt="Sơ đồ"/></p>', code="CD-001", difficulty="hard", topic="Bài 3", tags=("điều lệ", "cơ sở"),
         citations=("50/2024/QH15 Điều 7",), category=("Luật", "Chương 1"), pictures={"so-do.png": b"\x89PNG"}),
    Item("several_answers", {"stem": STEM, "options": [{"text": text, "is_right": text < "C", "feedback": ""} for text in "ABCD"], "marking": "partial"}),
    Item("true_false", {"stem": STEM, "is_true": True, "feedback": "Xem lại", "asks_reason": True, "marks_reason": False}),
    Item("matching", {"stem": STEM, "pairs": [{"left": "a", "right": "1", "feedback": "Chưa"}, {"left": "b", "right": "1", "feedback": ""}], "distractors": ["2"]}),
    Item("ordering", {"stem": STEM, "items": ["Trước", "Giữa", "Sau"], "marking": "neighbours"}),
    Item("short_answer", {"stem": STEM, "accepted": [{"text": "Hà Nội", "fraction": 1.0, "feedback": "Đúng"}], "comparing": "tones"}),
    Item("numeric", {"stem": STEM, "accepted": [{"value": "12.50", "tolerance": "0.5", "measure": "absolute", "fraction": 1.0, "feedback": ""}], "unit": "ngày"}),
    Item("gaps", {"stem": STEM, "text": "<p>Trong [[30|ba mươi]] ngày, [[5]] năm.</p>", "filling": "list", "comparing": "case", "distractors": ["7", "9"]}),
    Item("drag_words", {"stem": STEM, "text": "<p>[[2]] và [[1]]</p>", "answers": ["một", "hai"], "distractors": ["ba"], "reusable": True}),
    Item("essay", {"stem": STEM, "model_answer": "<p>Ý chính</p>", "criteria": [{"title": "Đủ ý", "description": "Ba ý", "points": 2.0}],
                   "least_words": 50, "most_words": None}),
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.kind)
def test_package_keeps_all_of_a_question(question):
    data, left = written(question)
    assert left == [] and read_back(data) == [question]


def test_package_is_the_same_bytes_when_it_is_written_twice():
    assert written(*QUESTIONS) == written(*QUESTIONS)


def test_package_has_a_manifest_that_names_every_file_once():
    with zipfile.ZipFile(io.BytesIO(written(*QUESTIONS)[0])) as package:
        manifest = ElementTree.fromstring(package.read("imsmanifest.xml"))
        resources = manifest.findall(f".//{PACKAGE}resource")
        files = [file.get("href") for file in manifest.iter(f"{PACKAGE}file")]
        assert {resource.get("type") for resource in resources} == {"imsqti_item_xmlv3p0"}
        assert sorted([*files, "imsmanifest.xml"]) == sorted(package.namelist())
        assert len({resource.get("identifier") for resource in resources}) == len(QUESTIONS)


# The order that the schema of an item fixes, of the elements that are written.
ORDER = ["qti-response-declaration", "qti-outcome-declaration", "qti-item-body", "qti-response-processing", "qti-modal-feedback"]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.kind)
def test_item_is_what_the_schema_asks_for(question):
    item = item_of(question)
    names = [child.tag.removeprefix(QTI) for child in item]
    assert names == sorted(names, key=ORDER.index)
    assert all(element.tag.startswith(QTI) for element in item.iter())
    declared = {element.get("identifier") for element in item if element.tag.endswith("-declaration")}
    used = {element.get(name) for element in item.iter() for name in ("response-identifier", "outcome-identifier") if element.get(name)}
    used |= {element.get("identifier") for element in item.iter() if element.tag in (f"{QTI}qti-variable", f"{QTI}qti-set-outcome-value", f"{QTI}qti-map-response")}
    assert used <= declared and {"SCORE", "MAXSCORE"} <= declared
    # What stands in a body outside of an interaction is a block.
    assert {child.tag.removeprefix(QTI) for child in item.find(f"{QTI}qti-item-body")} <= {
        "div", "p", "qti-rubric-block", *(f"qti-{kind}-interaction" for kind in ("choice", "match", "order", "gap-match", "extended-text"))}


def item_of(question: Item) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(written(question)[0])) as package:
        return ElementTree.fromstring(package.read("items/question-000001.xml"))


def test_words_changed_by_another_tool_are_believed():
    question = Item("essay", {"stem": "<p>Hai&nbsp;năm?</p>", "model_answer": "", "criteria": [], "least_words": None, "most_words": None})
    changed = repacked(written(question)[0], "items/question-000001.xml", lambda data: data.replace("<p>Hai\u00a0năm?</p>".encode(), "<p>Ba năm?</p>".encode()))
    assert read_back(changed)[0].value["stem"] == "<p>Ba năm?</p>"


def repacked(data: bytes, name: str, change) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(out, "w") as other:
        for member in package.namelist():
            content = package.read(member)
            other.writestr(member, change(content) if member == name else content)
    return out.getvalue()


@pytest.mark.parametrize(("question", "is_written"), [
    (Item("hotspot", {"stem": STEM}), False),
    (Item("gaps", {"stem": STEM, "text": "<p>Không có ô</p>", "filling": "typed", "comparing": "case", "distractors": []}), False),
    (Item("drag_words", {"stem": STEM, "text": "<p>[[1]]</p>", "answers": ["một", "hai"], "distractors": [], "reusable": False}), False),
    (Item("one_answer", {"stem": STEM, "options": [{"text": "A", "is_right": False, "feedback": ""}]}), False),
    (replace(QUESTIONS[4], explanation="<p>Ngắt\x0ctrang</p>"), True),
    (replace(QUESTIONS[0], pictures={}), True),
])
def test_writer_says_what_it_leaves(question, is_written):
    data, left = written(question, QUESTIONS[4])
    assert [was_written for _reason, was_written in left] == [is_written]
    assert len([found for found in read_back(data) if isinstance(found, Item)]) == 1 + is_written


# --- Hostile and broken files ----------------------------------------------------------------------------------------------------------------


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        list(read(io.BytesIO(data)))
    assert str(caught.value)
    return caught.value.code


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_package_is_refused_when_it_is_a_bomb(monkeypatch):
    monkeypatch.setattr("quizzes.interchange.qti.packages.MAX_UNPACKED", 1024 * 1024)
    assert refusal(packed({f"{number}.xml": bytes(200 * 1024) for number in range(9)})) == "zip_size"


def test_item_is_refused_alone_when_it_is_too_large():
    found = list(read(io.BytesIO(packed({"gross.xml": b"<qti-assessment-item>" + b" " * 5_000_000 + b"</qti-assessment-item>"}))))
    assert [(type(one), one.excerpt) for one in found] == [(Refused, "gross.xml")]


def test_package_is_refused_when_a_member_leads_outside():
    assert refusal(packed({"../../x": b"1", "a.xml": b"<qti-assessment-item/>"})) == "zip_name"


def test_package_is_refused_when_it_holds_a_hundred_thousand_files():
    # The directory alone, each entry as short as can be: that is all that is looked at.
    entry = b"PK\x01\x02" + bytes(42)
    assert refusal(b"PK\x05\x06" + entry * 100_000) == "zip_files"


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04 x", b"xin", b"<a/>", b"<a>", packed({}), packed({"a.txt": b"x"}), packed({"a.xml": b"<a/>"})])
def test_file_is_refused_when_it_holds_no_item(data):
    assert refusal(data)


def test_file_is_refused_when_it_declares_entities():
    assert refusal(b'<!DOCTYPE x [<!ENTITY a "b">]><qti-assessment-item>&a;</qti-assessment-item>') == "declaration"


def manifest(*hrefs: str) -> bytes:
    listed = "".join(f'<resource identifier="r{place}" type="imsqti_item_xmlv3p0" href="{href}"/>' for place, href in enumerate(hrefs))
    return f'<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>{listed}</resources></manifest>'.encode()


def test_package_names_the_file_when_one_item_is_missing_or_broken():
    whole = zipfile.ZipFile(io.BytesIO(written(QUESTIONS[4])[0])).read("items/question-000001.xml")
    data = packed({
        "imsmanifest.xml": manifest("a/1.xml", "a/2.xml", "a/3.xml", "../4.xml", "a/5%20b.xml"),
        "a/1.xml": whole, "a/2.xml": whole[:300], "a/5 b.xml": whole})
    found = list(read(io.BytesIO(data)))
    assert [(type(one).__name__, one.line) for one in found] == [("Item", 1), ("Refused", 2), ("Refused", 3), ("Refused", 4), ("Item", 5)]
    assert [one.excerpt for one in found if isinstance(one, Refused)] == ["a/2.xml", "a/3.xml", "../4.xml"]


def test_package_is_refused_when_it_names_one_large_file_again_and_again(monkeypatch):
    monkeypatch.setattr("quizzes.interchange.qti.packages.MAX_READ", 100_000)
    whole = zipfile.ZipFile(io.BytesIO(written(QUESTIONS[4])[0])).read("items/question-000001.xml")
    data = packed({"imsmanifest.xml": manifest(*["a.xml"] * 100), "a.xml": whole})
    assert {one.reason for one in read(io.BytesIO(data)) if isinstance(one, Refused)}


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"PK", b"PK\x03\x04", b"<?xml", b"<qti-assessment-item", b"\xff\xfe"]))
def test_arbitrary_bytes_raise_nothing_else(data, head):
    harmless(head + data)


WHOLE = written(*QUESTIONS)[0]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_packages_raise_nothing_else(data):
    place = data.draw(st.integers(0, len(WHOLE) - 1))
    harmless(WHOLE[:place] + data.draw(st.binary(max_size=8)) + WHOLE[data.draw(st.integers(place, min(len(WHOLE), place + 30))):])


TAGS = [
    "qti-assessment-item", "qti-item-body", "qti-response-declaration", "qti-correct-response", "qti-value", "qti-mapping", "qti-map-entry",
    "qti-choice-interaction", "qti-simple-choice", "qti-order-interaction", "qti-match-interaction", "qti-simple-match-set",
    "qti-simple-associable-choice", "qti-gap-match-interaction", "qti-gap-text", "qti-gap", "qti-text-entry-interaction",
    "qti-inline-choice-interaction", "qti-inline-choice", "qti-extended-text-interaction", "qti-prompt", "qti-modal-feedback", "qti-feedback-inline",
    "qti-rubric-block", "qti-content-body", "qti-response-processing", "qti-response-if", "qti-equal", "qti-gte", "qti-variable", "qti-base-value",
    "qti-set-outcome-value", "div", "p", "img", "object", "assessmentItem", "choiceInteraction",
]
attributes = st.dictionaries(
    st.sampled_from(["identifier", "response-identifier", "base-type", "cardinality", "max-choices", "map-key", "mapped-value", "tolerance", "src",
                     "tolerance-mode", "data-lms-part", "data-lms-source", "data-lms-least-words", "view", "title", "type", "tool-name", "match-max"]),
    st.sampled_from(["", "a", "b", "true", "false", "RESPONSE", "SCORE", "a b", "1", "-1e9", "nan", "²", "'", "float", "multiple", "single", "stem", "text",
                     "criterion", "absolute", "scorer", "image/png", "data:image/png;base64,%", "Lớp học Công đoàn"]), max_size=4)
trees = st.recursive(
    st.sampled_from(["a", "a b", "1", "", "5 km"]),
    lambda inner: st.tuples(st.sampled_from(TAGS), attributes, st.lists(inner, max_size=4)), max_leaves=12)


def drawn(tree) -> str:
    if isinstance(tree, str):
        return tree
    tag, given_attributes, inner = tree
    shown = "".join(f' {name}="{value}"' for name, value in given_attributes.items())
    return f"<{tag}{shown}>{''.join(map(drawn, inner))}</{tag}>"


@settings(max_examples=60, deadline=None)
@given(st.lists(trees, min_size=1, max_size=3), st.lists(trees, max_size=3), st.sampled_from(["identifier", "string", "float", "directedPair"]),
       st.sampled_from(["single", "multiple", "ordered"]))
def test_arbitrary_items_raise_nothing_else(body, around, base_type, cardinality):
    inside = "".join(map(drawn, body))
    harmless((
        f'<qti-assessment-item title="t"><qti-response-declaration identifier="RESPONSE" base-type="{base_type}" cardinality="{cardinality}">'
        f"<qti-correct-response><qti-value>a</qti-value></qti-correct-response></qti-response-declaration>"
        f"<qti-item-body>{inside}</qti-item-body>{''.join(map(drawn, around))}</qti-assessment-item>").encode())


def harmless(data: bytes) -> None:
    try:
        for found in read(io.BytesIO(data)):
            assert isinstance(found, Item) or found.reason
    except UnreadableFile as error:
        assert str(error)
