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
from django_rq.workers import get_worker
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max
from redis import Redis
from redis.exceptions import RedisError
from rq.worker import SimpleWorker

from accounts.models import LogEntry
from certificates.tasks import issue_for_completion, send_waiting_notices
from cms.work import Need
from learning.tasks import recount_course
from lms import queueing
from lms.background.redis import give_back
from lms.background.returning import GIVEN_BACK_AT_MOST
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


PAGE = "/dao-tao/van-hanh/"


def run_all() -> None:
    """What a worker does with each task, without its signals."""
    while any(waiting().values()):
        worker = get_worker(*QUEUES, worker_class=SimpleWorker, job_class=queueing.TaskJob)
        worker.execute_job(*worker.dequeue_job_and_maintain_ttl(timeout=None))


def page(browser) -> str:
    response = browser.get(PAGE, HTTP_ACCEPT_LANGUAGE="en")
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def browser(as_user, administrator):
    administrator.is_superuser = True
    administrator.save()
    return as_user(administrator)


@pytest.mark.django_db(transaction=True)
@pytest.mark.same_everywhere
def test_what_failed_in_redis_is_told_without_data_and_tried_again_once(queues, browser):
    issue_for_completion.enqueue("Nguyễn Thị Hoa")
    run_all()
    registry = django_rq.get_queue("high").failed_job_registry
    (failed,) = registry.get_job_ids()
    text = page(browser)
    for words in ("Issue a certificate for a completed course", "A fault in the program.", "ValueError", f"{PAGE}lam-lai/{failed}/", "<dd>1</dd>"):
        assert words in text, words
    assert "Nguyễn Thị Hoa" not in text
    assert "Try all again" not in text
    for _click in range(2):
        assert browser.post(f"{PAGE}lam-lai/{failed}/").status_code == 302
    assert (waiting()["high"], registry.get_job_ids(), LogEntry.objects.count()) == (["issue_for_completion"], [], 1)
    assert "Nothing has failed." in page(browser)


@pytest.mark.django_db(transaction=True)
@pytest.mark.same_everywhere
def test_all_that_failed_in_redis_and_in_the_table_is_tried_again_or_nothing_is_while_redis_is_away(queues, browser, settings):
    for number in range(3):
        issue_for_completion.enqueue(f"x{number}")
    send_waiting_notices.enqueue("too many")
    run_all()
    row = DBTaskResult.objects.create(
        task_path=recount_course.module_path, args_kwargs={"args": [1], "kwargs": {}}, backend_name="default", run_after=get_date_max(),
        status=TaskResultStatus.FAILED, finished_at=timezone.now(), exception_class_path="builtins.KeyError")
    text = page(browser)
    assert (text.count("<dd>5</dd>"), text.count("Try again<"), "Try all again" in text) == (1, 5, True)
    failed = django_rq.get_queue("high").failed_job_registry.get_job_ids()[0]
    there, settings.REDIS_URL = settings.REDIS_URL, f"redis://{engines.HOST}:1/0"
    for address in (f"{PAGE}lam-lai/", f"{PAGE}lam-lai/{failed}/"):
        assert "Redis does not answer" in browser.post(address, follow=True, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    row.refresh_from_db()
    assert (row.status, LogEntry.objects.count()) == (TaskResultStatus.FAILED, 0)
    settings.REDIS_URL = there
    browser.post(f"{PAGE}lam-lai/")
    row.refresh_from_db()
    assert (row.status, len(waiting()["high"]), waiting()["low"]) == (TaskResultStatus.READY, 3, ["send_waiting_notices"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.same_everywhere
def test_what_lost_its_worker_too_often_begins_with_nothing_against_it(queues, browser):
    issue_for_completion.enqueue(7)
    queue = django_rq.get_queue("high", job_class=queueing.TaskJob)
    worker = get_worker("high", worker_class=SimpleWorker, job_class=queueing.TaskJob)
    job, _queue = worker.dequeue_job_and_maintain_ttl(timeout=None)
    for time in range(GIVEN_BACK_AT_MOST + 1):
        job.worker_name = f"gone-{time}"
        assert give_back(job, queue)
    assert "The background worker ended in the middle" in page(browser)
    browser.post(f"{PAGE}lam-lai/{job.id}/")
    job = queue.jobs[-1]
    job.worker_name = "gone-again"
    assert give_back(job, queue)
    assert (job.meta["given_back"], len(queue.failed_job_registry)) == (1, 0)
