"""The three question types of today, and that one more touches nothing else."""

from random import Random
from types import ModuleType

import pytest
from django.core.exceptions import ValidationError
from wagtail.blocks import StructBlockValidationError

from quizzes import services
from quizzes.models import Attempt, Question
from quizzes.types import TYPES, InvalidAnswer, type_of
from quizzes.types.one_answer import OneAnswer
from tests.factories import quizzes as factory

OPTIONS = [
    {"key": "a1", "text": "Đúng", "right": True, "feedback": ""},
    {"key": "b2", "text": "Sai", "right": False, "feedback": "Không phải."},
    {"key": "c3", "text": "Cũng đúng", "right": True, "feedback": ""},
]
ONE = {"stem": "<p>?</p>", "options": OPTIONS[:2], "multiple": False}
SEVERAL = {"stem": "<p>?</p>", "options": OPTIONS, "multiple": True, "marking": "partial"}


def test_the_types_are_found_by_themselves():
    assert {"one_answer", "several_answers", "true_false"} <= set(TYPES)


@pytest.mark.parametrize(("kind", "content", "answer", "fraction"), [
    ("one_answer", ONE, {"chosen": ["a1"]}, 1.0),
    ("one_answer", ONE, {"chosen": ["b2"]}, 0.0),
    ("one_answer", ONE, {}, 0.0),
    ("several_answers", SEVERAL, {"chosen": ["a1"]}, 0.5),
    ("several_answers", SEVERAL, {"chosen": ["a1", "c3"]}, 1.0),
    ("several_answers", SEVERAL, {"chosen": ["a1", "b2", "c3"]}, 0.0),
    ("several_answers", SEVERAL | {"marking": "all"}, {"chosen": ["a1"]}, 0.0),
    ("several_answers", SEVERAL, {}, 0.0),
])
def test_marking(kind, content, answer, fraction):
    assert type_of(kind).mark(content, answer) == fraction


@pytest.mark.parametrize(("kind", "content", "answer", "cleaned"), [
    ("one_answer", ONE, {}, {}),
    ("one_answer", ONE, {"chosen": []}, {}),
    ("one_answer", ONE, {"chosen": ["a1", "a1"]}, {"chosen": ["a1"]}),
    ("several_answers", SEVERAL, {"chosen": ["c3", "a1", "c3"]}, {"chosen": ["a1", "c3"]}),
])
def test_an_answer_is_stored_in_one_way(kind, content, answer, cleaned):
    assert type_of(kind).clean_answer(content, answer) == cleaned


@pytest.mark.parametrize("answer", [
    None, [], "a1", 7, {"chosen": "a1"}, {"chosen": ["z9"]}, {"chosen": [1]}, {"chosen": [["a1"]]}, {"chosen": {"a1": 1}},
    {"other": 1}, {"chosen": ["a1", "b2"]}, {"chosen": ["a1" * 5000]},
])
def test_what_is_no_answer_to_this_question_is_refused(answer):
    with pytest.raises(InvalidAnswer):
        type_of("one_answer").clean_answer(ONE, answer)


def test_options_are_shuffled_by_the_seed_alone():
    drawn = [type_of("several_answers").draw_order(SEVERAL, Random(seed), shuffle=True) for seed in range(20)]
    assert {tuple(sorted(order)) for order in drawn} == {("a1", "b2", "c3")}
    assert len({tuple(order) for order in drawn}) > 1
    assert drawn[7] == type_of("several_answers").draw_order(SEVERAL, Random(7), shuffle=True)
    assert type_of("one_answer").draw_order(ONE, Random(1), shuffle=False) == ["a1", "b2"]


def test_true_comes_before_false_even_when_shuffled():
    assert all(type_of("true_false").draw_order({}, Random(seed), shuffle=True) == ["true", "false"] for seed in range(9))


@pytest.mark.parametrize(("kind", "right", "says"), [
    ("one_answer", [False, False], "options"),
    ("one_answer", [True, True], "options"),
    ("several_answers", [True, True], "options"),
    ("several_answers", [False, False], "options"),
])
def test_the_editor_refuses_a_question_that_cannot_be_marked(kind, right, says):
    block = type_of(kind)
    options = [{"text": f"Phương án {number}", "is_right": is_right, "feedback": ""} for number, is_right in enumerate(right)]
    value = block.to_python({"stem": "<p>Khi nào?</p>", "options": options, "marking": "partial"})
    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(value)
    assert says in refused.value.block_errors


@pytest.mark.parametrize("kind", ["one_answer", "true_false"])
def test_the_editor_refuses_a_question_without_words(kind):
    block = type_of(kind)
    options = [{"text": "Có", "is_right": True, "feedback": ""}, {"text": "Không", "is_right": False, "feedback": ""}]
    value = block.to_python({"stem": "<p> </p>", "options": options, "is_true": True, "feedback": ""})
    with pytest.raises((StructBlockValidationError, ValidationError)):
        block.clean(value)


class Toy(OneAnswer):
    """A type of the future: its answer is a word."""

    name = "toy"

    def freeze(self, value):
        return {"stem": value["stem"].source, "word": value["options"][0]["text"]}

    def draw_order(self, content, random, *, shuffle):
        return []

    def read_form(self, fields):
        return {"word": fields[""][0]} if fields.get("", [""])[0] else {}

    def clean_answer(self, content, answer):
        if not isinstance(answer, dict) or not isinstance(answer.get("word", ""), str):
            raise InvalidAnswer
        return answer

    def mark(self, content, answer):
        return float(answer.get("word", "").casefold() == content["word"].casefold())


@pytest.fixture
def toy(monkeypatch):
    """A type that only the test knows, put where a module of the folder would have put it."""
    block = Question._meta.get_field("content").stream_block
    one = Toy()
    one.set_name("toy")
    monkeypatch.setitem(TYPES, "toy", one)
    monkeypatch.setitem(block.child_blocks, "toy", one)
    return one


def test_a_new_type_is_drawn_answered_and_marked_by_the_same_engine(toy, learner, now):
    question = factory._question("toy", {"stem": "<p>Thủ đô?</p>", "options": [{"text": "Hà Nội", "is_right": True, "feedback": ""}] * 2})
    attempt = services.start_attempt(quiz=factory.quiz([question]), user=learner, now=now)
    services.save_page(attempt=attempt, position=1, client_uuid=attempt.uuid, seq=1, fields={"": ["hà nội"]}, now=now)
    attempt = services.submit_attempt(attempt=attempt, now=now)
    assert (attempt.fraction, attempt.passed) == (1.0, True)
    assert Attempt.objects.get().slots.get().version.type == "toy"


def test_ten_thousand_letters_are_too_many_for_any_type(toy, learner, now):
    question = factory._question("toy", {"stem": "<p>Thủ đô?</p>", "options": [{"text": "Hà Nội", "is_right": True, "feedback": ""}] * 2})
    attempt = services.start_attempt(quiz=factory.quiz([question]), user=learner, now=now)
    services.save_page(attempt=attempt, position=1, client_uuid=attempt.uuid, seq=1, fields={"": ["Huế"]}, now=now)
    with pytest.raises(services.AnswerTooLong):
        services.save_answer(
            attempt=attempt, position=1, client_uuid=learner.uuid, seq=2, answer={"word": "ă" * 10_000}, now=now)
    assert attempt.slots.get().answer == {"word": "Huế"}


def test_a_module_that_defines_a_type_registers_it(monkeypatch, tmp_path):
    (tmp_path / "drawn_lots.py").write_text("from quizzes.types.base import QuestionType\n\nclass Lots(QuestionType):\n    name = 'lots'\n")
    from quizzes import types

    monkeypatch.setattr(types, "__path__", [*types.__path__, str(tmp_path)])
    assert "lots" in types._found()
    assert isinstance(types, ModuleType)
