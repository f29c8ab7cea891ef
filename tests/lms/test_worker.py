"""The worker takes what is needed most, ends what hangs, gives back what the dead left, and keeps no values of errors."""

import os
import signal
import time
from datetime import timedelta
from multiprocessing import get_context

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult, get_date_max

from cms.models import Worker as Row
from cms.models import WorkerKind
from cms.work import Need
from lms.background import presence, returning
from lms.background.worker import Worker
from tests.lms import work_to_do

pytestmark = pytest.mark.django_db
DATABASE = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}


@pytest.fixture(autouse=True)
def _in_table(settings, monkeypatch):
    settings.TASKS = DATABASE
    # A test's transaction must outlive the worker's housekeeping.
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)


def work(max_tasks: int | None = None) -> Worker:
    worker = Worker(interval=0, batch=True, max_tasks=max_tasks)
    worker.work()
    return worker


def only() -> DBTaskResult:
    return DBTaskResult.objects.get()


def running(name: str, begun: int = 1, task=work_to_do.watched, **fields) -> DBTaskResult:
    return DBTaskResult.objects.create(
        task_path=task.module_path, args_kwargs={"args": ["xin chào"], "kwargs": {}}, backend_name="default", run_after=get_date_max(),
        status=TaskResultStatus.RUNNING, worker_ids=["before"] * (begun - 1) + [name], **{"started_at": timezone.now(), **fields})


def test_what_somebody_waits_for_is_done_before_ten_thousand_letters():
    DBTaskResult.objects.bulk_create([DBTaskResult(
        task_path=work_to_do.letter.module_path, args_kwargs={"args": [number], "kwargs": {}}, priority=Need.LETTERS, backend_name="default",
        run_after=get_date_max(), enqueued_at=timezone.now() - timedelta(hours=2)) for number in range(10_000)], batch_size=2000)
    work_to_do.statistics.enqueue()
    watched = work_to_do.watched.enqueue("danh sách")
    began = time.monotonic()
    work(max_tasks=2)
    done = dict(DBTaskResult.objects.successful().values_list("pk", "task_path"))
    assert {str(pk) for pk, path in done.items() if path.endswith("watched")} == {watched.id}
    assert sorted(path.rpartition(".")[2] for path in done.values()) == ["letter", "watched"]
    assert time.monotonic() - began < 2


def test_every_task_of_ours_says_who_waits_for_it():
    from importlib import import_module

    from django_tasks.base import Task

    from lms.operations.wording import TASKS

    found = {}
    for module in ("certificates.tasks", "learning.tasks", "training.tasks", "unions.tasks", "quizzes.tasks.analysis", "quizzes.tasks.exchange",
                   "quizzes.tasks.regrading"):
        found |= {task.module_path: task.priority for task in vars(import_module(module)).values() if isinstance(task, Task)}
    ours = {path: priority for path, priority in found.items() if path.partition(".")[0] not in ("wagtail", "modelsearch")}
    assert len(ours) == 21
    assert set(ours.values()) <= set(Need)
    assert [path for path in ours if path not in TASKS] == []
    assert ours["training.tasks.send_reminders"] < ours["certificates.tasks.issue_run"]


def test_task_that_hangs_is_ended_and_failed_with_its_reason():
    work_to_do.hangs.enqueue()
    work_to_do.watched.enqueue("sau đó")
    began = time.monotonic()
    work()
    hung = DBTaskResult.objects.get(task_path=work_to_do.hangs.module_path)
    assert (hung.status, hung.exception_class_path) == (TaskResultStatus.FAILED, "lms.background.limits.TakesTooLong")
    assert time.monotonic() - began < 5
    assert DBTaskResult.objects.successful().count() == 1


def test_failed_task_keeps_where_and_which_fault_and_no_value():
    work_to_do.repeats_a_value.enqueue()
    work()
    row = only()
    assert (row.status, row.exception_class_path) == (TaskResultStatus.FAILED, "django.db.utils.IntegrityError")
    assert "repeats_a_value" in row.traceback
    assert "builtins.ValueError" in row.traceback
    assert work_to_do.SECRET not in row.traceback


def test_worker_is_known_while_it_works_and_forgotten_afterwards():
    seen = []
    original = Worker.run
    try:
        Worker.run = lambda self: seen.extend(Row.objects.values_list("name", "kind"))
        worker = work()
    finally:
        Worker.run = original
    assert seen == [(worker.worker_id, WorkerKind.WORKER)]
    assert not Row.objects.exists()


def test_what_the_gone_left_is_given_back_three_times_then_failed(now):
    rows = [running("gone", begun=begun) for begun in (1, 3, 4)]
    kept = running("alive")
    assert returning.give_back_of(lambda name: name == "gone", now=now) == 3
    for row in [*rows, kept]:
        row.refresh_from_db()
    assert [row.status for row in rows] == [TaskResultStatus.READY, TaskResultStatus.READY, TaskResultStatus.FAILED]
    assert rows[2].exception_class_path == "lms.background.returning.WorkerGone"
    assert (kept.status, rows[0].run_after) == (TaskResultStatus.RUNNING, now + returning.REST)
    # Not again: each belongs to whoever takes it next.
    assert returning.give_back_of(lambda name: name == "gone", now=now) == 0


def test_rest_of_a_task_ends_when_the_clock_is_set_back(now):
    row = running("gone")
    returning.give_back(row, now=now)
    assert returning.heal_rests(now=now - timedelta(minutes=1)) == 0
    assert returning.heal_rests(now=now - timedelta(hours=1)) == 1
    row.refresh_from_db()
    assert row.run_after == now - timedelta(hours=1)


def test_database_that_went_away_is_no_reason_to_fail():
    work_to_do.loses_the_database.enqueue()
    worker = Worker(interval=0, batch=True)
    worker._fail = lambda row, error: returning.give_back(row, now=timezone.now())
    worker.work()
    assert only().status == TaskResultStatus.READY


def test_what_the_last_release_is_at_is_left_to_it(monkeypatch):
    fresh, old = running("no-row-1"), running("no-row-2", started_at=timezone.now() - timedelta(hours=3))
    Worker(interval=0, batch=True).look_after_others()
    fresh.refresh_from_db()
    old.refresh_from_db()
    assert (fresh.status, old.status) == (TaskResultStatus.RUNNING, TaskResultStatus.READY)


class TestWatch:
    @pytest.fixture
    def row(self, now) -> Row:
        return Row.objects.create(name="one", machine="may-1", started_at=now, alive_at=now)

    def test_whoever_does_not_move_is_gone_by_the_watch_of_the_watcher(self, row, now):
        seconds = [0.0]
        watch = presence.Watch(lambda: seconds[0])
        for second in range(0, 130, 15):
            seconds[0] = second
            watch.look()
            assert watch.is_gone("one") is (second >= 120)

    @pytest.mark.parametrize("hours", [-1, 1])
    def test_clock_that_jumps_kills_nobody(self, row, now, hours):
        seconds = [0.0]
        watch = presence.Watch(lambda: seconds[0])
        for second in range(0, 300, 15):
            seconds[0] = second
            jumped = now + timedelta(seconds=second, hours=hours if second > 60 else 0)
            Row.objects.update(alive_at=jumped)
            watch.look()
            assert watch.gone() == set()

    def test_nobody_is_gone_because_the_watcher_could_not_look(self, row):
        seconds = [0.0]
        watch = presence.Watch(lambda: seconds[0])
        watch.look()
        seconds[0] = 600  # the database was away for ten minutes
        watch.look()
        assert watch.gone() == set()


@pytest.mark.django_db(transaction=True)
def test_worker_killed_again_and_again_gives_its_task_up_in_the_end(monkeypatch):
    """Real processes, ended by kill -9 in the middle of a task: others take it up, three times, then it is failed with a reason."""
    for name, value in (("BEAT_SECONDS", 0.1), ("SILENT_SECONDS", 0.3), ("BLIND_SECONDS", 5)):
        monkeypatch.setattr(presence, name, value)
    monkeypatch.setattr(returning, "REST", timedelta(0))
    work_to_do.dies.enqueue()
    deadline, ends = time.monotonic() + 30, []
    while only().status != TaskResultStatus.FAILED and time.monotonic() < deadline:
        connections.close_all()
        process = get_context("fork").Process(target=_work_in_child)
        process.start()
        process.join(10)
        ends.append(process.exitcode)
    row = only()
    assert (row.status, row.exception_class_path) == (TaskResultStatus.FAILED, "lms.background.returning.WorkerGone")
    assert ends == [-signal.SIGKILL] * 4 + [0]
    assert Session.objects.filter(session_data="begun").count() == 4


def _work_in_child() -> None:
    connections.close_all()
    worker = Worker(interval=0.05, batch=False)

    def look_and_stop_when_nothing_is_left() -> None:
        worker.look_after_others()
        if only().status == TaskResultStatus.FAILED:
            os._exit(0)

    worker.presence._afterwards = look_and_stop_when_nothing_is_left
    worker.work()
