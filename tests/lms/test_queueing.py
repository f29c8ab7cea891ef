"""Background work in a real Redis: the most needed first, nothing before the transaction is over, nothing lost while Redis is away."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import django_rq
import pytest
from django.conf import settings as product
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from redis import Redis
from redis.exceptions import RedisError

from certificates.tasks import issue_for_completion, send_waiting_notices
from cms.work import Need
from learning.tasks import recount_course
from lms import queueing
from lms.engines import QUEUES
from tests.lms import engines


@pytest.fixture(scope="module")
def redis() -> Iterator[engines.Process]:
    with engines.redis_server() as process:
        yield process


@pytest.fixture
def queues(redis, settings):
    """The settings as TASKS_ENGINE=redis makes them, and an empty Redis."""
    url = f"redis://{engines.HOST}:{redis.port}/0"
    settings.REDIS_URL, settings.TASKS_ENGINE = url, "redis"
    settings.TASKS = {
        "default": {"BACKEND": "lms.queueing.SteadyRQBackend", "QUEUES": list(QUEUES)},
        "database": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
    settings.RQ_QUEUES = {name: {"URL": url} for name in QUEUES}
    Redis.from_url(url).flushall()
    return redis


def waiting() -> dict[str, list[str]]:
    return {name: [job.func_name.rpartition(".")[2] for job in django_rq.get_queue(name, job_class=queueing.TaskJob).jobs] for name in QUEUES}


def test_each_need_has_its_queue():
    assert [queueing.queue_of(need) for need in sorted(Need, reverse=True)] == list(QUEUES)
    assert [queueing.queue_of(priority) for priority in (100, 1, -1, -100)] == ["urgent", "high", "low", "last"]


@pytest.mark.django_db(transaction=True)
def test_a_task_is_handed_over_when_the_transaction_is_over_and_not_at_all_when_it_fails(queues):
    with transaction.atomic():
        send_waiting_notices.enqueue()
        issue_for_completion.enqueue(5)
        assert not any(waiting().values())
    assert waiting() == {"urgent": [], "high": ["issue_for_completion"], "default": [], "low": ["send_waiting_notices"], "last": []}
    with pytest.raises(ValueError, match="no"), transaction.atomic():
        issue_for_completion.enqueue(6)
        raise ValueError("no")
    assert len(waiting()["high"]) == 1
    job = django_rq.get_queue("high", job_class=queueing.TaskJob).jobs[0]
    assert (list(job.args), job.timeout) == ([5], 15 * 60)


@pytest.mark.django_db(transaction=True)
def test_what_redis_did_not_take_waits_in_the_database_and_is_brought_to_it_once(queues):
    queues.kill()
    send_waiting_notices.enqueue()
    issue_for_completion.enqueue(7)
    assert DBTaskResult.objects.ready().filter(backend_name="database").count() == 2
    with pytest.raises(RedisError):
        queueing.hand_on_waiting()
    assert DBTaskResult.objects.count() == 2
    queues.start()
    assert [queueing.hand_on_waiting(), queueing.hand_on_waiting()] == [2, 0]
    assert (waiting()["high"], waiting()["low"], DBTaskResult.objects.count()) == (["issue_for_completion"], ["send_waiting_notices"], 0)


@pytest.mark.django_db(transaction=True)
def test_what_waited_in_the_database_before_redis_was_the_engine_is_brought_to_it(queues, settings):
    of_redis, settings.TASKS = settings.TASKS, {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
    issue_for_completion.enqueue(8)
    assert DBTaskResult.objects.get().backend_name == "default"
    settings.TASKS = of_redis
    assert (queueing.hand_on_waiting(), waiting()["high"], DBTaskResult.objects.count()) == (1, ["issue_for_completion"], 0)


@pytest.mark.django_db(transaction=True)
def test_what_has_time_waits_in_the_database(queues):
    later = timezone.now() + timedelta(hours=1)
    recount_course.using(run_after=later).enqueue(1)
    assert (queueing.hand_on_waiting(), any(waiting().values()), DBTaskResult.objects.count()) == (0, False, 1)
    DBTaskResult.objects.update(run_after=timezone.now())
    assert (queueing.hand_on_waiting(), waiting()["high"]) == (1, ["recount_course"])


SCRIPT = """
import json
from django_tasks import default_task_backend
from certificates.tasks import send_waiting_notices
from learning.tasks import recount_course
ids = [recount_course.enqueue(999999999).id, send_waiting_notices.enqueue().id]
from django.core.management import call_command
call_command("work", "--batch")
print(json.dumps([str(default_task_backend.get_result(one).status) for one in ids]))
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.same_everywhere
def test_the_documented_worker_drains_them(redis, tmp_path):
    """As in production: TASKS_ENGINE=redis in the environment, and `manage.py work`."""
    env = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "lms.settings", "TESTING": "1", "TASKS_ENGINE": "redis", "VAR_DIR": str(tmp_path), "LOG_LEVEL": "WARNING",
        "REDIS_URL": f"redis://{engines.HOST}:{redis.port}/1", "DATABASE_URL": f"sqlite:///{product.DATABASES['default']['NAME']}"}
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", SCRIPT], cwd=product.BASE_DIR, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.strip().splitlines()[-1]) == ["SUCCESSFUL", "SUCCESSFUL"], done.stderr
