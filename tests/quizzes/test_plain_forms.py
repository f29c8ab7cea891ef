"""Without script: what cannot be kept takes nothing else with it, and is not typed twice."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from quizzes import services
from quizzes.models import AnswerFile, Attempt
from quizzes.types import type_of
from tests.factories import question_types_a as typed
from tests.factories import question_types_b as sent
from tests.factories import quizzes as factory


@pytest.fixture
def client(as_user, learner):
    return as_user(learner)


def begin(learner, *questions, **rules) -> Attempt:
    return services.start_attempt(quiz=factory.quiz(list(questions), **rules), user=learner, now=timezone.now())


def form(**answers) -> dict:
    return {"client_uuid": str(uuid4()), "seq": int(timezone.now().timestamp() * 1000), **answers}


def url(name: str, attempt: Attempt, *args) -> str:
    return reverse(f"quizzes:{name}", args=[attempt.uuid, *args])


def test_one_bad_answer_of_a_page_takes_no_other_with_it_and_stays_as_it_was_typed(client, learner):
    attempt = begin(learner, factory.one_answer(), typed.numeric(), layout="all")
    right = factory.right_answer(attempt.slots.select_related("version").get(position=1))
    page = client.post(url("save-all", attempt), form(
        **{"position": ["1", "2"], "answer-1": right["chosen"], "answer-2": "ba phẩy năm", "go": "submit"}))
    assert page.status_code == 422
    assert 'value="ba phẩy năm"' in page.content.decode()
    assert [slot.answer for slot in attempt.slots.order_by("position")] == [right, {}]
    attempt.refresh_from_db()
    assert not attempt.is_over


def test_a_number_that_is_none_is_shown_again_on_its_own_page(client, learner):
    attempt = begin(learner, typed.numeric())
    page = client.post(url("save-answer", attempt, 1), form(answer="1,2,3.4"))
    assert (page.status_code, 'value="1,2,3.4"' in page.content.decode()) == (422, True)


def test_an_essay_that_is_too_long_is_not_lost(client, learner):
    attempt = begin(learner, sent.essay())
    text = "Tôi đã tổ chức đối thoại. " * (type_of("essay").max_length // 20)
    page = client.post(url("save-answer", attempt, 1), form(answer=text))
    assert (page.status_code, text[:2000] in page.content.decode()) == (422, True)


def test_a_file_that_comes_after_the_end_is_not_stored(client, learner):
    attempt = begin(learner, sent.file_upload())
    services.submit_attempt(attempt=attempt, now=timezone.now())
    client.post(url("upload-file", attempt, 1), {"answer.upload": SimpleUploadedFile("bao-cao.pdf", b"%PDF-1.7 x")})
    assert not AnswerFile.objects.exists()


def test_files_of_one_question_do_not_fill_the_disk(client, learner):
    attempt = begin(learner, sent.file_upload())
    for number in range(30):
        client.post(url("upload-file", attempt, 1), {"answer.upload": SimpleUploadedFile(f"{number}.pdf", b"%%PDF-1.7 %d" % number)})
        services.save_answer(attempt=attempt, position=1, client_uuid=uuid4(), seq=int(timezone.now().timestamp() * 1000), answer={}, now=timezone.now())
    assert AnswerFile.objects.count() == 20
