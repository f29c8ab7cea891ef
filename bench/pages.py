"""`make bench`: queries, bytes and server CPU of five main pages, on a site of demo size and on one 100 times larger.

    .venv/bin/python bench/pages.py [--times 100] [--requests 40]

bench/README.md says how it measures. Everything happens in a temporary folder.
"""

import argparse
import gc
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEARNER, ADMINISTRATOR = "hocvien@example.org", "quantri@example.org"
WARM_UP = 3
NO_SECRET = "measurements-only-not-a-secret-000000000000000"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.requests)))
        return
    with tempfile.TemporaryDirectory(prefix="lms-bench-") as name:
        small, large = Path(name, "small"), Path(name, "large")
        build(small)
        shutil.copytree(small, large)
        manage(large, "grow", f"--times={options.times}")
        print_table(*(run_measure(folder, options.requests) for folder in (small, large)), times=options.times)


def build(folder: Path) -> None:
    (folder / "static").mkdir(parents=True)
    manage(folder, "migrate", "--verbosity=0")
    manage(folder, "createcachetable", "--verbosity=0")
    manage(folder, "demo", "--small")


def environment(folder: Path, *, debug: str) -> dict[str, str]:
    return {
        **os.environ, "DJANGO_SETTINGS_MODULE": "bench.settings", "PYTHONPATH": str(ROOT), "DEBUG": debug, "HTTPS": "0",
        "ADMINS_NEED_SECOND_FACTOR": "0", "SECRET_KEY": NO_SECRET, "CERTIFICATE_SIGNING_KEY": NO_SECRET, "LOG_LEVEL": "ERROR",
        "SITE_URL": "http://127.0.0.1:8000", "VAR_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "CACHE_URL": "dbcache://cache",
    }


def manage(folder: Path, *command: str) -> None:
    print(f"· {folder.name} site: {command[0]}", file=sys.stderr, flush=True)
    command_line = [sys.executable, "manage.py", *command]
    if subprocess.run(command_line, cwd=ROOT, env=environment(folder, debug="1"), check=False, stdout=sys.stderr).returncode:
        sys.exit(f"manage.py {command[0]} failed; its message stands above.")


def run_measure(folder: Path, requests: int) -> dict[str, dict]:
    print(f"· {folder.name} site: measuring", file=sys.stderr, flush=True)
    command = [sys.executable, __file__, "--measure", f"--requests={requests}"]
    done = subprocess.run(command, cwd=ROOT, env=environment(folder, debug="0"), check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(done.returncode)
    return json.loads(done.stdout)


def measure(requests: int) -> dict[str, dict]:
    """Ask for each page in this very process, without a network, and weigh the answers."""
    import django

    django.setup()
    from accounts.models import User

    learner, administrator = (User.objects.get(email=email) for email in (LEARNER, ADMINISTRATOR))
    lesson = a_lesson_of(learner)
    pages = {
        "home": ("/", None),
        "catalogue search": ("/khoa-hoc/?q=thoa+uoc+lao+dong+tap+the", None),
        "lesson": (lesson, learner),
        "learner's home": ("/hoc-tap/", learner),
        "office, learners": ("/dao-tao/", administrator),
    }
    return {name: weigh(path, user, requests) for name, (path, user) in pages.items()}


def a_lesson_of(learner) -> str:
    """Return the address of a lesson that this learner may read; enrols where the demo did not."""
    from django.utils import timezone

    from courses.models import CoursePage
    from courses.selectors import outline_of
    from learning.services import enrol_learner

    course = CoursePage.objects.live().order_by("path").first()
    enrol_learner(user=learner, course=course, now=timezone.now())
    return next(step.url for step in outline_of(course).steps if step.kind == "lesson")


def weigh(path: str, user, requests: int) -> dict[str, float]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="127.0.0.1", headers={"accept-encoding": "gzip", "accept-language": "vi"})
    if user:
        client.force_login(user)

    def ask():
        response = client.get(path)
        if response.status_code != 200:
            sys.exit(f"{path} answered {response.status_code}, so there is nothing to measure.")
        return response

    for _ in range(WARM_UP):
        ask()
    with CaptureQueriesContext(connection) as queries:
        ask()
        count = len(queries)  # now: the next request empties the log
    sizes, costs = [], []
    gc.collect()
    for _ in range(requests):
        start = time.process_time()
        response = ask()
        costs.append((time.process_time() - start) * 1000)
        headers = sum(len(f"{name}: {value}\r\n".encode()) for name, value in response.items())
        sizes.append(headers + len(response.content))
    return {"queries": count, "bytes": statistics.median(sizes), "cpu": statistics.median(costs)}


def print_table(small: dict[str, dict], large: dict[str, dict], *, times: int) -> None:
    print(f"\n{'':20}{'queries':^18}{'bytes, gzip':^24}{'server CPU, ms':^24}")
    print(f"{'page':20}" + f"{'demo':>6}{f'×{times}':>6}{'':6}" + f"{'demo':>8}{f'×{times}':>8}{'ratio':>7} " + f"{'demo':>8}{f'×{times}':>8}{'ratio':>7}")
    for name, one in small.items():
        other = large[name]
        print(
            f"{name:20}{one['queries']:>6}{other['queries']:>6}{'':6}"
            f"{one['bytes']:>8,.0f}{other['bytes']:>8,.0f}{other['bytes'] / one['bytes']:>7.2f} "
            f"{one['cpu']:>8.1f}{other['cpu']:>8.1f}{other['cpu'] / one['cpu']:>7.2f}")


if __name__ == "__main__":
    main()
