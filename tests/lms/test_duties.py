"""Each duty of the clock is done once by many clocks, whatever clocks and processes do."""

import os
import signal
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from multiprocessing import get_context

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, connections
from django.utils import timezone
from django.utils.crypto import get_random_string

from cms.models import Duty, Worker
from lms.background import duties, presence
from lms.background.clock import Clock

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def duty(now) -> Duty:
    for name in ("may-1", "may-2"):
        Worker.objects.create(name=name, kind="clock", machine=name, started_at=now, alive_at=now)
    return Duty.objects.create(name="letters")


def claim(by: str, now: datetime, pause: timedelta = MINUTE, gone: set[str] = frozenset(), **kwargs):
    return duties.claim(name="letters", by=by, pause=pause, gone=set(gone), now=now, **kwargs)


def do(by: str, now: datetime, pause: timedelta = MINUTE) -> bool:
    """Do the duty if it is due, as a clock does."""
    due = claim(by, now, pause)
    if due is not None:
        duties.let_go(due=due, count=1, seconds=0.1, now=now)
    return due is not None


def test_duty_is_claimed_by_one_and_comes_again_at_the_next_full_minute(duty, now):
    due = claim("may-1", now)
    assert (due is not None, claim("may-2", now)) == (True, None)
    duties.let_go(due=due, count=7, seconds=0.5, now=now)
    duty.refresh_from_db()
    assert (duty.claimed_by, duty.count, duty.done_at) == ("", 7, now)
    assert duty.next_at == datetime(2026, 11, 20, 7, 4, tzinfo=UTC)
    assert [do("may-2", now + timedelta(seconds=seconds)) for seconds in (1, 30, 37, 38, 39)] == [False, False, False, True, False]


def test_duty_that_failed_keeps_the_kind_of_its_fault_and_waits_for_its_next_time(duty, now):
    due = claim("may-1", now)
    duties.let_go_failed(due=due, error="smtplib.SMTPServerDisconnected", seconds=1, now=now)
    duty.refresh_from_db()
    assert (duty.claimed_by, duty.error, duty.failed_at) == ("", "smtplib.SMTPServerDisconnected", now)
    assert claim("may-2", now) is None
    assert do("may-2", now + MINUTE)
    duty.refresh_from_db()
    assert duty.error == ""


def test_claim_of_the_gone_is_free_and_whoever_lost_it_writes_nothing(duty, now):
    lost = claim("may-1", now)
    taken = claim("may-2", now, gone={"may-1"})
    duties.let_go(due=lost, count=99, seconds=1, now=now)
    duty.refresh_from_db()
    assert (duty.claimed_by, duty.count) == ("may-2", 0)
    duties.let_go(due=taken, count=3, seconds=1, now=now)
    duty.refresh_from_db()
    assert (duty.claimed_by, duty.count) == ("", 3)


def test_claim_of_a_process_without_a_row_is_free(duty, now):
    claim("may-1", now)
    Worker.objects.filter(name="may-1").delete()
    assert claim("may-2", now) is not None


@pytest.mark.same_everywhere
@pytest.mark.parametrize("pause", [MINUTE, HOUR, DAY])
@pytest.mark.parametrize("hours", [1, -1])
def test_after_a_jump_of_the_clock_nothing_is_done_twice_and_nothing_waits_an_hour(duty, now, pause, hours):
    """Two clocks look every half minute of real time; the site's time jumps by an hour and, for an hour's jump ahead, back again."""
    times, jumped = [], timedelta(0)
    for second in range(0, 5400, 30):
        if second == 1800:
            jumped = timedelta(hours=hours)
        if second == 3000 and hours > 0:
            jumped = timedelta(0)
        for name in ("may-1", "may-2"):
            if do(name, now + timedelta(seconds=second) + jumped, pause):
                times.append(second)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    done = Counter(times)
    assert max(done.values()) == 1
    assert max(gaps, default=0) <= 2 * pause.total_seconds()
    if pause == MINUTE:
        # Never twice within a minute but where the clock itself said that an hour had passed.
        assert sum(gap < 50 for gap in gaps[1:]) <= 2
    else:
        assert len(times) <= {HOUR: 4, DAY: 2}[pause]


def test_cron_takes_over_from_a_clock_that_was_killed(duty, now, monkeypatch):
    monkeypatch.setattr("lms.background.clock.BEAT_SECONDS", 0)
    claim("may-1", now)
    Worker.objects.filter(name="may-1").update(alive_at=timezone.now() - timedelta(minutes=5))
    done = []
    assert Clock({"letters": lambda now: done.append(now) or 1}, pauses={}, every=60).once(whenever=True) == "1 letters"
    assert len(done) == 1


def test_duty_that_hangs_is_broken_off_and_told_and_the_next_is_done(monkeypatch):
    monkeypatch.setattr("lms.background.clock.SECONDS_AT_MOST", 0.2)
    began = time.monotonic()
    text = Clock({"letters": lambda now: time.sleep(20), "papers": lambda now: 3}, pauses={}, every=60).once(whenever=True)
    assert (text, time.monotonic() - began < 10) == ("3 papers", True)
    assert list(Duty.objects.order_by("name").values_list("name", "claimed_by", "error")) == [
        ("letters", "", "lms.background.limits.TakesTooLong: takes_too_long"), ("papers", "", "")]


def test_cron_leaves_alone_what_another_is_at(duty, now):
    claim("may-1", now)
    Worker.objects.filter(name="may-1").update(alive_at=timezone.now())
    assert Clock({"letters": lambda now: 1}, pauses={}, every=60).once(whenever=True) == ""


def _write(text: str) -> int:
    Session.objects.create(session_key=get_random_string(40), session_data=text, expire_date=timezone.now())
    return 1


def _letter(now: datetime) -> int:
    time.sleep(0.05)
    return _write(f"letter {int(now.timestamp())}")


def _other(now: datetime) -> int:
    return _write(f"other {int(now.timestamp())}")


def _hang(now: datetime) -> int:
    _write("begun")
    time.sleep(60)
    return 0


def _run(parts: dict, seconds: float) -> None:
    """Be a clock in a process of its own."""
    connections.close_all()
    clock = Clock(parts, pauses={}, every=1)
    clock.stop_on_signals()
    end = threading.Timer(seconds, os.kill, [os.getpid(), signal.SIGTERM])
    end.daemon = True
    end.start()
    clock.every = timedelta(seconds=0.1)  # looks often; the pause of a duty stays a second
    clock.pauses = dict.fromkeys(parts, timedelta(seconds=1))
    clock.go_on(lambda text: None)


def _start(*args):
    connections.close_all()
    process = get_context("fork").Process(target=_run, args=args)
    process.start()
    return process


@pytest.mark.django_db(transaction=True)
def test_many_clocks_do_everything_once():
    """Real processes: four on PostgreSQL, two on SQLite."""
    clocks = [_start({"letters": _letter, "others": _other}, 3.5) for _number in range(4 if connection.vendor == "postgresql" else 2)]
    for clock in clocks:
        clock.join(20)
    assert [clock.exitcode for clock in clocks] == [0] * len(clocks)
    done = Counter(Session.objects.values_list("session_data", flat=True))
    # Each duty once a second, by whichever clock was first.
    assert set(done.values()) == {1}
    assert {name: 2 <= sum(key.startswith(name) for key in done) <= 5 for name in ("letter", "other")} == {"letter": True, "other": True}
    assert not Duty.objects.exclude(claimed_by="").exists()
    assert not Worker.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_clock_killed_in_the_middle_is_followed_by_another_after_its_lease(monkeypatch):
    for name, value in (("BEAT_SECONDS", 0.1), ("SILENT_SECONDS", 1.0), ("BLIND_SECONDS", 5)):
        monkeypatch.setattr(presence, name, value)
    first = _start({"letters": _hang}, 60)
    _wait_for("begun")
    os.kill(first.pid, signal.SIGKILL)
    first.join()
    killed = time.monotonic()
    second = _start({"letters": _letter}, 8)
    _wait_for("letter")
    waited = time.monotonic() - killed
    second.terminate()
    second.join(10)
    assert (second.exitcode, 0.9 < waited < 6) == (0, True)
    assert Duty.objects.get().claimed_by == ""


def _wait_for(word: str) -> None:
    deadline = time.monotonic() + 10
    while not Session.objects.filter(session_data__startswith=word).exists():
        assert time.monotonic() < deadline, f"no {word} within ten seconds"
        time.sleep(0.05)
