"""Appeals: a learner holds something against a question, whoever answers for it answers, and the answer is read beside the question."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quizzes import services
from quizzes.enums import AppealState, RegradeWay, WorkState
from quizzes.models import Appeal, Attempt, AttemptSlot, Question, Quiz, QuizAnalysis, Regrade
from quizzes.selectors import milliseconds
from tests.factories import accounts as people
from tests.factories import marking as scripts
from tests.factories import quizzes as factory

pytestmark = pytest.mark.same_everywhere

TEXT = "Câu này có hai đáp án đúng theo Điều 70."
QUEUE = "/dao-tao/khieu-nai/"


@pytest.fixture
def quiz(db) -> Quiz:
    return factory.quiz(title="Kiểm tra mô-đun 1", review="full")


@pytest.fixture
def author(trainer, quiz):
    Question.objects.update(author=trainer)
    return trainer


@pytest.fixture
def taken(quiz, now):
    def take(user, **fields) -> Attempt:
        attempt = services.start_attempt(quiz=quiz, user=user, now=now - timedelta(minutes=9), **fields)
        slot = attempt.slots.get(position=1)
        services.save_answer(
            attempt=attempt, position=1, client_uuid=uuid4(), seq=milliseconds(now), answer=factory.wrong_answer(slot), now=now)
        return services.submit_attempt(attempt=attempt, now=now)
    return take


@pytest.fixture
def attempt(taken, learner) -> Attempt:
    return taken(learner)


@pytest.fixture
def appeal(attempt, learner, now) -> Appeal:
    return services.make_appeal(attempt=attempt, position=1, text=TEXT, by=learner, now=now)


def page_of(attempt, position: int = 1) -> str:
    return reverse("quizzes:appeal-question", args=[attempt.uuid, position])


def many(taken, now, count: int) -> list[Appeal]:
    made = []
    for number in range(Appeal.objects.count(), count):
        user = people.person(f"Học Viên {number}", f"k{number}@example.org")
        made.append(services.make_appeal(attempt=taken(user), position=1, text=f"{TEXT} Số {number}.", by=user, now=now + timedelta(minutes=number)))
    return made


# --- making one --------------------------------------------------------------------------------------------------------------------
def test_a_learner_sends_one_from_the_result_and_reads_how_it_stands(as_user, learner, attempt):
    client = as_user(learner, HTTP_ACCEPT_LANGUAGE="en")
    result = client.get(reverse("quizzes:show-result", args=[attempt.uuid])).content.decode()
    assert page_of(attempt) in result
    assert "Is something wrong with this question?" in result
    page = client.get(page_of(attempt)).content.decode()
    assert "Phiên đầu tiên" in page
    assert "What happens next" in page
    answer = client.post(page_of(attempt), {"text": TEXT})
    assert (answer.status_code, answer.url) == (303, page_of(attempt))
    assert Appeal.objects.values_list("text", "state", "by", "slot__position").get() == (TEXT, "open", learner.pk, 1)
    after = client.get(page_of(attempt)).content.decode()
    assert TEXT in after
    assert "<textarea" not in after
    assert "Not yet answered" in client.get(reverse("quizzes:show-result", args=[attempt.uuid])).content.decode()


@pytest.mark.parametrize("text", ["", "Sai rồi.", " " * 30, "x" * 2001])
def test_a_text_too_short_or_too_long_stays_in_its_field(as_user, learner, attempt, now, text):
    answer = as_user(learner).post(page_of(attempt), {"text": text})
    assert answer.status_code == 422
    assert not Appeal.objects.exists()
    with pytest.raises(services.AppealTextRefused):
        services.make_appeal(attempt=attempt, position=1, text=text, by=learner, now=now)


def test_once_for_each_question_and_the_first_one_stands(as_user, learner, attempt, appeal, now):
    assert services.make_appeal(attempt=attempt, position=1, text=f"{TEXT} Lần hai.", by=learner, now=now) == appeal
    assert as_user(learner).post(page_of(attempt), {"text": f"{TEXT} Lần hai."}).status_code == 303
    assert Appeal.objects.get().text == TEXT
    services.make_appeal(attempt=attempt, position=2, text=TEXT, by=learner, now=now)
    assert Appeal.objects.count() == 2


def test_nobody_else_finds_the_page(as_user, outsider, administrator, attempt, now):
    assert as_user(None).get(page_of(attempt)).status_code == 302
    for user in (outsider, administrator):
        assert as_user(user).get(page_of(attempt)).status_code == 404
        assert as_user(user).post(page_of(attempt), {"text": TEXT}).status_code == 404
        with pytest.raises(services.NotAppealable):
            services.make_appeal(attempt=attempt, position=1, text=TEXT, by=user, now=now)


@pytest.mark.parametrize("position", [0, 9])
def test_a_question_that_is_not_there_cannot_be_appealed_against(as_user, learner, attempt, now, position):
    assert as_user(learner).get(page_of(attempt, position)).status_code == 404
    with pytest.raises(services.NotAppealable):
        services.make_appeal(attempt=attempt, position=position, text=TEXT, by=learner, now=now)


def test_whoever_failed_appeals_without_being_told_what_is_right(as_user, learner, now):
    silent = factory.quiz([factory.one_answer("Chỉ xem điểm?")], title="Chỉ điểm", review="mark_only")
    attempt = services.start_attempt(quiz=silent, user=learner, now=timezone.now())
    client = as_user(learner, HTTP_ACCEPT_LANGUAGE="en")
    assert client.get(page_of(attempt)).status_code == 404, "not while it is under way"
    with pytest.raises(services.NotAppealable):
        services.make_appeal(attempt=attempt, position=1, text=TEXT, by=learner, now=now)
    attempt = services.submit_attempt(attempt=attempt, now=timezone.now())
    result = client.get(reverse("quizzes:show-result", args=[attempt.uuid])).content.decode()
    assert page_of(attempt) in result and "Chỉ xem điểm?" not in result
    page = client.get(page_of(attempt)).content.decode()
    assert "Chỉ xem điểm?" in page
    for told in ("Ngày thứ 30", "Not right", "Điều 70"):
        assert told not in result + page
    assert client.post(page_of(attempt), {"text": TEXT}).status_code == 303
    assert "Not yet answered" in client.get(reverse("quizzes:show-result", args=[attempt.uuid])).content.decode()


def test_nothing_is_appealed_against_while_late_answers_may_come(as_user, learner, now):
    quiz = factory.quiz([factory.one_answer()], time_limit_seconds=60, grace_seconds=3600)
    attempt = services.start_attempt(quiz=quiz, user=learner, now=timezone.now() - timedelta(minutes=2))
    attempt = services.close_if_expired(attempt=attempt, now=timezone.now())
    assert attempt.is_taking_late
    assert as_user(learner).get(page_of(attempt)).status_code == 404
    with pytest.raises(services.NotAppealable):
        services.make_appeal(attempt=attempt, position=1, text=TEXT, by=learner, now=now)


def test_whoever_has_twenty_open_waits_for_an_answer_first(as_user, learner, administrator, attempt, now):
    version = attempt.slots.get(position=1).version
    AttemptSlot.objects.bulk_create(AttemptSlot(attempt=attempt, position=position, version=version) for position in range(3, 22))
    appeals = [services.make_appeal(attempt=attempt, position=position, text=TEXT, by=learner, now=now) for position in range(1, 21)]
    with pytest.raises(services.TooManyAppeals):
        services.make_appeal(attempt=attempt, position=21, text=TEXT, by=learner, now=now)
    refused = as_user(learner, HTTP_ACCEPT_LANGUAGE="en").post(page_of(attempt, 21), {"text": TEXT})
    assert refused.status_code == 422
    assert "20 of your appeals" in refused.content.decode()
    services.answer_appeal(appeal=appeals[0], uphold=False, answer="Câu hỏi đúng.", by=administrator, now=now)
    assert services.make_appeal(attempt=attempt, position=21, text=TEXT, by=learner, now=now)


def test_the_result_costs_no_more_with_appeals(as_user, learner, attempt, now):
    client, address = as_user(learner), reverse("quizzes:show-result", args=[attempt.uuid])
    client.get(address)
    with CaptureQueriesContext(connection) as without:
        client.get(address)
    for position in (1, 2):
        services.make_appeal(attempt=attempt, position=position, text=TEXT, by=learner, now=now)
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    assert len(queries) == len(without)


# --- the queue ---------------------------------------------------------------------------------------------------------------------
def test_the_author_the_markers_and_who_sees_all_find_it_and_nobody_else(as_user, author, outsider, learner, administrator, quiz, appeal):
    marker = scripts.marker(people.person("Hồ Bình", "binh@example.org"), quiz)
    stranger = scripts.marker(people.person("Lý An", "lyan@example.org"), scripts.essay_quiz(1, title="Khác"))
    address = reverse("marking:show-appeal", args=[appeal.uuid])
    for user in (author, marker, administrator):
        assert [row.uuid for row in as_user(user).get(QUEUE).context["found"].rows] == [appeal.uuid]
        assert as_user(user).get(address).status_code == 200
    assert as_user(stranger).get(QUEUE).context["found"].rows == []
    assert as_user(stranger).get(address).status_code == 404
    for user in (outsider, learner):
        assert [as_user(user).get(page).status_code for page in (QUEUE, address)] == [403, 403]
    assert as_user(None).get(QUEUE).status_code == 302


def test_nobody_answers_their_own_appeal(as_user, author, taken, now):
    own = services.make_appeal(attempt=taken(author), position=1, text=TEXT, by=author, now=now)
    [other] = many(taken, now, 2)
    client = as_user(author)
    found = client.get(QUEUE).context["found"]
    assert ([row.uuid for row in found.rows], found.rows[0].people, found.open) == ([other.uuid], 1, 1)
    assert client.get(reverse("marking:show-appeal", args=[own.uuid])).status_code == 404
    services.answer_appeal(appeal=other, uphold=True, answer="Hai đáp án đều đúng.", by=author, now=now, also_others=True)
    assert Appeal.objects.get(pk=own.pk).state == AppealState.OPEN


def test_appeals_against_one_question_stand_together_with_their_number(as_user, author, taken, now):
    made = many(taken, now, 3)
    other = services.make_appeal(attempt=taken(people.learner()), position=2, text=TEXT, by=Attempt.objects.latest("pk").user, now=now)
    response = as_user(author, HTTP_ACCEPT_LANGUAGE="en").get(QUEUE)
    assert [(row.uuid, row.people) for row in response.context["found"].rows] == [*((one.uuid, 3) for one in made), (other.uuid, 1)]
    assert "3 people hold something against this question" in response.content.decode()


def test_filters_narrow_the_queue(as_user, author, taken, now):
    made = many(taken, now, 2)
    services.answer_appeal(appeal=made[0], uphold=False, answer="Câu hỏi đúng.", by=author, now=now)
    client = as_user(author)

    def found(**asked):
        return [row.uuid for row in client.get(QUEUE, asked).context["found"].rows]

    assert found() == [made[1].uuid]
    assert found(state="answered") == [made[0].uuid]
    assert found(state="all") == [one.uuid for one in made]
    assert found(quiz=str(uuid4())) == [made[1].uuid], "what is not understood is left out"
    assert found(quiz=str(made[0].slot.attempt.quiz.uuid)) == [made[1].uuid]


def test_the_queue_and_an_appeal_cost_the_same_with_1_and_30(as_user, author, taken, now):
    client, spent = as_user(author), []
    for count in (1, 30):
        many(taken, now, count)
        address = reverse("marking:show-appeal", args=[Appeal.objects.earliest("pk").uuid])
        client.get(QUEUE)
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(QUEUE).context["found"].rows) == count
            client.get(address)
        spent.append(len(queries))
    assert spent[0] == spent[1]


def test_the_marking_list_says_how_many_wait(as_user, quiz, taken, now):
    marker = scripts.marker(people.person("Hồ Bình", "binh@example.org"), quiz)
    many(taken, now, 2)
    response = as_user(marker).get("/dao-tao/bai-lam/")
    assert response.context["appeals_open"] == 2
    assert QUEUE in response.content.decode()


# --- one appeal --------------------------------------------------------------------------------------------------------------------
def test_the_page_holds_what_is_needed_to_judge_and_not_who_asks(as_user, author, learner, quiz, appeal, taken, now):
    other = many(taken, now, 2)[-1]
    data = {"questions": [{"question": appeal.question_id, "count": 40, "facility": 0.125, "discrimination": -0.25}]}
    QuizAnalysis.objects.create(quiz=quiz, state=WorkState.DONE, data=data, asked_at=now, computed_at=now)
    page = as_user(author, HTTP_ACCEPT_LANGUAGE="en").get(reverse("marking:show-appeal", args=[appeal.uuid])).content.decode()
    for said in (TEXT, "Ngày thứ 30", "Điều 70 của Bộ luật", "40 times", "12.5%", "-0.25", other.text, "1 other open appeals"):
        assert said in page
    for secret in (learner.full_name, learner.email, other.by.full_name, appeal.slot.attempt.receipt_code):
        assert secret not in page


def test_it_is_rejected_with_an_answer_that_the_learner_reads(as_user, author, learner, attempt, appeal):
    address = reverse("marking:show-appeal", args=[appeal.uuid])
    client = as_user(author, HTTP_ACCEPT_LANGUAGE="en")
    assert client.post(address, {"outcome": "rejected", "answer": " "}).status_code == 422
    assert client.post(address, {"answer": "Vì sao?"}).status_code == 422
    assert client.post(address, {"outcome": "rejected", "answer": "Điều 70 chỉ cho một hạn."}).status_code == 303
    appeal.refresh_from_db()
    assert (appeal.state, appeal.decided_by) == (AppealState.REJECTED, author)
    mine = as_user(learner, HTTP_ACCEPT_LANGUAGE="en")
    for page in (page_of(attempt), reverse("quizzes:show-result", args=[attempt.uuid])):
        assert "Điều 70 chỉ cho một hạn." in mine.get(page).content.decode()
    assert author.full_name in client.get(address).content.decode()


def test_upholding_leads_to_the_plan_of_the_regrade(as_user, administrator, appeal, quiz):
    answer = as_user(administrator).post(reverse("marking:show-appeal", args=[appeal.uuid]), {"outcome": "upheld", "answer": "Đúng là sai."})
    assert answer.status_code == 303
    assert answer.url == f"{reverse('marking:plan-regrade')}?quiz={quiz.uuid}&question={appeal.question.uuid}&appeal={appeal.uuid}"


def test_who_may_not_regrade_comes_back_to_the_appeal(as_user, author, appeal):
    address = reverse("marking:show-appeal", args=[appeal.uuid])
    assert as_user(author).post(address, {"outcome": "upheld", "answer": "Đúng là sai."}).url == address


@pytest.mark.parametrize("also", [True, False])
def test_upholding_one_upholds_the_others_of_the_same_wording_where_wanted(as_user, author, taken, now, also):
    made = many(taken, now, 3)
    elsewhere = services.make_appeal(attempt=taken(people.learner()), position=2, text=TEXT, by=Attempt.objects.latest("pk").user, now=now)
    address = reverse("marking:show-appeal", args=[made[0].uuid])
    client = as_user(author)
    assert client.get(address).context["form"]["also_others"].value() is True
    client.post(address, {"outcome": "upheld", "answer": "Hai đáp án đều đúng."} | ({"also_others": "on"} if also else {}))
    states = [Appeal.objects.get(pk=one.pk).state for one in (*made, elsewhere)]
    assert states == ["upheld", *(["upheld" if also else "open"] * 2), "open"]


def test_rejecting_one_leaves_the_others_open(as_user, author, taken, now):
    made = many(taken, now, 2)
    as_user(author).post(
        reverse("marking:show-appeal", args=[made[0].uuid]), {"outcome": "rejected", "answer": "Câu hỏi đúng.", "also_others": "on"})
    assert list(Appeal.objects.order_by("pk").values_list("state", flat=True)) == ["rejected", "open"]


def test_the_same_answer_twice_is_one_and_another_ones_answer_stands(as_user, author, administrator, appeal, now):
    said = {"appeal": appeal, "uphold": False, "answer": "Câu hỏi đúng."}
    for _tap in range(2):
        services.answer_appeal(**said, by=author, now=now)
    with pytest.raises(services.AppealAnswered) as refused:
        services.answer_appeal(appeal=appeal, uphold=True, answer="Câu hỏi sai.", by=administrator, now=now)
    assert (refused.value.code, author.full_name in str(refused.value)) == ("appeal_answered", True)
    late = as_user(administrator, HTTP_ACCEPT_LANGUAGE="en").post(
        reverse("marking:show-appeal", args=[appeal.uuid]), {"outcome": "upheld", "answer": "Đã viết rất lâu."})
    assert late.status_code == 409
    for kept in ("Câu hỏi đúng.", "Đã viết rất lâu.", author.full_name):
        assert kept in late.content.decode()
    appeal.refresh_from_db()
    assert (appeal.state, appeal.answer) == (AppealState.REJECTED, "Câu hỏi đúng.")


# --- after a regrade ---------------------------------------------------------------------------------------------------------------
@pytest.fixture
def regraded(quiz, attempt, administrator, now):
    """The first question is marked by its newest version now: there the answer that the learner chose is right."""
    slot = attempt.slots.select_related("version__question").get(position=1)
    question = slot.version.question
    content = {**slot.version.content, "stem": "<p>Câu hỏi đã sửa?</p>", "options": [
        {**option, "right": option["key"] in slot.answer["chosen"]} for option in slot.version.content["options"]] + [
        {"key": "moi", "text": "Phương án mới", "right": False, "feedback": ""}]}
    slot.key = question.versions.create(digest="k", type=slot.version.type, content=content, created_at=now)
    slot.regrade = Regrade.objects.create(
        quiz=quiz, question=question, way=RegradeWay.NEWEST, reason="Đáp án cũ dẫn sai luật.", by=administrator, made_at=now,
        state=WorkState.DONE, finished_at=now)
    slot.fraction, slot.points = 1.0, slot.max_points
    slot.save()
    return slot


def test_the_learner_reads_when_and_why_and_what_is_right_now(as_user, learner, attempt, regraded):
    client, address = as_user(learner, HTTP_ACCEPT_LANGUAGE="en"), reverse("quizzes:show-result", args=[attempt.uuid])
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    page = response.content.decode()
    assert "Marked again on 20/11/2026: Đáp án cũ dẫn sai luật." in page
    assert "Câu hỏi đã sửa" not in page, "the words are those that were asked"
    shown = next(one for one in response.context["result"].questions if one.asked.position == 1)
    assert {option["text"]: option["right"] for option in shown.asked.view["options"]} == {
        "Ngày thứ 30": False, "Ngày thứ 07": True, "Ngày thứ 90": False, "Phương án mới": False}
    Attempt.objects.get(pk=attempt.pk).slots.update(key=None, regrade=None)
    with CaptureQueriesContext(connection) as without:
        client.get(address)
    assert len(queries) == len(without)


def test_an_answer_that_the_newest_version_does_not_know_is_drawn_as_it_was_asked(as_user, learner, attempt, regraded):
    key = regraded.key
    key.content["options"] = [{**option, "key": f"x{option['key']}"} for option in key.content["options"]]
    key.save()
    response = as_user(learner).get(reverse("quizzes:show-result", args=[attempt.uuid]))
    shown = next(one for one in response.context["result"].questions if one.asked.position == 1)
    assert [option["text"] for option in shown.asked.view["options"] if option["chosen"]] == ["Ngày thứ 07"]
