"""A trainer takes a quiz as a learner: the real path, on a chosen day, with a chosen draw, and nothing is left of it."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ReferenceIndex

from quizzes import services
from quizzes.enums import Mode
from quizzes.models import Attempt, Quiz
from quizzes.signals import attempt_finished
from tests.factories import quizzes as factory

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.fixture
def trainer(trainer):
    trainer.user_permissions.add(Permission.objects.get(codename="change_quiz"))
    return trainer


@pytest.fixture
def client(as_user, trainer):
    return as_user(trainer, headers={"accept-language": "en"})


@pytest.fixture
def finished():
    """Everything that `attempt_finished` was sent for."""
    heard = []

    def hear(attempt, **kwargs):
        heard.append(attempt)

    attempt_finished.connect(hear)
    yield heard
    attempt_finished.disconnect(hear)


def address(quiz: Quiz, query: str = "") -> str:
    return reverse("quizzes:preview-quiz", args=[quiz.uuid]) + query


def everything() -> dict:
    """Every row of the quiz engine, every reference and every file."""
    rows = {model.__name__: list(model._base_manager.order_by("pk").values()) for model in apps.get_app_config("quizzes").get_models()}
    files = sorted(str(path) for root in (settings.MEDIA_ROOT, settings.PRIVATE_ROOT) for path in Path(root).rglob("*"))
    return {**rows, "references": ReferenceIndex.objects.count(), "files": files}


def answers_to(page, *, right: bool = True) -> dict:
    """What a browser would post for the questions of a preview."""
    posted = {"position": [card.position for card in page.cards]}
    for card in page.cards:
        answer = (factory.right_answer if right else factory.wrong_answer)(card.slot)
        posted[card.asked.name] = answer["chosen"]
    return posted


@pytest.mark.django_db(transaction=True)
def test_a_preview_leaves_no_trace(as_user, administrator, finished):
    quiz = factory.draw_quiz(3, bank=factory.bank(5)[0].category, review="full", shuffle_options=True, time_limit_seconds=600)
    before = everything()
    client = as_user(administrator, headers={"accept-language": "en"})
    page = client.get(address(quiz, "?so=7"))
    assert page.status_code == 200 and len(page.context["preview"].page.cards) == 3
    said = client.post(address(quiz, f"?{page.context['here']}"), answers_to(page.context["preview"].page))
    assert said.status_code == 200 and said.context["preview"].result.percent == 100.0
    assert said.content.decode().count("tag--done") == 3
    assert everything() == before
    assert finished == []


def test_the_questions_posted_are_those_that_were_drawn(client):
    quiz = factory.draw_quiz(4, bank=factory.bank(9)[0].category, review="full", shuffle_options=True, shuffle_questions=True)
    drawn = client.get(address(quiz, "?so=99")).context["preview"].page
    again = client.get(address(quiz, "?so=99")).context["preview"].page
    assert [(card.slot.version.question_id, card.asked.order) for card in drawn.cards] == [
        (card.slot.version.question_id, card.asked.order) for card in again.cards]
    wrong = client.post(address(quiz, "?so=99"), answers_to(drawn, right=False)).context["preview"].result
    assert (wrong.percent, wrong.answered, wrong.total) == (0.0, 4, 4)
    other = {tuple(card.slot.version.question_id for card in client.get(address(quiz, f"?so={seed}")).context["preview"].page.cards) for seed in range(6)}
    assert len(other) > 1


def test_what_a_trainer_met_before_does_not_change_the_draw(client, as_user, trainer, administrator):
    quiz = factory.draw_quiz(2, bank=factory.bank(6)[0].category)
    drawn = [card.slot.version.question_id for card in client.get(address(quiz, "?so=5")).context["preview"].page.cards]
    services.start_attempt(quiz=quiz, user=trainer, now=timezone.now())
    for person in (trainer, administrator):
        page = as_user(person).get(address(quiz, "?so=5")).context["preview"].page
        assert [card.slot.version.question_id for card in page.cards] == drawn


@pytest.mark.parametrize(("day", "words"), [
    ("2026-11-30T23:59", "This quiz opens at 08:00, 01/12/2026."), ("2026-12-01T08:00", ""), ("2026-12-05T16:59", ""),
    ("2026-12-05T17:00", "This quiz is closed."), ("khong-phai-ngay", None),
])
def test_on_a_chosen_day_it_is_open_or_closed_as_for_a_learner(client, day, words):
    zone = timezone.get_default_timezone()
    quiz = factory.quiz(opens_at=datetime(2026, 12, 1, 8, tzinfo=zone), closes_at=datetime(2026, 12, 5, 17, tzinfo=zone))
    page = client.get(address(quiz, f"?ngay={day}&so=1"))
    assert page.status_code == 200
    if words is None:
        assert page.context["form"].errors["ngay"]
    elif words:
        assert words in page.content.decode() and page.context["preview"].page is None
    else:
        assert (page.context["preview"].refusal, len(page.context["preview"].page.cards)) == ("", 2)


def test_a_draft_is_previewed_as_it_was_last_saved(client):
    quiz = factory.quiz(title="Tên cũ", live=False)
    quiz.title, quiz.pass_fraction = "Tên mới nhất", 1
    quiz.save_revision()
    page = client.get(address(quiz))
    assert "Tên mới nhất" in page.content.decode() and "Pass mark 100%" in page.content.decode()
    quiz.refresh_from_db()
    assert (quiz.title, quiz.live, quiz.is_open_to_all) == ("Tên cũ", False, False)


def test_the_result_is_shown_as_far_as_a_learner_would_see_it(client):
    quiz = factory.quiz(review="mark_only", failure_text="<p>Cố lên nhé.</p>")
    page = client.get(address(quiz, "?so=1")).context["preview"].page
    said = client.post(address(quiz, "?so=1"), answers_to(page, right=False)).content.decode()
    assert "0/2" in said and "Cố lên nhé." in said and "Nothing is shown of single questions" in said and "Ngày thứ 30" not in said


def test_practice_and_every_layout_are_one_page_without_buttons_that_lead_away(client):
    for fields in ({"mode": Mode.PRACTICE}, {"layout": "all"}, {"navigation": "forward"}, {"asks_sureness": True}, {"mode": Mode.SURVEY}):
        quiz = factory.quiz(title=str(fields), **fields)
        page = client.get(address(quiz, "?so=1"))
        text = page.content.decode()
        assert len(page.context["preview"].page.cards) == 2 and "data-check" not in text and "data-flag>" not in text
        assert client.post(address(quiz, "?so=1"), answers_to(page.context["preview"].page)).status_code == 200


def test_what_makes_no_sense_is_told_and_not_an_error(client):
    quiz = factory.quiz()
    said = client.post(address(quiz, "?so=1"), {"position": ["1"], "answer-1": ["khong-co"]})
    assert said.status_code == 200 and said.context["preview"].refusal
    assert client.get(address(quiz, "?so=-3")).context["form"].errors["so"]
    assert client.get(address(factory.quiz([], title="Trống"))).context["preview"].refusal


def test_only_those_who_may_change_quizzes(as_user, learner, trainer):
    quiz = factory.quiz(is_listed=True)
    assert [as_user(person).get(address(quiz)).status_code for person in (learner, trainer, None)] == [404, 200, 302]
    assert as_user(learner).post(address(quiz)).status_code == 404
    assert not Attempt.objects.exists()


def test_the_frame_of_the_editor_shows_rules_and_sections_with_few_queries(rf, administrator):
    counts = []
    # The first only fills what the site keeps in mind.
    for size in (2, 1, 30):
        quiz = factory.quiz(factory.bank(size), title=f"{size} câu", introduction="<p>Mời làm bài.</p>", closes_at=timezone.now() + timedelta(days=1))
        request = rf.get("/")
        request.user = administrator
        quiz = Quiz.objects.get(pk=quiz.pk)
        with CaptureQueriesContext(connection) as queries:
            text = quiz.make_preview_request(request).render().content.decode()
        counts.append(len(queries))
        assert "Mời làm bài." in text and reverse("quizzes:preview-quiz", args=[quiz.uuid]) in text
    assert counts[1] == counts[2]
