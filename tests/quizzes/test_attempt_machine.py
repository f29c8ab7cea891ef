"""The life of an attempt, held against a model that fits on a page: whatever a taker, a clock and a bad network do, in any order."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from accounts.models import User
from quizzes import services
from quizzes.enums import AttemptState
from quizzes.models import Attempt
from quizzes.services.finishing import digest_of_answers, slots_of
from tests.factories import quizzes as factory

LIMIT, GRACE, QUESTIONS = 300, 60, 3
_numbers = count(1)
START = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)


class AttemptMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        number = next(_numbers)
        self.now, self.began = START, START
        self.user = User.objects.create(email=f"may{number}@example.org", full_name=f"Người {number}")
        self.quiz = factory.quiz(
            [factory.one_answer(f"Câu {number}.{n}?") for n in range(QUESTIONS)], time_limit_seconds=LIMIT, grace_seconds=GRACE,
            attempts_allowed=1)
        self.attempt = services.start_attempt(quiz=self.quiz, user=self.user, now=self.now)
        slots = list(self.attempt.slots.select_related("version").order_by("position"))
        self.keys = {slot.position: [option["key"] for option in slot.version.content["options"]] for slot in slots}
        self.right = {slot.position: factory.right_answer(slot)["chosen"][0] for slot in slots}
        # The model: the newest answer of each question, its seq, whether it was late; what was acknowledged; the receipt once given.
        self.heads = dict.fromkeys(self.keys, (None, 0, False))
        self.taken_in, self.steps, self.receipt = [], 0, None
        self.submitted_by_taker = False

    def milliseconds(self, moment) -> int:
        return int(moment.timestamp() * 1000)

    @property
    def deadline(self):
        return self.began + timedelta(seconds=LIMIT)

    def is_open_to(self, seq: int) -> bool:
        if self.submitted_by_taker:
            return False
        if self.now < self.deadline:
            return True
        in_time = self.milliseconds(self.began) <= seq < self.milliseconds(self.deadline)
        return in_time and self.now < self.deadline + timedelta(seconds=GRACE)

    def save(self, command: dict, key: str):
        return services.save_answer(attempt=self.attempt, answer={"chosen": [key]}, now=self.now, **command)

    @rule(position=st.integers(1, QUESTIONS), choice=st.integers(0, 2), lag=st.integers(0, 40))
    def give(self, position, choice, lag):
        """An answer arrives, given up to 40 seconds ago."""
        command = {"position": position, "client_uuid": uuid4(), "seq": self.milliseconds(self.now - timedelta(seconds=lag))}
        key = self.keys[position][choice]
        if not self.is_open_to(command["seq"]):
            with pytest.raises((services.TimeOver, services.AttemptFinished)):
                self.save(command, key)
            return
        said = self.save(command, key)
        is_late = self.now >= self.deadline
        held, seq, _late = self.heads[position]
        if key == held:
            self.heads[position] = (held, max(seq, command["seq"]), _late)
        else:
            self.steps += 1
            if command["seq"] >= seq:
                self.heads[position] = (key, command["seq"], is_late)
        assert (said.is_late, said.newest) == (is_late, {"chosen": [self.heads[position][0]]})
        # An answer that was held already adds no step, so its command is not known: again it is a new act.
        if key != held:
            self.taken_in.append((command, key))

    @precondition(lambda self: self.taken_in)
    @rule(which=st.integers(0, 50))
    def give_the_same_again(self, which):
        """The double tap, the lost reply: acknowledged again at any time, and nothing changes."""
        command, key = self.taken_in[which % len(self.taken_in)]
        assert self.save(command, key).client_uuid == command["client_uuid"]

    @rule(seconds=st.sampled_from([1, 20, 100, 290]))
    def time_passes(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule()
    def somebody_touches_it(self):
        services.close_if_expired(attempt=Attempt.objects.get(pk=self.attempt.pk), now=self.now)

    @rule()
    def submit(self):
        done = services.submit_attempt(attempt=Attempt.objects.get(pk=self.attempt.pk), now=self.now)
        assert done.state == AttemptState.MARKED
        self.submitted_by_taker = True

    @rule()
    def start_again(self):
        """While it is open, starting finds it; afterwards the one attempt is used up."""
        if self.submitted_by_taker or self.now >= self.deadline:
            with pytest.raises(services.NoAttemptsLeft):
                services.start_attempt(quiz=self.quiz, user=self.user, now=self.now)
            self.submitted_by_taker = True
        else:
            assert services.start_attempt(quiz=self.quiz, user=self.user, now=self.now) == self.attempt

    @invariant()
    def the_database_agrees(self):
        attempt = Attempt.objects.get(pk=self.attempt.pk)
        slots = slots_of(attempt)
        held = {slot.position: (slot.answer.get("chosen", [None])[0], slot.answer_seq, slot.is_late) for slot in slots}
        assert held == self.heads
        assert attempt.steps.count() == self.steps
        if attempt.is_over:
            self.receipt = self.receipt or attempt.receipt_code
            assert attempt.receipt_code == self.receipt
            assert attempt.submitted_at <= self.deadline
        if attempt.state == AttemptState.MARKED:
            right = sum(self.heads[position][0] == key for position, key in self.right.items())
            assert attempt.fraction == pytest.approx(right / QUESTIONS)
            assert attempt.answers_digest == digest_of_answers(attempt, slots)


@pytest.mark.django_db
def test_whatever_happens_in_whatever_order_the_attempt_keeps_its_promises():
    run_state_machine_as_test(AttemptMachine, settings=settings(
        max_examples=25, stateful_step_count=25, deadline=None, derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]))
