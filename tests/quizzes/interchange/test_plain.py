"""Questions as trainers keep them in Word and text files, with the habits they have."""

import io
import unicodedata

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.errors import UnreadableFile
from quizzes.interchange import plain
from quizzes.interchange.items import Item, Refused
from quizzes.interchange.plain.lines import Line, Span, narrowed
from tests.vietnamese.test_encodings import TCVN3, VNI


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def read(text: str) -> list[Item | Refused]:
    return list(plain.read(io.BytesIO(text.encode())))


def read_one(text: str) -> Item | Refused:
    (found,) = read(text)
    return found


def options_of(item: Item) -> list[str]:
    """The options, each right one with a star before it."""
    assert isinstance(item, Item), item
    return [("*" if option["is_right"] else "") + option["text"] for option in item.value["options"]]


def stem_of(item: Item) -> str:
    return item.value["stem"]


PAPER = """NGÂN HÀNG CÂU HỎI CÔNG ĐOÀN
Năm 2026

Phần I. Luật Công đoàn
Câu 1: Tổ chức nào đại diện cho người lao động?
A. Công đoàn
B. Hội Luật gia tại TP. Hồ Chí Minh
C. Đội
D. Nhóm
Đáp án: A
Giải thích: Xem điều 1.
Dòng hai.
Căn cứ: Khoản 1 Điều 70 Bộ luật Lao động số 45/2019/QH14; Điều 5 luật cũ

Bài 2. Thương lượng
Câu 2 (0,5 điểm). Những ai được
tham gia?
A. x
B. y
C. z
Đáp án: A, C

PHẦN II. TỰ LUẬN
Câu 3: Trình bày quyền của công đoàn.
Gợi ý: ý một
ý hai
"""


def test_paper_is_read_alike_however_its_letters_are_composed():
    assert read(unicodedata.normalize("NFD", PAPER)) == read(PAPER)


def test_paper_becomes_questions_when_it_is_written_as_most_are():
    one, two, three = read(PAPER)
    assert one == Item(
        kind="one_answer", line=5, category=("Phần I. Luật Công đoàn",), citations=("45/2019/QH14 Điều 70 khoản 1",),
        explanation="<p>Xem điều 1.<br/>Dòng hai.<br/>Legal basis: Điều 5 luật cũ</p>",
        value={"stem": "<p>Tổ chức nào đại diện cho người lao động?</p>", "options": [
            {"text": text, "is_right": text == "Công đoàn", "feedback": ""} for text in ("Công đoàn", "Hội Luật gia tại TP. Hồ Chí Minh", "Đội", "Nhóm")]})
    assert (two.kind, stem_of(two), options_of(two), two.topic) == (
        "several_answers", "<p>Những ai được<br/>tham gia?</p>", ["*x", "y", "*z"], "Bài 2. Thương lượng")
    assert (three.kind, three.value["model_answer"], three.category, three.topic) == ("essay", "<p>ý một<br/>ý hai</p>", (), "")


@pytest.mark.parametrize("begin", ["Câu 1:", "Câu 1.", "Câu 1)", "CÂU 01 :", "câu 1 -", "Câu hỏi 1:", "Câu hỏi số 1:", "Câu 1/", "Câu 1", "1.", "1)", "01.", "1/", "  1. ", "Question 1:",
                                   "Câu 1 (NB):", "Câu 1 [0,25đ]:", "Câu 1:\t", "\ufeffCâu 1:"])
def test_question_begins_in_many_ways(begin):
    found = read_one(f"{begin} Hỏi gì?\nA. x\nB. y\nĐáp án: B")
    assert (stem_of(found), options_of(found), found.line) == ("<p>Hỏi gì?</p>", ["x", "*y"], 1)


@pytest.mark.parametrize("options", [
    "A. x\nB. y\nC. z", "A) x\nB) y\nC) z", "A/ x\nB/ y\nC/ z", "a) x\nb) y\nc) z", "a. x\nb. y\nc. z", "(A) x\n(B) y\n(C) z", "A: x\nB: y\nC: z", "A.x\nB.y\nC.z",
    "A - x\nB - y\nC - z", "A. x B. y C. z", "A. x\tB. y\tC. z", "A. x   B. y\nC. z", "A. x\nB. y\tC. z", "   A. x\n   B. y\n   C. z", "A. x\n\nB. y\n\nC. z", "A.\nx\nB.\ny\nC.\nz",
    "a. x b. y c. z", "A. x B. y\nC. z",
])
def test_options_are_written_in_many_ways(options):
    assert options_of(read_one(f"Câu 1: Hỏi?\n{options}\nĐáp án: B")) == ["x", "*y", "z"]


@pytest.mark.parametrize(("options", "found"), [
    ("A. TP. Hồ Chí Minh\nB. Vitamin B. Trả lương\nC. D. Hồ", ["TP. Hồ Chí Minh", "*Vitamin B. Trả lương", "D. Hồ"]),
    ("A. Uống vitamin B. B. Uống vitamin C. C. Không uống", ["Uống vitamin B.", "*Uống vitamin C.", "Không uống"]),
    ("A. Điểm a khoản 1\nB. Điểm b. c. d. khoản 2", ["Điểm a khoản 1", "*Điểm b. c. d. khoản 2"]),
    ("A. Theo ông A. B. Nguyễn\nB. y", ["Theo ông A. B. Nguyễn", "*y"]), ("A. x\nB. y\nlà như vậy\nC. z", ["x", "*y là như vậy", "z"]),
    ("A. Hà Nội B. TP. Hồ Chí Minh C. Đà Nẵng D. Huế", ["Hà Nội", "*TP. Hồ Chí Minh", "Đà Nẵng", "Huế"]),
])
def test_letter_within_a_sentence_begins_no_option(options, found):
    assert options_of(read_one(f"Câu 1: Hỏi?\n{options}\nĐáp án: B")) == found


@pytest.mark.parametrize("text", ["Câu 1: Hỏi? A. x B. y C. z\nĐáp án: B", "Câu 1: Hỏi?\tA. x\tB. y\tC. z\nĐáp án: B"])
def test_options_may_stand_behind_the_question(text):
    found = read_one(text)
    assert (stem_of(found), options_of(found)) == ("<p>Hỏi?</p>", ["x", "*y", "z"])


def test_name_before_the_options_is_no_option():
    found = read_one("Câu 1: Ai viết?\nC. Mác và Ph. Ăng-ghen viết\nA. x\nB. y\nĐáp án: A")
    assert (stem_of(found), options_of(found)) == ("<p>Ai viết?<br/>C. Mác và Ph. Ăng-ghen viết</p>", ["*x", "y"])


WITHOUT_SMALL_LETTERS = [
    ["1929", "1930", "1945", "1975"], ["1%", "2%", "3%", "10%"], ["28/7/1929", "1/5/1930", "2/9/1945", "30/4/1975"], ["CĐCS", "LĐ", "LĐLĐ", "TLĐLĐVN"], ["10", "USD", "VNĐ", "10 VNĐ"],
    ["XVIII", "XIX", "XX", "XXI"], ["2", "4", "A và B", "A, B và C"], ["1/2", "0,5", "-3", "III"], ["TRẮC NGHIỆM", "HỎI", "TỰ LUẬN", "PHẦN II. THI"],
]
LAYOUTS = ["A. {}\nB. {}\nC. {}\nD. {}", "\nA. {}\n\nB. {}\n\nC. {}\n\nD. {}", "A) {}\tB) {}\nC) {}\tD) {}", "a. {}\nb. {}\nc. {}\nd. {}", "A. {}   B. {}   C. {}\nD. {}"]


@pytest.mark.parametrize("texts", WITHOUT_SMALL_LETTERS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_option_is_no_heading_when_it_has_no_small_letters(layout, texts):
    question = f"Hỏi?\n{layout.format(*texts)}\nĐáp án: C\n"
    found = read(f"Câu 1: {question}Câu 2: {question}")
    assert [options_of(item) for item in found] == [[*texts[:2], f"*{texts[2]}", texts[3]]] * 2
    assert [item.category for item in found] == [(), ()]


def test_option_is_no_heading_when_the_answer_stands_elsewhere():
    texts = ["1%", "2%", "LĐLĐ", "TLĐLĐVN"]
    assert options_of(read_one("Câu 1: Hỏi?\n*A. 1%\nB. 2%\nC. LĐLĐ\nD. TLĐLĐVN")) == ["*1%", *texts[1:]]
    assert options_of(read_one("Câu 1: Hỏi?\nĐáp án: A\nA. 1%\nB. 2%\nC. LĐLĐ\nD. TLĐLĐVN")) == ["*1%", *texts[1:]]
    found = read("".join(f"Câu {number}: Hỏi?\nA. 1%\nB. 2%\nC. LĐLĐ\nD. TLĐLĐVN\n" for number in (1, 2)) + "ĐÁP ÁN\n1A 2A")
    assert [options_of(item) for item in found] == [["*1%", *texts[1:]]] * 2


@pytest.mark.parametrize("answer", ["Đáp án: A\n", "ĐA: A\nGiải thích: x\n", ""])
@pytest.mark.parametrize(("heading", "category"), [
    ("PHẦN II. ĐỐI THOẠI", ("PHẦN II. ĐỐI THOẠI",)), ("II. ĐỐI THOẠI", ("II. ĐỐI THOẠI",)), ("B. ĐỐI THOẠI", ("B. ĐỐI THOẠI",)), ("B. TỰ LUẬN", ()), ("II. TỰ LUẬN", ()),
])
def test_heading_behind_capital_options_is_still_one(heading, category, answer):
    one, two = read(f"A. PHÁP LUẬT\nCâu 1: Hỏi?\n*A. LĐ\nB. LĐLĐ\nC. 3%\nD. CĐCS\n{answer}{heading}\nCâu 2: Hỏi?\nA. x\n*B. y")
    assert (options_of(one), one.category, one.notes) == (["*LĐ", "LĐLĐ", "3%", "CĐCS"], ("A. PHÁP LUẬT",), ())
    if "TỰ LUẬN" in heading:
        assert (two.kind, two.category) == ("essay", category)
    else:
        assert (options_of(two), two.category) == (["x", "*y"], category)


@pytest.mark.parametrize("answer", [
    "Đáp án: B", "ĐÁP ÁN B", "Đáp án đúng: B", "Đáp án đúng là B", "Đáp án: b", "Đáp án: B.", "Đáp án: (B)", "ĐA: B", "Đ.A: B", "Đáp án = B", "Đáp án - B", "[Đáp án: B]", "(ĐA: B)",
    "=> Đáp án: B", "* Đáp án: B", "Chọn B", "Chọn đáp án B", "Trả lời: B", "Answer: B", "ANSWER: B", "Phương án đúng: B", "Câu trả lời đúng: B", "Đáp án: B. y", "Đáp án: y",
    "Đáp án câu 1: B", "- Đáp án: B", "Đáp án đúng là: B",
])
def test_answer_is_given_in_many_ways(answer):
    assert options_of(read_one(f"Câu 1: Hỏi?\nA. x\nB. y\nC. z\n{answer}")) == ["x", "*y", "z"]


@pytest.mark.parametrize("answer", ["Đáp án: A, C", "Đáp án: A và C", "Đáp án: A;C", "Đáp án: AC", "Đáp án A, C", "Đáp án: A & C", "ĐA: a,c", "Đáp án: A C"])
def test_answers_are_several_when_several_letters_are_given(answer):
    found = read_one(f"Câu 1: Hỏi?\nA. x\nB. y\nC. z\n{answer}")
    assert (found.kind, options_of(found)) == ("several_answers", ["*x", "y", "*z"])


@pytest.mark.parametrize("options", ["A. x\n*B. y\nC. z", "A. x\nB. *y\nC. z", "A. x\nB. y*\nC. z", "A. x\n* B. y\nC. z", "A. x\nB. y (đúng)\nC. z", "A. x\nB. y ✓\nC. z", "A. x *B. y C. z"])
def test_star_marks_the_right_option(options):
    assert options_of(read_one(f"Câu 1: Hỏi?\n{options}")) == ["x", "*y", "z"]


@pytest.mark.parametrize("tail", ["C. z   Đáp án: B", "C. z (ĐA: B)", "C. z\t[Đáp án: B]"])
def test_answer_may_stand_behind_the_last_option(tail):
    assert options_of(read_one(f"Câu 1: Hỏi?\nA. x\nB. y\n{tail}")) == ["x", "*y", "z"]


def test_answer_may_stand_before_the_options():
    assert options_of(read_one("Câu 1: Hỏi?\nĐáp án: B\nA. x\nB. y")) == ["x", "*y"]


BODY = "".join(f"Câu {number}: Hỏi?\nA. x\nB. y\nC. z\n" for number in (1, 2, 3))


@pytest.mark.parametrize("key", [
    "ĐÁP ÁN: 1-B, 2-A, 3.C", "ĐÁP ÁN\n1B 2A 3C", "1B 2A 3C", "BẢNG ĐÁP ÁN\n1. B\n2. A\n3. C", "Đáp án\nCâu 1: B\nCâu 2: A\nCâu 3: C", "ĐÁP ÁN:\n1.B; 2.A; 3.C",
    "ĐÁP ÁN\nCâu 1 2 3\nĐA B A C", "ĐÁP ÁN THAM KHẢO\n1-B 2-A\n3-C", "Đáp án: 1B, 2A\n3C", "--\nĐÁP ÁN\n\n1|B\n2|A\n3|C", "Câu\t1\t2\t3\nĐáp án\tB\tA\tC",
    "ĐÁP ÁN VÀ GIẢI THÍCH\nCâu 1: B. Vì x\nCâu 2: A - vì y\nCâu 3: Đáp án C",
])
def test_key_at_the_end_answers_all_questions(key):
    assert [options_of(item) for item in read(f"{BODY}\n{key}")] == [["x", "*y", "z"], ["*x", "y", "z"], ["x", "y", "*z"]]


def test_key_may_give_reasons_over_several_lines():
    one, two = read("Câu 1: Hỏi?\nA. x\nB. y\nCâu 2: Hỏi?\nA. x\nB. y\nĐÁP ÁN VÀ GIẢI THÍCH\nCâu 1: B. Vì điều 5\nvà điều 6\nCâu 2: A")
    assert (one.explanation, two.explanation) == ("<p>Vì điều 5<br/>và điều 6</p>", "")


def test_key_counts_anew_where_the_questions_do():
    paper = f"PHẦN I. Luật\n{BODY}PHẦN II. Nghiệp vụ\n{BODY}ĐÁP ÁN\nPhần I\n1A 2A 3A\nPhần II\n1B 2B 3B"
    found = read(paper)
    assert [options_of(item).index("*x" if place < 3 else "*y") for place, item in enumerate(found)] == [0, 0, 0, 1, 1, 1]
    assert found[3].category == ("PHẦN II. Nghiệp vụ",)


def test_row_of_numbers_is_no_key_when_no_letters_follow():
    assert options_of(read_one("Câu 1: Chọn dãy\n1 2 3\nA. 1 2 3\nB. 4 5 6\nĐáp án: B")) == ["1 2 3", "*4 5 6"]


@pytest.mark.parametrize(("text", "kind"), [
    ("Câu 1: Công đoàn lập năm 1929.\nĐáp án: Đúng", "true_false"), ("Câu 1: X.\nĐáp án: S", "true_false"), ("Câu 1: X\nA. Đúng\nB. Sai\nĐáp án: B", "true_false"),
    ("Câu 1: Mấy ngày?\nĐáp án: 30", "numeric"), ("Câu 1: Ở đâu?\nĐáp án: Hà Nội", "short_answer"), ("Câu 1 (Tự luận): Nêu.\nĐáp án:\na) một\nb) hai", "essay"),
    ("Câu 1: Nêu.\nLoại: Tự luận", "essay"), ("II. TỰ LUẬN\nCâu 1: Nêu\na) một\nb) hai", "essay"), ("Phần B: Tự luận (3 điểm)\nCâu 1: Nêu", "essay"),
])
def test_kind_is_told_by_what_is_there(text, kind):
    assert read_one(text).kind == kind


def test_truth_is_read_from_letter_and_word():
    assert [item.value["is_true"] for item in read(
        "Câu 1: x\nĐáp án: Đúng\nCâu 2: x\nĐáp án: Sai\nCâu 3: x\nĐáp án: Đ\nCâu 4: x\nA. Đúng\nB. Sai\nĐáp án: A\nCâu 5: x\nA. Đúng\nB. Sai\nĐáp án: Sai")
    ] == [True, False, True, True, False]


def test_model_answer_is_all_that_follows_an_essay():
    found = read_one("TỰ LUẬN\nCâu 1: Nêu.\na) một\nb) hai\nĐáp án:\n- ý 1\n\n- ý 2")
    assert (stem_of(found), found.value["model_answer"]) == ("<p>Nêu.<br/>a) một<br/>b) hai</p>", "<p>- ý 1</p><p>- ý 2</p>")


@pytest.mark.parametrize(("said", "difficulty"), [("Mức độ: Dễ", "easy"), ("Mức độ: Vận dụng cao", "hard"), ("Độ khó: TB", "medium"), ("Mức độ: rất", "medium")])
def test_difficulty_is_read(said, difficulty):
    assert read_one(f"Câu 1: Hỏi?\nA. x\nB. y\nĐáp án: A\n{said}").difficulty == difficulty
    assert read_one("Câu 1 (VD): Hỏi?\nA. x\nB. y\nĐáp án: A").difficulty == "hard"


@pytest.mark.parametrize(("said", "citations", "explanation"), [
    ("Căn cứ: Điều 70 Bộ luật Lao động 45/2019/QH14", ("45/2019/QH14 Điều 70",), ""),
    ("Căn cứ pháp lý: điểm a khoản 2 Điều 5 Nghị định 145/2020/NĐ-CP", ("145/2020/NĐ-CP Điều 5 khoản 2 điểm a",), ""),
    ("Căn cứ: Điều 70 Bộ luật Lao động", (), "<p>Legal basis: Điều 70 Bộ luật Lao động</p>"),
    ("Căn cứ: 50/2024/QH15; 191/2013/NĐ-CP", ("50/2024/QH15", "191/2013/NĐ-CP"), ""),
])
def test_law_is_cited_when_it_names_a_document(said, citations, explanation):
    found = read_one(f"Câu 1: Hỏi?\nA. x\nB. y\nĐáp án: A\n{said}")
    assert (found.citations, found.explanation) == (citations, explanation)


def test_reason_behind_the_answer_becomes_the_explanation():
    assert read_one("Câu 1: Hỏi?\nA. x\nB. y\nĐáp án: B (Điều 5 quy định)").explanation == "<p>(Điều 5 quy định)</p>"
    assert read_one("Câu 1: Hỏi?\nA. x\nB. y\nĐáp án: B. Vì thế").explanation == "<p>Vì thế</p>"
    assert read_one("Câu 1: Hỏi?\nA. x\nB. y\nĐáp án: B. y").explanation == ""


def test_headings_nest_by_their_rank():
    found = read("Phần I: Luật\nChương 2: Quyền\nBài 3: A\n" + BODY.replace("C. z\n", "Đáp án: A\n") + "Chương 3. Nghĩa vụ\nCâu 4: x\nĐáp án: Đúng\nPhần II: Khác\nCâu 5: x\nĐáp án: Sai")
    assert [(item.category, item.topic) for item in found[2:]] == [
        (("Phần I: Luật", "Chương 2: Quyền"), "Bài 3: A"), (("Phần I: Luật", "Chương 3. Nghĩa vụ"), ""), (("Phần II: Khác",), "")]


def test_heading_words_within_a_question_stay_there():
    found = read_one("Câu 1: Theo\nChương II Bộ luật Lao động, ai quyết?\nA. x\nB. y\nĐáp án: A")
    assert stem_of(found) == "<p>Theo<br/>Chương II Bộ luật Lao động, ai quyết?</p>"


def test_list_within_a_question_is_no_question():
    found = read("1. Xét các ý:\n1. một\n2. hai\nA. x\nB. y\nĐáp án: A\n2. Hỏi?\nA. x\nB. y\nĐáp án: B")
    assert [stem_of(item) for item in found] == ["<p>Xét các ý:<br/>1. một<br/>2. hai</p>", "<p>Hỏi?</p>"]
    assert len(read("Câu 1: Xét:\n1. một\n2. hai\nA. x\nB. y\nĐáp án: A")) == 1


def test_question_is_kept_when_its_number_is_written_otherwise_than_the_one_before():
    first, one, two, last = read("Câu 7: Hỏi?\nA. x\nB. y\n1. Một?\nA. 1%\nB. 2%\nĐáp án: B\n2. Hai?\nA. x\nB. y\nĐáp án: A\nCâu 8: Hỏi?\nA. x\nB. y\nĐáp án: B")
    assert isinstance(first, Refused)
    assert [(item.line, stem_of(item), options_of(item)) for item in (one, two, last)] == [
        (4, "<p>Một?</p>", ["1%", "*2%"]), (8, "<p>Hai?</p>", ["*x", "y"]), (12, "<p>Hỏi?</p>", ["x", "*y"])]


def test_list_behind_the_options_is_no_question():
    found = read_one("Câu 1: Hỏi?\nA. x\nB. y\nĐáp án: A\nGiải thích: Vì\n1. một:\na) hai\nb) ba")
    assert (options_of(found), found.explanation) == (["*x", "y"], "<p>Vì<br/>1. một:<br/>a) hai<br/>b) ba</p>")


@pytest.mark.parametrize(("text", "words"), [
    ("Câu 7: Hỏi?\nA. x\nB. y", "right answer"), ("Câu 7: Hỏi?", "Tự luận"), ("Câu 7: Hỏi?\nA. x\nB. y\nĐáp án: D", "no such option"), ("Câu 7: Hỏi?\nĐáp án: B", "no options"),
    ("Câu 7:\nA. x\nB. y\nĐáp án: B", "missing"), ("Câu 7: Hỏi?\nA. x\nB.\nĐáp án: A", "empty"), ("Câu 7: Hỏi?\nA. x\nB. y\nĐáp án: A, B", "all options"),
    ("Câu 7: Hỏi?\nA. x\nB. y\nĐáp án: chưa rõ", "chưa rõ"), (f"Câu 7: {TCVN3}\nA. x\nB. y\nĐáp án: A", "TCVN3"), ("Câu 7: Hỏi?\nĐáp án: " + "dài " * 80, "Tự luận"),
    ("Câu 7: x\n" + f"{'y' * 100}\n" * 2_100, "too long"),
])
def test_question_is_refused_with_its_number_and_line(text, words):
    filler = "".join(f"Câu {number}: Công đoàn là tổ chức của người lao động, đúng không?\nĐáp án: Đúng\n" for number in range(1, 7))
    *others, found = read(filler + text)
    assert len(others) == 6
    assert isinstance(found, Refused)
    assert found.line == 13
    assert "Question 7, line 13:" in found.reason
    assert words in found.reason


def test_text_between_questions_is_noted_when_it_says_nothing():
    one, two = read("Câu 1: Hỏi?\nA. x\nB. y\nĐáp án: A\n\nTrang 2\nCâu 2: Hỏi?\nA. x\nB. y\nĐáp án: A")
    assert (len(one.notes), two.notes) == (1, ())


@pytest.mark.parametrize(("data", "code"), [
    (b"", "no_questions"), ("Không có gì ở đây".encode(), "no_questions"), (TCVN3.encode(), "tcvn3"), (VNI.encode("latin-1"), "vni"), (b"%PDF-1.7", "binary"),
    (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "binary"), (b"PK\x03\x04 not a zip", "zip"), (b"text\0text", "binary"),
])
def test_file_is_refused_when_it_holds_no_questions(data, code):
    with pytest.raises(UnreadableFile) as caught:
        list(plain.read(io.BytesIO(data)))
    assert caught.value.code == code


PIECES = st.sampled_from([
    "Câu 1: ", "Câu 2. ", "1. ", "2) ", "A. ", "B. ", "*C) ", "a/ ", "Đáp án: ", "ĐÁP ÁN", "B", "A, C", "Đúng", "\n", "\n\n", "\t", "   ", "1-A 2B 3 C", "Phần I. Luật", "TỰ LUẬN", "Giải thích: ",
    "Căn cứ: 45/2019/QH14 Điều 1", "(NB)", "(0,5 điểm)", "Mức độ: ", "x", "vitamin B. ", "1 2 3", "A B C", "Câu\tĐáp án", "[", ")", "*",
]) | st.text(max_size=5)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_is_read_or_refused(text):
    try:
        for found in read(text):
            assert found.line > 0
            assert isinstance(found, Item) or found.reason
    except UnreadableFile as error:
        assert str(error)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("0123456789%/ABCDĐIVXLN", min_size=1, max_size=12), min_size=2, max_size=10), st.sampled_from(["\n", "\n\n"]))
def test_options_of_capitals_and_digits_are_all_kept(texts, gap):
    options = gap.join(f"{letter}. {text}" for letter, text in zip("ABCDEFGHIJ", texts, strict=False))
    for found in read(f"Câu 1: Hỏi?{gap}{options}\nĐáp án: A\nCâu 2: Hỏi?{gap}{options}\nĐáp án: A"):
        assert options_of(found) == [f"*{texts[0]}", *texts[1:]]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_raise_nothing_but_the_own_error(data):
    try:
        list(plain.read(io.BytesIO(data)))
    except UnreadableFile as error:
        assert str(error)


@pytest.mark.parametrize("piece", ["A. ", " ", "\t", "1 ", "1A ", "Câu ", "(", "* ", "*", "-", "Đáp án ", "A, ", "a) b) ", "điểm ", "và ", ". ", "1/2020/", "[", "A A", "1|"])
def test_long_lines_take_no_longer_than_short_ones(piece):
    """A pattern that repeats in two ways would run for hours here."""
    long = piece * (20_000 // len(piece))
    begins = ("A. ", "Đáp án: ", "Đáp án A ", "Chọn A", "Giải thích", "Căn cứ: Điều", "1", "1 A", "Câu", "Bài", "")
    read(f"Câu 1: x{long}x\nA. x{long}x\nB. y\n" + "\n".join(f"{begin}{long}x" for begin in begins))


def test_looks_stay_with_their_words_when_gaps_are_cut_short():
    text = f"a{' ' * 30}bold{chr(9) * 20}c   d"
    line = narrowed(Line(1, text, (Span(31, 35, frozenset({"bold"})), Span(10, 33, frozenset({"red"})), Span(55, 60, frozenset({"italic"})))))
    assert line.text == "a\t       bold\t       c   d"
    assert [line.text[span.start:span.end] for span in line.spans] == ["bold", "bo", "c   d"]
