"""What the pages are given: who sees what, and in how many queries."""

from datetime import timedelta
from uuid import uuid4

import pytest

from quizzes import selectors, services
from quizzes.models import Attempt, Category, Quiz
from tests.factories import quizzes as factory


def taken(user, quiz: Quiz, now, *, right: int, context: str = "") -> Attempt:
    """An attempt with so many right answers, submitted ten minutes later."""
    attempt = services.start_attempt(quiz=quiz, user=user, context=context, now=now)
    for slot in attempt.slots.select_related("version"):
        give = factory.right_answer if slot.position <= right else factory.wrong_answer
        services.save_answer(attempt=attempt, position=slot.position, client_uuid=uuid4(), seq=1, answer=give(slot), now=now)
    return services.submit_attempt(attempt=attempt, now=now + timedelta(minutes=10))


def topics_quiz(**fields) -> Quiz:
    questions = [
        factory.one_answer(f"Câu {number}?", topic=topic) for number, topic in enumerate(["Bài 2", "Bài 10", "Bài 2", "Bài 1"], start=1)]
    return factory.quiz(questions, **fields)


@pytest.mark.parametrize("count", [2, 30])
def test_a_question_page_is_one_query_whatever_its_length(learner, now, django_assert_num_queries, count):
    attempt = services.start_attempt(quiz=factory.quiz(factory.bank(count)), user=learner, now=now)
    with django_assert_num_queries(1):
        page = selectors.question_page(attempt, 2, now=now)
        assert (page.total, page.answered, page.asked.stem_line) == (count, 0, "Câu hỏi số 2?")
        assert len(page.asked.view["options"]) == 3


def test_a_page_knows_its_neighbours_and_an_unknown_position_has_none(learner, now):
    attempt = services.start_attempt(quiz=factory.quiz(), user=learner, now=now)
    assert [(selectors.question_page(attempt, at, now=now).previous, selectors.question_page(attempt, at, now=now).next) for at in (1, 2)] == [
        (None, 2), (1, None)]
    assert selectors.question_page(attempt, 3, now=now) is None
    assert selectors.question_page(attempt, 0, now=now) is None


def test_a_long_stem_stands_under_the_legend(learner, now):
    question = factory.one_answer("Đọc hai điều sau.</p><ul><li>một</li><li>hai</li></ul><p>Điều nào đúng?")
    attempt = services.start_attempt(quiz=factory.quiz([question]), user=learner, now=now)
    assert selectors.question_page(attempt, 1, now=now).asked.stem_line == ""


def test_one_goes_on_where_the_first_answer_is_missing(learner, now):
    attempt = services.start_attempt(quiz=factory.quiz(factory.bank(3)), user=learner, now=now)
    assert selectors.position_to_go_on(attempt) == 1
    for position in (1, 2, 3):
        slot = attempt.slots.select_related("version").get(position=position)
        services.save_answer(
            attempt=attempt, position=position, client_uuid=uuid4(), seq=1, answer=factory.right_answer(slot), now=now)
        assert selectors.position_to_go_on(attempt) == min(3, position + 1)


def test_after_a_failure_only_topics_are_told(learner, now):
    result = selectors.result_page(taken(learner, topics_quiz(), now, right=1), now=now)
    assert (result.questions, result.shows_review, result.attempts_left) == ([], False, 2)
    assert [(topic.name, topic.right, topic.count) for topic in result.topics] == [("Bài 1", 0, 1), ("Bài 2", 1, 2), ("Bài 10", 0, 1)]
    assert result.to_study_names == "Bài 1, Bài 2, Bài 10"


def test_after_a_pass_everything_is_told_wrong_answers_first(learner, now):
    result = selectors.result_page(taken(learner, topics_quiz(), now, right=3), now=now)
    assert [(question.asked.position, question.is_right) for question in result.questions] == [(4, False), (1, True), (2, True), (3, True)]
    assert (result.wrong, result.answered, result.total, result.percent, result.minutes) == (1, 4, 4, 75.0, 10)


@pytest.mark.parametrize(("review", "right", "shows", "topics"), [
    ("full", 0, True, True), ("full", 4, True, True), ("after_pass", 0, False, True), ("after_pass", 4, True, True),
    ("mark_only", 0, False, False), ("mark_only", 4, False, False),
])
def test_the_preset_says_what_is_shown(learner, now, review, right, shows, topics):
    result = selectors.result_page(taken(learner, topics_quiz(review=review), now, right=right), now=now)
    assert (result.shows_review, bool(result.questions), bool(result.topics)) == (shows, shows, topics)


def test_the_preset_of_the_start_counts(learner, now):
    quiz = topics_quiz(review="mark_only")
    attempt = taken(learner, quiz, now, right=4)
    Quiz.objects.filter(pk=quiz.pk).update(review="full")
    assert not selectors.result_page(Attempt.objects.get(pk=attempt.pk), now=now).shows_review


@pytest.mark.parametrize(("fraction", "percent"), [(0.6996, 69.9), (0.7, 70.0), (1 / 3, 33.3), (1.0, 100.0), (0.29, 29.0)])
def test_a_percentage_is_never_rounded_up_to_a_pass(learner, now, fraction, percent):
    attempt = taken(learner, topics_quiz(), now, right=1)
    attempt.fraction = fraction
    assert selectors.result_page(attempt, now=now).percent == percent


@pytest.mark.parametrize("count", [2, 30])
def test_a_result_is_two_queries_whatever_its_length(learner, now, django_assert_num_queries, count):
    attempt = taken(learner, factory.quiz(factory.bank(count)), now, right=count)
    attempt = Attempt.objects.select_related("quiz", "user").get(pk=attempt.pk)
    with django_assert_num_queries(2):
        result = selectors.result_page(attempt, now=now)
        assert [question.asked.view["missed"] for question in result.questions] == [[]] * count


def test_the_best_attempt_counts_and_of_equals_the_earliest(learner, now):
    quiz = topics_quiz(attempts_allowed=0)
    for right in (1, 3, 3, 2):
        taken(learner, quiz, now, right=right)
    result = selectors.counting_result(quiz, learner)
    assert (result.number, result.fraction, result.passed) == (2, 0.75, True)


def test_the_latest_attempt_counts_where_the_quiz_says_so(learner, now):
    quiz = topics_quiz(attempts_allowed=0, counting="latest")
    for right in (4, 1):
        taken(learner, quiz, now, right=right)
    assert (selectors.counting_result(quiz, learner).number, selectors.counting_results(learner, "")[quiz.pk].fraction) == (2, 0.25)


def test_results_of_others_and_of_other_contexts_do_not_count(learner, outsider, now):
    quiz = topics_quiz(attempts_allowed=0)
    taken(outsider, quiz, now, right=4, context="khoa-1")
    taken(learner, quiz, now, right=2, context="khoa-2")
    services.start_attempt(quiz=quiz, user=learner, context="khoa-1", now=now)
    assert selectors.counting_result(quiz, learner, "khoa-1") is None
    assert selectors.counting_results(learner, "khoa-1") == {}
    assert selectors.counting_result(quiz, learner, "khoa-2").fraction == 0.5


def test_where_a_person_stands_with_a_quiz(learner, now):
    quiz = topics_quiz(time_limit_seconds=1801, attempts_allowed=3)
    fresh = selectors.standing_in(quiz=quiz, user=learner, context="x")
    assert (fresh.question_count, fresh.limit_minutes, fresh.attempts_made, fresh.attempts_left, fresh.open_attempt, fresh.best, fresh.can_start) == (
        4, 31, 0, 3, None, None, True)
    done = taken(learner, quiz, now, right=3, context="x")
    going_on = services.start_attempt(quiz=quiz, user=learner, context="x", now=now)
    later = selectors.standing_in(quiz=quiz, user=learner, context="x")
    assert (later.attempts_left, later.open_attempt, later.best.uuid, later.can_start) == (1, going_on, done.uuid, False)


def test_a_stranger_stands_at_the_start(db):
    from django.contrib.auth.models import AnonymousUser

    standing = selectors.standing_in(quiz=factory.quiz(), user=AnonymousUser())
    assert (standing.question_count, standing.attempts_made, standing.best) == (2, 0, None)


def test_a_drawn_quiz_has_as_many_questions_as_its_bank_can_give(db, now):
    top = Category.add_root(name="Luật")
    below = top.add_child(name="Hợp đồng")
    factory.one_answer("Một?", category=top)
    factory.one_answer("Hai?", category=below)
    assert selectors.question_count_of(factory.draw_quiz(5, bank=top), now=now) == 2
    assert selectors.question_count_of(factory.draw_quiz(1, bank=top), now=now) == 1
    assert selectors.question_count_of(factory.quiz([]), now=now) == 0
