"""Survey items: asked, kept, never marked."""

from random import Random

import pytest
from django.template.loader import render_to_string
from wagtail.blocks import StructBlockValidationError

from quizzes.grading.review import EVERYTHING, NOTHING
from quizzes.types import InvalidAnswer, type_of
from quizzes.types.asked import Asked
from tests.factories import question_types_b as questions
from tests.quizzes.walking import Walk, preview_of

KIND = type_of("survey_item")


def content(form: str) -> dict:
    keys = {"scale": "12345", "text": ""}.get(form, "abc")
    return {"stem": "<p>Thế nào?</p>", "materials": [], "form": form, "options": [{"key": key, "text": f"Mức {key}"} for key in keys]}


@pytest.mark.parametrize(("form", "answer", "cleaned"), [
    ("scale", {"chosen": ["4"]}, {"chosen": ["4"]}), ("one", {"chosen": ["a", "a"]}, {"chosen": ["a"]}),
    ("several", {"chosen": ["c", "a"]}, {"chosen": ["a", "c"]}), ("several", {"chosen": []}, {}), ("text", {"text": " tốt "}, {"text": "tốt"}),
    ("text", {"text": "\n"}, {}), ("text", {}, {}), ("scale", {}, {}),
])
def test_an_answer_is_kept_in_one_way_and_earns_nothing(form, answer, cleaned):
    assert KIND.clean_answer(content(form), answer) == cleaned
    assert KIND.clean_answer(content(form), cleaned) == cleaned
    assert KIND.read_form(KIND.write_form(cleaned)) == cleaned
    assert KIND.mark(content(form), cleaned) == 0.0


@pytest.mark.parametrize(("form", "answer"), [
    ("scale", {"chosen": ["6"]}), ("scale", {"chosen": ["1", "2"]}), ("one", {"chosen": ["a", "b"]}), ("one", {"text": "a"}),
    ("text", {"chosen": ["a"]}), ("text", {"text": 1}), ("text", {"text": "a" * 4001}), ("several", {"chosen": "a"}), ("scale", {"chosen": [4]}),
    ("scale", None), ("text", [{}]),
])
def test_what_is_no_answer_to_this_item_is_refused(form, answer):
    with pytest.raises(InvalidAnswer):
        KIND.clean_answer(content(form), answer)


def test_a_scale_keeps_its_order_and_choices_are_shuffled():
    assert {tuple(KIND.draw_order(content("scale"), Random(seed), shuffle=True)) for seed in range(9)} == {tuple("12345")}
    assert len({tuple(KIND.draw_order(content("several"), Random(seed), shuffle=True)) for seed in range(30)}) > 1


@pytest.mark.parametrize(("form", "fields", "changed"), [
    ("scale", {"": ["2"]}, {"": ["5"]}), ("text", {"text": ["Hay"]}, {"text": ["Rất hay"]}),
])
def test_a_survey_earns_no_points_and_nobody_fails_it(learner, now, form, fields, changed):
    walk = Walk(questions.survey_item(form), learner, now)
    walk.post(fields)
    assert walk.post(changed) == KIND.read_form(changed)
    walk.submit()
    assert (walk.slot.fraction, walk.slot.points) in ((0.0, 0), (None, None))
    assert KIND.earns_points is False


def test_choices_come_from_the_authors_list(learner, now):
    walk = Walk(questions.survey_item("several"), learner, now)
    keys = [option["key"] for option in walk.content["options"]]
    assert [option["text"] for option in walk.content["options"]] == ["Bài giảng", "Tình huống", "Bài kiểm tra"]
    assert walk.post({"": keys[:2]}) == {"chosen": sorted(keys[:2])}


def test_the_author_writes_options_for_a_choice():
    value = KIND.to_python({"stem": "<p>Thế nào?</p>", "form": "one", "low_label": "", "high_label": "", "options": ["Một"]})
    with pytest.raises(StructBlockValidationError) as refused:
        KIND.clean(value)
    assert set(refused.value.block_errors) == {"options"}


@pytest.mark.parametrize(("form", "answer", "said"), [("scale", {"chosen": ["5"]}, "Mức 5"), ("several", {"chosen": ["a"]}, "Mức a"), ("text", {"text": "Rất <b>hay"}, "Rất &lt;b&gt;hay")])
def test_the_review_shows_only_what_was_answered(form, answer, said):
    asked = Asked(1, KIND, content(form), [option["key"] for option in content(form)["options"]], answer)
    page = render_to_string(KIND.review_template, {"asked": asked, "shows": EVERYTHING})
    assert said in page
    assert "Mức b" not in page
    assert "is-right" not in page
    assert "is-wrong" not in page
    assert said not in render_to_string(KIND.review_template, {"asked": asked, "shows": NOTHING})


@pytest.mark.parametrize(("form", "shown"), [("scale", "Rất có ích"), ("one", 'type="radio"'), ("several", 'type="checkbox"'), ("text", "<textarea")])
def test_the_authors_preview(db, rf, form, shown):
    page = preview_of(questions.survey_item(form), rf)
    assert "Khóa học có ích không?" in page
    assert shown in page
