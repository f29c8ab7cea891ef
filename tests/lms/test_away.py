"""A PostgreSQL that is stopped, started again and frozen, behind the production server with its four threads: who has to wait, and for how long?"""

import contextlib
import os
import re
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from psycopg_pool import PoolTimeout

from bench.pages import environment
from bench.postgresql import Cluster
from bench.serving import Server
from lms import engines
from lms.postgresql import base
from tests.deploy.visitors import Answer, Visitor
from tests.lms import scripts

pytestmark = [
    pytest.mark.same_everywhere,
    pytest.mark.skipif(not scripts.load("postgresql").programs(), reason="not installed: PostgreSQL (Debian: apt install postgresql)"),
]
TOKEN = "so-lieu-0123456789-0123"
# As many at once as six processes have threads.
PAGES = 24


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="lms-away-"))
    folder.chmod(0o755)  # PostgreSQL runs as another user where the tests are root's
    try:
        with Cluster(folder / "pg") as found:
            yield found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def processes_of(cluster: Cluster) -> list[int]:
    head = cluster.family.children["PostgreSQL"].pid
    found = [head]
    for place in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if int((place / "stat").read_text().rpartition(")")[2].split()[1]) == head:
                found.append(int(place.name))
    return found


@contextlib.contextmanager
def frozen(cluster: Cluster) -> Iterator[None]:
    """Let the server hang: its socket takes connections and statements, and nobody answers."""
    found = processes_of(cluster)
    for process in found:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


@contextlib.contextmanager
def stopped(cluster: Cluster) -> Iterator[None]:
    cluster.family.stop(signal.SIGINT)
    try:
        yield
    finally:
        cluster.start()
        cluster.until_ready()


def asked(port: int, path: str) -> tuple[Answer, float]:
    began = time.monotonic()
    answer = Visitor("127.0.0.1", port).get(path, Authorization=f"Bearer {TOKEN}")
    return answer, time.monotonic() - began


def rush(port: int) -> tuple[list[tuple[Answer, float]], dict[str, tuple[Answer, float]]]:
    """Ask for pages all at once, and for the probes while every thread is taken by a page."""
    with ThreadPoolExecutor(PAGES + 3) as visitors:
        pages = [visitors.submit(asked, port, "/khoa-hoc/") for _page in range(PAGES)]
        time.sleep(0.05)
        probes = {path: visitors.submit(asked, port, path) for path in ("/healthz", "/readyz", "/metrics")}
        return [page.result() for page in pages], {path: probe.result() for path, probe in probes.items()}


def back_after(port: int) -> float:
    """Return how long it takes until a page comes to its data. There are no tables here, so that it is no page yet."""
    began = time.monotonic()
    while asked(port, "/khoa-hoc/")[0].status == 503 and time.monotonic() < began + 30:
        time.sleep(0.05)
    return time.monotonic() - began


def check_rush(port: int, *, longest: float) -> None:
    pages, probes = rush(port)
    assert {answer.status for answer, _took in pages} == {503}
    assert max(took for _answer, took in pages) < longest
    assert {path: answer.status for path, (answer, _took) in probes.items()} == {"/healthz": 200, "/readyz": 503, "/metrics": 200}
    assert max(took for _answer, took in probes.values()) < longest
    assert re.search(r"^lms_database_up 0.0$", probes["/metrics"][0].text, re.MULTILINE)


def test_nobody_waits_for_a_server_that_is_away_and_it_is_used_when_it_is_back(cluster, tmp_path):
    env = {**environment(tmp_path, debug="0"), "DJANGO_SETTINGS_MODULE": "bench.faults_settings", "DATABASE_URL": cluster.url, "DATABASE_POOL": "1",
           "TESTING": "0", "METRICS_TOKEN": TOKEN, "LOG_LEVEL": "CRITICAL"}
    with Server(env, workers=1, log=tmp_path / "log") as server:
        port = server.port
        assert asked(port, "/khoa-hoc/")[0].status == 500
        with stopped(cluster):
            check_rush(port, longest=3)
            # Known by now.
            assert asked(port, "/khoa-hoc/")[1] < 1
        assert back_after(port) < 3
        assert asked(port, "/readyz")[0].json()["checks"]["database"] == "ok"
        with frozen(cluster):
            check_rush(port, longest=base.SILENT_SECONDS + base.ANSWER_SECONDS + 3)
            assert max(asked(port, path)[1] for path in ("/khoa-hoc/", "/healthz", "/readyz", "/metrics")) < 3
        assert back_after(port) < 3


def connected(cluster: Cluster) -> base.Connection:
    return base.Connection.connect(f"host={cluster.folder} user=lms dbname=lms", autocommit=True)


def test_a_statement_takes_as_long_as_it_likes_while_the_server_answers(cluster, monkeypatch):
    monkeypatch.setattr(base, "SILENT_SECONDS", 0.1)
    asked_for = []
    with connected(cluster) as connection:
        ask = connection._ask
        connection._ask = lambda: asked_for.append(1) or ask()
        assert connection.execute("SELECT 7 FROM pg_sleep(0.8)").fetchone() == (7,)
        # Less and less often.
        assert 2 <= len(asked_for) <= 4
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("SET statement_timeout = 300; SELECT pg_sleep(5)")
        assert connection.execute("SELECT 8").fetchone() == (8,)


@pytest.fixture(params=[2])
def pooled(cluster, request) -> Iterator[base.DatabaseWrapper]:
    """The engine as a web process has it, with so many connections, beside the database of the tests."""
    env = engines.Environment()
    env.ENVIRON = {"DATABASE_URL": cluster.url, "DATABASE_POOL_SIZE": str(request.param)}
    made = engines.database(env, Path("/nowhere"), pooled=True)
    engines.hurry(made)
    found = base.DatabaseWrapper({**connections.databases["default"], **made}, "away")
    yield found
    found.close_pool()
    base.AWAY.forget()


def taken(pooled: base.DatabaseWrapper):
    return pooled.get_new_connection(pooled.get_connection_params())


# One only: a second would come by itself, and tell that the server is there.
@pytest.mark.parametrize("pooled", [1], indirect=True)
def test_a_server_that_takes_no_more_connections_is_not_away_for_those_who_have_one(pooled):
    first = taken(pooled)
    pooled.pool.putconn(first)
    # As if a new connection had just been refused: the one that is there is used, and whoever finds none learns it at once.
    base.AWAY.note()
    assert taken(pooled) is first
    base.AWAY.note()
    began = time.monotonic()
    with pytest.raises(psycopg.OperationalError):
        taken(pooled)
    assert time.monotonic() - began < 0.2
    pooled.pool.putconn(first)
    base.AWAY.note(hangs=True)
    with pytest.raises(psycopg.OperationalError):
        taken(pooled)


def test_whoever_finds_all_connections_taken_waits_a_while(pooled, monkeypatch):
    monkeypatch.setattr(base, "WAIT_SECONDS", 0.6)
    both = [taken(pooled), taken(pooled)]
    began = time.monotonic()
    with pytest.raises(PoolTimeout):
        taken(pooled)
    assert 0.6 <= time.monotonic() - began < 1.5
    with ThreadPoolExecutor(1) as another:
        waiting = another.submit(taken, pooled)
        time.sleep(0.4)
        pooled.pool.putconn(both[0])
        assert waiting.result() is both[0]
    for connection in both:
        pooled.pool.putconn(connection)


def test_a_new_connection_ends_what_was_known(cluster):
    made = base.AWAY
    made.note()
    assert (made.is_known, made.hangs) == (True, False)
    made.note(hangs=True)
    made.note()
    assert (made.is_known, made.hangs) == (True, True)
    with connected(cluster):
        assert (made.is_known, made.hangs) == (False, False)
