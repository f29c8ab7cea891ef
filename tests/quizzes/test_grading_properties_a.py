"""What holds for every answer that could be given to a typed, matched, ordered or gapped question."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from quizzes.types import InvalidAnswer, type_of
from quizzes.types.matching import _key_of
from vietnamese.numbers import canonical
from vietnamese.text import clean

FEWER = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
WORDS = st.text(st.sampled_from("aăâbdđeêoôơuưyàảãạầộựHÀ đ\u0301\u0300\u0323 <&\"'[]|\u200d\u00a0ĐĿß"), min_size=1, max_size=12).map(clean).filter(bool)
FRACTIONS = st.sampled_from([0.0, 0.333, 0.5, 1.0])
WAYS = st.sampled_from(["exact", "case", "tones", "diacritics"])
KEYS = st.lists(st.text("0123456789abcdef", min_size=8, max_size=8), min_size=2, max_size=8, unique=True)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(["g1", "g2", "30", "1.234,5"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.text(max_size=6) | st.sampled_from(["text", "typed", "number", "pairs", "places", "gaps", "g1", "g2"]), inner, max_size=4), max_leaves=12)


@st.composite
def short_answers(draw):
    rest = draw(st.lists(st.tuples(WORDS, FRACTIONS), max_size=4))
    right = draw(WORDS)
    accepted = [{"text": text, "fraction": fraction, "feedback": ""} for text, fraction in [*rest, (right, 1.0)]]
    content = {"stem": "", "accepted": accepted, "comparing": draw(WAYS)}
    return "short_answer", content, {"text": right}, {"text": draw(WORDS)}


@st.composite
def numbers(draw):
    numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-10**9, max_value=10**9, places=4)
    values = [draw(numbers), *draw(st.lists(numbers, max_size=3))]
    accepted = [
        {"value": canonical(value), "tolerance": canonical(abs(draw(numbers))), "measure": draw(st.sampled_from(["absolute", "percent"])),
         "fraction": draw(FRACTIONS) if place else 1.0, "feedback": ""} for place, value in enumerate(values)]
    said = draw(numbers)
    content = {"stem": "", "accepted": accepted, "unit": draw(st.sampled_from(["", "ngày", "%"]))}
    return "numeric", content, *({"typed": canonical(number).replace(".", ",")} for number in (values[0], said))


@st.composite
def matchings(draw):
    keys, texts = draw(KEYS), draw(st.lists(WORDS, min_size=2, max_size=6, unique=True))
    choices = [{"key": _key_of(text), "text": text} for text in texts]
    right = {key: draw(st.sampled_from(choices))["key"] for key in keys}
    pairs = [{"key": key, "left": key, "right": right[key], "feedback": "", "materials": []} for key in keys]
    said = {key: draw(st.sampled_from(choices))["key"] for key in draw(st.sets(st.sampled_from(keys), min_size=1))}
    return "matching", {"stem": "", "pairs": pairs, "choices": choices}, {"pairs": right}, {"pairs": said}


@st.composite
def orderings(draw):
    keys = draw(KEYS)
    said = {key: draw(st.integers(1, len(keys))) for key in draw(st.sets(st.sampled_from(keys), min_size=1))}
    content = {"stem": "", "items": [{"key": key, "text": key} for key in keys], "marking": draw(st.sampled_from(["all", "neighbours"]))}
    return "ordering", content, {"places": {key: place for place, key in enumerate(keys, 1)}}, {"places": said}


@st.composite
def gapped(draw):
    rights = draw(st.lists(st.lists(WORDS, min_size=1, max_size=3, unique=True), min_size=1, max_size=5))
    gaps = [{"key": f"g{number}", "right": right} for number, right in enumerate(rights, 1)]
    filling = draw(st.sampled_from(["typed", "list"]))
    choices = sorted({text for right in rights for text in right} | set(draw(st.lists(WORDS, max_size=3)))) if filling == "list" else []
    said = {gap["key"]: draw(st.sampled_from(choices) if choices else WORDS) for gap in gaps if draw(st.booleans())}
    content = {"stem": "", "text": "", "gaps": gaps, "filling": filling, "choices": choices, "comparing": "exact" if choices else draw(WAYS)}
    return "gaps", content, {"gaps": {gap["key"]: draw(st.sampled_from(gap["right"])) for gap in gaps}}, {"gaps": said} if said else {}


QUESTIONS = st.one_of(short_answers(), numbers(), matchings(), orderings(), gapped())


@FEWER
@given(QUESTIONS)
def test_the_right_answer_earns_exactly_everything_and_none_exactly_nothing(question):
    kind, content, right, _said = question
    block = type_of(kind)
    assert block.mark(content, block.clean_answer(content, right)) == 1.0
    assert block.mark(content, {}) == 0.0


@FEWER
@given(QUESTIONS)
def test_every_answer_earns_between_nothing_and_everything(question):
    kind, content, _right, said = question
    block = type_of(kind)
    mark = block.mark(content, block.clean_answer(content, said))
    assert isinstance(mark, float)
    assert 0.0 <= mark <= 1.0


@FEWER
@given(QUESTIONS)
def test_a_form_brought_to_an_answer_says_that_answer(question):
    kind, content, *answers = question
    block = type_of(kind)
    for answer in [*answers, {}]:
        cleaned = block.clean_answer(content, answer)
        assert block.read_form(block.write_form(cleaned)) == cleaned
        assert block.clean_answer(content, cleaned) == cleaned


@FEWER
@given(QUESTIONS, JSON)
def test_whatever_comes_in_is_cleaned_or_refused(question, junk):
    kind, content, right, _said = question
    block = type_of(kind)
    for answer in (junk, dict.fromkeys(right, junk), {name: {"g1": junk} for name in right}):
        try:
            cleaned = block.clean_answer(content, answer)
        except InvalidAnswer:
            continue
        assert block.clean_answer(content, cleaned) == cleaned
        assert 0.0 <= block.mark(content, cleaned) <= 1.0


@FEWER
@given(QUESTIONS, st.dictionaries(st.text(max_size=8) | st.sampled_from(["", "g1"]), st.lists(st.text(max_size=30), max_size=3), max_size=4))
def test_whatever_a_form_says_is_read_or_refused(question, fields):
    kind, content, *_answers = question
    block = type_of(kind)
    try:
        block.clean_answer(content, block.read_form(fields))
    except InvalidAnswer:
        return


@FEWER
@given(QUESTIONS)
def test_what_the_templates_are_given_can_always_be_made(question):
    kind, content, *answers = question
    block = type_of(kind)
    for answer in [*answers, {}]:
        cleaned = block.clean_answer(content, answer)
        order = [thing["key"] for name in ("pairs", "choices", "items") for thing in content.get(name, []) if isinstance(thing, dict)]
        assert isinstance(block.view(content, order, cleaned), dict)


@pytest.mark.parametrize("way", ["exact", "case", "tones", "diacritics"])
@FEWER
@given(text=WORDS, other=WORDS)
def test_a_looser_way_never_refuses_what_a_stricter_one_takes(way, text, other):
    from quizzes.grading.texts import WAYS as ORDER
    from quizzes.grading.texts import is_same

    ways = list(ORDER)
    assume(is_same(text, other, way))
    assert all(is_same(text, other, looser) for looser in ways[ways.index(way):])


@FEWER
@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-10**9, max_value=10**9, places=4))
def test_a_number_is_never_near_another_without_tolerance(number):
    accepted = [{"value": canonical(number), "tolerance": "0", "measure": "absolute", "fraction": 1.0, "feedback": ""}]
    content = {"accepted": accepted, "unit": ""}
    assert type_of("numeric").mark(content, {"typed": "", "number": str(number + Decimal("0.0001"))}) == 0.0
