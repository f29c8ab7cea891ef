import base64
import io

import pytest
from django.utils import translation

from intake.errors import UnreadableFile
from quizzes.interchange import moodlexml
from quizzes.interchange.items import Item, Refused
from quizzes.interchange.moodle import read_path, say_path
from quizzes.interchange.moodlexml import texts as moodlexml_texts
from tests.quizzes.interchange.moodle_files import PIXEL, answer, category, choices, question, quiz


def read(*questions: str) -> list[Item | Refused]:
    with translation.override("en"):
        return list(moodlexml.read(io.BytesIO(quiz(*questions))))


def one(kind: str, stem: str, body: str = "", **more) -> Item:
    (item,) = read(question(kind, stem, body, **more))
    assert isinstance(item, Item), item
    return item


def refused(kind: str, stem: str, body: str = "", **more) -> Refused:
    (refusal,) = read(question(kind, stem, body, **more))
    assert isinstance(refusal, Refused), refusal
    assert refusal.line == 3
    return refusal


def options_of(item: Item) -> list[tuple[str, bool]]:
    return [(option["text"], option["is_right"]) for option in item.value["options"]]


def file_element(name: str, content: bytes = PIXEL, path: str = "/") -> str:
    return f'<file name="{name}" path="{path}" encoding="base64">{base64.b64encode(content).decode()}</file>'


# The frame of a question.


def test_question_brings_code_tags_explanation_and_place_along():
    body = (
        "<single>true</single>" + answer(100, "<p>Đúng</p>", "<p>Phải</p>") + answer(0, "Sai")
        + "<coursetags><tag><text>luật</text></tag></coursetags>"
        + "<tags><tag><text>difficulty:hard</text></tag><tag><text>law:45/2019/QH14 Điều 70</text></tag></tags>"
    )
    text = question("multichoice", "<p>Hỏi?</p>", body).replace("<idnumber></idnumber>", "<idnumber> KH &amp; 1 </idnumber>")
    text = text.replace('<generalfeedback format="html"><text>', '<generalfeedback format="html"><text>&lt;p&gt;Vì thế.&lt;/p&gt;')
    (item,) = read(text)
    assert item == Item(
        "one_answer",
        {"stem": "<p>Hỏi?</p>", "options": [{"text": "Đúng", "is_right": True, "feedback": "Phải"}, {"text": "Sai", "is_right": False, "feedback": ""}]},
        explanation="<p>Vì thế.</p>", code="KH & 1", difficulty="hard", tags=("luật",), citations=("45/2019/QH14 Điều 70",), line=3,
    )


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("$course$/top/Luật/Chương I", ("Luật", "Chương I")),
        ("$course$/Luật", ("Luật",)),
        ("$cat1$/top/Đoàn viên // hội viên/A", ("Đoàn viên / hội viên", "A")),
        ("$module$/top/Default for Bài 1", ("Default for Bài 1",)),
        ("$system$/top", ()),
        ("$course$", ()),
        ("top/A", ("A",)),
        ("A/ //a/ b", ("A", "/a", "b")),
        ("", ()),
    ],
)
def test_category_is_read_when_moodle_writes_its_path(path, names):
    (item,) = read(category(path), question("truefalse", "S", answer(100, "true")))
    assert item.category == names
    assert item.line == 4


def test_categories_are_written_so_that_they_are_read_again():
    for names in [("a/b", "/", "//x", "y/"), ("top",), ("$course$",), ()]:
        assert read_path(say_path(names)) == names


def test_long_idnumber_and_hints_are_noted_but_default_feedback_is_not():
    body = answer(100, "true") + "<hint format='html'><text>Gợi ý</text></hint><correctfeedback><text>Your answer is correct.</text></correctfeedback>"
    text = question("truefalse", "S", body).replace("<idnumber></idnumber>", f"<idnumber>{'x' * 41}</idnumber>")
    (item,) = read(text)
    assert item.code == ""
    assert len(item.notes) == 2
    assert "Hints" in item.notes[1]


# Ways of writing text.


@pytest.mark.parametrize(
    ("written", "text", "html"),
    [
        ("html", "<p>a &amp; <b>b</b></p>", "<p>a &amp; <b>b</b></p>"),
        ("plain_text", "a < b\n\nc & d", "<p>a &lt; b</p><p>c &amp; d</p>"),
        ("moodle_auto_format", "a < 5\nb", "<p>a &lt; 5<br/>b</p>"),
        ("moodle_auto_format", "a <b>b</b>\nc\n\nd", "<p>a <b>b</b><br/>c</p><p>d</p>"),
        ("moodle_auto_format", "<p>a</p>\n<p>b</p>", "<p>a</p>\n<p>b</p>"),
        ("markdown", "# T\n\na **b** *c* `d`\ne\n\n- x\n- y\n\n1. z", "<p><b>T</b></p><p>a <b>b</b> <i>c</i> <code>d</code><br/>e</p><ul><li>x</li><li>y</li></ul><ol><li>z</li></ol>"),
        ("markdown", "![s](@@PLUGINFILE@@/s.png) <script>", '<p><img src="@@PLUGINFILE@@/s.png" alt="s"/> &lt;script&gt;</p>'),
        ("unknown", "a", "<p>a</p>"),
    ],
)
def test_stem_becomes_html_when_it_is_written_in_another_way(written, text, html):
    assert one("truefalse", text, answer(100, "true"), attributes=f'format="{written}"').value["stem"] == html


def test_options_become_words_when_they_are_html():
    body = "<single>1</single>" + answer(100, "<p dir='ltr'>A&nbsp;&lt; <span>B</span><br></p>") + answer(0, "<p><b>C</b></p>") + answer(
        0, "x < y", written="plain_text")
    item = one("multichoice", "?", body)
    assert [text for text, _right in options_of(item)] == ["A < B", "C", "x < y"]
    assert item.notes == ("Bold and other formats in options and feedback are left out.",)


def test_pictures_are_kept_when_they_stand_in_stem_and_explanation():
    stem = '<p><img src="@@PLUGINFILE@@/s%20%C4%91%E1%BB%93.png?time=1" alt="x"><img src="@@PLUGINFILE@@/con/s.png"></p>'
    text = question("truefalse", stem, answer(100, "true"), more=file_element("s đồ.png") + file_element("s.png", path="/con/") + file_element("a.pdf"))
    other = b"GIF89a other"
    text = text.replace(
        '<generalfeedback format="html"><text></text>',
        '<generalfeedback format="html"><text><![CDATA[<img src="@@PLUGINFILE@@/s.png">]]></text>' + file_element("s.png", other))
    (item,) = read(text)
    assert item.pictures == {"s đồ.png": PIXEL, "s.png": PIXEL, "s-2.png": other}
    assert item.value["stem"] == '<p><img src="@@PLUGINFILE@@/s%20%C4%91%E1%BB%93.png" alt="x"><img src="@@PLUGINFILE@@/s.png"></p>'
    assert item.explanation == '<img src="@@PLUGINFILE@@/s-2.png">'
    assert item.notes == ("The file “a.pdf” is left out: only pictures are taken.",)


def test_pictures_are_left_out_with_a_note_when_they_are_too_large_or_damaged(monkeypatch):
    monkeypatch.setattr(moodlexml_texts, "MAX_PICTURE", 5000)
    monkeypatch.setattr(moodlexml_texts, "MAX_PICTURES", 20_000)
    monkeypatch.setattr(moodlexml, "_FILES", {"file": 6700})
    big = b"x" * 5000
    more = file_element("big.png", big + b"x") + file_element("huge.png", big * 2) + "<file name='bad.png' encoding='base64'>!</file>"
    item = one("truefalse", "S", answer(100, "true"), more=more)
    assert item.pictures == {}
    assert len(item.notes) == 3
    many = "".join(file_element(f"{number}.png", big[:-1] + bytes([number])) for number in range(5))
    item = one("truefalse", "S", answer(100, "true"), more=many)
    assert list(item.pictures) == ["0.png", "1.png", "2.png", "3.png"]
    assert item.notes == ("The picture “4.png” is left out: it is too large.",)


def test_links_to_files_that_are_left_out_become_words():
    stem = '<p><a href="@@PLUGINFILE@@/a.mp3">Nghe</a> rồi xem <a href="https://example.org/">trang này</a>.</p>'
    item = one("truefalse", stem, answer(100, "true"), more=file_element("a.mp3"))
    assert item.value["stem"] == '<p>Nghe rồi xem <a href="https://example.org/">trang này</a>.</p>'
    assert len(item.notes) == 1


def test_picture_of_an_old_file_is_shown_below_the_stem():
    body = answer(100, "true") + f"<image>dir/s.png</image><image_base64>\n{base64.b64encode(PIXEL).decode()}\n</image_base64>"
    item = one("truefalse", "S", body)
    assert item.pictures == {"s.png": PIXEL}
    assert item.value["stem"] == 'S<p><img src="@@PLUGINFILE@@/s.png" alt=""/></p>'


def test_question_is_refused_when_a_text_is_longer_than_any_of_ours():
    assert "20000" in refused("truefalse", "<" * 30_000, answer(100, "true")).reason
    assert "20000" in refused("multichoice", "?", answer(100, "x" * 30_000)).reason
    picture = '<img src="data:image/png;base64,' + "A" * 30_000 + '">'
    assert one("truefalse", picture, answer(100, "true")).value["stem"] == picture


# Kind by kind.


def test_one_answer_tells_of_partly_right_and_costly_options():
    item = one("multichoice", "?", answer(100, "A") + answer("33.33333", "B") + answer("-25", "C"))
    assert options_of(item) == [("A", True), ("B", False), ("C", False)]
    assert len(item.notes) == 2
    assert "fully right" in refused("multichoice", "<p>Hỏi  gì</p>", answer(100, "A") + answer(100, "B")).reason
    assert refused("multichoice", "<p>Hỏi  gì</p>", answer(50, "A") + answer(50, "B")).excerpt == "Hỏi gì"
    assert "picture" in refused("multichoice", "?", answer(100, '<img src="@@PLUGINFILE@@/a.png">') + answer(0, "B")).reason


@pytest.mark.parametrize(
    ("percents", "marking", "notes"),
    [
        (("50", "50", "-50", "-50"), "partial", 0),
        (("33.33333", "33.33333", "33.33333", "-100"), "partial", 0),
        (("50", "49.9", "0", "0"), "lenient", 0),
        (("100", "0", "0", "0"), "lenient", 0),
        (("25", "25", "25", "25"), "partial", 0),
        (("75", "25", "0", "-50"), "partial", 1),
        (("50,0", "50,0", "0", "-50"), "partial", 1),
    ],
)
def test_several_answers_take_the_marking_that_fits(percents, marking, notes):
    item = one("multichoice", "?", "<single>false</single>" + "".join(answer(percent, f"o{percent}") for percent in percents))
    assert item.kind == "several_answers"
    assert item.value["marking"] == marking
    assert len(item.notes) == notes
    assert [right for _text, right in options_of(item)] == [not percent.startswith(("0", "-")) for percent in percents]


def test_several_answers_are_all_or_nothing_when_the_plugin_says_so():
    assert one("multichoiceset", "?", answer(100, "A") + answer(100, "B") + answer(0, "C")).value["marking"] == "all"
    assert one("oumultiresponse", "?", answer(100, "A") + answer(0, "C")).value["marking"] == "partial"
    assert "right" in refused("multichoice", "?", "<single>false</single>" + answer(0, "A") + answer(0, "B")).reason


@pytest.mark.parametrize(
    ("body", "is_true", "feedback"),
    [
        (answer(100, "true", "hay") + answer(0, "false", "chưa"), True, "chưa"),
        (answer(0, "true", "chưa") + answer(100, "false"), False, "chưa"),
        (answer(100, "false") + answer(0, "true", "chưa"), False, "chưa"),
        (answer(0, "Đúng", "chưa") + answer(100, "Sai"), False, "chưa"),
        (answer(0, "false"), True, ""),
    ],
)
def test_true_false_is_read_in_any_order(body, is_true, feedback):
    assert one("truefalse", "S", body).value == {"stem": "S", "is_true": is_true, "feedback": feedback}


def test_short_answer_keeps_shares_and_says_what_wildcards_lose():
    body = "<usecase>1</usecase>" + answer(100, "Hà Nội", "<p>Tốt</p>") + answer("33.33333", "a\\*b", written="moodle_auto_format") + answer(0, "*", "Sai")
    item = one("shortanswer", "?", body)
    assert item.value["accepted"] == [
        {"text": "Hà Nội", "fraction": 1, "feedback": "Tốt"}, {"text": "a*b", "fraction": 0.333, "feedback": ""}]
    assert item.value["comparing"] == "exact"
    assert len(item.notes) == 1
    assert one("shortanswer", "?", "<usecase>0</usecase>" + answer(100, "<b>")).value["comparing"] == "case"
    assert "*" in refused("shortanswer", "?", answer(100, "Hà*")).reason


def test_numeric_keeps_tolerance_and_its_first_unit():
    units = "<units><unit><multiplier>1000</multiplier><unit_name>g</unit_name></unit><unit><multiplier>1.0</multiplier><unit_name>kg</unit_name></unit></units>"
    body = (
        answer(100, "3,14", more="<tolerance>0.01</tolerance>") + answer(50, "1e3", more="<tolerance>0</tolerance>") + answer(0, "*", "Sai") + units)
    item = one("numerical", "?", body)
    assert [(number["value"], number["tolerance"], number["fraction"]) for number in item.value["accepted"]] == [("3.14", "0.01", 1), ("1000", "0", 0.5)]
    assert item.value["unit"] == "kg"
    assert len(item.notes) == 2
    for wrong in ("ba", "NaN", "1e999999999", "9" * 50):
        assert wrong[:9] in refused("numerical", "?", answer(100, wrong)).reason
    assert "100%" in refused("numerical", "?", answer(50, "1")).reason


def test_matching_has_distractors_when_left_sides_are_empty():
    def pair(left: str, right: str) -> str:
        return f'<subquestion format="html"><text><![CDATA[{left}]]></text><answer><text><![CDATA[{right}]]></text></answer></subquestion>'

    item = one("matching", "?", pair("<p>Một</p>", "1") + pair("<b>Hai</b>", "2 & 2") + pair("", "3") + "<shuffleanswers>1</shuffleanswers>")
    assert [(one_["left"], one_["right"]) for one_ in item.value["pairs"]] == [("Một", "1"), ("Hai", "2 & 2")]
    assert item.value["distractors"] == ["3"]
    assert len(item.notes) == 1
    assert "picture" in refused("match", "?", pair('<img src="@@PLUGINFILE@@/a.png">', "1")).reason


@pytest.mark.parametrize(
    ("grading", "marking", "notes"),
    [("ALL_OR_NOTHING", "all", 0), ("RELATIVE_NEXT_EXCLUDE_LAST", "neighbours", 0), ("", "neighbours", 0), ("ABSOLUTE_POSITION", "neighbours", 1)],
)
def test_ordering_is_read_by_place_with_the_nearest_marking(grading, marking, notes):
    body = f"<selecttype>ALL</selecttype><gradingtype>{grading}</gradingtype>" + answer("2.0000000", "hai") + answer("1.0000000", "một") + answer("10", "mười")
    item = one("ordering", "?", body)
    assert item.value == {"stem": "?", "items": ["một", "hai", "mười"], "marking": marking}
    assert len(item.notes) == notes


def test_essay_keeps_what_the_marker_reads():
    body = (
        "<responseformat>editor</responseformat><minwordlimit>50</minwordlimit><maxwordlimit></maxwordlimit><attachments>1</attachments>"
        "<graderinfo format='html'><text>&lt;p&gt;Ý chính&lt;/p&gt;</text></graderinfo><responsetemplate><text>Kính gửi</text></responsetemplate>")
    item = one("essay", "?", body)
    assert item.value == {"stem": "?", "model_answer": "<p>Ý chính</p>", "criteria": [], "least_words": 50, "most_words": None}
    assert len(item.notes) == 2
    assert "File" in refused("essay", "?", "<responseformat>noinline</responseformat>").reason


@pytest.mark.parametrize(
    "kind", ["description", "random", "calculated", "calculatedmulti", "calculatedsimple", "ddimageortext", "ddmarker", "stack", "coderunner", ""])
def test_question_is_refused_by_name_when_its_kind_has_no_place(kind):
    refusal = refused(kind, "<p>Nội dung</p>")
    assert kind in refusal.reason
    assert refusal.excerpt == "Nội dung"


# Texts with gaps.


def test_cloze_becomes_typed_gaps_when_they_are_typed():
    item = one("cloze", "<p>Điền vào.</p><p>Thủ đô là {1:SHORTANSWER:%100%H&agrave; N&#7897;i#Đúng~=Ha Noi~%50%Huế~*#Sai}, {:SA:=a\\}b\\#c&amp;d} và {1:MW:=1\\*2~=*x}.</p>")
    assert item.kind == "gaps"
    assert item.value == {
        "stem": "<p>Điền vào.</p>", "text": "<p>Thủ đô là [[H&agrave; N&#7897;i|Ha Noi]], [[a}b#c&amp;d]] và [[1*2]].</p>",
        "filling": "typed", "comparing": "case", "distractors": [],
    }
    assert len(item.notes) == 3
    assert one("cloze", "Là {1:SAC:=A} {1:SHORTANSWER_C:=B}").value["comparing"] == "exact"
    assert one("cloze", "Là {1:SAC:=A} {2:SA:=B}").value["comparing"] == "case"


def test_cloze_becomes_a_list_when_gaps_are_chosen():
    item = one("multianswer", "<p>a {1:MULTICHOICE:=California#OK~Arizona#No} b {1:MCVS:~California~%100%Arizona~<b>Ohio</b>}</p>")
    assert item.value["filling"] == "list"
    assert item.value["text"] == "<p>a [[California]] b [[Arizona]]</p>"
    assert item.value["distractors"] == ["Ohio"]
    assert item.value["stem"] == "<p>Complete the text.</p>"
    assert len(item.notes) == 2
    mixed = one("cloze", "a {1:MC:=x~y} b {1:SA:=z}")
    assert (mixed.value["filling"], mixed.value["text"], len(mixed.notes)) == ("list", "a [[x]] b [[z]]", 1)


def test_cloze_takes_numbers_only_when_they_are_exact():
    assert one("cloze", "{1:NUMERICAL:=3.5:0~%50%4} {1:NM:=2}").value["text"] == "[[3.5|3,5]] [[2]]"
    assert "tolerance" in refused("cloze", "{1:NUMERICAL:=3.5:0.1}").reason
    assert "none" in refused("cloze", "{1:NUMERICAL:=zero}").reason


@pytest.mark.parametrize(
    "stem",
    ["Chọn quả.", "{1:MULTICHOICE}", "{1:MC:Pear~%50%Apple}", "{1:MR:=a~=b}", "{1:SA:=a|b}", "{1:SA:=[x]}", "{1:SA:=*a}", "{1:SA:=a", "{1:SA:=a}" * 101, "{1:SA:}", "{1:SA:~#}"])
def test_cloze_is_refused_when_a_gap_cannot_be_said(stem):
    assert refused("cloze", stem).reason


def test_double_brackets_beside_gaps_are_no_gaps():
    assert one("cloze", "[[x]] {1:SA:=a}").value["text"] == "[ [x] ] [[a]]"


def test_drag_words_keep_places_words_and_groups():
    item = one("ddwtos", "<p>Kéo thả.</p><p>[[1]] và [[2]].</p>", choices("dragbox", "một", "hai", "ba &amp; bốn", groups="112"))
    assert item.kind == "drag_words"
    assert item.value == {
        "stem": "<p>Kéo thả.</p>", "text": "<p>[[1]] và [[2]].</p>", "answers": ["một", "hai"], "distractors": ["ba & bốn"], "reusable": False}
    assert len(item.notes) == 1
    assert one("ddwtos", "[[1]]", choices("dragbox", "x", "y", infinite=True)).value["reusable"] is True
    assert one("gapselect", "[[1]]", choices("selectoption", "x", "y")).value["reusable"] is True


def test_drag_words_are_numbered_anew_when_words_come_again_or_out_of_order():
    item = one("ddwtos", "<p title='[[1]]'>[[3]] [[1]] [[3]]</p>", choices("dragbox", "a", "b", "c"))
    assert item.value["text"] == "<p title='[[1]]'>[[1]] [[2]] [[3]]</p>"
    assert (item.value["answers"], item.value["distractors"], item.value["reusable"]) == (["c", "a", "c"], ["b"], True)
    assert "[[4]]" in refused("ddwtos", "[[4]]", choices("dragbox", "a")).reason
    assert "[[1]]" in refused("ddwtos", "x", choices("dragbox", "a")).reason


# The file as a whole.


def test_questions_go_on_when_one_is_refused():
    found = read(question("description", "D"), question("truefalse", "S", answer(100, "true")))
    assert [type(one_) for one_ in found] == [Refused, Item]
    assert [one_.line for one_ in found] == [3, 4]


def test_file_is_refused_when_it_is_no_file_of_moodle():
    def fault(data: bytes) -> str:
        with pytest.raises(UnreadableFile) as caught:
            list(moodlexml.read(io.BytesIO(data)))
        return caught.value.code

    assert fault(b"<rss><item/></rss>") == "no-questions"
    assert fault(b"hello") == "not-xml"
    assert fault(b"") == "empty"
    assert fault(quiz(question("essay", "x"))[:-8]) == "truncated"
    assert fault(b'<!DOCTYPE quiz [<!ENTITY a "b">]><quiz/>') == "declaration"
    assert list(moodlexml.read(io.BytesIO(b"<quiz/>"))) == []
    assert list(moodlexml.read(io.BytesIO("<quiz/>".encode("utf-16")))) == []


@pytest.mark.parametrize(("value", "tolerance", "kept"), [
    ("200", "10.00", ("5", "percent")), ("200", "25", ("25", "absolute")), ("0." + "1" * 30, "1", ("1", "absolute"))])
def test_percent_label_counts_only_when_the_difference_is_still_what_it_comes_to(value, tolerance, kept):
    body = answer(100, value, more=f"<tolerance>{tolerance}</tolerance>") + "<tags><tag><text>percent:1=5</text></tag></tags>"
    (accepted,) = one("numerical", "Bao nhiêu?", body).value["accepted"]
    assert (accepted["tolerance"], accepted["measure"]) == kept


def test_option_keeps_a_word_together_when_a_part_of_it_has_a_format():
    texts = ["<p>H<sub>2</sub>O</p>", "<strong>B</strong>ộ luật, <a href='x'>Điều</a> 70", "<p>một</p><p>hai<br>ba</p>"]
    body = "".join(answer(100 * (not place), text) for place, text in enumerate(texts))
    assert [option["text"] for option in one("multichoice", "S", body).value["options"]] == ["H2O", "Bộ luật, Điều 70", "một hai ba"]
