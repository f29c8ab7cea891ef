"""Is an acknowledged answer ever lost? 200 attempts at once (20 on SQLite), and everything that can break breaks in the middle.

    .venv/bin/python bench/outage.py [--database postgresql|sqlite] [--takers 200] [--without-network 60]

Each taker does what the page's script does: every change is a command with a uuid of its own, kept until the server acknowledges it and sent
again until then. Meanwhile the web server is killed with -9 and started again, then the worker, then PostgreSQL is restarted, then nobody reaches
the server for a minute. At the end every acknowledgement is held against the database. bench/README.md says more.
"""

import argparse
import contextlib
import os
import random
import re
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.serving import Browser, Server, Worker, prepare, sessions_for, site_environment, takers

QUESTIONS = 10
WAITS = [0.2, 0.5, 1, 2, 4]


@dataclass
class Log:
    """What one taker was told: by position, the answer and the seq of the newest acknowledged command."""

    attempt: str = ""
    acknowledged: dict[int, tuple[int, str]] = field(default_factory=dict)
    commands: int = 0
    receipts: int = 0
    refused: list[str] = field(default_factory=list)
    retries: int = 0
    submitted: bool = False


class Network:
    """Whether the takers reach the server."""

    def __init__(self) -> None:
        self.is_up = threading.Event()
        self.is_up.set()


class Taker(threading.Thread):
    def __init__(self, number: int, port: int, session: str, quiz: str, network: Network, minutes_over: threading.Event):
        super().__init__(daemon=True)
        self.random, self.log, self.network, self.quiz = random.Random(number), Log(), network, quiz
        self.browser, self.outages_over, self.seq = Browser(port, session), minutes_over, 0

    def run(self) -> None:
        place = self.must("POST", f"/hoc-tap/bai-kiem-tra/{self.quiz}/bat-dau/")[2]
        self.log.attempt = re.search(r"bai-lam/([0-9a-f-]{36})", place).group(1)
        options = {position: self.options(position) for position in range(1, QUESTIONS + 1)}
        # Everybody goes on answering and changing answers until all that shall break has broken, then once more through all questions.
        while not self.outages_over.is_set():
            position = self.random.randint(1, QUESTIONS)
            self.give(position, self.random.choice(options[position]))
            time.sleep(self.random.uniform(0.5, 2.5))
        for position in range(1, QUESTIONS + 1):
            self.give(position, self.random.choice(options[position]))
        self.must("POST", f"/hoc-tap/bai-lam/{self.log.attempt}/nop/")
        self.log.submitted = True

    def options(self, position: int) -> list[str]:
        page = self.must("GET", f"/hoc-tap/bai-lam/{self.log.attempt}/cau/{position}/")[1].decode()
        return re.findall(r'name="answer" value="([^"]+)"', page)

    def give(self, position: int, key: str) -> None:
        """Send one command until the server says that it has it, or that it will not take it."""
        self.seq = max(self.seq + 1, int(time.time() * 1000))
        command = {"client_uuid": str(uuid4()), "seq": self.seq, "kind": "answer", "fields": {"": [key]}}
        self.log.commands += 1
        status, body, _to = self.must("POST", f"/hoc-tap/bai-lam/{self.log.attempt}/cau/{position}/luu/", command)
        if status == 200:
            self.log.receipts += 1
            self.log.acknowledged[position] = max(self.log.acknowledged.get(position, (0, "")), (self.seq, key))
        else:
            self.log.refused.append(f"{status} {body[:120]!r}")

    def must(self, method: str, path: str, data: dict | None = None) -> tuple[int, bytes, str]:
        tried = 0
        while True:
            with contextlib.suppress(OSError):
                if not self.network.is_up.is_set():
                    raise OSError("no network")
                reply = self.browser.get(path) if method == "GET" else self.browser.post(path, data)
                if reply[0] < 500:
                    return reply
            self.log.retries += 1
            time.sleep(WAITS[min(tried, len(WAITS) - 1)] * self.random.uniform(0.7, 1.3))
            tried += 1


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--takers", type=int)
    parser.add_argument("--without-network", type=float, default=60, metavar="SECONDS")
    options = parser.parse_args()
    count = options.takers or (200 if options.database == "postgresql" else 20)
    with tempfile.TemporaryDirectory(prefix="lms-bench-") as name, database(options.database, Path(name)) as (url, restart):
        folder = Path(name, "site")
        (folder / "static").mkdir(parents=True)
        folder.parent.chmod(0o755)
        env = site_environment(folder, url)
        prepare(env)
        quiz, sessions = make_site(env, count)
        with Server(env) as server, Worker(env) as worker:
            logs = drive(server, worker, quiz, sessions, restart, options.without_network)
        verdict(logs)


@contextlib.contextmanager
def database(kind: str, folder: Path):
    """Hand out the address of a database, and what restarts it."""
    if kind == "sqlite":
        yield "", None
        return
    from bench.postgresql import Cluster

    with Cluster(folder / "postgresql") as cluster:
        yield cluster.url, cluster.restart


def make_site(env: dict[str, str], count: int) -> tuple[str, list[str]]:
    os.environ.update(env)
    import django

    django.setup()
    from django.db import connections

    from tests.factories import quizzes as factory

    questions = factory.bank(QUESTIONS, category=factory.category("Đo"))
    quiz = factory.quiz(questions, title="Đo", is_listed=True, attempts_allowed=1, time_limit_seconds=3600)
    sessions = sessions_for(takers(count))
    # The database will be restarted: no connection of this process may outlive it.
    connections.close_all()
    for connection in connections.all():
        getattr(connection, "close_pool", lambda: None)()
    return str(quiz.uuid), sessions


def drive(server: Server, worker: Worker, quiz: str, sessions: list[str], restart, without_network: float) -> list[Log]:
    network, outages_over = Network(), threading.Event()
    people = [Taker(number, server.port, session, quiz, network, outages_over) for number, session in enumerate(sessions)]
    for person in people:
        person.start()
    said("everybody begins")
    wait_until(lambda: sum(len(person.log.acknowledged) > 0 for person in people) == len(people), 180)
    said("kill -9 of the web server")
    server.kill()
    time.sleep(3)
    server.start()
    time.sleep(8)
    said("kill -9 of the worker")
    worker.kill()
    time.sleep(3)
    worker.start()
    time.sleep(5)
    if restart:
        said("restart of PostgreSQL")
        restart()
        time.sleep(8)
    said(f"no network for {without_network:.0f} s")
    network.is_up.clear()
    time.sleep(without_network)
    network.is_up.set()
    time.sleep(8)
    outages_over.set()
    said("everybody answers all questions once more and submits")
    for person in people:
        person.join(240)
    return [person.log for person in people]


def wait_until(happened, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.2)


def said(text: str) -> None:
    print(f"· {text}", file=sys.stderr, flush=True)


def verdict(logs: list[Log]) -> None:
    from quizzes.enums import AttemptState
    from quizzes.models import Attempt

    lost = misplaced = stuck = 0
    for log in logs:
        attempt = Attempt.objects.filter(uuid=log.attempt).first() if log.attempt else None
        if attempt is None or attempt.state != AttemptState.MARKED:
            stuck += 1
            continue
        steps = {(step.slot.position, step.seq): step.answer for step in attempt.steps.select_related("slot").filter(kind="answer")}
        for slot in attempt.slots.select_related("version"):
            _seq, key = log.acknowledged.get(slot.position, (0, ""))
            known = {option["key"] for option in slot.version.content["options"]}
            lost += bool(key) and slot.answer != {"chosen": [key]}
            misplaced += any(set(answer.get("chosen", [])) - known for (position, _seq), answer in steps.items() if position == slot.position)
    print(f"\n{len(logs)} attempts, {sum(log.commands for log in logs)} answers given, {sum(log.receipts for log in logs)} acknowledged, "
          f"{sum(log.retries for log in logs)} requests repeated, {sum(len(log.refused) for log in logs)} refused")
    print(f"acknowledged answers lost: {lost}\nanswers at a wrong question: {misplaced}\nattempts stuck: {stuck}")
    for text in [text for log in logs for text in log.refused][:5]:
        print(f"  refused: {text}")
    if lost or misplaced or stuck:
        sys.exit(1)


if __name__ == "__main__":
    main()
