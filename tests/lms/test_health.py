"""What a watchdog sees: alive without the database, ready only with everything that a request needs."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django_tasks_db.models import DBTaskResult, get_date_max


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


def test_readyz_names_every_part(client, db):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"ready": True, "checks": {"database": "ok", "migrations": "ok", "cache": "ok", "worker": "ok"}}


def test_readyz_refuses_when_a_migration_waits(client, db):
    MigrationRecorder(connection).record_unapplied("accounts", "0001_initial")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["migrations"] == "1 not applied"


@pytest.mark.parametrize(("minutes", "state", "status"), [(4, "ok", 200), (6, "the oldest task has waited for 6 minutes", 503)])
def test_readyz_refuses_when_tasks_wait_for_a_worker(client, db, monkeypatch, now, minutes, state, status):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    waiting_task(since=now - timedelta(minutes=minutes))
    response = client.get("/readyz")
    assert (response.status_code, response.json()["checks"]["worker"]) == (status, state)


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
    assert b"secret" not in response.content
