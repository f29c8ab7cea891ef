"""GIFT read: what Moodle's files say is understood, and what cannot be is refused by itself, with its line."""

import io
import time

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.errors import UnreadableFile
from quizzes.interchange import gift
from quizzes.interchange.items import Item, Refused

SOME = settings(max_examples=60, deadline=None)


def read(text):
    with translation.override("en"):
        return list(gift.read(io.BytesIO(text.encode() if isinstance(text, str) else text)))


# Enough Vietnamese for nobody to take the odd letters of a test for an old font.
PLAIN = "// Người lao động làm việc đủ mười hai tháng được nghỉ hằng năm, hưởng nguyên lương theo hợp đồng lao động đã ký kết.\n\n"


def one(text):
    found, = read(text)
    return found


def short(text):
    """The kind and, for each answer, what it says and what it earns."""
    item = one(text)
    rows = item.value.get("options") or item.value.get("accepted") or []
    return item.kind, [(row.get("text", row.get("value")), row.get("is_right", row.get("fraction"))) for row in rows]


@SOME
@given(st.lists(st.sampled_from(["{", "}", "~", "=", "#", "\\", ":", "::", "->", "%", "%50%", "\n", "\n\n", "//", "[id:", "[tag:", "[more:", "]", "####", "T",
                                 "$CATEGORY:", "/", "a", "1", "..", "ữ", " ", "\t", "[html]", "<p>", "&amp;", "*", "\r"]), max_size=60))
def test_reader_takes_any_heap_of_signs_without_failing(parts):
    assert all(isinstance(found, Item | Refused) for found in read(PLAIN + "".join(parts)))


@SOME
@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_reader_raises_nothing_but_its_own_error_whatever_the_bytes(data):
    try:
        assert all(isinstance(found, Item | Refused) for found in read(data))
    except UnreadableFile as error:
        assert str(error)


MOODLE = {
    "one right option": (
        "Ai ký thỏa ước?{~Giám đốc sở ~Bộ trưởng =Công đoàn cơ sở}",
        "one_answer", [("Giám đốc sở", False), ("Bộ trưởng", False), ("Công đoàn cơ sở", True)]),
    "a weight of all": ("Câu?{~%0%sai =%100%đúng}", "one_answer", [("sai", False), ("đúng", True)]),
    "an empty option": ("Câu?{~=đúng ~ ~sai}", "one_answer", [("đúng", True), ("sai", False)]),
    "words before the first sign": ("Câu?{một ~hai =ba}", "one_answer", [("một", False), ("hai", False), ("ba", True)]),
    "arrows that are no pairs": ("Câu?{~a -> b =b -> a}", "one_answer", [("a -> b", False), ("b -> a", True)]),
    "several right options": ("Câu?{~%50%a ~%50%b ~%-50%c ~%-50%d}", "several_answers", [("a", True), ("b", True), ("c", False), ("d", False)]),
    "short answers": ("Hai cộng hai là {=bốn =4}.", "short_answer", [("bốn", 1.0), ("4", 1.0)]),
    "a short answer without a sign": ("Hai cộng hai?{bốn}", "short_answer", [("bốn", 1.0)]),
    "half an answer": ("Câu?{=Nguyễn Ái Quốc =%33.33333%Quốc}", "short_answer", [("Nguyễn Ái Quốc", 1.0), ("Quốc", 0.333)]),
    "an arrow in a feedback": ("Câu?{=một#xem -> hai =ba}", "short_answer", [("một", 1.0), ("ba", 1.0)]),
    "a number": ("Năm nào?{#1929}", "numeric", [("1929", 1.0)]),
    "a number that may differ": ("Pi?{#3.14:0.01}", "numeric", [("3.14", 1.0)]),
    "a range": ("Pi?{#3.1..3.2}", "numeric", [("3.15", 1.0)]),
    "a range below zero": ("Nhiệt độ?{#-5..-1}", "numeric", [("-3", 1.0)]),
    "an exponent": ("Bao nhiêu?{#1.5e3}", "numeric", [("1500", 1.0)]),
    "several numbers": ("Năm nào?{#\n=1929:0\n=%50%1929:2\n}", "numeric", [("1929", 1.0), ("1929", 0.5)]),
    "an essay": ("Trình bày.{}", "essay", []),
}


@pytest.mark.parametrize("name", MOODLE)
def test_question_is_understood_as_moodle_does_when_it_has(name):
    text, kind, answers = MOODLE[name]
    assert short(text) == (kind, answers)


@pytest.mark.parametrize(("said", "is_true"), [
    ("T", True), ("TRUE", True), ("true", True), ("Đúng", True), ("F", False), ("FALSE", False), ("Sai", False), ("SAI", False)])
def test_statement_is_true_or_false_when_the_braces_hold_one_word(said, is_true):
    item = one(f"Công đoàn là tổ chức chính trị - xã hội.{{{said}#Đọc lại Điều 1}}")
    assert (item.kind, item.value["is_true"], item.value["feedback"]) == ("true_false", is_true, "Đọc lại Điều 1")


def test_statement_keeps_both_feedbacks_when_the_right_choice_has_one_too():
    item = one("Câu.{FALSE#vì sai\n#vì đúng\n####Điều 3}")
    assert (item.value["feedback"], item.explanation, len(item.notes)) == ("vì sai", "<p>Điều 3</p><p>vì đúng</p>", 1)


def test_range_becomes_a_middle_with_a_difference():
    target, = one("Pi?{#3.141..3.142#gần}").value["accepted"]
    assert target == {"value": "3.1415", "tolerance": "0.0005", "measure": "absolute", "fraction": 1.0, "feedback": "gần"}


def test_matching_takes_a_pair_without_a_left_side_as_a_distractor():
    item = one("Ghép.{\n =Canada -> Ottawa\n =Ý->Rô-ma\n = -> Huế\n}")
    assert item.value["pairs"] == [
        {"left": "Canada", "right": "Ottawa", "feedback": ""}, {"left": "Ý", "right": "Rô-ma", "feedback": ""}]
    assert item.value["distractors"] == ["Huế"]


@pytest.mark.parametrize(("text", "stem"), [
    ("Mác là {~nhà thơ =triết gia} người Đức.", "<p>Mác là _____ người Đức.</p>"),
    ("Thủ đô là {=Hà Nội}.", "<p>Thủ đô là _____.</p>"),
    ("Pi là mấy? {#3.14}.", "<p>Pi là mấy?</p>"),
    ("{=Hà Nội} là thủ đô.", "<p>_____ là thủ đô.</p>"),
    ("Dòng một\n  dòng hai{T}", "<p>Dòng một<br/>dòng hai</p>"),
    ("Đoạn một\\n\\nđoạn hai{T}", "<p>Đoạn một</p><p>đoạn hai</p>"),
    ("[html]<p>Câu <b>đậm</b></p>{T}", "<p>Câu <b>đậm</b></p>"),
    ("Câu <b>đậm</b> &amp; nhạt{T}", "<p>Câu <b>đậm</b> &amp; nhạt</p>"),
    ("3 < 5 và a<b{T}", "<p>3 &lt; 5 và a&lt;b</p>"),
    ("[plain]Câu <b>đậm</b>{T}", "<p>Câu &lt;b&gt;đậm&lt;/b&gt;</p>"),
    ("[markdown]Câu **đậm**{T}", "<p>Câu <strong>đậm</strong></p>"),
    ("[ghi chú] Câu{T}", "<p>[ghi chú] Câu</p>"),
    ("\\{a\\} \\= \\~ \\# \\: \\\\ \\(x\\){T}", "<p>{a} = ~ # : \\ \\(x\\)</p>"),
    ("[html]<pre>\n    nếu\n</pre>{T}", "<pre>\n    nếu\n</pre>"),
])
def test_stem_is_read_in_its_format(text, stem):
    assert one(text).value["stem"] == stem


def test_options_have_the_format_of_the_question_unless_they_say_otherwise():
    item = one("[html]<p>Câu</p>{\n=<p>Đúng &amp; đủ</p>#<p>một</p><p>hai</p>\n~[plain]<p>\n~[moodle]a -> <i>b</i>\n}")
    assert [(row["text"], row["feedback"]) for row in item.value["options"]] == [("Đúng & đủ", "một hai"), ("<p>", ""), ("a -> b", "")]
    assert len(item.notes) == 1


def test_comments_give_code_tags_difficulty_and_law():
    item = one(
        "// question: 12  name: nghỉ phép\n// [id:KH01-C05] [tag:nghỉ phép] [tag:a\\]b]\n"
        "// [tag:difficulty:hard] [tag:topic:Bài 3] [tag:law:45/2019/QH14 Điều 70]\n::KH01-C05::Câu?{T}")
    assert (item.code, item.tags, item.difficulty, item.topic, item.citations, item.line, item.notes) == (
        "KH01-C05", ("nghỉ phép", "a]b"), "hard", "Bài 3", ("45/2019/QH14 Điều 70",), 4, ())


def test_comment_belongs_to_no_question_when_a_blank_line_parts_them():
    first, second = read("// [id:A]\n\nMột{T}\n\n// [id:B]\nHai{F}")
    assert (first.code, second.code) == ("", "B")


def test_comment_belongs_to_the_question_after_it_when_no_blank_line_parts_two_questions():
    first, second = read("// [id:A]\nMột{T}\n// [id:B]\n::B::Hai{F}")
    assert (first.code, second.code, second.line) == ("A", "B", 4)


@pytest.mark.parametrize(("path", "names"), [
    ("$course$/top/Luật/Nghỉ phép", ("Luật", "Nghỉ phép")), ("$course$/Mặc định: Bài 1", ("Mặc định: Bài 1",)), ("$system$/top", ()), ("Luật / An toàn", ("Luật", "An toàn")),
    ("$cat1$/A", ("A",)), ("Lương//thưởng/Thuế", ("Lương/thưởng", "Thuế")), ("", ())])
def test_category_holds_for_the_questions_after_it(path, names):
    before, after = read(f"Một{{T}}\n\n$CATEGORY: {path}\n\nHai{{T}}")
    assert (before.category, after.category) == ((), names)


def test_title_leaves_a_note_unless_it_only_counts_or_is_the_beginning_of_the_question():
    assert [len(item.notes) for item in read("::Nghỉ phép::Ai?{T}\n\n::Câu 12::Ai?{T}\n\n::Người lao động...::Người lao động là ai?{T}\n\n::Ai?::[html]<p>Ai?</p>{T}")] == [1, 0, 0, 0]


@pytest.mark.parametrize(("weights", "marking", "has_note"), [
    (("50", "50", "-50", "-50"), "partial", False), (("50", "50", "0", "0"), "lenient", False), (("33.33333", "33.33333", "33.33333", "-100"), "partial", False),
    (("50", "50", "-100", "-100"), "partial", True), (("70", "30", "-50", "-50"), "partial", True), (("100", "100", "0", "0"), "lenient", True),
    (("100", "0", "0", "0"), "lenient", False)])
def test_marking_follows_the_weights_and_says_what_it_cannot_keep(weights, marking, has_note):
    item = one("Câu?{" + "".join(f"~%{weight}%{letter}\n" for weight, letter in zip(weights, "abcd", strict=True)) + "}")
    assert (item.kind, item.value["marking"], bool(item.notes)) == ("several_answers", marking, has_note)


def test_part_of_the_points_leaves_a_note_when_only_one_option_is_right():
    item = one("Câu?{~sai ~%50%nửa =đúng}")
    assert ([row["is_right"] for row in item.value["options"]], len(item.notes)) == ([False, False, True], 1)


def test_feedback_for_every_other_answer_leaves_a_note():
    assert [len(item.notes) for item in read("A?{=a#đúng =%0%*#sai}\n\nB?{#3:2~#sai}\n\nC?{#=3 =%0%*#sai}\n\nD?{=a*b}\n\nE?{=a\\*b}")] == [1, 1, 1, 1, 0]


REFUSED = {
    "no braces": ("Một\n\nĐoạn đọc thêm\n\nHai", [1, 3, 5]),
    "a brace that is never closed": ("Một{=a\n\n~b\n\nHai{T}", [1, "Hai"]),
    "a brace that is never closed before a title": ("Một{=a\n\n::Hai::\nHai{T}", [1, "Hai"]),
    "a brace that is never closed before a category": ("Một{=a\n$CATEGORY: B\n\nHai{T}", [1, "Hai"]),
    "a brace that is never closed at the end": ("Một{T}\n\nHai\n{=a ~b\n\n~c", ["Một", 4]),
    "a brace too many": ("Một {T}\nthêm {F} nữa {T}\n\nHai{T}", ["Một", 2, "Hai"]),
    "two gaps in a line": ("Một {=a} và {=b}.\n\nHai{T}", [1, "Hai"]),
    "a formula": ("\\(\\frac{1}{2}\\) là?{=nửa}\n\nHai{T}", [1, "Hai"]),
    "a brace that nothing opens": ("Một\n} {T}\n\nHai{T}", [2, "Hai"]),
    "a brace among the answers": ("Một{\n=a\n~{b\n}\n\nHai{T}", [3, "Hai"]),
    "one option": ("Một{~a}\n\nHai{T}", [1, "Hai"]),
    "two right options of which one is enough": ("Một{=a =b ~c}\n\nHai{T}", [1, "Hai"]),
    "no right option": ("Một{~a ~%-50%b}\n\nHai{T}", [1, "Hai"]),
    "a pair without an arrow": ("Một{\n=a -> b\n=c\n}\n\nHai{T}", [3, "Hai"]),
    "a comma in a number": ("Một{#\n=1\n=%50%1,5\n}\n\nHai{T}", [3, "Hai"]),
    "a range upside down": ("Một{#5..1}\n\nHai{T}", [1, "Hai"]),
    "no number": ("Một{#}\n\nHai{T}", [1, "Hai"]),
    "nothing but signs": ("Một{=}\n\nHai{T}", [1, "Hai"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_question_alone_is_refused_with_its_line_when_it_has(name):
    text, expected = REFUSED[name]
    found = read(text)
    assert [row.line if isinstance(row, Refused) else row.value["stem"].removeprefix("<p>").removesuffix("</p>") for row in found] == expected
    assert all(row.reason and row.excerpt for row in found if isinstance(row, Refused))


def test_blank_lines_between_braces_end_no_question():
    item = one("Câu?{\n\n=đúng\n\n// ghi chú\n\n~sai\n\n}")
    assert [row["text"] for row in item.value["options"]] == ["đúng", "sai"]


def test_text_beyond_the_limit_is_refused_and_not_cut():
    found = read("a" * 20_001 + "{T}\n\nHai{=" + "b " * 10_001 + "}\n\nBa{T}")
    assert [type(row) for row in found] == [Refused, Refused, Item]


@pytest.mark.parametrize("text", [
    "{" * 10**6, "~" * 10**6, "\\" * 10**6, "\n" * 10**6, "}" * 10**6, "Q{" + "~a" * 10**6 + "}", "Q{" + "=a->b\n" * 10**4 + "}", "a" + " " * 10**6 + "b{T}",
    "Q{~" + " " * 10**6 + "a =b}", "//" + "[tag:" * 10**5 + "\nQ{T}", "// [more:x:" + "[" * 10**6 + "]\nQ{T}", "[html]" + "<p>" * 10**5 + "{=a}", "Q{~[html]" + "<b" * 10**5 + "=c}",
    "a{\n\n" * 3000, "Q{#" + "1" * 10**6 + "}"], ids=lambda text: f"{text[:12]!r}…")
def test_reader_is_done_in_a_moment_with_a_line_of_a_million_signs(text):
    began = time.process_time()
    assert all(isinstance(found, Item | Refused) for found in read(text))
    assert time.process_time() - began < 5


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"Cau hoi? {T}\n" * 9 + b"\0", b"%PDF-1.7", b"PK\x03\x04xl/"])
def test_file_is_refused_as_a_whole_when_it_is_no_text(data):
    with pytest.raises(UnreadableFile):
        read(data)


def test_reading_goes_question_by_question():
    class Endless(io.BytesIO):
        """Tells how far it was read."""

    file = Endless(("Câu hỏi số một?{T}\n\n" * 50_000).encode())
    questions = gift.read(file)
    next(questions)
    assert file.tell() < 400_000
