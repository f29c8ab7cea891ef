"""Places on a picture."""

from random import Random
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from wagtail.blocks import StructBlockValidationError

from quizzes.grading.review import EVERYTHING, NOTHING, Shown
from quizzes.types import InvalidAnswer, type_of
from quizzes.types.asked import Asked
from tests.factories import question_types_b as questions
from tests.quizzes.walking import Walk, preview_of

pytestmark = pytest.mark.same_everywhere

KIND = type_of("hotspot")
PICTURE = {"url": "/media/so-do.webp", "width": 810, "height": 600, "alt": "Bàn họp"}


def option(key: str, right: bool, **shape) -> dict:
    sides = {"shape": "rectangle", "x": 10.0, "y": 12.5, "width": 25.0, "height": 25.0, "radius": 0.0} | shape
    return {"key": key, "text": f"Vùng {key}", "right": right, "feedback": f"Về {key}", "materials": [], **sides}


ONE = {
    "stem": "<p>Ở đâu?</p>", "materials": [], "picture": PICTURE, "outlined": True, "marking": "partial", "multiple": False,
    "options": [option("a", True), option("b", False, shape="circle", radius=8.25), option("c", False, x=0.0, width=100.0)],
}
TWO = ONE | {"multiple": True, "options": [option("a", True), option("b", True), option("c", False)]}


def asked(content: dict, answer: dict) -> Asked:
    return Asked(1, KIND, content, ["c", "a", "b"], answer)


@pytest.mark.parametrize(("content", "chosen", "fraction"), [
    (ONE, ["a"], 1.0), (ONE, ["b"], 0.0), (ONE, [], 0.0), (TWO, ["a"], 0.5), (TWO, ["a", "b"], 1.0), (TWO, ["a", "c"], 0.0),
    (TWO | {"marking": "lenient"}, ["a", "c"], 0.5), (TWO | {"marking": "all"}, ["a"], 0.0), (ONE | {"marking": "lenient"}, ["a"], 1.0),
])
def test_marking(content, chosen, fraction):
    assert KIND.mark(content, {"chosen": chosen} if chosen else {}) == fraction


@pytest.mark.parametrize("answer", [None, {"chosen": ["z"]}, {"chosen": "a"}, {"chosen": ["a", "b"]}, {"chosen": [{}]}, {"at": [1, 2]}, [[]]])
def test_what_is_no_answer_to_this_question_is_refused(answer):
    with pytest.raises(InvalidAnswer):
        KIND.clean_answer(ONE, answer)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_areas_are_drawn_in_pixels_with_points_in_every_language(language):
    with translation.override(language):
        page = render_to_string(KIND.take_template, {"asked": asked(ONE, {}), "card": ""})
    drawing = ElementTree.fromstring(page[page.index("<svg viewBox"):page.index("</svg>") + 6])
    assert drawing.attrib["viewBox"] == "0 0 810 600"
    circle = drawing.find("./g[@data-area='b']/circle").attrib
    assert circle == {"cx": "81.0", "cy": "75.0", "r": "66.8"}
    assert drawing.find("./g[@data-area='a']/rect").attrib == {"x": "81.0", "y": "75.0", "width": "202.5", "height": "150.0"}
    # The smallest on top, so that a large area hides none.
    assert [area.attrib["data-area"] for area in drawing.findall("./g[@data-area]")] == ["c", "a", "b"]


def test_nothing_on_the_page_tells_which_area_is_right():
    turned = ONE | {"options": [item | {"right": item["key"] == "b"} for item in ONE["options"]]}
    assert len({render_to_string(KIND.take_template, {"asked": asked(content, {}), "card": ""}) for content in (ONE, turned)}) == 1
    page = render_to_string(KIND.take_template, {"asked": asked(ONE, {}), "card": ""})
    assert "Về a" not in page
    assert " style=" not in page


def test_numbers_stand_on_the_picture_and_in_the_list_only_where_areas_are_outlined():
    page = render_to_string(KIND.take_template, {"asked": asked(ONE, {}), "card": ""})
    assert "1. Vùng c" in page
    assert page.count("area-number") == 3
    hidden = render_to_string(KIND.take_template, {"asked": asked(ONE | {"outlined": False}, {}), "card": ""})
    assert "1. Vùng c" not in hidden
    assert "area-number" not in hidden
    assert "hotspot--outlined" not in hidden


@pytest.mark.parametrize(("areas", "field"), [
    ([questions.area("a", right=False), questions.area("b")], "areas"),
    ([questions.area("a", right=True), questions.area("b", right=True)], "areas"),
    ([questions.area("a", right=True, width=0), questions.area("b")], "areas"),
    ([questions.area("a", right=True, x=90), questions.area("b")], "areas"),
    ([questions.area("a", right=True, shape="circle"), questions.area("b")], "areas"),
])
def test_the_author_is_told_what_is_wrong_with_the_areas(db, areas, field):
    value = KIND.to_python({
        "stem": "<p>Ở đâu?</p>", "image": questions.picture().pk, "alt_text": "Bàn", "areas": areas, "outlined": True, "marking": "partial"})
    with pytest.raises(StructBlockValidationError) as refused:
        KIND.clean(value)
    assert set(refused.value.block_errors) == {field}


def test_a_walk_with_the_list_and_with_taps(learner, now):
    walk = Walk(questions.hotspot(), learner, now)
    right, wrong, round_one = (item["key"] for item in walk.content["options"])
    assert walk.content["picture"]["width"] == 800
    assert walk.post({"": [wrong]}) == {"chosen": [wrong]}
    assert walk.send({"chosen": [round_one]}) == {"chosen": [round_one]}
    assert walk.send({}) == {}
    assert walk.post({"": [right]}) == {"chosen": [right]}
    assert walk.submit().fraction == 1.0


def test_a_picture_that_was_deleted_leaves_the_list(learner, now):
    image = questions.picture()
    question = questions.hotspot(image=image)
    image.delete()
    question.refresh_from_db()
    walk = Walk(question, learner, now)
    assert walk.content["picture"] == {}
    page = render_to_string(KIND.take_template, {"asked": Asked(1, KIND, walk.content, walk.slot.option_order, {}), "card": ""})
    assert page.count('type="radio"') == 3
    assert "<svg viewBox" not in page


@pytest.mark.parametrize(("shows", "there", "away"), [
    (EVERYTHING, ["is-chosen is-wrong", 'area is-right"', "Về b"], []),
    (Shown.of(["own_answer"]), ["is-chosen"], ["is-wrong", "is-right", "Về b"]),
    (Shown.of(["right_answer"]), ['area is-right"'], ["is-chosen", "is-wrong"]),
    (NOTHING, [], ["<rect", "is-chosen", "is-right", "is-wrong"]),
])
def test_the_review_shows_what_it_may(shows, there, away):
    page = render_to_string(KIND.review_template, {"asked": asked(ONE, {"chosen": ["b"]}), "shows": shows})
    assert [word for word in there if word not in page] == []
    assert [word for word in away if word in page] == []


def test_options_are_shuffled_when_the_quiz_says_so():
    assert KIND.draw_order(ONE, Random(1), shuffle=False) == ["a", "b", "c"]
    assert len({tuple(KIND.draw_order(ONE, Random(seed), shuffle=True)) for seed in range(20)}) > 1


def test_the_authors_preview(db, rf):
    page = preview_of(questions.hotspot(), rf)
    for shown in ("Chủ tọa ngồi ở đâu?", "Bàn họp và ba chỗ ngồi.", "<circle", "Đây là chỗ của thư ký.", "hotspot.js"):
        assert shown in page
