"""Numbers for Prometheus: counted at little cost, bounded, told to whoever has the token."""

import os
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.conf import settings as product
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from cms.models import Duty, Worker
from lms import gauges, metrics
from lms.health import Probes
from quizzes.services import start_attempt
from tests.factories import quizzes

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
TOKEN = "so-lieu-0123456789"


@pytest.fixture(autouse=True)
def _token(settings):
    settings.METRICS_TOKEN = TOKEN


def scraped(client) -> dict[str, float]:
    response = client.get("/metrics", HTTP_AUTHORIZATION=f"Bearer {TOKEN}")
    assert response.status_code == 200
    lines = [line.rpartition(" ") for line in response.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _space, value in lines}


@pytest.mark.parametrize(("given", "status"), [(f"Bearer {TOKEN}", 200), ("Bearer another", 401), ("Bearer ", 401), ("", 401), (f"Basic {TOKEN}", 401), (TOKEN, 401), (f"bearer {TOKEN}", 200)])
def test_metrics_answer_whoever_has_the_token(client, given, status):
    assert client.get("/metrics", HTTP_AUTHORIZATION=given).status_code == status


def test_metrics_are_nowhere_without_a_token(client, settings):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer ").status_code == 404


def test_requests_are_counted_by_route_and_never_by_path(client, as_user, learner):
    quiz = quizzes.quiz(title="Quy chế")
    before = scraped(client)
    browser = as_user(learner)
    for address in (f"/hoc-tap/bai-kiem-tra/{quiz.uuid}/?ma=bi-mat", "/khong-co/0912000111/"):
        browser.get(address)
    client.generic("VERYODD", "/")
    after = scraped(client)
    name = next(name for name in after if name.startswith('lms_requests_total{method="GET",route="quizzes:show-quiz"'))
    assert after[name] - before.get(name, 0) == 1
    assert not [name for name in after if str(quiz.uuid) in name or "0912" in name or "VERYODD" in name or "bi-mat" in name]
    assert 'lms_request_seconds_count{route="quizzes:show-quiz"}' in after


def test_attempts_answers_and_refused_sign_ins_are_counted(client, as_user, learner):
    before = scraped(client)
    attempt = start_attempt(quiz=quizzes.quiz(title="Quy chế"), user=learner, now=timezone.now())
    as_user(learner).post(f"/hoc-tap/bai-lam/{attempt.uuid}/nop/")
    client.post("/tai-khoan/login/", {"login": "ai@example.org", "password": "khong-dung"})
    after = scraped(client)
    for name in ("lms_attempts_started_total", "lms_attempts_submitted_total", "lms_sign_ins_refused_total"):
        assert after[name] - before[name] == 1, name


def test_queue_workers_and_duties_are_asked_in_a_fixed_few_queries(client, django_assert_num_queries):
    now = timezone.now()
    for count in (1, 30):
        for number in range(count):
            row = DBTaskResult.objects.create(
                task_path=f"training.tasks.{number}", args_kwargs={}, backend_name="default", run_after=get_date_max(), priority=-30)
            DBTaskResult.objects.filter(pk=row.pk).update(enqueued_at=now - timedelta(minutes=7))
            Worker.objects.create(name=f"{count}-{number}", machine="may-1", started_at=now, alive_at=now - timedelta(minutes=number))
            Duty.objects.create(name=f"{count}-{number}", next_at=now - timedelta(minutes=10))
        # PostgreSQL is told for how long.
        with django_assert_num_queries(7 + (connection.vendor == "postgresql")):
            found = scraped(client)
    assert found['lms_tasks_waiting{need="letters"}'] == 31
    assert found['lms_task_oldest_seconds{need="letters"}'] == pytest.approx(420, abs=20)
    assert found['lms_task_oldest_seconds{need="waited_for"}'] == 0
    assert (found['lms_processes_alive{kind="worker"}'], found["lms_duties_overdue"], found["lms_database_up"]) == (3, 31, 1)


def test_metrics_tell_what_they_know_while_the_database_is_away(client, monkeypatch):
    def away():
        raise ConnectionError("postgres://lms:secret@db/lms")
        yield

    monkeypatch.setitem(gauges.SOURCES, "database", away)
    found = scraped(client)
    assert found["lms_database_up"] == 0
    assert "lms_attempts_started_total" in found


def test_counting_a_request_takes_microseconds():
    metrics.count_request("GET", "learning:home", 200, 0.01)
    began = time.process_time()
    for _time in range(2000):
        metrics.count_request("GET", "learning:home", 200, 0.01)
    assert (time.process_time() - began) / 2000 < 100e-6
    assert Probes  # the probes themselves are not counted: tests/lms/test_logs.py


COUNT = """
import sys
from lms.sharing import share_numbers
share_numbers()
from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
Counter("lms_requests", "Requests answered.", ["route"]).labels("tests:one").inc()
if sys.argv[1] == "tell":
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    print(generate_latest(registry).decode())
"""


def test_processes_of_one_server_tell_their_sum(tmp_path):
    old = tmp_path / "metrics" / f"{os.uname().nodename}-999999999-1"
    old.mkdir(parents=True)
    env = {**os.environ, "METRICS_TOKEN": TOKEN, "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "lms.settings", "DEBUG": "1"}
    outputs = [subprocess.run(
        [sys.executable, "-c", COUNT, word], env=env, cwd=product.BASE_DIR, capture_output=True, text=True, check=True).stdout for word in ("count", "tell")]
    assert 'lms_requests_total{route="tests:one"} 2.0' in outputs[1]
    assert not old.exists()
