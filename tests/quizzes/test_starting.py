"""Starting: what is drawn, what is kept, and that it happens once."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, connections

from laws.models import LegalDocument, Provision
from quizzes.enums import AttemptState
from quizzes.models import Attempt, Category, QuestionVersion
from quizzes.services import NoAttemptsLeft, NoQuestions, start_attempt, submit_attempt
from tests.factories import accounts as people
from tests.factories import quizzes as factory


def stems(attempt: Attempt) -> list[str]:
    return [slot.version.question.stem_text for slot in attempt.slots.order_by("position").select_related("version__question")]


def test_start_draws_the_chosen_questions_in_their_order(learner, now):
    attempt = start_attempt(quiz=factory.quiz(), user=learner, context="khoa-1", now=now)
    assert stems(attempt) == ["Phiên đầu tiên bắt đầu chậm nhất khi nào?", "Bên nhận yêu cầu được từ chối."]
    assert (attempt.number, attempt.state, attempt.context, attempt.max_points) == (1, AttemptState.IN_PROGRESS, "khoa-1", Decimal(2))
    assert [slot.option_order for slot in attempt.slots.order_by("position")][1] == ["true", "false"]


def test_start_again_gives_the_attempt_in_progress(learner, now):
    quiz = factory.quiz()
    first = start_attempt(quiz=quiz, user=learner, now=now)
    assert start_attempt(quiz=quiz, user=learner, now=now + timedelta(minutes=5)) == first
    assert Attempt.objects.count() == 1


def test_attempts_are_counted_within_person_quiz_and_context(learner, outsider, now):
    quiz = factory.quiz(attempts_allowed=1)
    submit_attempt(attempt=start_attempt(quiz=quiz, user=learner, context="a", now=now), now=now)
    with pytest.raises(NoAttemptsLeft):
        start_attempt(quiz=quiz, user=learner, context="a", now=now)
    assert start_attempt(quiz=quiz, user=learner, context="b", now=now).number == 1
    assert start_attempt(quiz=quiz, user=outsider, context="a", now=now).number == 1


def test_no_limit_when_attempts_allowed_is_0(learner, now):
    quiz = factory.quiz(attempts_allowed=0)
    for number in range(1, 6):
        attempt = start_attempt(quiz=quiz, user=learner, now=now)
        assert attempt.number == number
        submit_attempt(attempt=attempt, now=now)


@pytest.mark.parametrize("make", [lambda: factory.quiz([]), lambda: factory.draw_quiz(bank=Category.add_root(name="Trống"))])
def test_a_quiz_without_questions_is_refused_and_leaves_nothing(db, learner, now, make):
    with pytest.raises(NoQuestions) as refused:
        start_attempt(quiz=make(), user=learner, now=now)
    assert refused.value.code == "no_questions"
    assert str(refused.value)
    assert not Attempt.objects.exists()


def test_only_published_questions_are_asked(learner, now):
    kept, gone = factory.bank(2)
    quiz = factory.quiz([kept, gone])
    gone.unpublish()
    assert stems(start_attempt(quiz=quiz, user=learner, now=now)) == [kept.stem_text]


def test_a_draft_that_was_not_published_is_not_asked(learner, now):
    question = factory.one_answer()
    quiz = factory.quiz([question])
    question.content[0].value["stem"].source = "<p>Bản nháp</p>"
    question.save_revision()
    assert stems(start_attempt(quiz=quiz, user=learner, now=now)) == ["Phiên đầu tiên bắt đầu chậm nhất khi nào?"]


def test_a_draw_takes_from_the_category_and_those_below_it(learner, now):
    top = Category.add_root(name="Luật lao động")
    below = top.add_child(name="Hợp đồng")
    aside = Category.add_root(name="Đối thoại")
    factory.one_answer("Trên?", category=top)
    factory.one_answer("Dưới?", category=below)
    factory.one_answer("Bên cạnh?", category=aside)
    attempt = start_attempt(quiz=factory.draw_quiz(5, bank=top), user=learner, now=now)
    assert sorted(stems(attempt)) == ["Dưới?", "Trên?"]


def test_a_draw_may_ask_for_a_difficulty(learner, now):
    factory.one_answer("Dễ?", difficulty="easy")
    factory.one_answer("Khó?", difficulty="hard")
    assert stems(start_attempt(quiz=factory.draw_quiz(5, difficulty="hard"), user=learner, now=now)) == ["Khó?"]


def test_no_question_stands_twice_in_an_attempt(learner, now):
    first, *_others = factory.bank(3)
    quiz = factory.draw_quiz(3)
    quiz.sections.append(("fixed", {"title": "", "questions": [{"question": first, "points": 5}]}))
    quiz.save()
    attempt = start_attempt(quiz=quiz, user=learner, now=now)
    assert sorted(stems(attempt)) == ["Câu hỏi số 1?", "Câu hỏi số 2?", "Câu hỏi số 3?"]
    assert attempt.max_points == 7


def test_a_draw_prefers_questions_not_met_yet(learner, outsider, now):
    factory.bank(6)
    quiz = factory.draw_quiz(3, attempts_allowed=0)
    met: list[set[str]] = []
    for _ in range(2):
        attempt = start_attempt(quiz=quiz, user=learner, now=now)
        met.append(set(stems(attempt)))
        submit_attempt(attempt=attempt, now=now)
    assert not met[0] & met[1]
    # The bank is used up: now chance takes known ones, and what somebody else met never counted.
    assert len(stems(start_attempt(quiz=quiz, user=learner, now=now))) == 3
    assert len(stems(start_attempt(quiz=quiz, user=outsider, now=now))) == 3


def test_the_version_keeps_words_and_law_as_they_were(learner, now):
    law = LegalDocument.objects.create(
        number="45/2019/QH14", slug="45-2019-qh14", kind="code", title="Bộ luật Lao động", issuer="Quốc hội", in_force_from="2021-01-01")
    article = Provision.objects.create(document=law, article="70", clause="1", text="Ba mươi ngày.")
    question = factory.one_answer(topic="Bài 3", citations=[("provision", article)])
    attempt = start_attempt(quiz=factory.quiz([question]), user=learner, now=now)
    content = attempt.slots.get().version.content
    assert content["citations"] == [{
        "provision": article.pk, "place": "Điều 70 khoản 1", "document": "Bộ luật Lao động", "number": "45/2019/QH14",
        "url": "/van-ban/45-2019-qh14/#dieu-70-1", "in_force_from": "2021-01-01", "in_force_until": None,
    }]
    assert (content["topic"], content["explanation"]) == ("Bài 3", "<p>Điều 70 của Bộ luật Lao động.</p>")


def test_the_same_wording_is_kept_once_and_a_new_one_beside_it(learner, outsider, now):
    question = factory.one_answer()
    quiz = factory.quiz([question], attempts_allowed=0)
    first = start_attempt(quiz=quiz, user=learner, now=now)
    second = start_attempt(quiz=quiz, user=outsider, now=now)
    assert QuestionVersion.objects.count() == 1
    question.refresh_from_db()
    question.content[0].value["stem"].source = "<p>Phiên đầu bắt đầu khi nào?</p>"
    question.save_revision().publish()
    submit_attempt(attempt=second, now=now)
    third = start_attempt(quiz=quiz, user=outsider, now=now)
    assert [attempt.slots.get().version.content["stem"] for attempt in (first, third)] == [
        "<p>Phiên đầu tiên bắt đầu chậm nhất khi nào?</p>", "<p>Phiên đầu bắt đầu khi nào?</p>"]
    question.refresh_from_db()
    assert third.slots.get().version.revision == question.live_revision


def test_links_in_a_question_are_written_out_when_it_is_drawn(learner, now):
    from tests.factories.courses import catalogue

    home = catalogue().get_parent()
    question = factory.one_answer(f'Đọc <a linktype="page" id="{home.pk}">trang này</a>. <script>alert(1)</script>')
    attempt = start_attempt(quiz=factory.quiz([question]), user=learner, now=now)
    stem = attempt.slots.get().version.content["stem"]
    assert 'href="' in stem
    assert "linktype" not in stem
    assert "script" not in stem
    assert "alert" not in stem


def test_words_typed_in_nfd_are_kept_in_nfc(learner, now):
    import unicodedata

    typed = unicodedata.normalize("NFD", "Thỏa ước lao động tập thể?")
    question = factory.one_answer(typed, right=unicodedata.normalize("NFD", "Đúng rồi"))
    assert question.stem_text == "Thỏa ước lao động tập thể?"
    content = start_attempt(quiz=factory.quiz([question]), user=learner, now=now).slots.get().version.content
    assert content["stem"] == "<p>Thỏa ước lao động tập thể?</p>"
    assert content["options"][0]["text"] == "Đúng rồi"


def test_the_deadline_comes_from_the_quiz_and_an_overdue_attempt_is_closed_by_the_next_start(learner, now):
    quiz = factory.quiz(time_limit_seconds=1800, attempts_allowed=2)
    first = start_attempt(quiz=quiz, user=learner, now=now)
    assert first.deadline_at == now + timedelta(minutes=30)
    second = start_attempt(quiz=quiz, user=learner, now=now + timedelta(minutes=30))
    first.refresh_from_db()
    assert (first.state, first.submitted_at, second.number) == (AttemptState.MARKED, first.deadline_at, 2)


@pytest.mark.parametrize(("questions", "at_most"), [(2, 12), (40, 12)])
def test_starting_takes_the_same_queries_for_2_and_for_40_questions(learner, now, django_assert_max_num_queries, questions, at_most):
    factory.bank(questions + 5)
    quiz = factory.draw_quiz(questions)
    with django_assert_max_num_queries(at_most):
        start_attempt(quiz=quiz, user=learner, now=now)


@pytest.mark.django_db(transaction=True)
def test_two_starts_at_once_give_one_attempt(now):
    learner = people.learner()
    factory.bank(5)
    quiz = factory.draw_quiz(3, attempts_allowed=1)
    started, errors, gate = [], [], threading.Barrier(6)

    def start() -> None:
        try:
            gate.wait()
            started.append(start_attempt(quiz=quiz, user=learner, now=now).uuid)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(started) == 6
    assert set(started) == {Attempt.objects.get().uuid}
    assert connection.vendor in ("sqlite", "postgresql")
