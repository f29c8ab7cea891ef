"""The editor's preview: a question as its taker meets it, answered by its author and marked, of which nothing is kept."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from quizzes.models import AttemptSlot, Question
from quizzes.types import TYPES, type_of
from tests.factories import question_types_a as typed
from tests.factories import question_types_b as written
from tests.factories import quizzes as factory
from tests.factories.answers import right_answer
from tests.quizzes.test_bank import question_form

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

MAKERS = {
    "one_answer": factory.one_answer, "several_answers": factory.several_answers, "true_false": factory.true_false,
    "short_answer": typed.short_answer, "numeric": typed.numeric, "matching": typed.matching, "ordering": typed.ordering, "gaps": typed.gaps,
    "drag_words": written.drag_words, "hotspot": written.hotspot, "essay": written.essay, "file_upload": written.file_upload,
    "survey_item": written.survey_item, "case_file": written.case_file,
}


def shown(question: Question, rf, tried: dict | None = None) -> tuple[dict, str]:
    """What the editor's frame is given, and its page, with these fields tried."""
    request = rf.get("/")
    request.user, request.tried, request.kept_of_address = AnonymousUser(), tried, [("in_preview_panel", "true")]
    response = question.serve_preview(request, "")
    return response.context_data, response.rendered_content


def fields_of_right_answer(question: Question, rf) -> dict:
    asked = shown(question, rf)[0]["asked"]
    return asked.type.write_form(right_answer(asked.type.name, asked.content))


def in_memory(kind: str, value: dict) -> Question:
    question = Question(category=factory.category())
    question.content = question._meta.get_field("content").stream_block.to_python([{"type": kind, "value": value}])
    return question


def test_every_kind_is_tried_here():
    assert set(MAKERS) == set(TYPES)


@pytest.mark.parametrize("kind", sorted(set(TYPES) - {"essay", "file_upload", "survey_item"}))
def test_the_right_answer_earns_everything_and_none_nothing(rf, kind):
    question = MAKERS[kind]()
    context, page = shown(question, rf, fields_of_right_answer(question, rf))
    assert (context["tried"].fraction, context["tried"].fault) == (1.0, "")
    assert 'id="cham-thu"' in page
    assert shown(question, rf, {})[0]["tried"].fraction == 0
    assert 'id="cham-thu"' not in shown(question, rf)[1]


def test_what_a_person_marks_and_what_earns_nothing_say_so(rf):
    essay, survey = written.essay(), written.survey_item()
    context, page = shown(essay, rf, {"": ["Vì biên bản ghi lại."]})
    assert context["tried"].fraction is None
    assert "Vì biên bản ghi lại." in page
    assert not shown(survey, rf, {"": ["4"]})[0]["tried"].earns_points


def test_files_cannot_be_tried(rf):
    page = shown(written.file_upload(), rf)[1]
    assert 'name="thu"' not in page
    assert 'name="thu"' in shown(written.essay(), rf)[1]


@pytest.mark.parametrize(("kind", "fields"), [
    ("one_answer", {"": ["không có"]}), ("numeric", {"": ["ba mươi"]}), ("ordering", {"x": ["1"]}), ("case_file", {"sai": ["1"]}),
    ("short_answer", {"": ["dài" * 5000]}), ("survey_item", {"": ["9"]}), ("hotspot", {"": ["không có"]}),
])
def test_an_answer_that_does_not_fit_is_refused_with_words(rf, kind, fields):
    context, page = shown(MAKERS[kind](), rf, fields)
    assert context["tried"].fault
    assert 'role="alert"' in page


def test_what_was_typed_wrongly_is_typed_once(rf):
    assert "ba mươi" in shown(typed.numeric(), rf, {"": ["ba mươi"]})[1]


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_a_half_written_question_is_no_error(rf, kind):
    shown(in_memory(kind, {}), rf, {"": ["a"]})
    shown(in_memory(kind, {"stem": "<p>Mới bắt đầu?</p>"}), rf)


@pytest.mark.parametrize(("kind", "value"), [
    ("numeric", {"stem": "<p>Bao nhiêu?</p>", "accepted": [{"value": None, "fraction": None}]}),
    ("essay", {"stem": "<p>Viết.</p>", "criteria": [{"title": "", "points": None}]}),
    ("file_upload", {"stem": "<p>Gửi.</p>", "kinds": [], "most_files": None}),
    ("case_file", {"title": "Vụ", "stem": "<p>Kể.</p>", "questions": [{"type": "numeric", "value": {"question": {"accepted": [{"value": None}]}}}]}),
    ("hotspot", {"stem": "<p>Đâu?</p>", "areas": [{"label": "A", "x": None, "y": None}]}),
    ("matching", {"stem": "<p>Ghép.</p>", "pairs": [{"left": "a", "right": None}]}),
])
def test_empty_numbers_and_pictures_are_no_error(rf, kind, value):
    shown(in_memory(kind, value), rf, {"": ["1"]})


def test_the_editors_form_is_what_is_tried_and_nothing_is_kept(as_user, administrator):
    question = factory.one_answer()
    editor = as_user(administrator, headers={"accept-language": "en"})
    form = question_form(question.category, stem="Đang viết?")
    for here in (reverse("wagtailsnippets_quizzes_question:preview_on_edit", args=[question.pk]), reverse("wagtailsnippets_quizzes_question:preview_on_add")):
        assert editor.post(here, form).json() == {"is_valid": True, "is_available": True}
        page = editor.get(here, {"in_preview_panel": "true", "mode": ""}).content.decode()
        assert "Đang viết?" in page
        assert '<input type="hidden" name="in_preview_panel" value="true">' in page
        key = re.search(r'value="([^"]+)"[^>]*>[^<]*<span>Phương án 0|name="answer" value="([^"]+)"', page)
        said = editor.get(here, {"in_preview_panel": "true", "answer": "".join(filter(None, key.groups())), "thu": "1"})
        assert said.status_code == 200
        assert "100%" in said.content.decode()
        assert "Content-Security-Policy" in said.headers
    assert (question.versions.count(), Question.objects.get().stem_text, AttemptSlot.objects.count()) == (1, question.stem_text, 0)


def test_the_page_in_the_frame_keeps_to_the_strict_policy(rf):
    for kind in ("one_answer", "hotspot", "case_file"):
        page = shown(MAKERS[kind](), rf, {})[1]
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\bsrc=)", page), kind
        assert type_of(kind).take_template


def test_a_phone_comes_first():
    assert (Question().default_preview_size, Question().preview_sizes[0]["device_width"]) == ("phone", 360)
