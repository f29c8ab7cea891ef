"""1,000 learners start the same quiz within ten seconds: does everybody get their questions, and how long do they wait?

    .venv/bin/python bench/rush.py [--takers 1000] [--seconds 10] [--bank 1000] [--contest]

On PostgreSQL, with two granian workers. bench/README.md says more.
"""

import argparse
import re
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.outage import database
from bench.serving import Browser, Server, prepare, sessions_for, site_environment, takers

QUESTIONS = 20
CODE = "DO2026"


class Starter(threading.Thread):
    """One learner: starts at their moment, follows to the first question, and notes how long it took."""

    def __init__(self, port: int, session: str, start: str, at: float):
        super().__init__(daemon=True)
        self.browser, self.start_at, self.at = Browser(port, session, timeout=120), start, at
        self.error, self.waited, self.questions = "", 0.0, 0

    def run(self) -> None:
        time.sleep(max(0.0, self.at - time.monotonic()))
        began = time.monotonic()
        try:
            form = {"X-CSRFToken": "a" * 32, "Content-Type": "application/x-www-form-urlencoded"}
            status, _body, place = self.browser.ask("POST", self.start_at, b"shown_name=", form)
            while status in (302, 303):
                status, body, place = self.browser.get(place)
            if status != 200:
                self.error = str(status)
            else:
                self.questions = len(re.findall(rb'name="go" value="\d+"[^>]*aria-label', body))
        except OSError as error:
            self.error = str(error)
        self.waited = time.monotonic() - began


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--takers", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--bank", type=int, default=1000)
    parser.add_argument("--contest", action="store_true", help="at /thi/ by its code, instead of from the list of quizzes")
    options = parser.parse_args()
    threading.stack_size(256 * 1024)
    with tempfile.TemporaryDirectory(prefix="lms-bench-") as name, database("postgresql", Path(name)) as (url, _restart):
        folder = Path(name, "site")
        (folder / "static").mkdir(parents=True)
        env = site_environment(folder, url)
        prepare(env)
        start, sessions = make_site(env, options.takers, options.bank, is_contest=options.contest)
        with Server(env) as server:
            Browser(server.port, sessions[0]).get("/hoc-tap/bai-kiem-tra/")
            begin = time.monotonic() + 1
            everybody = [Starter(server.port, session, start, begin + options.seconds * n / len(sessions)) for n, session in enumerate(sessions)]
            for one in everybody:
                one.start()
            for one in everybody:
                one.join(240)
        report(everybody)


def make_site(env: dict[str, str], count: int, bank: int, *, is_contest: bool) -> tuple[str, list[str]]:
    """Return the address that starts an attempt, and a session for each taker."""
    import os

    os.environ.update(env)
    import django

    django.setup()
    from django.db import connections

    from bench.cycle import drawn_quiz
    from quizzes.enums import Mode
    from tests.factories import quizzes as factory

    quiz = drawn_quiz(bank, factory, count=QUESTIONS, is_published=True)
    if is_contest:
        quiz.mode, quiz.join_code = Mode.CONTEST, CODE
        quiz.save()
    sessions = sessions_for(takers(count))
    connections.close_all()
    return f"/thi/{CODE}/bat-dau/" if is_contest else f"/hoc-tap/bai-kiem-tra/{quiz.uuid}/bat-dau/", sessions


def report(everybody: list[Starter]) -> None:
    from quizzes.models import Attempt

    waits = sorted(one.waited for one in everybody)
    errors = [one.error for one in everybody if one.error]
    served = sum(one.questions == QUESTIONS for one in everybody)
    full = sum(attempt.slots.count() == QUESTIONS for attempt in Attempt.objects.all())
    p50, p95 = waits[len(waits) // 2], waits[int(len(waits) * 0.95)]
    print(f"\n{len(everybody)} learners: {served} saw their first of {QUESTIONS} questions, {full} attempts whole, {len(errors)} errors {set(errors) or ''}")
    print(f"from the tap to the first question: median {p50:.1f} s, p95 {p95:.1f} s, longest {waits[-1]:.1f} s")
    if errors or served != len(everybody):
        sys.exit(1)


if __name__ == "__main__":
    main()
