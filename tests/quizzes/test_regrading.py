"""Regrades: planned, looked at, written; nobody's mark moves without a row that says so."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quizzes import services
from quizzes.enums import WorkState
from quizzes.models import Appeal, Attempt, AttemptSlot, Question, Regrade, RegradeChange, RegradeResult
from quizzes.selectors.regrades import regrade_page
from quizzes.services import regrading
from quizzes.signals import attempt_finished
from tests.factories import analysing, marking, quizzes
from tests.factories.analysing import edited

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(db):
    return quizzes.bank(4)


@pytest.fixture
def quiz(bank):
    return quizzes.quiz(bank, is_open_to_all=True, attempts_allowed=0)


@pytest.fixture
def told():
    """The attempts that listeners were told of, in order."""
    heard = []

    def listen(sender, attempt, **kwargs):
        heard.append(attempt)

    attempt_finished.connect(listen)
    yield heard
    attempt_finished.disconnect(listen)


@pytest.fixture
def plan(quiz, trainer, now):
    def made(**fields) -> Regrade:
        fields = {"quiz": quiz, "way": "newest", "reason": "Đáp án cũ sai.", "by": trainer, "now": now, **fields}
        regrade = regrading.plan_regrade(**fields)
        regrading.work_out_regrade(regrade=regrade, clock=lambda: now)
        regrade.refresh_from_db()
        return regrade

    return made


@pytest.fixture
def write(trainer, now, django_capture_on_commit_callbacks):
    def done(regrade: Regrade) -> Regrade:
        with django_capture_on_commit_callbacks(execute=True):
            regrading.apply_regrade(regrade=regrade, by=trainer, now=now)
            regrading.write_regrade(regrade=regrade, clock=lambda: now + timedelta(hours=1))
        regrade.refresh_from_db()
        return regrade

    return done


def counts(regrade: Regrade) -> dict:
    return vars(regrade_page(regrade, None).counts)


def marks(attempts: list[Attempt]) -> list[tuple]:
    return [(float(attempt.points), attempt.passed) for attempt in Attempt.objects.filter(pk__in=[one.pk for one in attempts]).order_by("pk")]


def test_a_wrong_key_is_put_right_for_everybody(quiz, bank, now, trainer, plan, write, told):
    # Chose what is right in truth; chose what was wrongly held right; chose neither; said nothing.
    attempts = analysing.taken(quiz, bank, [[1, 0, 1, 1], [0, 0, 1, 1], [2, 0, 0, 1], [None, 0, 1, 1]], now=now)
    before = marks(attempts)
    assert before == [(1, False), (2, True), (2, True), (1, False)]
    edited(bank[0], right=1)
    regrade = plan(question=bank[0], keeps_better=False)
    assert (regrade.state, regrade.total, regrade.done) == (WorkState.READY, 4, 4)
    assert counts(regrade) == {"changed": 2, "gained": 1, "newly_passed": 1, "newly_failed": 1, "same": 2, "cannot": 0}
    assert marks(attempts) == before and not AttemptSlot.objects.exclude(regrade=None).exists()

    write(regrade)
    assert (regrade.state, regrade.applied_by, regrade.done, regrade.finished_at) == (WorkState.DONE, trainer, 4, now + timedelta(hours=1))
    assert marks(attempts) == [(2, True), (1, False), (2, True), (1, False)]
    assert [attempt.pk for attempt in told] == [attempts[0].pk, attempts[1].pk]
    slot = AttemptSlot.objects.get(attempt=attempts[0], position=1)
    newest = Question.objects.get(pk=bank[0].pk).version
    assert (slot.fraction, float(slot.points), slot.key, slot.regrade) == (1.0, 1.0, newest, regrade)
    assert slot.version != newest and slot.version.question == bank[0]
    first = RegradeResult.objects.get(regrade=regrade, attempt=attempts[0])
    assert (first.points_before, first.points_after, first.passed_before, first.passed_after) == (1, 2, False, True)
    change = first.changes.get()
    assert (change.key_before, change.key_after, change.fraction_before, change.fraction_after) == (None, newest, 0.0, 1.0)
    assert Attempt.objects.get(pk=attempts[0].pk).marked_at == now + timedelta(hours=1)
    assert Attempt.objects.get(pk=attempts[2].pk).marked_at == attempts[2].marked_at


def test_a_second_regrade_finds_nothing_to_change(quiz, bank, now, plan, write, told):
    analysing.taken(quiz, bank, [[1, 0, 1, 1], [0, 0, 1, 1]], now=now)
    edited(bank[0], right=1)
    first = write(plan(question=bank[0], keeps_better=False))
    rows = list(RegradeChange.objects.order_by("pk").values())
    assert len(told) == 2
    # The same one written again does nothing.
    write(first)
    second = write(plan(question=bank[0], keeps_better=False))
    assert counts(second) == dict.fromkeys(["changed", "gained", "newly_passed", "newly_failed", "same", "cannot"], 0)
    assert list(RegradeChange.objects.order_by("pk").values()) == rows
    assert len(told) == 2


def test_nobody_loses_when_better_marks_are_kept(quiz, bank, now, plan, write):
    attempts = analysing.taken(quiz, bank, [[1, 0, 1, 1], [0, 0, 1, 1]], now=now)
    edited(bank[0], right=1)
    regrade = write(plan(question=bank[0]))
    assert marks(attempts) == [(2, True), (2, True)]
    assert [result.attempt for result in regrade.results.all()] == [attempts[0]]
    assert AttemptSlot.objects.get(attempt=attempts[1], position=1).key is None


def test_everybody_who_was_asked_gets_the_points_after_an_appeal(quiz, bank, now, learner, outsider, trainer, plan, write, told):
    other = quizzes.one_answer("Câu khác?")
    attempts = analysing.taken(quiz, bank, [[1, 0, 1, 1], [None, 1, 1, 1], [0, 0, 0, 0]], now=now)
    unasked = analysing.taken(quiz, [other], [[1]], now=now, first=9)
    slot = AttemptSlot.objects.get(attempt=attempts[0], position=1)
    appeal = Appeal.objects.create(slot=slot, question=bank[0], by=learner, text="Hai phương án đúng.", made_at=now, state="upheld", decided_by=trainer, decided_at=now)
    regrade = write(plan(question=bank[0], way="full", appeal=appeal, reason="Khiếu nại đúng."))
    assert regrade.appeal == appeal and regrade.total == 3
    assert marks(attempts) == [(2, True), (1, False), (4, True)] and marks(unasked) == [(0, False)]
    assert {attempt.pk for attempt in told} == {attempts[0].pk, attempts[1].pk}
    unanswered = AttemptSlot.objects.get(attempt=attempts[1], position=1)
    assert (unanswered.answer, unanswered.fraction, unanswered.regrade) == ({}, 1.0, regrade)


def test_all_the_points_need_a_question_and_every_plan_a_reason(quiz, bank, plan):
    with pytest.raises(regrading.QuestionMissing):
        plan(way="full")
    with pytest.raises(regrading.ReasonMissing):
        plan(reason="  ")
    assert not Regrade.objects.exists()


def test_only_the_chosen_attempts_are_looked_at(quiz, bank, now, plan, write):
    attempts = analysing.taken(quiz, bank, [[1, 0, 1, 1]] * 3, now=now)
    edited(bank[0], right=1)
    regrade = write(plan(only=[attempts[1].uuid]))
    assert regrade.total == 1
    assert marks(attempts) == [(1, False), (2, True), (1, False)]


def test_an_answer_that_the_newest_version_does_not_offer_is_left_alone(quiz, bank, now, plan, write):
    attempts = analysing.taken(quiz, bank, [[2, 0, 1, 1], [1, 0, 1, 1]], now=now)
    edited(bank[0], right=1, keep=2)
    regrade = plan(question=bank[0])
    assert counts(regrade)["cannot"] == 1
    write(regrade)
    assert marks(attempts) == [(1, False), (2, True)]
    left = AttemptSlot.objects.get(attempt=attempts[0], position=1)
    assert (left.fraction, left.key, left.regrade) == (0.0, None, None)


def test_a_question_of_another_kind_marks_no_answer(quiz, bank, now, plan):
    analysing.taken(quiz, bank, [[0, 0, 1, 1]], now=now)
    question = Question.objects.get(pk=bank[0].pk)
    value = {"stem": "<p>Đúng hay sai?</p>", "is_true": True, "feedback": ""}
    question.content = question._meta.get_field("content").stream_block.to_python([{"type": "true_false", "value": value}])
    question.save_revision().publish()
    regrade = plan(question=bank[0], keeps_better=False)
    assert counts(regrade) | {"cannot": 0} == dict.fromkeys(["changed", "gained", "newly_passed", "newly_failed", "same", "cannot"], 0)
    assert counts(regrade)["cannot"] == 1


def test_marks_by_hand_stay_and_only_all_the_points_move_them(now, learner, trainer, plan, write):
    quiz = marking.essay_quiz()
    attempt = marking.answered(quiz, learner, now)
    services.mark_by_hand(attempt=attempt, position=2, fraction=0.25, by=trainer, now=now)
    essay = Question.objects.get(stem_text__startswith="Vì sao")
    regrade = write(plan(quiz=quiz, keeps_better=False))
    assert counts(regrade)["changed"] == 0
    write(plan(quiz=quiz, question=essay, way="full"))
    attempt.refresh_from_db()
    assert (float(attempt.points), attempt.passed) == (2, True)


def test_an_attempt_that_waits_for_a_marker_goes_on_waiting(now, learner, plan, write, told):
    quiz = marking.essay_quiz()
    attempt = marking.answered(quiz, learner, now)
    choice = Question.objects.get(stem_text__startswith="Phiên")
    edited(choice, right=1)
    del told[:]
    regrade = write(plan(quiz=quiz, question=choice, keeps_better=False))
    attempt.refresh_from_db()
    result = regrade.results.get()
    assert (attempt.state, attempt.points, told) == ("submitted", None, [])
    assert (result.points_before, result.points_after, result.passed_before, result.passed_after) == (1, 0, None, None)
    # All the points for the essay too: nothing waits any more.
    write(plan(quiz=quiz, question=Question.objects.get(stem_text__startswith="Vì sao"), way="full"))
    attempt.refresh_from_db()
    assert (attempt.state, float(attempt.points), [one.pk for one in told]) == ("marked", 1, [attempt.pk])


def test_attempts_under_way_or_taking_late_answers_are_not_touched(quiz, bank, now, learner, outsider, plan):
    services.start_attempt(quiz=quiz, user=learner, now=now)
    late = services.start_attempt(quiz=quiz, user=outsider, now=now)
    Attempt.objects.filter(pk=late.pk).update(state="submitted", submitted_at=now, late_until=now + timedelta(minutes=2))
    regrade = plan(question=bank[0], way="full")
    assert (regrade.total, regrade_page(regrade, None).under_way) == (0, 1)


def test_survey_items_are_left_alone(now, plan):
    questions = [quizzes.one_answer(), quizzes.one_answer("Khảo sát?")]
    quiz = quizzes.quiz(questions)
    attempt, = analysing.taken(quiz, questions, [[0, 1]], now=now)
    attempt.slots.filter(position=2).update(max_points=0, fraction=None)
    edited(questions[1], right=1)
    assert plan(quiz=quiz, keeps_better=False).results.count() == 0


def test_a_mark_given_by_hand_since_the_plan_is_kept_and_told(quiz, bank, now, trainer, plan, write):
    attempts = analysing.taken(quiz, bank, [[1, 0, 1, 1], [1, 0, 1, 1]], now=now)
    edited(bank[0], right=1)
    regrade = plan(question=bank[0])
    services.mark_by_hand(attempt=attempts[0], position=1, fraction=0.5, by=trainer, now=now)
    write(regrade)
    assert marks(attempts) == [(1.5, False), (2, True)]
    result = regrade.results.get(attempt=attempts[0])
    change = result.changes.get()
    assert (result.points_before, result.points_after) == (1.5, 1.5)
    assert (change.fraction_before, change.fraction_after, change.key_before, change.key_after) == (0.5, 0.5, None, None)


def test_the_version_that_was_looked_at_is_the_one_that_is_written(quiz, bank, now, plan, write):
    attempts = analysing.taken(quiz, bank, [[1, 0, 1, 1], [2, 0, 1, 1]], now=now)
    edited(bank[0], right=1)
    regrade = plan(question=bank[0])
    edited(bank[0], right=2)
    write(regrade)
    assert marks(attempts) == [(2, True), (1, False)]


def test_two_regrades_of_one_answer_end_with_the_later_one(quiz, bank, now, plan, write):
    attempts = analysing.taken(quiz, bank, [[1, 0, 1, 1]], now=now)
    edited(bank[0], right=1)
    planned, full = plan(question=bank[0]), plan(question=bank[0], way="full")
    write(full)
    write(planned)
    assert marks(attempts) == [(2, True)]
    change = planned.results.get().changes.get()
    assert change.fraction_before == change.fraction_after == 1.0


def test_writing_goes_on_where_it_was_stopped(quiz, bank, now, trainer, plan, monkeypatch, told, django_capture_on_commit_callbacks):
    attempts = analysing.taken(quiz, bank, [[1, 0, 1, 1]] * 7, now=now)
    edited(bank[0], right=1)
    regrade = plan(question=bank[0])
    monkeypatch.setattr(regrading, "LOCKED", 2)
    regrading.apply_regrade(regrade=regrade, by=trainer, now=now)
    batches = regrading._write

    def stopped(regrade, keys, now):
        done = batches(regrade, keys, now)
        if regrade.results.filter(pk__lt=keys[0]).count() >= 2:
            # The second batch is committed; nobody was told, and the count was not moved.
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(regrading, "_write", stopped)
    with pytest.raises(KeyboardInterrupt), django_capture_on_commit_callbacks(execute=True):
        regrading.write_regrade(regrade=regrade, clock=lambda: now)
    monkeypatch.setattr(regrading, "_write", batches)
    regrade.refresh_from_db()
    assert (regrade.state, regrade.done, len(marks(attempts))) == (WorkState.APPLYING, 2, 7)
    assert [points for points, _passed in marks(attempts)] == [2, 2, 2, 2, 1, 1, 1]

    del told[:]
    assert regrading.take_up_again(regrade=regrade, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        regrading.write_regrade(regrade=regrade, clock=lambda: now)
    regrade.refresh_from_db()
    assert (regrade.state, regrade.done) == (WorkState.DONE, 7)
    assert marks(attempts) == [(2, True)] * 7
    assert [attempt.pk for attempt in told] == [attempt.pk for attempt in attempts[2:]]
    assert [(result.points_before, result.points_after) for result in regrade.results.all()] == [(1, 2)] * 7


def test_a_plan_is_worked_out_anew_when_its_worker_died(quiz, bank, now, plan):
    analysing.taken(quiz, bank, [[1, 0, 1, 1]] * 3, now=now)
    edited(bank[0], right=1)
    regrade = plan(question=bank[0])
    Regrade.objects.update(state=WorkState.RUNNING, done=1)
    regrade.refresh_from_db()
    assert not regrading.take_up_again(regrade=regrade, now=now + timedelta(minutes=9))
    assert regrading.take_up_again(regrade=regrade, now=now + timedelta(minutes=10))
    assert regrading.work_out_regrade(regrade=regrade, clock=lambda: now)
    regrade.refresh_from_db()
    assert (regrade.state, regrade.results.count()) == (WorkState.READY, 3)


def test_a_plan_that_fails_says_so_and_changes_nothing(quiz, bank, now, trainer, monkeypatch):
    attempts = analysing.taken(quiz, bank, [[1, 0, 1, 1]], now=now)
    regrade = regrading.plan_regrade(quiz=quiz, way="newest", reason="Thử", by=trainer, now=now)
    monkeypatch.setattr(regrading, "_plan", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        regrading.work_out_regrade(regrade=regrade, clock=lambda: now)
    regrade.refresh_from_db()
    assert (regrade.state, regrade.finished_at, marks(attempts)) == (WorkState.FAILED, now, [(1, False)])
    with pytest.raises(regrading.NotReady):
        regrading.apply_regrade(regrade=regrade, by=trainer, now=now)
    assert regrading.take_up_again(regrade=regrade, now=now)


def test_a_plan_that_was_laid_aside_is_never_written(quiz, bank, now, trainer, plan):
    attempts = analysing.taken(quiz, bank, [[1, 0, 1, 1]], now=now)
    edited(bank[0], right=1)
    regrade = plan(question=bank[0])
    assert regrading.cancel_regrade(regrade=regrade, by=trainer, now=now)
    assert not regrading.cancel_regrade(regrade=regrade, by=trainer, now=now)
    with pytest.raises(regrading.NotReady):
        regrading.apply_regrade(regrade=regrade, by=trainer, now=now)
    assert not regrading.write_regrade(regrade=regrade, clock=lambda: now)
    assert marks(attempts) == [(1, False)]


def test_the_same_plan_later_sees_what_the_question_says_by_then(quiz, bank, now, plan):
    """Planned too early: the right key was published only afterwards."""
    analysing.taken(quiz, bank, [[1, 0, 1, 1]], now=now)
    early = plan(question=bank[0])
    edited(bank[0], right=1)
    late = plan(question=bank[0], now=now + timedelta(minutes=1))
    assert (counts(early)["changed"], counts(late)["changed"]) == (0, 1)


def test_the_same_plan_twice_at_once_is_one_plan(quiz, bank, now, trainer, plan):
    assert plan(question=bank[0]) == plan(question=bank[0]) != plan(question=bank[1])
    first = plan(question=bank[0])
    regrading.cancel_regrade(regrade=first, by=trainer, now=now)
    assert plan(question=bank[0]) != first


def cost(work) -> int:
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)


def test_300_attempts_take_queries_by_batch(quiz, bank, now, trainer, plan, monkeypatch):
    monkeypatch.setattr(regrading, "LOCKED", 150)
    edited(bank[0], right=1)

    def spent() -> list[int]:
        Regrade.objects.update(state="cancelled", finished_at=now)
        regrade = regrading.plan_regrade(quiz=quiz, question=bank[0], way="newest", reason="Thử", by=trainer, now=now)
        planned = cost(lambda: regrading.work_out_regrade(regrade=regrade, clock=lambda: now))
        regrading.apply_regrade(regrade=regrade, by=trainer, now=now)
        return [planned, cost(lambda: regrading.write_regrade(regrade=regrade, clock=lambda: now))]

    def again():
        AttemptSlot.objects.filter(position=1).update(fraction=0, points=0, key=None, regrade=None)

    old = bank[0].versions.order_by("pk").first()
    analysing.taken(quiz, bank, [[1, 0, 1, 1]] * 2, now=now)
    AttemptSlot.objects.filter(position=1).update(version=old, fraction=0, points=0)
    few = spent()
    analysing.taken(quiz, bank, [[1, 0, 1, 1]] * 298, now=now, first=2)
    AttemptSlot.objects.filter(position=1).update(version=old)
    again()
    many = spent()
    assert Attempt.objects.filter(passed=True).count() == 300
    # Two chunks of 250 and two batches of 150 instead of one each; and what a large INSERT or UPDATE is cut into by SQLite.
    assert many[0] <= 2 * few[0] + 4 and many[1] <= 2 * few[1] + 12


def test_essays_that_wait_cost_no_query_each(now, learner, outsider, plan, write):
    quiz = marking.essay_quiz(essays=3)
    marking.answered(quiz, learner, now)
    choice = Question.objects.get(stem_text__startswith="Phiên")
    edited(choice, right=1)

    def spent() -> int:
        regrade = plan(quiz=quiz, question=choice, keeps_better=False)
        return cost(lambda: write(regrade))

    few = spent()
    AttemptSlot.objects.filter(position=1).update(fraction=1, points=1, key=None, regrade=None)
    marking.answered(quiz, outsider, now)
    AttemptSlot.objects.filter(position=1).update(version=choice.versions.order_by("pk").first(), fraction=1, points=1)
    assert spent() == few
