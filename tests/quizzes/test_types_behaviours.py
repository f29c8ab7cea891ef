"""Every type of question × every way of asking it, by the plain form: drawn, answered, checked where that may be, submitted, marked, shown."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from quizzes import services
from quizzes.enums import AttemptState
from quizzes.models import Attempt
from quizzes.types import TYPES, type_of
from tests.factories import question_types_a as typed
from tests.factories import question_types_b as written
from tests.factories import quizzes as factory
from tests.factories.answers import right_answer

pytestmark = pytest.mark.same_everywhere

QUESTIONS = {
    "one_answer": factory.one_answer, "several_answers": factory.several_answers, "true_false": factory.true_false,
    "short_answer": typed.short_answer, "numeric": typed.numeric, "matching": typed.matching, "ordering": typed.ordering, "gaps": typed.gaps,
    "drag_words": written.drag_words, "hotspot": written.hotspot, "essay": written.essay, "file_upload": written.file_upload,
    "survey_item": written.survey_item, "case_file": None,
}
BEHAVIOURS = {
    "exam": {}, "practice": {"mode": "practice"}, "all on one page": {"layout": "all"}, "forward only": {"navigation": "forward"},
    "practice on one page": {"mode": "practice", "layout": "all"}, "survey": {"mode": "survey"}, "contest": {"mode": "contest", "join_code": "DO2026"},
    "mark only": {"review": "mark_only"}, "sureness": {"asks_sureness": True},
}


def case_file():
    one = {"stem": "<p>Ai ký?</p>", "options": [{"text": "Chủ tịch", "is_right": True}, {"text": "Thư ký", "is_right": False}]}
    true = {"stem": "<p>Được từ chối.</p>", "is_true": False, "feedback": ""}
    return written.case_file(("one_answer", one, 1), ("true_false", true, 1))


def named(fields: dict[str, list[str]], name: str) -> dict[str, list[str]]:
    return {f"{name}.{part}" if part else name: values for part, values in fields.items()}


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
@pytest.mark.parametrize("kind", QUESTIONS)
def test_every_type_is_taken_in_every_way(as_user, learner, kind, behaviour):
    rules = BEHAVIOURS[behaviour]
    question = (QUESTIONS[kind] or case_file)()
    attempt = services.start_attempt(quiz=factory.quiz([question], **rules), user=learner, now=timezone.now())
    slot = attempt.slots.select_related("version").get()
    answer = type_of(kind).clean_answer(slot.version.content, right_answer(kind, slot.version.content))
    client, is_single = as_user(learner), rules.get("layout") != "all"
    assert client.get(reverse("quizzes:show-attempt", args=[attempt.uuid]), follow=True).status_code == 200

    name = "answer" if is_single else "answer-1"
    form = {"client_uuid": str(uuid4()), "seq": int(timezone.now().timestamp() * 1000), "position": "1", **named(type_of(kind).write_form(answer), name)}
    if behaviour.startswith("practice"):
        form["check"] = "1"
    place = reverse("quizzes:save-answer", args=[attempt.uuid, 1]) if is_single else reverse("quizzes:save-all", args=[attempt.uuid])
    assert client.post(place, form, follow=True).status_code == 200
    slot.refresh_from_db()
    assert (slot.answer, slot.checked_at is not None) == (answer, behaviour.startswith("practice") and bool(answer))

    page = client.post(reverse("quizzes:submit-attempt", args=[attempt.uuid]), follow=True)
    assert page.status_code == 200
    attempt = Attempt.objects.get()
    if kind == "essay":
        assert (attempt.state, attempt.fraction) == (AttemptState.SUBMITTED, None)
    else:
        assert (attempt.state, attempt.fraction) == (AttemptState.MARKED, 0.0 if kind in {"survey_item", "file_upload"} else 1.0)


def test_the_table_above_names_every_type():
    assert set(QUESTIONS) == set(TYPES)
