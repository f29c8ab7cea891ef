import dataclasses
import io
import random
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.errors import UnreadableFile
from intake.safe_xml import clean
from quizzes.interchange import moodlexml
from quizzes.interchange.items import PLUGIN_FILE, Item, Refused
from tests.quizzes.interchange.moodle_files import PIXEL, answer, category, choices, question, quiz


def write(items: list[Item]) -> tuple[bytes, list]:
    out, left = io.BytesIO(), []
    moodlexml.write(items, out, lambda *said: left.append(said))
    return out.getvalue(), left


def there_and_back(items: list[Item]) -> list[Item | Refused]:
    data, left = write(items)
    assert left == []
    return [dataclasses.replace(item, line=0) for item in moodlexml.read(io.BytesIO(data))]


# Everything that a keyboard and a careless program give, without blanks at the edges, which Moodle takes away.
LETTERS = st.characters(codec=None, exclude_characters="\r")
TEXT = st.one_of(
    st.text(LETTERS, min_size=1, max_size=40),
    st.sampled_from(["]]>", "a]]>b", "<b>x</b>", "&amp; &nbsp;x", "\\*", "*", "a\\", "đồng ý 😀", "a\x0bb\x00c", "=1~2#3{4}%5%", "{1:SA:=x}", "a:b", "\ud83d"]),
).map(lambda text: clean(text).strip(" \t\r\n").strip() or "x")
LINE = TEXT.map(lambda text: " ".join(text.split()))
HTML = st.builds(
    lambda first, second: f"<p>{escape(first, quote=False)}</p><p><b>{escape(second, quote=False)}</b></p>", TEXT, TEXT)
FEEDBACK = st.just("") | TEXT
FRACTION = st.sampled_from([1, 0.5, 0.333, 0.667, 0.25, 0, 0.1, 0.905])
NUMBER = st.decimals(-(10**6), 10**6, places=3, allow_nan=False).map(str)
TAG = LINE.map(lambda text: text.replace(":", " ").strip()[:100].strip() or "x")
NAME = LINE.map(lambda text: text[:100].strip(" /") or "x")
# Within a gap neither brackets nor bars can stand.
WORD = TEXT.map(lambda text: "".join(letter for letter in text if letter not in "[]|<>\"'").strip() or "x")


def lists(strategy, least=1, most=4):
    return st.lists(strategy, min_size=least, max_size=most)


@st.composite
def options(draw, rights: st.SearchStrategy):
    right = draw(rights)
    return [{"text": draw(TEXT), "is_right": one, "feedback": draw(FEEDBACK)} for one in right]


def first_is_full(accepted: list[dict]) -> list[dict]:
    return [{**accepted[0], "fraction": 1}, *accepted[1:]]


@st.composite
def gapped(draw):
    filling = draw(st.sampled_from(["typed", "list"]))
    gaps = draw(lists(st.lists(WORD.map(lambda word: escape(word, quote=False)), min_size=1, max_size=3, unique=True)))
    used = {escape(word, quote=False) for gap in gaps for word in gap} | {word for gap in gaps for word in gap}
    distractors = draw(st.lists(WORD.filter(lambda word: escape(word, quote=False) not in used), max_size=3, unique=True))
    around = TEXT.map(lambda text: escape(text, quote=False).replace("[", "(").replace("]", ")"))
    text = "".join(f"<p>{draw(around)} [[{'|'.join(gap)}]]</p>" for gap in gaps)
    comparing = draw(st.sampled_from(["exact", "case", "tones", "diacritics"]))
    return {"stem": draw(HTML), "text": text, "filling": filling, "comparing": comparing, "distractors": distractors}


@st.composite
def dragged(draw):
    answers = draw(lists(TEXT))
    order = draw(st.permutations(range(1, len(answers) + 1)))
    text = "".join(f"<p>{escape(draw(WORD), quote=False)} [[{number}]]</p>" for number in order)
    return {"stem": draw(HTML), "text": text, "answers": answers, "distractors": draw(lists(TEXT, 0)), "reusable": draw(st.booleans())}


BOOLEANS = st.booleans()
SEVERAL = st.lists(BOOLEANS, min_size=2, max_size=10).filter(any)
SINGLE = st.integers(0, 3).map(lambda place: [number == place for number in range(4)])
CRITERION = st.fixed_dictionaries({
    "title": LINE, "description": FEEDBACK, "points": st.sampled_from([0.25, 1.0, 2.5, 10.0, 100.0])})
VALUES = {
    "one_answer": st.fixed_dictionaries({"stem": HTML, "options": options(SINGLE)}),
    "several_answers": st.fixed_dictionaries({
        "stem": HTML, "options": options(SEVERAL), "marking": st.sampled_from(["partial", "lenient", "all"])}),
    "true_false": st.fixed_dictionaries({"stem": HTML, "is_true": BOOLEANS, "feedback": FEEDBACK}),
    "short_answer": st.fixed_dictionaries({
        "stem": HTML, "comparing": st.sampled_from(["exact", "case", "tones", "diacritics"]),
        "accepted": lists(st.fixed_dictionaries({"text": TEXT, "fraction": FRACTION, "feedback": FEEDBACK})).map(first_is_full)}),
    "numeric": st.fixed_dictionaries({
        "stem": HTML, "unit": st.just("") | LINE,
        "accepted": lists(st.fixed_dictionaries({
            "value": NUMBER, "tolerance": st.sampled_from(["0", "0.5", "12.50"]), "measure": st.sampled_from(["absolute", "percent"]),
            "fraction": FRACTION, "feedback": FEEDBACK})).map(first_is_full)}),
    "matching": st.fixed_dictionaries({
        "stem": HTML, "pairs": lists(st.fixed_dictionaries({"left": TEXT, "right": TEXT, "feedback": FEEDBACK})), "distractors": lists(TEXT, 0)}),
    "ordering": st.fixed_dictionaries({"stem": HTML, "items": lists(TEXT, 2), "marking": st.sampled_from(["neighbours", "all"])}),
    "gaps": gapped(),
    "drag_words": dragged(),
    "essay": st.fixed_dictionaries({
        "stem": HTML, "model_answer": st.just("") | HTML, "criteria": lists(CRITERION, 0),
        "least_words": st.none() | st.integers(1, 4000), "most_words": st.none() | st.integers(1, 4000)}),
}


@st.composite
def items(draw):
    kind = draw(st.sampled_from(sorted(VALUES)))
    value = draw(VALUES[kind])
    pictures = draw(st.dictionaries(st.sampled_from(["a.png", "sơ đồ 1.jpg", 'b"&<.gif']), st.binary(min_size=1, max_size=40), max_size=2))
    shown = "".join(f'<p><img src="{PLUGIN_FILE}{escape(name)}" alt=""/></p>' for name in pictures)
    where = draw(st.sampled_from(["stem", "explanation", "both"]))
    explanation = draw(st.just("") | HTML)
    return Item(
        kind, {**value, "stem": value["stem"] + (shown if where != "explanation" else "")},
        explanation=explanation + (shown if where != "stem" else ""), code=draw(st.just("") | LINE.map(lambda text: text[:40].strip())),
        difficulty=draw(st.sampled_from(["easy", "medium", "hard"])), topic=draw(st.just("") | LINE.map(lambda text: text[:120].strip())),
        tags=tuple(draw(st.lists(TAG, max_size=3, unique=True))), citations=tuple(draw(st.lists(LINE, max_size=2, unique=True))),
        category=tuple(draw(st.lists(NAME, max_size=3))), pictures=pictures)


@given(st.lists(items(), max_size=3))
@settings(max_examples=60, deadline=None)
def test_questions_are_the_same_when_they_were_written_and_read_again(asked):
    assert there_and_back(asked) == asked


def a_question(kind: str, **more) -> Item:
    value = {
        "several_answers": {"options": [{"text": "a", "is_right": True, "feedback": ""}, {"text": "b", "is_right": False, "feedback": ""}], "marking": "partial"},
        "one_answer": {"options": [{"text": "a", "is_right": True, "feedback": ""}, {"text": "b", "is_right": False, "feedback": ""}]},
        "gaps": {"text": "[[a]]", "filling": "typed", "comparing": "case", "distractors": []},
        "drag_words": {"text": "[[1]]", "answers": ["a"], "distractors": [], "reusable": False},
    }[kind]
    return Item(kind, {"stem": "<p>?</p>", **value, **more})


def test_author_s_tags_stay_tags_when_they_look_like_facts():
    asked = [
        dataclasses.replace(a_question("several_answers"), tags=("marking:all", "comparing:exact")),
        dataclasses.replace(a_question("one_answer"), tags=("marking:all",)),
        dataclasses.replace(a_question("gaps", comparing="tones"), tags=("comparing:exact",)),
    ]
    assert there_and_back(asked) == asked


def test_text_beside_gaps_stays_text_when_it_looks_like_a_gap_of_moodle():
    asked = [a_question("gaps", text="<p>{1:SA:=x} [[a]] {2:MULTICHOICE_S:</p>", stem="<p>{:MC:=x~y}</p>")]
    assert there_and_back(asked) == asked


def test_moodle_sees_a_category_only_where_it_changes():
    asked = [
        dataclasses.replace(a_question("one_answer"), category=category_)
        for category_ in [(), ("A",), ("A",), ("A", "b/c"), ()]
    ]
    data, _left = write(asked)
    assert data.count(b'type="category"') == 3
    assert "<text>$course$/top/A/b//c</text>" in data.decode()
    assert [item.category for item in moodlexml.read(io.BytesIO(data))] == [item.category for item in asked]


def test_shares_are_those_that_moodle_knows():
    three = [{"text": str(number), "is_right": number < 3, "feedback": ""} for number in range(5)]
    data, _left = write([a_question("several_answers", options=three)])
    assert data.count(b'fraction="33.33333"') == 3
    assert data.count(b'fraction="-50"') == 2


@pytest.mark.parametrize("kind", ["survey_item", "hotspot", "file_upload", "case_file"])
def test_question_is_left_with_a_reason_when_moodle_has_no_such_kind(kind):
    item = Item(kind, {"stem": "<p>?</p>"})
    data, left = write([item])
    assert list(moodlexml.read(io.BytesIO(data))) == []
    assert [(one, written) for one, _reason, written in left] == [(item, False)]
    assert left[0][1]


def test_question_is_left_when_it_is_not_finished():
    unfinished = [
        a_question("one_answer", options=[]), a_question("several_answers", options=[]), a_question("gaps", text="x"), a_question("gaps", text="[[]]"),
        Item("short_answer", {"stem": "", "accepted": []}), Item("numeric", {"stem": "", "accepted": []}),
        Item("numeric", {"stem": "", "accepted": [{"value": "x", "tolerance": "5", "measure": "percent", "fraction": 1, "feedback": ""}]}),
    ]
    _data, left = write(unfinished)
    assert [item for item, _reason, _written in left] == unfinished


MOODLE = quiz(
    category("$course$/top/Luật"),
    question("multichoice", "<p>a</p>", "<single>false</single>" + answer(50, "x") + answer(50, "y") + answer(-100, "z")),
    question("cloze", "<p>b {1:SA:=x~%50%y#z} {1:MC:=1~2}</p>"),
    question("ddwtos", "<p>c [[1]] [[2]]</p>", choices("dragbox", "x", "y")),
    question("numerical", "d", answer(100, "1", more="<tolerance>0</tolerance>")),
    question("truefalse", '<img src="@@PLUGINFILE@@/a.png">', answer(100, "true"), more='<file name="a.png" encoding="base64">aGVsbG8=</file>'),
)


@given(st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_nothing_but_the_error_of_interchange_is_raised_when_a_file_was_spoilt(chance: random.Random):
    data = bytearray(MOODLE)
    for _change in range(chance.randint(1, 12)):
        place = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[place] = chance.randrange(256)
            case 1:
                del data[place : place + chance.randint(1, 60)]
            case 2:
                data[place:place] = chance.choice([b"<", b">", b"]]>", b"~", b"}", b"{1:MC:", b"[[9]]", b"&#0;", b"%-9%", b"1e9999", b"NaN", b"inf"])
            case 3:
                data[place:place] = data[(start := chance.randrange(len(data))) : start + chance.randint(1, 300)]
    try:
        for found in moodlexml.read(io.BytesIO(bytes(data))):
            assert isinstance(found, Item | Refused)
    except UnreadableFile as error:
        assert error.code


@given(st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
def test_nothing_but_the_error_of_interchange_is_raised_when_bytes_are_arbitrary(data):
    for whole in (data, b"<quiz><question type='cloze'><questiontext><text><![CDATA[" + data + b"]]></text></questiontext></question></quiz>"):
        try:
            list(moodlexml.read(io.BytesIO(whole)))
        except UnreadableFile as error:
            assert error.code


def test_pictures_are_the_same_when_the_same_one_stands_twice():
    shown = f'<p><img src="{PLUGIN_FILE}a.png" alt="s"/></p>'
    asked = [dataclasses.replace(a_question("drag_words", stem=shown), explanation=shown, pictures={"a.png": PIXEL, "b.png": PIXEL})]
    assert there_and_back(asked) == asked
