"""Many issuers race on the same 1,000 people, and a worker is killed in the middle five times: is every number there once, and every file whole?

    .venv/bin/python bench/issuers.py [--people 1000] [--issuers 64] [--kills 5] [--database postgresql sqlite]

64 issuers on PostgreSQL, 8 on SQLite, each in a process or thread with a connection of its own. bench/README.md says more.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import psycopg  # noqa: E402 - the path has to be there first

from bench.certificates import NOW, found, make, site_environment, url_of  # noqa: E402 - the path has to be there first

THREADS_A_PROCESS = 8
ON_SQLITE = 8


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--issuers", type=int, default=64)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--database", nargs="+", default=["postgresql", "sqlite"], choices=["postgresql", "sqlite"])
    parser.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        return step(*asked.step)
    broken = 0
    for name in asked.database:
        issuers = asked.issuers if name == "postgresql" else min(ON_SQLITE, asked.issuers)
        with tempfile.TemporaryDirectory(prefix="lms-bench-") as folder, contextlib.ExitStack() as stack:
            for tried, arguments in (("race", (asked.people, issuers)), ("clicks", (asked.people, issuers)), ("kills", (asked.people, asked.kills))):
                site = Path(folder, tried)
                environment = site_environment(site, url_of(Path(folder), tried, name == "postgresql", stack))
                run_step(environment, "make", str(asked.people))
                broken += globals()[tried](environment, name, *arguments)
    print("everything holds" if not broken else f"{broken} do not hold")
    return broken


def race(environment: dict, name: str, people: int, issuers: int) -> bool:
    """Everybody issues to everybody, one by one, in an order of their own."""
    begun, at = time.monotonic(), time.time() + 8
    processes = [start(environment, "race", str(min(THREADS_A_PROCESS, issuers - first)), str(at), str(first)) for first in range(0, issuers, THREADS_A_PROCESS)]
    said = [answer_of(process) for process in processes]
    calls, errors = sum(one["calls"] for one in said), [text for one in said for text in one["errors"]]
    print(f"{name}: {issuers} issuers, {calls:,} calls for {people:,} people in {time.monotonic() - begun - 8:.0f} s, {len(errors)} errors {sorted(set(errors))[:3]}")
    return judge(environment, people, len(errors))


def clicks(environment: dict, name: str, people: int, issuers: int) -> bool:
    """Everybody clicks on “Issue” of the same list at once."""
    run_step(environment, "decide")
    at = time.time() + 8
    processes = [start(environment, "clicks", str(min(THREADS_A_PROCESS, issuers - first)), str(at), str(first)) for first in range(0, issuers, THREADS_A_PROCESS)]
    said = [answer_of(process) for process in processes]
    errors = [text for one in said for text in one["errors"]]
    print(f"{name}: {issuers} clicks on one list of {people:,}: {sum(one['worked'] for one in said)} worked on it, {len(errors)} errors {sorted(set(errors))[:3]}")
    return judge(environment, people, len(errors))


def kills(environment: dict, name: str, people: int, times: int) -> bool:
    """The worker is killed with -9 in the middle; others see that after three minutes, which are turned forward here."""
    run_step(environment, "decide")
    for number in range(1, times + 1):
        process = start(environment, "work")
        while done_in(environment) < people * number // (times + 1):
            if process.poll() is not None:
                sys.exit(f"the worker ended by itself: {process.communicate()}")
            time.sleep(random.uniform(0, 0.05))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        print(f"  killed at {done_in(environment):,} of {people:,}")
        run_step(environment, "forward")
    # And once a worker that only seemed dead: two work on the same list.
    both = [start(environment, "work")]
    time.sleep(3)
    run_step(environment, "forward")
    both.append(start(environment, "work"))
    for process in both:
        answer_of(process)
    print(f"{name}: a list of {people:,}, its worker killed {times} times, at last two workers at once")
    return judge(environment, people, 0, leftover_allowed=True)


def done_in(environment: dict) -> int:
    """Look at how far the list is, without waiting for a Django to start."""
    url = environment["DATABASE_URL"]
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=60)
    else:
        folder = Path(url.split("@", 1)[1]).parent
        connection = psycopg.connect(host=str(folder).replace("//", "/"), user="lms", dbname="lms")
    with contextlib.closing(connection):
        return connection.execute("SELECT done FROM certificates_issuerun").fetchone()[0]


def judge(environment: dict, people: int, errors: int, *, leftover_allowed: bool = False) -> bool:
    said = run_step(environment, "found")
    print(f"  {said['certificates']:,} certificates, numbers 1 to {said['highest']:,} without a hole, {said['people']:,} people, "
          f"{said['wrong']} files differ from their digest, {said['entries']:,} entries, {said['leftover']} files without a certificate")
    holds = said["certificates"] == said["highest"] == said["people"] == said["entries"] == people and not said["wrong"] and not errors
    return not (holds and (leftover_allowed or not said["leftover"]))


def start(environment: dict, *what: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, __file__, "--step", *what], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def answer_of(process: subprocess.Popen) -> dict:
    out, err = process.communicate()
    if process.returncode:
        sys.exit(err)
    return json.loads(out.splitlines()[-1])


def run_step(environment: dict, *what: str) -> dict:
    return answer_of(start(environment, *what))


def step(kind: str, *what: str) -> int:
    import django

    django.setup()
    steps = {"make": make_site, "race": race_here, "decide": decide, "clicks": click_here, "work": work, "forward": forward, "found": found_here}
    print(json.dumps(steps[kind](*map(float, what))))
    return 0


def make_site(people: float) -> dict:
    make(int(people))
    return {}


def at_once(count: float, at: float, work) -> list[str]:
    """Run so many threads that begin at the same moment; return what went wrong."""
    from django.db import connections

    errors = []

    def one(number: int) -> None:
        try:
            time.sleep(max(0.0, at - time.time()))
            work(number)
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error}"[:200])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=[number]) for number in range(int(count))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def race_here(count: float, at: float, first: float) -> dict:
    from certificates.services import issue_certificate
    from learning.models import Completion

    completions = list(Completion.objects.select_related("enrolment__user", "enrolment__course", "rule_set"))
    calls = []

    def issue(number: int) -> None:
        for completion in random.Random(first + number).sample(completions, len(completions)):
            enrolment = completion.enrolment
            issue_certificate(user=enrolment.user, course=enrolment.course, completion=completion, now=NOW)
            calls.append(1)

    return {"errors": at_once(count, at, issue), "calls": len(calls)}


def click_here(count: float, at: float, first: float) -> dict:
    from django.utils import timezone

    from certificates.models import IssueRun
    from certificates.services import running

    run, worked = IssueRun.objects.get(), []
    errors = at_once(count, at, lambda number: running.issue_run(run=run, clock=timezone.now) and worked.append(number))
    return {"errors": errors, "worked": len(worked)}


def decide() -> dict:
    from accounts.models import User
    from certificates.enums import ListOrder
    from certificates.models import Issuer
    from certificates.services import runs
    from courses.models import CoursePage

    by = User.objects.get(email="quantri@example.org")
    run = runs.make_run(course=CoursePage.objects.get(code="LLNV"), issuer=Issuer.objects.get(), name="Đo", by=by, now=NOW)
    runs.put_all_on(run=run, by=by)
    runs.decide_run(run=run, decision_number="15/QĐ-CĐ", decision_on=date(2026, 11, 19), order=ListOrder.NAME, notifies=True, by=by, now=NOW)
    return {}


def work() -> dict:
    """What the background worker does with the task of a list."""
    from certificates import tasks
    from certificates.models import IssueRun

    return {"worked": tasks.issue_run.func(IssueRun.objects.get().pk)}


def forward() -> dict:
    from certificates.models import IssueRun
    from cms.work import GIVEN_UP_AFTER

    run = IssueRun.objects.get()
    return {"moved": IssueRun.objects.filter(alive_at__isnull=False).update(alive_at=run.alive_at - GIVEN_UP_AFTER - timedelta(seconds=60))}


def found_here() -> dict:
    from certificates.models import Certificate, RegisterEntry

    return found() | {"people": Certificate.objects.values("user").distinct().count(), "entries": RegisterEntry.objects.count()}


if __name__ == "__main__":
    sys.exit(main())
