"""Walks through the pages, with and without script, by hands that shake."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quizzes import services
from quizzes.models import AnswerStep, Attempt
from tests.factories import quizzes as factory

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.fixture
def attempt(learner) -> Attempt:
    quiz = factory.quiz([factory.one_answer(topic="Bài 3"), factory.several_answers(), factory.true_false()], pass_fraction="0.6")
    return services.start_attempt(quiz=quiz, user=learner, now=timezone.now())


@pytest.fixture
def client(as_user, learner):
    return as_user(learner, headers={"accept-language": "en"}, enforce_csrf_checks=False)


def url(name: str, attempt: Attempt, *args) -> str:
    return reverse(f"quizzes:{name}", args=[attempt.uuid, *args])


def slot(attempt: Attempt, position: int = 1):
    return attempt.slots.select_related("version").get(position=position)


def form_of(client, attempt: Attempt, position: int) -> dict:
    """The hidden fields of the page, as a browser without script would send them back."""
    page = client.get(url("show-question", attempt, position))
    assert page.status_code == 200
    return {"client_uuid": str(page.context["client_uuid"]), "seq": str(page.context["page"].seq)}


def send(client, attempt: Attempt, position: int, answer, **command):
    command = {"client_uuid": str(uuid4()), "seq": int(timezone.now().timestamp() * 1000), "answer": answer, **command}
    return client.post(url("save-answer", attempt, position), json.dumps(command), content_type="application/json")


def test_a_walk_without_script(client, attempt):
    assert client.get(url("show-attempt", attempt)).url == url("show-question", attempt, 1)
    for position in (1, 2, 3):
        form = form_of(client, attempt, position)
        said = client.post(
            url("save-answer", attempt, position),
            {**form, "answer": factory.right_answer(slot(attempt, position))["chosen"], "go": str(position + 1) if position < 3 else "submit"})
        assert said.status_code == 303
        assert said.url == (url("show-question", attempt, position + 1) if position < 3 else url("submit-attempt", attempt))
    confirm = client.get(url("submit-attempt", attempt))
    assert confirm.context["open_places"] == []
    assert client.post(url("submit-attempt", attempt)).url == url("show-result", attempt)
    result = client.get(url("show-result", attempt))
    assert (result.status_code, result.context["result"].percent) == (200, 100.0)
    assert "weave--full" in result.content.decode()


def test_a_walk_with_script(client, attempt):
    for position in (1, 2, 3):
        said = send(client, attempt, position, factory.right_answer(slot(attempt, position)))
        assert said.status_code == 200
        data = said.json()
        assert (data["position"], data["is_newest"], data["notice"]) == (position, True, "")
        assert data["saved_clock"] == f"{timezone.localtime(slot(attempt, position).answered_at):%H:%M:%S}"
    client.post(url("submit-attempt", attempt))
    attempt.refresh_from_db()
    assert (attempt.passed, attempt.fraction) == (True, 1.0)


def test_a_replayed_command_gets_the_same_answer(client, attempt):
    answer = factory.right_answer(slot(attempt))
    command = {"client_uuid": str(uuid4()), "seq": 17}
    first, again = (send(client, attempt, 1, answer, **command).json() for _ in range(2))
    assert {**first, "now": 0} == {**again, "now": 0}
    assert AnswerStep.objects.count() == 1


def test_double_tap_on_next_and_back_with_the_same_form(client, attempt):
    right, wrong = factory.right_answer(slot(attempt)), factory.wrong_answer(slot(attempt))
    form = form_of(client, attempt, 1)
    for answer in (wrong, wrong, right):
        said = client.post(url("save-answer", attempt, 1), {**form, "answer": answer["chosen"], "go": "2"})
        assert said.url == url("show-question", attempt, 2)
    assert slot(attempt).answer == right
    assert slot(attempt, 2).answer == {}


def test_a_stale_tab_is_told_and_shown_the_newest_answer(client, attempt):
    right, wrong = factory.right_answer(slot(attempt)), factory.wrong_answer(slot(attempt))
    stale = form_of(client, attempt, 1)
    send(client, attempt, 1, right, seq=int(stale["seq"]) + 1)
    services_now = slot(attempt).answered_at
    said = client.post(url("save-answer", attempt, 1), {**stale, "seq": int(stale["seq"]) - 5, "answer": wrong["chosen"], "go": "2"}, follow=True)
    assert said.redirect_chain[-1][0] == url("show-question", attempt, 1)
    assert f"{timezone.localtime(services_now):%H:%M}" in said.content.decode()
    assert slot(attempt).answer == right
    assert attempt.steps.filter(answer=wrong).exists()


def test_an_older_answer_over_the_wire_says_what_is_newest(client, attempt):
    right, wrong = factory.right_answer(slot(attempt)), factory.wrong_answer(slot(attempt))
    send(client, attempt, 1, right, seq=50)
    data = send(client, attempt, 1, wrong, seq=40).json()
    assert (data["is_newest"], data["newest"], data["newest_seq"]) == (False, right, 50)
    assert data["notice"]


def test_resume_on_another_device(as_user, learner, attempt):
    phone, office = as_user(learner), as_user(learner)
    answer = factory.right_answer(slot(attempt))
    send(phone, attempt, 1, answer)
    assert office.get(url("show-attempt", attempt)).url == url("show-question", attempt, 2)
    page = office.get(url("show-question", attempt, 1)).content.decode()
    assert f'value="{answer["chosen"][0]}" checked' in page
    assert f"{timezone.localtime(slot(attempt).answered_at):%H:%M:%S}" in page


def test_an_attempt_of_another_person_does_not_exist(as_user, outsider, administrator, attempt):
    submitted = services.submit_attempt(
        attempt=services.start_attempt(quiz=factory.quiz(title="Khác"), user=attempt.user, now=timezone.now()), now=timezone.now())
    for person in (outsider, administrator):
        client = as_user(person)
        pages = [
            url("show-attempt", attempt), url("show-question", attempt, 1), url("submit-attempt", attempt), url("show-result", submitted),
            reverse("quizzes:show-receipt", args=[submitted.receipt_code]),
        ]
        assert [client.get(page).status_code for page in pages] == [404] * 5
        assert client.post(url("submit-attempt", attempt)).status_code == 404
        refused = send(client, attempt, 1, factory.right_answer(slot(attempt)))
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown_position")
        assert client.post(url("save-answer", attempt, 1), {"client_uuid": str(uuid4()), "seq": 1, "answer": "x"}).status_code == 404
    assert not AnswerStep.objects.exists()
    attempt.refresh_from_db()
    assert attempt.state == "in_progress"


def test_strangers_are_asked_to_sign_in_and_come_back_to_the_question(as_user, attempt):
    stranger = as_user()
    assert reverse("account_login") in stranger.get(url("show-question", attempt, 1)).url
    refused = send(stranger, attempt, 1, {})
    assert (refused.status_code, refused.json()["code"]) == (401, "signed_out")
    went = stranger.post(url("save-answer", attempt, 1), {"answer": "x"})
    assert went.status_code == 302
    assert url("show-question", attempt, 1) in went.url


def test_a_question_of_another_attempt(client, attempt):
    other = services.start_attempt(quiz=factory.quiz(factory.bank(5), title="Khác"), user=attempt.user, now=timezone.now())
    assert client.get(url("show-question", attempt, 5)).status_code == 404
    foreign = factory.right_answer(slot(other, 5))
    refused = send(client, attempt, 5, foreign)
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_position")
    refused = send(client, attempt, 1, foreign)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_answer")
    went = client.post(url("save-answer", attempt, 5), {"client_uuid": str(uuid4()), "seq": 1, "answer": foreign["chosen"]}, follow=True)
    assert (went.status_code, went.redirect_chain[-1][0]) == (200, url("show-question", attempt, 1))
    assert not AnswerStep.objects.exists()


def test_after_the_end_pages_lead_to_the_result_and_nothing_changes(client, attempt):
    form = form_of(client, attempt, 1)
    client.post(url("submit-attempt", attempt))
    for page in ("show-attempt", "submit-attempt"):
        assert client.get(url(page, attempt)).url == url("show-result", attempt)
    assert client.get(url("show-question", attempt, 1)).url == url("show-result", attempt)
    refused = send(client, attempt, 1, factory.right_answer(slot(attempt)))
    assert (refused.status_code, refused.json()["code"]) == (409, "finished")
    went = client.post(url("save-answer", attempt, 1), {**form, "answer": factory.right_answer(slot(attempt))["chosen"], "go": "2"}, follow=True)
    assert (went.status_code, went.redirect_chain[-1][0]) == (200, url("show-result", attempt))
    assert 'class="notice' in went.content.decode()
    before = Attempt.objects.get().receipt_code
    assert client.post(url("submit-attempt", attempt)).url == url("show-result", attempt)
    assert (Attempt.objects.get().receipt_code, AnswerStep.objects.count()) == (before, 0)


def test_the_result_waits_until_the_attempt_is_over(client, attempt):
    assert client.get(url("show-result", attempt)).url == url("show-attempt", attempt)


def test_time_that_ran_out_is_noticed_by_the_next_touch(client, learner):
    quiz = factory.quiz(time_limit_seconds=60)
    attempt = services.start_attempt(quiz=quiz, user=learner, now=timezone.now() - timedelta(minutes=2))
    refused = send(client, attempt, 1, factory.right_answer(slot(attempt)))
    assert (refused.status_code, refused.json()["code"]) == (409, "time_over")
    attempt.refresh_from_db()
    assert attempt.submitted_at == attempt.deadline_at
    page = client.get(url("show-result", attempt))
    assert f"{timezone.localtime(attempt.deadline_at):%H:%M}" in page.content.decode()


def test_the_clock_is_told_without_script_too(client, learner):
    attempt = services.start_attempt(quiz=factory.quiz(time_limit_seconds=1800), user=learner, now=timezone.now())
    page = client.get(url("show-question", attempt, 1)).content.decode()
    assert f'data-deadline="{attempt.deadline_at.timestamp():.6f}"' in page
    assert f"{timezone.localtime(attempt.deadline_at):%H:%M}" in page


@pytest.mark.parametrize("body", [
    b"[]", b"7", b"null", b"{", b"\xff\xfe", b'{"answer": {}}', b'{"client_uuid": 7, "seq": 1, "answer": {}}',
    b'{"client_uuid": "x", "seq": 1}', b'{"client_uuid": ["x"], "seq": {}}', b"[" * 60_000, b'{"a":' * 20_000, b"x" * 70_000,
    b'{"client_uuid": "6a2f41a3-c54c-4e3b-8f3e-6a2f41a3c54c", "seq": -1, "answer": {}}',
    b'{"client_uuid": "6a2f41a3-c54c-4e3b-8f3e-6a2f41a3c54c", "seq": 99999999999999999999, "answer": {}}',
    b'{"client_uuid": "6a2f41a3-c54c-4e3b-8f3e-6a2f41a3c54c", "seq": 1, "kind": "drop", "answer": {}}',
])
def test_what_cannot_be_read_is_refused_in_words(client, attempt, body):
    refused = client.post(url("save-answer", attempt, 1), body, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (400, "unreadable")
    assert refused.json()["message"]


def test_ten_thousand_letters_are_refused_in_words_on_both_doors(client, attempt):
    right = factory.right_answer(slot(attempt))
    send(client, attempt, 1, right)
    refused = send(client, attempt, 1, {"chosen": ["ờ" * 10_000]})
    assert (refused.status_code, refused.json()["code"]) == (413, "too_long")
    said = client.post(url("save-answer", attempt, 1), {**form_of(client, attempt, 1), "answer": "ờ" * 10_000, "go": "2"})
    assert said.status_code == 422
    assert "8.000" in said.content.decode()
    assert slot(attempt).answer == right


@pytest.mark.parametrize("form", [{}, {"client_uuid": "x", "seq": "y"}, {"client_uuid": "6a2f41a3-c54c-4e3b-8f3e-6a2f41a3c54c"}])
def test_a_broken_form_leads_back_to_the_question(client, attempt, form):
    said = client.post(url("save-answer", attempt, 1), {**form, "answer": "x"}, follow=True)
    assert (said.status_code, said.redirect_chain[-1][0]) == (200, url("show-question", attempt, 1))
    assert 'class="notice' in said.content.decode()


@pytest.mark.parametrize("go", ["", "save", "../../", "99999999999999", "-1", "²"])
def test_a_button_that_leads_nowhere_stays(client, attempt, go):
    answer = factory.right_answer(slot(attempt))
    said = client.post(url("save-answer", attempt, 1), {**form_of(client, attempt, 1), "answer": answer["chosen"], "go": go})
    assert said.url == url("show-question", attempt, 1)
    assert slot(attempt).answer == answer


def test_reloading_the_address_of_a_save_shows_the_question(client, attempt):
    assert client.get(url("save-answer", attempt, 1)).url == url("show-question", attempt, 1)


def test_the_flag_by_form_and_by_command(client, attempt):
    answer = factory.right_answer(slot(attempt))
    client.post(url("save-answer", attempt, 1), {**form_of(client, attempt, 1), "answer": answer["chosen"], "flag": "1"})
    assert (slot(attempt).flagged, slot(attempt).answer) == (True, answer)
    page = client.get(url("show-question", attempt, 2)).content.decode()
    assert "is-flag" in page
    send(client, attempt, 1, {"flagged": False}, kind="flag")
    assert not slot(attempt).flagged


def test_the_confirmation_lists_what_is_not_answered(client, attempt):
    send(client, attempt, 2, factory.right_answer(slot(attempt, 2)))
    page = client.get(url("submit-attempt", attempt))
    assert [place.position for place in page.context["open_places"]] == [1, 3]
    for position in (1, 3):
        assert url("show-question", attempt, position) in page.content.decode()


def test_a_failed_result_names_topics_and_no_answers(client, attempt):
    client.post(url("submit-attempt", attempt))
    page = client.get(url("show-result", attempt)).content.decode()
    assert "Bài 3" in page
    assert "You have 2 attempts left." in page
    for leak in ("Ngày thứ 30", "Ngày thứ 07", "chậm nhất khi nào", "Điều 70", "weave--full"):
        assert leak not in page


def test_a_passed_result_shows_answers_reasons_and_feedback(client, attempt):
    for position in (2, 3):
        send(client, attempt, position, factory.right_answer(slot(attempt, position)))
    send(client, attempt, 1, factory.wrong_answer(slot(attempt)))
    client.post(url("submit-attempt", attempt))
    page = client.get(url("show-result", attempt)).content.decode()
    for shown in ("Ngày thứ 07", "Không phải Ngày thứ 07.", "Ngày thứ 30", "Điều 70 của Bộ luật Lao động.", "is-wrong", "is-right", "2/3"):
        assert shown in page
    attempt.refresh_from_db()
    assert attempt.receipt_code in page


def test_the_receipt_is_found_however_its_code_is_typed(client, attempt):
    send(client, attempt, 1, factory.right_answer(slot(attempt)))
    client.post(url("submit-attempt", attempt))
    attempt.refresh_from_db()
    typed = attempt.receipt_code.lower().replace("-", "")
    page = client.get(reverse("quizzes:show-receipt", args=[typed]))
    assert page.status_code == 200
    for shown in (attempt.receipt_code, attempt.answers_digest, "1/3", "Nguyễn Thị Mai"):
        assert shown in page.content.decode()
    assert client.get(reverse("quizzes:show-receipt", args=["BN-0000-00"])).status_code == 404


def test_pages_are_never_kept_by_the_browser(client, attempt):
    for page in (url("show-question", attempt, 1), url("submit-attempt", attempt)):
        assert "no-store" in client.get(page)["Cache-Control"]


def test_a_question_shows_the_words_of_its_own_version(client, attempt):
    question = slot(attempt).version.question
    question.content[0].value["stem"].source = "<p>Đã sửa?</p>"
    question.save_revision().publish()
    page = client.get(url("show-question", attempt, 1)).content.decode()
    assert "chậm nhất khi nào" in page
    assert "Đã sửa" not in page


def test_no_answer_key_leaks_into_the_page(client, attempt):
    page = client.get(url("show-question", attempt, 1)).content.decode()
    for leak in ("Không phải", "Điều 70", '"right"', "True", "feedback"):
        assert leak not in page


@pytest.mark.parametrize("count", [2, 30])
def test_a_question_page_takes_at_most_8_queries_however_long_the_quiz(client, learner, django_assert_max_num_queries, count):
    attempt = services.start_attempt(quiz=factory.quiz(factory.bank(count), title="Dài"), user=learner, now=timezone.now())
    client.get(url("show-question", attempt, 1))
    with django_assert_max_num_queries(8):
        assert client.get(url("show-question", attempt, 2)).status_code == 200


def test_a_result_page_takes_the_same_queries_for_2_and_30_questions(client, learner):
    counts = []
    for count in (2, 30):
        quiz = factory.quiz(factory.bank(count), title=f"Quiz {count}", review="full")
        attempt = services.submit_attempt(
            attempt=services.start_attempt(quiz=quiz, user=learner, now=timezone.now()), now=timezone.now())
        client.get(url("show-result", attempt))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url("show-result", attempt)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_saving_over_the_wire_takes_at_most_six_statements_and_a_transaction(client, attempt):
    answers = [factory.wrong_answer(slot(attempt)), factory.right_answer(slot(attempt))]
    send(client, attempt, 1, answers[0])
    with CaptureQueriesContext(connection) as queries:
        send(client, attempt, 1, answers[1])
    statements = [query["sql"] for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) <= 6, statements
