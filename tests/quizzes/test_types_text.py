"""Questions whose answer is typed: a few words, a number, the gaps of a text."""

import unicodedata
from collections import Counter
from decimal import Decimal
from html.parser import HTMLParser
from random import Random

import pytest
from django.template.loader import render_to_string
from wagtail.blocks import StructBlockValidationError

from quizzes.freezing import freeze, written_out
from quizzes.grading.numbers import Target, is_near, mark_number
from quizzes.grading.texts import is_same, mark_gaps, mark_text
from quizzes.types import InvalidAnswer, type_of
from quizzes.types.asked import Asked
from quizzes.types.gapped import has_broken_gaps, pieces_of, take_out
from tests.factories import question_types_a as factory

SHORT = {
    "stem": "<p>?</p>", "comparing": "case",
    "accepted": [{"text": "Thỏa ước", "fraction": 1.0, "feedback": ""}, {"text": "Hợp đồng", "fraction": 0.5, "feedback": "Gần đúng."}],
}
NUMBER = {
    "stem": "<p>?</p>", "unit": "ngày", "accepted": [
        {"value": "30", "tolerance": "0", "measure": "absolute", "fraction": 1.0, "feedback": ""},
        {"value": "30", "tolerance": "10", "measure": "percent", "fraction": 0.5, "feedback": "Gần đúng."},
    ],
}
GAPS = {
    "stem": "<p>?</p>", "text": "<p>[[g1]] và [[g2]]</p>", "filling": "typed", "comparing": "case", "choices": [],
    "gaps": [{"key": "g1", "right": ["ba mươi", "30"]}, {"key": "g2", "right": ["nhận"]}],
}
LIST = {**GAPS, "filling": "list", "comparing": "exact", "choices": ["30", "ba mươi", "gửi", "nhận"]}


# --- how texts are compared ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("one", "other", "same_from"), [
    ("Công đoàn", "Công đoàn", "exact"), ("Công  đoàn ", "Công đoàn", "exact"),
    ("công ĐOÀN", "Công đoàn", "case"), ("côngđoàn", "Công đoàn", "case"), ("hoà giải", "hòa giải", "case"),
    ("hoa giai", "hòa giải", "tones"), ("đôi thoai", "đối thoại", "tones"), ("thoa ươc", "thỏa ước", "tones"),
    ("doi thoai", "đối thoại", "diacritics"), ("thoa uoc", "thỏa ước", "diacritics"), ("DAN CHU", "dân chủ", "diacritics"),
    ("đối thoại", "đối thoai1", None), ("cong doan", "công đoán viên", None),
])
def test_each_way_of_comparing_forgives_what_the_stricter_ones_forgive(one, other, same_from):
    ways = ["exact", "case", "tones", "diacritics"]
    expected = [same_from is not None and ways.index(way) >= ways.index(same_from) for way in ways]
    assert [is_same(one, other, way) for way in ways] == expected
    decomposed = unicodedata.normalize("NFD", one)
    assert [is_same(decomposed, unicodedata.normalize("NFC", other), way) for way in ways] == expected


def test_letters_of_their_own_are_kept_where_only_tones_are_ignored():
    assert not any(is_same(one, other, "tones") for one, other in [("ăn", "an"), ("đi", "di"), ("tơ", "to"), ("mê", "me"), ("tư", "tu")])


def test_marks_alone_are_not_equal_to_other_marks():
    assert not is_same("\u0301", "\u0300", "diacritics")


@pytest.mark.parametrize(("said", "fraction"), [("thoả ước", 1.0), ("hợp đồng", 0.5), ("khác", 0.0), ("", 0.0)])
def test_a_short_answer_earns_what_the_accepted_one_gives(said, fraction):
    assert type_of("short_answer").mark(SHORT, {"text": said} if said else {}) == fraction


def test_of_two_accepted_answers_that_fit_the_better_one_counts():
    assert mark_text([("hoa", 0.0), ("hoà", 1.0)], "hòa", "diacritics") == 1.0


def test_gaps_earn_their_share():
    assert mark_gaps([(["a", "b"], "B"), (["c"], ""), (["d"], "x")], "case") == pytest.approx(1 / 3)
    assert mark_gaps([], "case") == 0.0


# --- numbers ------------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("said", "near"), [("10", True), ("10.1", True), ("9.9", True), ("10.1000001", False), ("9.8999", False)])
def test_the_edge_of_the_tolerance_counts(said, near):
    assert is_near(Decimal(said), Target(Decimal(10), Decimal("0.1"))) is near
    assert is_near(Decimal(said), Target(Decimal(10), Decimal(1), is_percent=True)) is near
    assert is_near(-Decimal(said), Target(Decimal(-10), Decimal(1), is_percent=True)) is near


def test_nothing_is_rounded_away():
    exact = Target(Decimal("123456789012345678901234567.89"))
    assert is_near(Decimal("123456789012345678901234567.89"), exact)
    assert not is_near(Decimal("123456789012345678901234567.891"), exact)
    assert is_near(Decimal("0.3"), Target(Decimal("0.1"), Decimal("0.2")))


def test_the_best_number_counts():
    assert mark_number([Target(Decimal(30), Decimal(5), fraction=0.5), Target(Decimal(30))], Decimal(30)) == 1.0


@pytest.mark.parametrize(("typed", "cleaned", "fraction"), [
    ("30", {"typed": "30", "number": "30"}, 1.0),
    ("30,0", {"typed": "30,0", "number": "30"}, 1.0),
    ("30 ngày", {"typed": "30", "number": "30"}, 1.0),
    ("33", {"typed": "33", "number": "33"}, 0.5),
    ("33,1", {"typed": "33,1", "number": "33.1"}, 0.0),
    ("30.000", {"typed": "30.000", "number": "30000"}, 0.0),
    ("  ", {}, 0.0),
])
def test_a_number_is_kept_as_typed_and_as_read(typed, cleaned, fraction):
    numeric = type_of("numeric")
    answer = numeric.clean_answer(NUMBER, numeric.read_form({"": [typed]}))
    assert (answer, numeric.mark(NUMBER, answer)) == (cleaned, fraction)


@pytest.mark.parametrize("typed", ["ba mươi", "ngày", "1e3", "NaN", "9" * 200])
def test_what_is_no_number_is_refused_with_an_example(typed):
    numeric = type_of("numeric")
    with pytest.raises(InvalidAnswer) as refused:
        numeric.clean_answer(NUMBER, numeric.read_form({"": [typed]}))
    assert "1.234,5" in str(refused.value)


# --- what a hostile client sends ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("answer", [
    None, 7, True, "Thỏa ước", [], ["a"], {"text": 7}, {"text": None}, {"text": ["a"]}, {"text": {"text": "a"}}, {"text": float("nan")}, {"text": "a" * 201},
    {"text": "a" * 100_000}, {"text": "a", "more": 1}, {"chosen": ["a"]},
])
def test_a_short_answer_is_one_short_text(answer):
    with pytest.raises(InvalidAnswer):
        type_of("short_answer").clean_answer(SHORT, answer)


@pytest.mark.parametrize("answer", [
    None, [], 30, {"number": "30"}, {"typed": 30}, {"typed": "30", "number": "31"}, {"typed": "30", "number": 30}, {"typed": "30", "number": ["30"]},
    {"typed": "30", "number": None}, {"typed": "30", "x": 1}, {"typed": "1" * 10_000},
])
def test_a_number_cannot_be_said_to_be_another(answer):
    with pytest.raises(InvalidAnswer):
        type_of("numeric").clean_answer(NUMBER, answer)


@pytest.mark.parametrize("content", [GAPS, LIST])
@pytest.mark.parametrize("answer", [
    None, [], "x", {"gaps": "x"}, {"gaps": ["x"]}, {"gaps": {"g3": "nhận"}}, {"gaps": {"g1": 1}}, {"gaps": {"g1": ["nhận"]}}, {"gaps": {"g1": None}},
    {"gaps": {"g1": "a" * 201}}, {"gaps": {}, "more": 1}, {"gaps": {"": "nhận"}},
])
def test_gaps_take_texts_for_gaps_that_there_are(content, answer):
    with pytest.raises(InvalidAnswer):
        type_of("gaps").clean_answer(content, answer)


def test_a_list_takes_only_its_own_words():
    with pytest.raises(InvalidAnswer):
        type_of("gaps").clean_answer(LIST, {"gaps": {"g1": "bịa"}})
    assert type_of("gaps").clean_answer(LIST, {"gaps": {"g2": " gửi", "g1": " "}}) == {"gaps": {"g2": "gửi"}}


@pytest.mark.parametrize(("kind", "content", "answer", "cleaned"), [
    ("short_answer", SHORT, {"text": " hoa\u0300  gia\u0309i\n"}, {"text": "hoà giải"}),
    ("short_answer", SHORT, {"text": "a\x00\ud800"}, {"text": "a"}),
    ("short_answer", SHORT, {"text": " \n"}, {}),
    ("gaps", GAPS, {"gaps": {"g2": " nhận ", "g1": ""}}, {"gaps": {"g2": "nhận"}}),
    ("gaps", GAPS, {"gaps": {}}, {}),
])
def test_equal_answers_are_written_one_way(kind, content, answer, cleaned):
    assert type_of(kind).clean_answer(content, answer) == cleaned


# --- the text with gaps -------------------------------------------------------------------------------------------------------------
def test_gaps_are_taken_out_of_the_text():
    text, gaps = take_out("<p>Trong [[30|ba mươi| 30 ]] ngày, [[A &amp; B]].</p>")
    assert text == "<p>Trong [[g1]] ngày, [[g2]].</p>"
    assert gaps == [{"key": "g1", "right": ["30", "ba mươi"]}, {"key": "g2", "right": ["A & B"]}]


def test_only_text_between_tags_becomes_a_gap():
    html = '<p><abbr title="x &gt; > [[g1]]">điều</abbr> [[g1]] <a href="/[[g1]]">b</a></p>'
    assert pieces_of(html) == [
        {"html": '<p><abbr title="x &gt; > [[g1]]">điều</abbr> '}, {"gap": "g1"}, {"html": ' <a href="/[[g1]]">b</a></p>'}]
    assert take_out('<abbr title="[[a]]">b</abbr>')[1] == []


@pytest.mark.parametrize("html", ["<p>[[a</p>", "<p>a]]</p>", "<p>[[<b>a</b>]]</p>", '<p><abbr title="[[a]]">b</abbr></p>'])
def test_brackets_that_make_no_gap_are_noticed(html):
    assert has_broken_gaps(html)


@pytest.mark.parametrize("filling", ["typed", "list"])
def test_an_author_cannot_break_out_of_the_text(db, filling):
    """Tags in an answer, quotes and brackets in a title, a script: what is drawn is well-formed and holds our fields and no markup of theirs."""
    text = (
        '<p><abbr title="&quot;> <script>alert(1)</script> [[g1]]">a</abbr> <b>[[&lt;img src=x onerror=alert(2)&gt;|&quot;&gt;&lt;u&gt;]]</b>'
        " và [[tốt]]<script>alert(3)</script></p>")
    seen = Seen(drawn(factory.gaps(text=text, filling=filling, distractors=['"><s>'])))
    assert not {"script", "img", "u", "s"} & seen.tags.keys()
    assert seen.names == ["answer.g1", "answer.g2"]
    assert seen.open == []


class Seen(HTMLParser):
    """What a browser would make of a page: how often each tag comes, the fields, and what is left open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags, self.names, self.open = Counter(), [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        if tag in ("input", "select"):
            self.names.append(dict(attrs)["name"])
        if tag not in ("input", "br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_list_of_words_is_shuffled_always_and_by_the_seed_alone():
    gaps = type_of("gaps")
    orders = [gaps.draw_order(LIST, Random(seed), shuffle=False) for seed in range(20)]
    assert {tuple(sorted(order)) for order in orders} == {tuple(LIST["choices"])}
    assert len({tuple(order) for order in orders}) > 1
    assert orders[3] == gaps.draw_order(LIST, Random(3), shuffle=True)
    assert gaps.draw_order(GAPS, Random(1), shuffle=True) == []


# --- what is drawn ------------------------------------------------------------------------------------------------------------------
def drawn(question, answer=None, name="answer") -> str:
    kind, content = freeze(question, {})
    content, block = written_out(kind, content), type_of(kind)
    asked = Asked(1, block, content, block.draw_order(content, Random(1), shuffle=True), answer or {}, name)
    return render_to_string(block.take_template, {"asked": asked})


def test_no_answer_is_found_in_the_page_that_asks(db):
    for question in (
        factory.short_answer(accepted=[("Bímật", 1, "Phảnhồi"), ("Bímật hai", 0.5, "")]),
        factory.numeric(accepted=[("4321", "0", "absolute", 1, "Phảnhồi")]),
        factory.gaps(text="<p>Một [[Bímật|4321]] hai.</p>"),
    ):
        page = drawn(question)
        assert not [secret for secret in ("Bímật", "4321", "4.321", "Phảnhồi") if secret in page]


def test_what_was_said_stands_in_the_fields_escaped(db):
    assert 'value="&quot;&gt;&lt;b&gt;"' in drawn(factory.short_answer(), {"text": '"><b>'})
    assert 'value="1.234,50"' in drawn(factory.numeric(), {"typed": "1.234,50", "number": "1234.5"})
    page = drawn(factory.gaps(), {"gaps": {"g2": "nhận"}}, "answer-4")
    assert 'name="answer-4.g2" id="answer-4.g2" value="nhận"' in page
    assert '<option value="nhận" selected>' in drawn(factory.gaps(filling="list"), {"gaps": {"g2": "nhận"}})


# --- what the editor refuses --------------------------------------------------------------------------------------------------------
def refused(kind: str, **value) -> set[str]:
    block = type_of(kind)
    with pytest.raises(StructBlockValidationError) as error:
        block.clean(block.to_python({"stem": "<p>?</p>", **value}))
    return set(error.value.block_errors)


def test_the_editor_refuses_what_nobody_could_answer():
    half = {"text": "a", "fraction": "0.5", "feedback": ""}
    assert refused("short_answer", accepted=[half]) == {"accepted"}
    assert refused("short_answer", accepted=[{**half, "fraction": "1"}], stem="<p> </p>") == {"stem"}
    assert refused("short_answer", accepted=[{**half, "fraction": "1.5"}]) == {"accepted"}
    assert refused("short_answer", accepted=[{**half, "fraction": "1", "text": "\u200b"}]) == {"accepted"}
    assert refused("numeric", accepted=[{"value": "3", "fraction": "0.5"}]) == {"accepted"}
    assert refused("numeric", accepted=[{"value": "3", "tolerance": "-1", "fraction": "1"}]) == {"accepted"}


@pytest.mark.parametrize(("value", "field"), [
    ({"text": "<p>Không có chỗ trống.</p>"}, "text"),
    ({"text": "<p>[[ ]] a</p>"}, "text"),
    ({"text": "<p>[[a]] [[b</p>"}, "text"),
    ({"text": "<p>" + "[[a]] " * 31 + "</p>"}, "text"),
    ({"text": "<p>[[" + "a" * 201 + "]]</p>"}, "text"),
    ({"text": "<p>[[a]]</p>", "filling": "list"}, "distractors"),
    ({"text": "<p>[[a]] [[b]]</p>", "filling": "list", "distractors": ["a"]}, "distractors"),
])
def test_the_editor_refuses_a_text_without_proper_gaps(value, field):
    assert refused("gaps", **{"filling": "typed", "comparing": "case", "distractors": [], **value}) == {field}


def test_lists_and_search_know_the_text_but_not_what_belongs_in_it(db):
    question = factory.gaps()
    assert question.stem_text == "Hoàn thành câu. Phiên đầu trong … ngày, kể từ ngày … yêu cầu."
