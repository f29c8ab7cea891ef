"""What the pages of an attempt hand to their script, and what a plain form with a file does without it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from quizzes import services
from tests.factories import question_types_b, quizzes

pytestmark = pytest.mark.django_db


def begin(user, questions, **rules):
    return services.start_attempt(quiz=quizzes.quiz(questions, **rules), user=user, now=timezone.now())


def test_cards_hold_every_question_of_a_free_attempt_in_the_same_number_of_queries(client, learner, django_assert_max_num_queries):
    client.force_login(learner)
    attempt = begin(learner, quizzes.bank(12), title="Dài")
    short = begin(learner, quizzes.bank(1), title="Ngắn")
    client.get(reverse("quizzes:show-cards", args=[short.uuid]))
    with django_assert_max_num_queries(6):
        page = client.get(reverse("quizzes:show-cards", args=[attempt.uuid])).content.decode()
    assert page.count("data-card ") == page.count("data-page=") == page.count('class="steps-bar"') == 12
    assert page.count(' name="answer"') == 36


@pytest.mark.parametrize("rules", [{"navigation": "forward"}, {"layout": "all"}])
def test_cards_are_not_given_where_there_is_no_way_back_or_they_are_all_there(client, learner, rules):
    client.force_login(learner)
    attempt = begin(learner, None, **rules)
    assert client.get(reverse("quizzes:show-cards", args=[attempt.uuid])).status_code == 404


def test_cards_and_key_are_their_takers_alone(client, learner, outsider):
    attempt = begin(learner, None)
    assert client.get(reverse("quizzes:show-key")).status_code == 401
    client.force_login(learner)
    mine = client.get(reverse("quizzes:show-key")).json()
    page = client.get(reverse("quizzes:show-question", args=[attempt.uuid, 1])).content.decode()
    assert f'data-whose="{mine["whose"]}"' in page
    client.force_login(outsider)
    theirs = client.get(reverse("quizzes:show-key")).json()
    assert (mine["key"] != theirs["key"], mine["whose"] != theirs["whose"]) == (True, True)
    assert client.get(reverse("quizzes:show-cards", args=[attempt.uuid])).status_code == 404


@pytest.mark.parametrize("layout", ["one", "all"])
def test_file_in_a_plain_form_is_kept_with_the_answer(client, learner, layout):
    client.force_login(learner)
    attempt = begin(learner, [question_types_b.file_upload()], layout=layout)
    name = "answer" if layout == "one" else "answer-1"
    address = reverse("quizzes:save-answer", args=[attempt.uuid, 1]) if layout == "one" else reverse("quizzes:save-all", args=[attempt.uuid])
    page = client.get(reverse("quizzes:show-attempt", args=[attempt.uuid]), follow=True)
    assert 'enctype="multipart/form-data"' in page.content.decode()
    form = {"client_uuid": str(page.context["client_uuid"]), "seq": page.context["card"].seq, "position": 1, "go": "save"}
    upload = SimpleUploadedFile("bien-ban.pdf", b"%PDF-1.7\n%%EOF\n")
    assert client.post(address, {**form, f"{name}.upload": upload}).status_code == 303
    assert [file["name"] for file in attempt.slots.get().answer["files"]] == ["bien-ban.pdf"]
    wrong = SimpleUploadedFile("bien-ban.txt", b"Bien ban")
    refused = client.post(address, {**form, "client_uuid": "7b0e8e0c-58a0-4a40-9d6c-3a5c1b1f2a77", f"{name}.keep": [
        attempt.slots.get().answer["files"][0]["file"]], f"{name}.upload": wrong}, follow=True)
    assert refused.context["messages"]
    assert len(attempt.slots.get().answer["files"]) == 1


def test_words_of_a_replay_are_there_for_everybody(client):
    assert 'data-said="replayed-sent"' in client.get(reverse("quizzes:show-replayed")).content.decode()
