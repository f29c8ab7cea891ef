"""What a watchdog sees: alive without the database, ready only with everything that a request needs."""

import time
from datetime import timedelta
from threading import Event

import pytest
from django.core.cache import caches
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django_tasks_db.models import DBTaskResult, get_date_max

from cms.models import Duty, Worker, WorkerKind
from lms.backup.keeping import note_latest

pytestmark = pytest.mark.same_everywhere


def waiting_task(*, since) -> DBTaskResult:
    task = DBTaskResult.objects.create(
        args_kwargs={"args": [], "kwargs": {}}, task_path="learning.tasks.anything", backend_name="default", run_after=get_date_max())
    DBTaskResult.objects.filter(pk=task.pk).update(enqueued_at=since)
    return task


def test_healthz_answers_without_a_query(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


def test_probes_answer_by_number_over_plain_http(db, settings):
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = True, ["lms.example.org"]
    stranger = Client(SERVER_NAME="10.0.0.7")
    assert [stranger.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 200]


def alive(now, kind: str) -> Worker:
    return Worker.objects.create(name=f"{kind}-1", kind=kind, machine="may-1", started_at=now, alive_at=now)


def test_readyz_names_every_part(client, db, now, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    for kind in WorkerKind.values:
        alive(now, kind)
    note_latest({"at": now.isoformat(), "name": "backup-1.tar.gz", "size": 1})
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"ready": True, "state": "ready", "checks": dict.fromkeys(
        ("database", "migrations", "cache", "worker", "clock", "media", "private files", "restore", "backup"), "ok")}


def test_readyz_is_degraded_and_goes_on_without_worker_clock_and_backup(client, db, now, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    Worker.objects.create(name="w", kind=WorkerKind.WORKER, machine="may-1", started_at=now, alive_at=now - timedelta(minutes=3))
    note_latest({"at": (now - timedelta(days=3)).isoformat(), "name": "backup-1.tar.gz", "size": 1})
    response = client.get("/readyz")
    found = response.json()
    assert (response.status_code, found["ready"], found["state"]) == (200, True, "degraded")
    assert {name: word for name, word in found["checks"].items() if word != "ok"} == {
        "worker": "none says that it is alive", "clock": "none says that it is alive", "backup": "the last good one is 3 days old"}


@pytest.mark.parametrize(("part", "status"), [("media", 200), ("database", 503)])
def test_readyz_waits_for_nobody_who_hangs(client, db, monkeypatch, part, status):
    over = Event()
    monkeypatch.setattr(f"lms.health._check_{part}", lambda: over.wait(10))
    monkeypatch.setattr("lms.health.PATIENCE_SECONDS", 0.5)
    began = time.monotonic()
    response = client.get("/readyz")
    over.set()
    assert (response.status_code, response.json()["checks"][part]) == (status, "no answer within 0.5 seconds")
    assert time.monotonic() - began < 2


def test_readyz_tells_of_duties_that_are_late(client, db, now, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    alive(now, WorkerKind.CLOCK)
    Duty.objects.create(name="pages", next_at=now - timedelta(minutes=6))
    Duty.objects.create(name="notices sent", next_at=now - timedelta(minutes=4))
    assert client.get("/readyz").json()["checks"]["clock"] == "1 duties are late"


def test_readyz_does_not_fall_over_a_migration_of_the_next_release(client, db):
    MigrationRecorder(connection).record_applied("accounts", "9999_of_the_next_release")
    assert client.get("/readyz").json()["checks"]["migrations"] == "ok"


def test_readyz_refuses_when_a_migration_waits(client, db):
    MigrationRecorder(connection).record_unapplied("accounts", "0001_initial")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["migrations"] == "1 not applied"


@pytest.mark.parametrize(("minutes", "state"), [(4, "ok"), (6, "the oldest task has waited for 6 minutes")])
def test_readyz_tells_when_tasks_wait_for_a_worker(client, db, monkeypatch, now, minutes, state):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    alive(now, WorkerKind.WORKER)
    waiting_task(since=now - timedelta(minutes=minutes))
    response = client.get("/readyz")
    assert (response.status_code, response.json()["checks"]["worker"]) == (200, state)


def test_readyz_refuses_when_the_cache_forgets(client, db, settings):
    settings.CACHES = {**settings.CACHES, "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert caches["default"].get("anything") is None
    response = client.get("/readyz")
    assert (response.status_code, response.json()["checks"]["cache"]) == (503, "forgets at once")


def test_readyz_tells_the_kind_of_a_failure_and_no_more(client, db, monkeypatch):
    def lost(*args, **kwargs):
        raise ConnectionError("postgres://lms:secret@db.internal/lms")

    monkeypatch.setattr("lms.health._check_database", lost)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["database"] == "ConnectionError"
    # The cache is a table here.
    assert (response.json()["checks"]["worker"], response.json()["checks"]["cache"]) == ("not asked: no database",) * 2
    assert b"secret" not in response.content
