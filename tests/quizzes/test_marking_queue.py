"""The queue of whoever marks: one question through all attempts, one class, and marks by criteria."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quizzes import services
from quizzes.enums import AttemptState
from quizzes.models import Attempt, HandMark, Quiz
from quizzes.selectors import milliseconds
from tests.factories import accounts as people
from tests.factories import marking as scripts
from tests.factories import question_types_b as written
from tests.factories import quizzes as factory

pytestmark = pytest.mark.same_everywhere

LIST = "/dao-tao/bai-lam/"


@pytest.fixture
def quiz(db) -> Quiz:
    return scripts.essay_quiz(2)


@pytest.fixture
def marker(trainer, quiz):
    return scripts.marker(trainer, quiz)


@pytest.fixture
def desk(as_user, marker):
    return as_user(marker, HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def three(quiz, now):
    return [scripts.answered(quiz, people.person(f"Học Viên {number}", f"hv{number}@example.org"), now + timedelta(hours=number)) for number in range(3)]


def question_at(attempt, position):
    return attempt.slots.select_related("version__question").get(position=position).version.question


def give(attempt, position, **asked) -> str:
    return reverse("marking:mark-answer", args=[attempt.uuid, position]) + ("?" + "&".join(f"{k}={v}" for k, v in asked.items()) if asked else "")


def sheet(attempt) -> str:
    return reverse("marking:show-attempt", args=[attempt.uuid])


# --- one question through all attempts ---------------------------------------------------------------------------------------------
def test_one_question_is_marked_through_all_attempts(desk, three):
    asked = question_at(three[0], 3)
    started = desk.get(LIST, {"question": asked.uuid}).context["found"]
    assert (started.total, started.waiting, started.next.uuid, started.next.position) == (3, 3, three[0].uuid, 3)
    for attempt, then in zip(three, [*three[1:], None], strict=True):
        answer = desk.post(give(attempt, 3, question=asked.uuid), {"points": "1", "comment": "", "seen": 0, "go": ""})
        there = then or attempt
        assert answer.url == f"{sheet(there)}?question={asked.uuid}" + ("&cau=3#c3" if then else "")
    assert HandMark.objects.filter(slot__position=3).count() == 3
    done = desk.get(LIST, {"question": asked.uuid}).context["found"]
    assert (done.total, done.waiting, done.next) == (3, 0, None)


def test_only_that_answer_is_shown_until_the_whole_attempt_is_asked_for(desk, three):
    asked = question_at(three[0], 3)
    response = desk.get(sheet(three[0]), {"question": asked.uuid})
    assert [one.position for one in response.context["sheet"].questions] == [3]
    assert f'href="{sheet(three[0])}"' in response.content.decode()
    assert [one.position for one in desk.get(sheet(three[0])).context["sheet"].questions] == [1, 2, 3]


def test_what_is_marked_already_stands_behind_what_waits(desk, marker, three):
    services.mark_by_hand(attempt=three[2], position=3, fraction=1.0, by=marker, now=three[2].submitted_at)
    rows = desk.get(LIST, {"question": question_at(three[0], 3).uuid}).context["found"].rows
    assert [row.attempt for row in rows] == [three[1], three[0], three[2]]
    assert [row.waiting for row in rows] == [1, 1, 0]


def test_only_questions_that_wait_in_ones_own_quizzes_are_offered(desk, three, learner, now):
    scripts.answered(scripts.essay_quiz(1, title="Của người khác"), learner, now)
    offered = desk.get(LIST).context["form"].fields["question"].queryset
    assert set(offered) == {question_at(three[0], 2), question_at(three[0], 3)}
    other = factory.one_answer("Không ai hỏi?")
    response = desk.get(LIST, {"question": other.uuid})
    assert list(response.context["form"].errors) == ["question"]


def test_a_question_stays_chosen_when_nothing_waits_any_more(desk, marker, three):
    asked = question_at(three[0], 1)
    response = desk.get(LIST, {"question": asked.uuid})
    assert not response.context["form"].errors
    assert response.context["wanted"].question == asked


# --- a class -----------------------------------------------------------------------------------------------------------------------
def test_next_stays_within_the_class(desk, three):
    group = Group.objects.create(name="Lớp CĐCS & KCN")
    for attempt in (three[0], three[2]):
        attempt.user.groups.add(group)
    response = desk.get(LIST, {"group": group.name})
    assert [row.attempt for row in response.context["found"].rows] == [three[2], three[0]]
    for position in (2, 3):
        answer = desk.post(give(three[0], position, group="L%E1%BB%9Bp+C%C4%90CS+%26+KCN"), {"points": "1", "comment": "", "seen": 0, "go": ""})
    page = desk.get(answer.url)
    assert page.context["filters"].group == group
    assert str(three[2].uuid) in page.context["after"]
    assert str(three[1].uuid) not in page.content.decode()


def test_a_group_nobody_seen_belongs_to_is_not_offered(desk, three, outsider):
    outsider.groups.add(Group.objects.create(name="Lớp lạ"))
    response = desk.get(LIST, {"group": "Lớp lạ"})
    assert list(response.context["form"].errors) == ["group"]
    assert len(response.context["found"].rows) == 3


def test_the_narrowed_list_costs_the_same_with_1_and_30_rows(desk, quiz, now):
    group, spent = Group.objects.create(name="Lớp A"), []
    for count in (1, 30):
        for number in range(quiz.attempts.count(), count):
            taker = people.person(f"Học Viên {number}", f"hv{number}@example.org")
            taker.groups.add(group)
            scripts.answered(quiz, taker, now + timedelta(minutes=number))
        asked = {"group": "Lớp A", "quiz": quiz.uuid, "question": question_at(quiz.attempts.first(), 2).uuid, "waits": "first"}
        desk.get(LIST, asked)
        with CaptureQueriesContext(connection) as queries:
            assert len(desk.get(LIST, asked).context["found"].rows) == count
        spent.append(len(queries))
    assert spent[0] == spent[1]


# --- by criteria -------------------------------------------------------------------------------------------------------------------
@pytest.fixture
def by_criteria(marker, learner, now):
    """An essay of three points: two criteria, of which the first is worth twice the second."""
    section = ("fixed", {"title": "", "questions": [{"question": written.essay(), "points": 3}]})
    quiz = Quiz.objects.create(title="Có tiêu chí", sections=[section], pass_fraction=0.5)
    scripts.marker(marker, quiz)
    return scripts.answered(quiz, learner, now)


def test_points_are_given_by_criterion_and_their_sum_is_the_mark(desk, by_criteria, marker):
    form = desk.get(sheet(by_criteria)).context["form"]
    assert [(one.line.title, one.most) for one, _field in form.rows] == [("Nêu đúng điều luật", Decimal(2)), ("Lập luận rõ", Decimal(1))]
    assert "points" not in form.fields
    answer = desk.post(give(by_criteria, 1), {"criterion-0": "1,5", "criterion-1": "0.5", "comment": "Khá", "seen": 0, "go": ""})
    assert answer.status_code == 303
    slot = by_criteria.slots.get()
    assert (slot.fraction, slot.points) == (pytest.approx(2 / 3), Decimal(2))
    assert sorted(HandMark.objects.get().criteria.values()) == [0.5, 0.75]
    page = desk.get(sheet(by_criteria)).content.decode()
    for said in ("Nêu đúng điều luật", "1.5/2", "0.5/1", marker.full_name):
        assert said in page
    again = desk.get(f"{sheet(by_criteria)}?cau=1").context["form"]
    assert [field.value() for _one, field in again.rows] == ["1,5", "0,5"]


def test_points_beyond_a_criterion_are_named_at_their_field(desk, by_criteria):
    for law, reasoning, wrong in (("2,5", "1", 0), ("-1", "1", 0), ("", "1", 0), ("1", "x", 1), ("1", "1,001", 1)):
        answer = desk.post(give(by_criteria, 1), {"criterion-0": law, "criterion-1": reasoning, "comment": "Viết rất lâu.", "seen": 0})
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [f"criterion-{wrong}"]
        assert "Viết rất lâu." in answer.content.decode()
    assert not HandMark.objects.exists()


def test_the_learner_reads_the_points_of_each_criterion(desk, as_user, learner, by_criteria):
    desk.post(give(by_criteria, 1), {"criterion-0": "1,5", "criterion-1": "1", "comment": "", "seen": 0, "go": ""})
    client, address = as_user(learner, HTTP_ACCEPT_LANGUAGE="en"), reverse("quizzes:show-result", args=[by_criteria.uuid])
    page = client.get(address).content.decode()
    for said in ("Nêu đúng điều luật", "1.5/2", "Lập luận rõ", "1/1"):
        assert said in page
    by_criteria.rules["shown"] = {"after_pass": ["own_answer"], "after_failure": ["own_answer"]}
    by_criteria.refresh_from_db(fields=["state", "fraction", "points", "passed", "marked_at"])
    by_criteria.save()
    assert "1.5/2" not in client.get(address).content.decode(), "only where marks are shown"


def test_a_mark_by_criteria_that_does_not_fit_the_rubric_is_refused(by_criteria, marker, now):
    for criteria in ({}, {"x": 1.0}):
        with pytest.raises(services.NotMarkable):
            services.mark_by_hand(attempt=by_criteria, position=1, criteria=criteria, by=marker, now=now)
    assert not HandMark.objects.exists()


# --- a choice with a reason --------------------------------------------------------------------------------------------------------
def test_half_for_the_choice_and_half_for_its_reason(desk, marker, learner, now):
    section = ("fixed", {"title": "", "questions": [{"question": written.true_false_with_reason(), "points": 2}]})
    quiz = Quiz.objects.create(title="Đúng sai có lý do", sections=[section])
    scripts.marker(marker, quiz)
    attempt = services.start_attempt(quiz=quiz, user=learner, now=now)
    services.save_answer(
        attempt=attempt, position=1, client_uuid=uuid4(), seq=milliseconds(now), answer={"chosen": ["false"], "reason": "Điều 70."}, now=now)
    attempt = services.submit_attempt(attempt=attempt, now=now)
    assert attempt.state == AttemptState.SUBMITTED
    rows = desk.get(sheet(attempt)).context["form"].rows
    assert [(str(one.points), field is None) for one, field in rows] == [("1", True), ("None", False)]
    for seen, (reason, given, fraction) in enumerate((("1", 1.0, 1.0), ("0,25", 0.25, 0.625), ("0", 0.0, 0.5))):
        answer = desk.post(give(attempt, 1), {"criterion-1": reason, "comment": "", "seen": seen, "go": ""})
        assert answer.status_code == 303
        assert (attempt.slots.get().fraction, HandMark.objects.latest("pk").criteria) == (fraction, {"reason": given})


def test_parts_of_a_case_that_a_machine_marked_keep_their_marks(desk, marker, learner, now):
    quiz = factory.quiz([written.case_file(written.WORDS_PART, written.ESSAY_PART)], title="Tình huống")
    scripts.marker(marker, quiz)
    attempt = services.start_attempt(quiz=quiz, user=learner, now=now)
    essay = next(part["key"] for part in attempt.slots.get().version.content["parts"] if part["type"] == "essay")
    services.save_answer(
        attempt=attempt, position=1, client_uuid=uuid4(), seq=milliseconds(now), answer={"parts": {essay: {"text": "Kính gửi"}}}, now=now)
    attempt = services.submit_attempt(attempt=attempt, now=now)
    desk.post(give(attempt, 1), {"criterion-1": "0,667", "comment": "", "seen": 0, "go": ""})
    assert attempt.slots.get().fraction == pytest.approx(2 / 3)


def test_nobody_marks_themselves_even_if_they_mark_the_quiz(quiz, marker, desk, now):
    own = scripts.answered(quiz, marker, now)
    assert own not in Attempt.objects.markable_by(marker)
    assert desk.get(sheet(own)).status_code == 404
    assert desk.post(give(own, 2), {"points": "1", "seen": "0"}).status_code == 404
