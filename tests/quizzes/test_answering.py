"""Answers as commands: nothing given is lost, misplaced or counted twice (docs/attempts.md)."""

import threading
from datetime import timedelta
from uuid import UUID, uuid4, uuid5

import pytest
from django.db import connections

from quizzes import services
from quizzes.enums import AttemptState
from quizzes.models import AnswerStep, Attempt
from quizzes.selectors import milliseconds
from tests.factories import accounts as people
from tests.factories import quizzes as factory


@pytest.fixture
def attempt(learner, now) -> Attempt:
    return services.start_attempt(quiz=factory.quiz([factory.one_answer(), factory.several_answers(), factory.true_false()]), user=learner, now=now)


def options(attempt: Attempt, position: int = 1) -> list[dict]:
    return [{"chosen": [option["key"]]} for option in attempt.slots.get(position=position).version.content["options"]]


def head(attempt: Attempt, position: int = 1) -> dict:
    return attempt.slots.get(position=position).answer


def save(attempt: Attempt, answer: dict, *, seq: int, now, client_uuid: UUID | None = None, position: int = 1, **more):
    return services.save_answer(
        attempt=attempt, position=position, client_uuid=client_uuid or uuid4(), seq=seq, answer=answer, now=now, **more)


def test_an_answer_is_kept_as_a_step_and_as_the_head(attempt, now):
    a, _b, _c = options(attempt)
    command = uuid4()
    said = save(attempt, a, seq=5, now=now, client_uuid=command)
    assert said == services.Acknowledgement(1, command, saved_at=now, is_newest=True, newest=a, newest_seq=5, newest_at=now, newest_fields={"": a["chosen"]})
    assert (head(attempt), head(attempt, 2)) == (a, {})
    assert [(step.client_uuid, step.answer, step.received_at) for step in AnswerStep.objects.all()] == [(command, a, now)]


def test_the_same_command_again_is_acknowledged_alike_and_adds_nothing(attempt, now):
    a, _b, _c = options(attempt)
    command = uuid4()
    first = save(attempt, a, seq=5, now=now, client_uuid=command)
    again = save(attempt, a, seq=5, now=now + timedelta(minutes=3), client_uuid=command)
    assert again == first
    assert AnswerStep.objects.count() == 1


def test_a_replay_after_a_change_does_not_bring_the_old_answer_back(attempt, now):
    a, b, _c = options(attempt)
    command = uuid4()
    save(attempt, a, seq=5, now=now, client_uuid=command)
    save(attempt, b, seq=6, now=now)
    again = save(attempt, a, seq=5, now=now, client_uuid=command)
    assert (head(attempt), again.saved_at, again.is_newest, again.newest) == (b, now, False, b)
    assert AnswerStep.objects.count() == 2


def test_a_change_replaces_and_keeps_both_steps(attempt, now):
    a, b, _c = options(attempt)
    save(attempt, a, seq=1, now=now)
    save(attempt, b, seq=2, now=now + timedelta(seconds=1))
    save(attempt, {}, seq=3, now=now + timedelta(seconds=2))
    assert head(attempt) == {}
    assert [step.answer for step in attempt.steps.order_by("pk")] == [a, b, {}]


def test_what_was_waiting_on_another_device_is_kept_but_does_not_replace_a_newer_answer(attempt, now):
    a, b, _c = options(attempt)
    save(attempt, b, seq=200, now=now)
    said = save(attempt, a, seq=150, now=now + timedelta(minutes=10))
    assert (said.is_newest, said.newest, said.newest_at) == (False, b, now)
    assert head(attempt) == b
    assert [step.answer for step in attempt.steps.order_by("pk")] == [b, a]


def test_choosing_again_what_is_held_adds_no_step_but_beats_older_ones_on_their_way(attempt, now):
    a, b, _c = options(attempt)
    save(attempt, a, seq=100, now=now)
    said = save(attempt, a, seq=300, now=now + timedelta(minutes=1))
    assert (said.saved_at, said.is_newest, attempt.steps.count()) == (now, True, 1)
    save(attempt, b, seq=200, now=now + timedelta(minutes=2))
    assert head(attempt) == a


def test_passing_by_without_an_answer_takes_nothing_away(attempt, now):
    a, _b, _c = options(attempt)
    save(attempt, {}, seq=500, now=now)
    save(attempt, a, seq=400, now=now)
    assert head(attempt) == a


def test_a_device_whose_clock_runs_ahead_does_not_freeze_the_question(attempt, now):
    a, b, _c = options(attempt)
    ahead = save(attempt, a, seq=milliseconds(now) + 3_600_000, now=now)
    assert ahead.newest_seq == milliseconds(now)
    later = now + timedelta(seconds=5)
    assert save(attempt, b, seq=milliseconds(later), now=later).is_newest
    assert head(attempt) == b


def test_what_was_given_while_the_clock_was_an_hour_ahead_outranks_nothing_after_that(attempt, now):
    first, second = options(attempt)[:2]
    save(attempt, first, seq=milliseconds(now + timedelta(minutes=50)), now=now + timedelta(minutes=50))
    said = save(attempt, second, seq=milliseconds(now + timedelta(minutes=50)) + 1, now=now + timedelta(seconds=20))
    assert said.is_newest
    assert head(attempt) == second


def test_back_and_resubmit_counts_what_was_chosen_last(attempt, now):
    """Without script: the browser brings the same form back, with the same hidden fields, and the choice is changed."""
    a, b, c = options(attempt)
    form = {"attempt": attempt, "position": 1, "client_uuid": uuid4(), "seq": milliseconds(now)}
    for number, answer in enumerate([a, a, b, a, a, c, b, b]):
        said = services.save_page(**form, fields={"": answer["chosen"]}, now=now + timedelta(seconds=number))
        assert (said.is_newest, head(attempt)) == (True, answer)
    assert [step.answer for step in attempt.steps.order_by("pk")] == [a, b, a, c, b]


def test_a_stale_page_does_not_replace_what_was_answered_since_but_what_it_said_is_kept(attempt, now):
    a, b, _c = options(attempt)
    stale = {"attempt": attempt, "position": 1, "client_uuid": uuid4(), "seq": milliseconds(now)}
    later = now + timedelta(minutes=4)
    save(attempt, b, seq=milliseconds(later), now=later)
    said = services.save_page(**stale, fields={"": a["chosen"]}, now=later + timedelta(minutes=1))
    assert (said.is_newest, said.newest, said.newest_at) == (False, b, later)
    assert head(attempt) == b
    assert attempt.steps.filter(answer=a).exists()


def test_a_command_cannot_wander_to_another_question(attempt, now):
    command = uuid4()
    save(attempt, options(attempt, 3)[0], seq=1, now=now, client_uuid=command, position=3)
    with pytest.raises(services.MisplacedCommand):
        save(attempt, options(attempt, 1)[0], seq=1, now=now, client_uuid=command, position=1)
    assert (head(attempt, 1), head(attempt, 3)) == ({}, {"chosen": ["true"]})


def test_a_flag_is_a_step_of_its_own(attempt, now):
    a, _b, _c = options(attempt)
    save(attempt, a, seq=1, now=now)
    said = save(attempt, {"flagged": True}, seq=2, now=now, kind="flag")
    assert (said.newest, attempt.slots.get(position=1).flagged, head(attempt)) == ({"flagged": True}, True, a)
    save(attempt, {"flagged": False}, seq=3, now=now, kind="flag")
    assert not attempt.slots.get(position=1).flagged
    with pytest.raises(services.InvalidAnswer):
        save(attempt, {"flagged": "yes"}, seq=4, now=now, kind="flag")


def test_the_flag_button_of_the_plain_form_keeps_the_choice_too(attempt, now):
    a, _b, _c = options(attempt)
    form = {"attempt": attempt, "position": 1, "client_uuid": uuid4(), "seq": 10, "fields": {"": a["chosen"]}, "now": now}
    services.save_page(**form, flagged=True)
    services.save_page(**form, flagged=True)
    slot = attempt.slots.get(position=1)
    assert (slot.answer, slot.flagged, attempt.steps.count()) == (a, True, 2)


def test_an_answer_to_another_question_is_refused(attempt, now):
    with pytest.raises(services.InvalidAnswer):
        save(attempt, options(attempt, 2)[0], seq=1, now=now, position=1)
    with pytest.raises(services.UnknownPosition):
        save(attempt, options(attempt)[0], seq=1, now=now, position=4)
    assert not AnswerStep.objects.exists()


@pytest.mark.parametrize("answer", [None, "a", 7, [], {"chosen": ["a" * 5000]}, {"chosen": float("nan")}, {"x": {1, 2}}])
def test_what_is_no_answer_is_refused_and_the_old_one_stays(attempt, now, answer):
    a, _b, _c = options(attempt)
    save(attempt, a, seq=1, now=now)
    with pytest.raises(services.InvalidAnswer):
        save(attempt, answer, seq=2, now=now)
    assert head(attempt) == a


def test_ten_thousand_letters_are_too_many(attempt, now):
    with pytest.raises(services.AnswerTooLong) as refused:
        save(attempt, {"chosen": ["ế" * 10_000]}, seq=1, now=now)
    assert refused.value.code == "too_long"
    assert "8" in str(refused.value)


def test_nothing_is_taken_in_after_the_end_but_a_replay_is_still_acknowledged(attempt, now):
    a, b, _c = options(attempt)
    command = uuid4()
    said = save(attempt, a, seq=1, now=now, client_uuid=command)
    services.submit_attempt(attempt=attempt, now=now)
    with pytest.raises(services.AttemptFinished):
        save(attempt, b, seq=2, now=now)
    assert save(attempt, a, seq=1, now=now, client_uuid=command) == said
    assert head(attempt) == a


def test_at_the_deadline_the_attempt_is_closed_with_what_was_saved(learner, now):
    attempt = services.start_attempt(quiz=factory.quiz(time_limit_seconds=60), user=learner, now=now)
    slot = attempt.slots.select_related("version").get(position=1)
    save(attempt, factory.right_answer(slot), seq=1, now=now + timedelta(seconds=59))
    with pytest.raises(services.TimeOver):
        save(attempt, factory.wrong_answer(slot), seq=2, now=now + timedelta(seconds=60))
    attempt.refresh_from_db()
    assert (attempt.state, attempt.fraction, attempt.submitted_at) == (AttemptState.SUBMITTED, None, attempt.deadline_at)
    with pytest.raises(services.TimeOver):
        save(attempt, factory.wrong_answer(slot), seq=3, now=now + timedelta(seconds=61))
    attempt = services.close_if_expired(attempt=attempt, now=attempt.late_until)
    assert (attempt.state, attempt.fraction, attempt.submitted_at) == (AttemptState.MARKED, 0.5, attempt.deadline_at)


def test_an_answer_given_in_time_that_arrives_in_the_grace_counts_and_is_marked_as_late(learner, now):
    attempt = services.start_attempt(quiz=factory.quiz(time_limit_seconds=60, grace_seconds=120), user=learner, now=now)
    right = factory.right_answer(attempt.slots.select_related("version").get(position=1))
    given = milliseconds(now + timedelta(seconds=50))
    closed = services.close_if_expired(attempt=attempt, now=now + timedelta(seconds=61))
    before = closed.answers_digest
    said = save(attempt, right, seq=given, now=now + timedelta(seconds=100))
    assert (said.is_late, said.is_newest) == (True, True)
    done = services.close_if_expired(attempt=closed, now=now + timedelta(seconds=180))
    slot = attempt.slots.get(position=1)
    assert (done.state, done.fraction, slot.is_late, done.receipt_code) == (AttemptState.MARKED, 0.5, True, closed.receipt_code)
    assert done.answers_digest != before
    assert list(attempt.steps.values_list("is_late", flat=True)) == [True]


@pytest.mark.parametrize(("given", "arrives"), [(60, 70), (65, 70), (50, 180), (-1, 70)])
def test_what_was_given_too_late_or_comes_after_the_grace_or_from_before_the_start_does_not_count(learner, now, given, arrives):
    attempt = services.start_attempt(quiz=factory.quiz(time_limit_seconds=60, grace_seconds=120), user=learner, now=now)
    right = factory.right_answer(attempt.slots.select_related("version").get(position=1))
    with pytest.raises(services.TimeOver):
        save(attempt, right, seq=milliseconds(now + timedelta(seconds=given)), now=now + timedelta(seconds=arrives))
    assert attempt.slots.get(position=1).answer == {}


def test_whoever_submits_waits_for_nothing_late(learner, now):
    attempt = services.start_attempt(quiz=factory.quiz(time_limit_seconds=60), user=learner, now=now)
    right = factory.right_answer(attempt.slots.select_related("version").get(position=1))
    services.close_if_expired(attempt=attempt, now=now + timedelta(seconds=60))
    done = services.submit_attempt(attempt=attempt, now=now + timedelta(seconds=70))
    assert (done.state, done.submitted_at) == (AttemptState.MARKED, done.deadline_at)
    with pytest.raises(services.TimeOver):
        save(attempt, right, seq=milliseconds(now + timedelta(seconds=50)), now=now + timedelta(seconds=80))


def test_saving_takes_four_statements_one_of_them_locking(attempt, now, django_assert_num_queries):
    a, b, _c = options(attempt)
    save(attempt, a, seq=1, now=now)
    # Savepoint, slot with its attempt and version, step, head, release: the view adds session and person.
    with django_assert_num_queries(5):
        save(attempt, b, seq=2, now=now)


@pytest.mark.django_db(transaction=True)
def test_a_double_tap_makes_one_step(now):
    attempt = services.start_attempt(quiz=factory.quiz(), user=people.learner(), now=now)
    a, _b, _c = options(attempt)
    command = uuid5(attempt.uuid, "tap")
    said, errors = in_threads(6, lambda _number: save(attempt, a, seq=7, now=now, client_uuid=command))
    assert errors == []
    assert len({repr(one) for one in said.values()}) == 1
    assert (AnswerStep.objects.count(), head(attempt)) == (1, a)


@pytest.mark.django_db(transaction=True)
def test_two_devices_at_once_leave_the_newest_answer_and_every_step(now):
    attempt = services.start_attempt(quiz=factory.quiz(), user=people.learner(), now=now)
    choices = options(attempt)
    said, errors = in_threads(9, lambda number: save(attempt, choices[number % 3], seq=100 + number, now=now))
    assert errors == []
    assert len(said) == 9
    slot = attempt.slots.get(position=1)
    assert (slot.answer, slot.answer_seq) == (choices[8 % 3], 108)


@pytest.mark.django_db(transaction=True)
def test_submitting_while_saving_loses_no_acknowledged_answer(now):
    attempt = services.start_attempt(quiz=factory.quiz(), user=people.learner(), now=now)
    choices = options(attempt)

    def act(number: int):
        if number == 3:
            return services.submit_attempt(attempt=attempt, now=now)
        return save(attempt, choices[number % 3], seq=100 + number, now=now)

    said, errors = in_threads(7, act)
    assert {type(error) for error in errors} <= {services.AttemptFinished}
    slot = attempt.slots.get(position=1)
    newest = max((one for one in said.values() if isinstance(one, services.Acknowledgement)), key=lambda one: one.newest_seq, default=None)
    assert newest is None or slot.answer == newest.newest
    assert Attempt.objects.get().fraction == slot.fraction / 2


def in_threads(count: int, act) -> tuple[dict[int, object], list[Exception]]:
    """Do something in so many threads at the same moment; return what each said and what was raised."""
    said: dict[int, object] = {}
    errors: list[Exception] = []
    gate = threading.Barrier(count)

    def run(number: int) -> None:
        try:
            gate.wait()
            said[number] = act(number)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said, errors
