"""Every type that is typed, matched, put in order or filled in, from the start of an attempt to its result, and in the editor's preview."""

from dataclasses import fields as facts_of
from uuid import uuid4

import pytest
from django.template.loader import render_to_string

from quizzes import services
from quizzes.grading.review import EVERYTHING, NOTHING, Shown
from quizzes.types import InvalidAnswer, type_of
from quizzes.types.asked import Asked
from tests.factories import question_types_a as factory
from tests.factories import quizzes

pytestmark = pytest.mark.same_everywhere

MAKERS = [
    factory.short_answer, factory.numeric, factory.matching, factory.ordering, factory.gaps,
    lambda: factory.ordering(marking="all"), lambda: factory.gaps(filling="list", distractors=["gửi"]),
]
IDS = ["short_answer", "numeric", "matching", "ordering", "gaps", "ordering-all", "gaps-list"]
EACH = pytest.mark.parametrize("make", MAKERS, ids=IDS)

# What a form says that earns nothing, by type.
WRONG = {"short_answer": "Sai hẳn", "numeric": "77"}


@pytest.fixture
def attempt_at(learner, now):
    return lambda make: services.start_attempt(quiz=quizzes.quiz([make()]), user=learner, now=now)


def wrong_fields(slot) -> dict[str, list[str]]:
    content, right = slot.version.content, factory.right_fields(slot)
    match slot.version.type:
        case "matching":
            used = {pair["right"] for pair in content["pairs"]}
            return {key: [next(choice["key"] for choice in content["choices"] if choice["key"] not in used)] for key in right}
        case "ordering":
            return {key: [str(len(right) + 1 - int(place))] for key, [place] in right.items()}
        case "gaps":
            return {key: ["gửi"] for key in right}
    return {"": [WRONG[slot.version.type]]}


def save(attempt, fields, *, seq, now):
    return services.save_page(attempt=attempt, position=1, client_uuid=uuid4(), seq=seq, fields=fields, now=now)


@EACH
def test_answered_changed_submitted_and_marked(make, attempt_at, now):
    attempt = attempt_at(make)
    slot = attempt.slots.get()
    save(attempt, wrong_fields(slot), seq=1, now=now)
    save(attempt, wrong_fields(slot), seq=2, now=now)
    assert attempt.steps.count() == 1
    said = save(attempt, factory.right_fields(slot), seq=3, now=now)
    assert said.newest == attempt.slots.get().answer
    assert attempt.steps.count() == 2
    attempt = services.submit_attempt(attempt=attempt, now=now)
    assert (attempt.fraction, attempt.passed) == (1.0, True)


@EACH
def test_a_wrong_answer_earns_nothing_and_a_withdrawn_one_neither(make, attempt_at, now):
    attempt = attempt_at(make)
    slot = attempt.slots.get()
    save(attempt, factory.right_fields(slot), seq=1, now=now)
    save(attempt, wrong_fields(slot), seq=2, now=now)
    assert slot.version.content and type_of(slot.version.type).mark(slot.version.content, attempt.slots.get().answer) == 0.0
    save(attempt, {key: [" "] for key in factory.right_fields(slot)}, seq=3, now=now)
    assert attempt.slots.get().answer == {}
    assert services.submit_attempt(attempt=attempt, now=now).fraction == 0.0


@EACH
def test_the_same_answer_over_the_wire_and_from_the_form_is_one_answer(make, attempt_at, now):
    attempt = attempt_at(make)
    slot = attempt.slots.get()
    block = type_of(slot.version.type)
    save(attempt, factory.right_fields(slot), seq=1, now=now)
    held = attempt.slots.get().answer
    services.save_answer(attempt=attempt, position=1, client_uuid=uuid4(), seq=2, answer=block.read_form(block.write_form(held)), now=now)
    assert (attempt.steps.count(), attempt.slots.get().answer) == (1, held)


@EACH
@pytest.mark.parametrize("answer", [{"chosen": ["x"]}, {"text": {}}, {"gaps": {"x": "y"}}, {"places": {"x": 1}}, {"pairs": {"x": "y"}}, {"typed": []}, 7, None])
def test_an_answer_of_another_shape_is_refused_and_changes_nothing(make, answer, attempt_at, now):
    attempt = attempt_at(make)
    with pytest.raises(InvalidAnswer):
        services.save_answer(attempt=attempt, position=1, client_uuid=uuid4(), seq=1, answer=answer, now=now)
    assert (attempt.slots.get().answer, attempt.steps.count()) == ({}, 0)


@EACH
def test_the_editor_sees_the_question_and_what_is_right(make, db):
    question = make()
    context = question.get_preview_context(None, "")
    kind = question.content[0].block_type
    page = render_to_string("quizzes/question_preview.html", context)
    assert page.count("<fieldset>") == 1
    rights = {
        "short_answer": "Công đoàn", "numeric": "1", "matching": "Điều 198", "ordering": "Ký thỏa ước", "gaps": "30 / ba mươi",
    }
    review = render_to_string(type_of(kind).review_template, {**context, "previewed": True})
    assert rights[kind] in review
    assert "chevron" not in review


def review_of(attempt, shows) -> str:
    slot = attempt.slots.get()
    asked = Asked(1, type_of(slot.version.type), slot.version.content, slot.option_order, slot.answer)
    return render_to_string(asked.type.review_template, {"asked": asked, "shows": shows})


SAID = {"short_answer": "Sai hẳn", "numeric": "77", "matching": "Điều 9", "ordering": "Lấy ý kiến", "gaps": "gửi"}
RIGHT = {"short_answer": "Công đoàn", "numeric": "> 1 %<", "matching": "Điều 198", "ordering": None, "gaps": "30"}


@EACH
def test_every_fact_is_shown_only_where_it_may_be(make, attempt_at, now):
    attempt = attempt_at(make)
    slot = attempt.slots.get()
    save(attempt, wrong_fields(slot), seq=1, now=now)
    kind = slot.version.type
    said, right = SAID[kind], RIGHT[kind]
    assert said not in review_of(attempt, NOTHING)
    own = review_of(attempt, Shown(own_answer=True))
    assert said in own
    assert "is-wrong" not in own
    assert "is-right" not in own
    judged = review_of(attempt, Shown(own_answer=True, correctness=True))
    assert "is-wrong" in judged
    everything = review_of(attempt, EVERYTHING)
    if right:
        assert right.strip("><") not in own.replace("77", "")
        assert right.strip("><") in everything
    only_right = review_of(attempt, Shown(right_answer=True))
    assert (kind == "ordering") or said not in only_right


@EACH
def test_a_review_draws_for_every_table_of_facts_answered_or_not(make, attempt_at, now):
    attempt = attempt_at(make)
    slot = attempt.slots.get()
    names = [field.name for field in facts_of(Shown)]
    for answered in (False, True):
        if answered:
            save(attempt, factory.right_fields(slot), seq=1, now=now)
        for bits in range(2 ** len(names)):
            shows = Shown.of(name for place, name in enumerate(names) if bits >> place & 1)
            page = review_of(attempt, shows)
            if answered:
                assert "is-wrong" not in page


@EACH
def test_the_right_answer_is_told_also_to_who_gave_it_when_nothing_else_is(make, attempt_at, now):
    attempt = attempt_at(make)
    slot = attempt.slots.get()
    save(attempt, factory.right_fields(slot), seq=1, now=now)
    right = {**RIGHT, "ordering": "Ký thỏa ước"}[slot.version.type].strip("><")
    assert right in review_of(attempt, Shown(right_answer=True))
