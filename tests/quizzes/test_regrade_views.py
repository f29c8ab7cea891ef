"""The pages of regrades: who gets in, what is asked, what is shown before and after."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quizzes import services
from quizzes.enums import WorkState
from quizzes.models import Appeal, Attempt, AttemptSlot, Regrade
from quizzes.services import regrading
from tests.factories import analysing, marking, quizzes

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
LIST, PLAN = "marking:list-regrades", "marking:plan-regrade"


@pytest.fixture
def bank(db):
    return quizzes.bank(2)


@pytest.fixture
def quiz(bank):
    return quizzes.quiz(bank, title="Kiểm tra lại", is_open_to_all=True, attempts_allowed=0)


@pytest.fixture
def client(trainer, quiz, as_user):
    user = marking.may(marking.marker(trainer, quiz), "regrade_attempt")
    return as_user(user, headers={"accept-language": "en"})


def page_of(regrade: Regrade, name: str = "show") -> str:
    return reverse(f"marking:{name}-regrade", args=[regrade.uuid])


def plan(client, quiz, question=None, named: str = "", **fields):
    fields = {"question": question.uuid if question else "", "whom": "all", "way": "full", "keeps_better": "on", "reason": "Đáp án sai.", **fields}
    return client.post(f"{reverse(PLAN)}?quiz={quiz.uuid}{named}", fields)


def test_a_regrade_is_planned_looked_at_and_written_page_by_page(client, quiz, bank, now, learner, django_capture_on_commit_callbacks):
    attempts = analysing.taken(quiz, bank, [[1, 1], [1, 0]], now=now)
    Attempt.objects.filter(pk=attempts[0].pk).update(user=learner, visitor="")
    Attempt.objects.filter(pk=attempts[0].pk).update(pass_fraction=0.5)
    response = plan(client, quiz, bank[0])
    regrade = Regrade.objects.get()
    assert (response.status_code, response.url, regrade.state) == (303, page_of(regrade), WorkState.READY)
    text = client.get(page_of(regrade)).content.decode()
    assert learner.full_name in text and "Would newly pass" in text and "Newly passes" in text and "Khách 1" in text
    assert not AttemptSlot.objects.exclude(regrade=None).exists()

    # Without the tick nothing is written.
    assert client.post(page_of(regrade, "apply")).status_code == 422
    assert Regrade.objects.get().state == WorkState.READY
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(page_of(regrade, "apply"), {"sure": "on"})
    assert (response.status_code, Regrade.objects.get().state) == (303, WorkState.DONE)
    text = client.get(page_of(regrade)).content.decode()
    assert "Newly passed" in text and "Đáp án sai." in text and "Write the new marks" not in text
    assert Attempt.objects.get(pk=attempts[0].pk).passed
    # The Back button and a second tap.
    assert client.post(page_of(regrade, "apply"), {"sure": "on"}).status_code == 303
    assert client.post(page_of(regrade, "cancel")).status_code == 303
    assert Regrade.objects.get().state == WorkState.DONE


def test_the_quiz_is_asked_for_first(client, quiz):
    response = client.get(reverse(PLAN))
    assert quiz.title in response.content.decode() and "form" in response.context
    assert client.get(f"{reverse(PLAN)}?quiz=nonsense").status_code == 200


def test_a_plan_without_reason_or_question_is_asked_for_again(client, quiz, bank, now):
    analysing.taken(quiz, bank, [[1, 1]], now=now)
    assert plan(client, quiz, bank[0], reason=" ").status_code == 422
    response = plan(client, quiz)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["question"])
    assert plan(client, quiz, bank[0], way="nonsense").status_code == 422
    assert not Regrade.objects.exists()


def test_what_the_address_names_is_filled_in(client, quiz, bank, now, learner, trainer):
    attempts = analysing.taken(quiz, bank, [[1, 1], [1, 0]], now=now)
    slot = AttemptSlot.objects.get(attempt=attempts[0], position=1)
    appeal = Appeal.objects.create(slot=slot, question=bank[0], by=learner, text="Hai đáp án đúng.", made_at=now)
    address = f"{reverse(PLAN)}?quiz={quiz.uuid}"
    initial = client.get(f"{address}&appeal={appeal.uuid}").context["form"].initial
    assert (initial["question"], initial["way"], initial["whom"]) == (bank[0].uuid, "full", "all")
    form = client.get(f"{address}&attempt={attempts[0].uuid}&attempt={attempts[1].uuid}&question={bank[1].uuid}").context["form"]
    assert (form.initial["question"], form.initial["way"], form.initial["whom"]) == (bank[1].uuid, "newest", "only")
    plan(client, quiz, bank[0], f"&attempt={attempts[0].uuid}&appeal={appeal.uuid}", whom="only")
    regrade = Regrade.objects.get()
    assert (regrade.only, regrade.appeal, regrade.results.get().attempt) == ([str(attempts[0].uuid)], appeal, attempts[0])


def test_what_does_not_exist_here_is_a_404(client, quiz, bank, now, learner, outsider):
    other = quizzes.quiz(bank, title="Bài của người khác")
    theirs = analysing.taken(other, bank, [[1, 1]], now=now)[0]
    appeal = Appeal.objects.create(slot=theirs.slots.first(), question=bank[0], by=learner, text="?", made_at=now)
    address = f"{reverse(PLAN)}?quiz={quiz.uuid}"
    for named in (f"attempt={theirs.uuid}", f"appeal={appeal.uuid}", "attempt=nonsense", f"question={theirs.uuid}"):
        assert client.get(f"{address}&{named}").status_code == 404, named
    assert "Bài của người khác" not in client.get(reverse(PLAN)).content.decode()
    assert client.get(f"{reverse(PLAN)}?quiz={other.uuid}").templates[0].name == "quizzes/regrade_quiz.html"


def test_doors_are_closed_to_others(client, quiz, bank, now, trainer, learner, outsider, administrator, as_user):
    analysing.taken(quiz, bank, [[1, 1]], now=now)
    plan(client, quiz, bank[0])
    regrade = Regrade.objects.get()
    only_marks = marking.marker(outsider, quiz)
    elsewhere = marking.may(marking.marker(learner), "regrade_attempt")
    for page in (reverse(LIST), reverse(PLAN), page_of(regrade)):
        assert as_user(only_marks).get(page).status_code == 403
        assert as_user().get(page).status_code == 302
        assert as_user(administrator).get(page).status_code == 200
    assert quiz.title not in as_user(elsewhere).get(reverse(LIST)).content.decode()
    assert as_user(elsewhere).get(page_of(regrade)).status_code == 404
    for deed in ("apply", "cancel", "resume"):
        assert as_user(elsewhere).post(page_of(regrade, deed), {"sure": "on"}).status_code == 404
        assert as_user(only_marks).post(page_of(regrade, deed), {"sure": "on"}).status_code == 403
        assert client.get(page_of(regrade, deed)).status_code == 405
    assert Regrade.objects.get().state == WorkState.READY


def test_laying_aside_and_taking_up_again(client, quiz, bank, now):
    analysing.taken(quiz, bank, [[1, 1]], now=now)
    plan(client, quiz, bank[0])
    regrade = Regrade.objects.get()
    Regrade.objects.update(state=WorkState.RUNNING, made_at=now.replace(year=2020))
    assert "Take it up again" in client.get(page_of(regrade)).content.decode()
    assert client.get(page_of(regrade), headers={"accept": "application/json"}).json() == {"over": False, "percent": 100}
    client.post(page_of(regrade, "resume"))
    assert Regrade.objects.get().state == WorkState.READY
    client.post(page_of(regrade, "cancel"))
    assert Regrade.objects.get().state == WorkState.CANCELLED
    assert "No mark has changed" in client.get(page_of(regrade)).content.decode()


def test_what_was_being_written_is_taken_up_again_by_a_button(client, quiz, bank, now, trainer):
    attempts = analysing.taken(quiz, bank, [[1, 1]] * 3, now=now)
    plan(client, quiz, bank[0])
    regrade = Regrade.objects.get()
    regrading.apply_regrade(regrade=regrade, by=trainer, now=now)
    assert "Take it up again" in client.get(page_of(regrade)).content.decode()
    client.post(page_of(regrade, "resume"))
    assert Regrade.objects.get().state == WorkState.DONE
    assert [float(points) for points in Attempt.objects.filter(pk__in=[one.pk for one in attempts]).values_list("points", flat=True)] == [1, 1, 1]


def test_names_stay_hidden_while_an_attempt_is_marked_blind(client, trainer, learner, now, bank):
    quiz = marking.essay_quiz(is_marked_blind=True)
    quiz.markers.add(trainer)
    quiz.save()
    attempt = marking.answered(quiz, learner, now)
    slot = attempt.slots.select_related("version__question").get(position=1)
    slot.fraction, slot.points = 0, 0
    slot.save()
    plan(client, quiz, slot.version.question)
    text = client.get(page_of(Regrade.objects.get())).content.decode()
    assert learner.full_name not in text and "Paper" in text
    services.mark_by_hand(attempt=attempt, position=2, fraction=1, by=trainer, now=now)
    assert learner.full_name in client.get(page_of(Regrade.objects.get())).content.decode()


def queries_of(client, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page).status_code == 200
    return len(queries)


def test_pages_take_the_same_queries_when_there_is_more(client, quiz, bank, now, trainer):
    analysing.taken(quiz, bank, [[1, 1]], now=now)
    plan(client, quiz, bank[0])
    first = Regrade.objects.get()
    few = [queries_of(client, reverse(LIST)), queries_of(client, page_of(first)), queries_of(client, f"{reverse(PLAN)}?quiz={quiz.uuid}")]
    analysing.taken(quiz, bank, [[1, n % 2] for n in range(60)], now=now, first=1)
    for number in range(29):
        Regrade.objects.create(quiz=quiz, way="newest", reason=f"Lần {number}", by=trainer, made_at=now, question=bank[number % 2])
    plan(client, quiz, bank[1])
    large = Regrade.objects.order_by("-pk").first()
    assert large.results.count() == 31
    many = [queries_of(client, reverse(LIST)), queries_of(client, page_of(large)), queries_of(client, f"{reverse(PLAN)}?quiz={quiz.uuid}")]
    assert many == few


def test_those_who_newly_fail_or_pass_stand_first_and_pages_are_turned(client, quiz, bank, now):
    attempts = analysing.taken(quiz, bank, [[1, 0]] * 52 + [[1, 1]], now=now)
    plan(client, quiz, bank[0])
    page = page_of(Regrade.objects.get())
    first, second = client.get(page).context["page"], client.get(f"{page}?trang=2").context["page"]
    assert (first.rows[0].attempt, first.rows[0].newly_passes) == (attempts[-1], True)
    assert (len(first.rows), len(second.rows), first.counts.changed) == (50, 3, 53)
