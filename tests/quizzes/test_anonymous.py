"""A sitting without an account: it belongs to the session, also after signing in, and to nobody else."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from quizzes.enums import Mode
from quizzes.models import Attempt, Quiz
from tests.factories import accounts as people
from tests.factories import quizzes as factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest(db) -> Quiz:
    return factory.quiz(title="Thi tìm hiểu", mode=Mode.CONTEST, join_code="LUAT2026", is_open_to_all=True, attempts_allowed=2, review="full")


@pytest.fixture
def visitor(as_user, contest):
    client = as_user(None, headers={"accept-language": "en"})
    client.get("/thi/LUAT2026/")
    client.post("/thi/LUAT2026/bat-dau/", {"shown_name": "Chị Hoa"})
    return client


def pages_of(attempt: Attempt) -> list[str]:
    over = ["show-result"] if attempt.is_over else ["submit-attempt"]
    pages = [reverse(f"quizzes:{name}", args=[attempt.uuid]) for name in over]
    pages += [reverse("quizzes:show-receipt", args=[attempt.receipt_code])] if attempt.is_over else [
        reverse("quizzes:show-question", args=[attempt.uuid, 1])]
    return pages


def finished(client) -> Attempt:
    attempt = Attempt.objects.get()
    for slot in attempt.slots.select_related("version"):
        client.post(
            reverse("quizzes:save-answer", args=[attempt.uuid, slot.position]),
            {"client_uuid": str(uuid4()), "seq": int(timezone.now().timestamp() * 1000), "answer": factory.right_answer(slot)["chosen"], "go": "save"})
    client.post(reverse("quizzes:submit-attempt", args=[attempt.uuid]))
    attempt.refresh_from_db()
    return attempt


@pytest.mark.parametrize("layout", ["one", "all"])
def test_a_whole_sitting_without_an_account(as_user, contest, layout):
    Quiz.objects.update(layout=layout)
    client = as_user(None, headers={"accept-language": "en"})
    started = client.post("/thi/LUAT2026/bat-dau/", {"shown_name": "Chị Hoa"}, follow=True)
    assert started.status_code == 200 and "/thi/LUAT2026/" in started.content.decode()
    assert [client.get(page).status_code for page in pages_of(Attempt.objects.get())] == [200, 200]
    attempt = finished(client)
    assert (attempt.state, attempt.fraction, attempt.user, attempt.shown_name) == ("marked", 1.0, None, "Chị Hoa")
    result, receipt = (client.get(page) for page in pages_of(attempt))
    assert (result.status_code, receipt.status_code) == (200, 200)
    assert "/thi/LUAT2026/xep-hang/" in result.content.decode() and "Chị Hoa" in receipt.content.decode()
    assert client.get("/hoc-tap/bai-kiem-tra/tien-do/").status_code == 200


def test_the_secret_is_not_what_the_database_keeps(visitor):
    attempt = Attempt.objects.get()
    secret = visitor.session["quizzes.visitor"]
    assert len(secret) == len(attempt.visitor) == 64 and secret != attempt.visitor


def test_another_browser_sees_nothing(visitor, as_user, contest, learner, administrator):
    attempt = Attempt.objects.get()
    other = as_user()
    assert {reverse("account_login") in other.get(page).url for page in pages_of(attempt)} == {True}
    other.post("/thi/LUAT2026/bat-dau/", {"shown_name": "Người khác"})
    for client in (other, as_user(learner), as_user(administrator)):
        assert {client.get(page).status_code for page in pages_of(attempt)} == {404}
        assert client.post(reverse("quizzes:submit-attempt", args=[attempt.uuid])).status_code == 404
    attempt.refresh_from_db()
    assert attempt.state == "in_progress"


def test_the_sitting_stays_with_the_session_after_signing_in(visitor, learner):
    attempt = Attempt.objects.get()
    visitor.post(reverse("account_login"), {"login": learner.email, "password": people.PASSWORD})
    assert visitor.session["_auth_user_id"] == str(learner.pk)
    assert [visitor.get(page).status_code for page in pages_of(attempt)] == [200, 200]
    page = visitor.get("/thi/LUAT2026/")
    assert [paper.attempt for paper in page.context["papers"]] == [attempt]
    attempt = finished(visitor)
    assert attempt.user is None and [visitor.get(one).status_code for one in pages_of(attempt)] == [200, 200]
    assert [paper.attempt for paper in visitor.get("/hoc-tap/bai-kiem-tra/tien-do/").context["page"]] == [attempt]


def test_signing_out_takes_the_sitting_off_a_shared_computer(visitor, learner):
    attempt = Attempt.objects.get()
    visitor.post(reverse("account_login"), {"login": learner.email, "password": people.PASSWORD})
    visitor.post(reverse("account_logout"))
    assert {reverse("account_login") in visitor.get(page).url for page in pages_of(attempt)} == {True}


def test_looking_at_a_contest_leaves_no_session(as_user, contest):
    client = as_user()
    client.get("/thi/LUAT2026/")
    client.get("/thi/LUAT2026/xep-hang/")
    assert "sessionid" not in client.cookies
