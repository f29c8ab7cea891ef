"""What taking a quiz costs: the whole cycle of a 10-question quiz against a bare view, and starting 40 questions from banks of two sizes.

    .venv/bin/python bench/cycle.py [--rounds 40] [--banks 1000,50000]

bench/README.md says how it measures. Everything happens in a temporary folder.
"""

import argparse
import gc
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.pages import build
from bench.serving import HOST, Browser, Server, sessions_for, site_environment, takers

QUESTIONS = 10
# What frames statements, and is none.
FRAME = {"BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--banks", default="1000,50000")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lms-bench-") as name:
        folder = Path(name, "site")
        build(folder)
        env = site_environment(folder)
        os.environ.update(env)
        import django

        django.setup()
        quiz = small_quiz()
        print(f"\nThe cycle of a {QUESTIONS}-question quiz, one per page, every answer saved")
        for with_pages in (False, True):
            print_statements(quiz, with_pages=with_pages)
        print_cpu(env, quiz, options.rounds)
        print("\nStarting a 40-question attempt")
        for size in [int(size) for size in options.banks.split(",")]:
            print_start(size)


def small_quiz():
    from tests.factories import quizzes as factory

    questions = factory.bank(QUESTIONS, category=factory.category("Đo"))
    return factory.quiz(questions, title="Đo", attempts_allowed=0, is_listed=True)


class InProcess:
    """A browser without a network or a server process: requests go through the whole middleware, here."""

    def __init__(self, session: str):
        from django.test import Client

        self.client = Client(SERVER_NAME=HOST, headers={"accept-language": "vi"})
        self.client.cookies["sessionid"] = session

    def get(self, path: str) -> tuple[int, bytes, str]:
        reply = self.client.get(path)
        return reply.status_code, reply.content, reply.headers.get("Location", "")

    def post(self, path: str, data: dict | None = None) -> tuple[int, bytes, str]:
        reply = self.client.post(path, json.dumps(data or {}), content_type="application/json")
        return reply.status_code, reply.content, reply.headers.get("Location", "")


def cycle(browser, quiz, right: dict[int, str], *, with_pages: bool) -> None:
    """Start, answer every question once by script, submit, see the result; with the page of each question, or without."""
    place = browser.post(f"/hoc-tap/bai-kiem-tra/{quiz.uuid}/bat-dau/")[2].split("/cau/")[0].rstrip("/")
    for position in range(1, QUESTIONS + 1):
        if with_pages:
            check(browser.get(f"{place}/cau/{position}/"))
        command = {"client_uuid": str(uuid4()), "seq": int(time.time() * 1000), "kind": "answer", "fields": {"": [right[position]]}}
        check(browser.post(f"{place}/cau/{position}/luu/", command))
    browser.post(f"{place}/nop/")
    check(browser.get(f"{place}/ket-qua/"))


def check(reply: tuple[int, bytes, str]) -> None:
    if reply[0] != 200:
        sys.exit(f"The answer was {reply[0]} {reply[1][:200]!r}, so there is nothing to measure.")


def right_options(quiz, person) -> dict[int, str]:
    """Return the right option of each question of the quiz, by position: all attempts at it have the same questions in the same order."""
    from django.utils import timezone

    from quizzes.services import start_attempt

    slots = start_attempt(quiz=quiz, user=person, now=timezone.now()).slots.select_related("version")
    return {slot.position: next(option["key"] for option in slot.version.content["options"] if option["right"]) for slot in slots}


def print_statements(quiz, *, with_pages: bool) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    first, second, third = takers(3)
    right, sessions = right_options(quiz, third), sessions_for([first, second])
    cycle(InProcess(sessions[0]), quiz, right, with_pages=True)
    browser = InProcess(sessions[1])
    with CaptureQueriesContext(connection) as queries:
        cycle(browser, quiz, right, with_pages=with_pages)
        said = [query["sql"].lstrip("(").split(None, 1)[0].upper() for query in queries.captured_queries]
    statements = sum(word not in FRAME for word in said)
    writes = sum(word in {"INSERT", "UPDATE", "DELETE"} for word in said)
    pages = "with the page of each question" if with_pages else "start, ten saves, submit, result"
    print(f"  {pages}: {statements} statements, {writes} of them writes, in {sum(word == 'BEGIN' for word in said)} transactions")


def print_cpu(env: dict[str, str], quiz, rounds: int) -> None:
    """Weigh server processes: ours, and one with a bare view."""
    everybody = takers(2 * rounds + 5)
    right, sessions = right_options(quiz, everybody[-1]), sessions_for(everybody[:-1])
    with Server({**env, "DJANGO_SETTINGS_MODULE": "bench.bare_settings"}, app="bench.bare:application", workers=1) as server:
        browser = Browser(server.port, sessions[0])
        bare = weigh(server, lambda: [check(browser.get("/")) for _ in range(50)], rounds) / 50
    for with_pages in (False, True):
        with Server(env, workers=1) as server:
            browsers = iter([Browser(server.port, session) for session in (sessions[rounds:] if with_pages else sessions)])
            ours = weigh(server, lambda browsers=browsers, pages=with_pages: cycle(next(browsers), quiz, right, with_pages=pages), rounds)
        pages = "with the page of each question" if with_pages else "start, ten saves, submit, result"
        print(f"  {pages}: server CPU {ours / bare:.0f} times a bare view with session and one SELECT")


def weigh(server: Server, act, rounds: int) -> float:
    """Return the CPU seconds that the server spent on each of many acts, after two to warm up."""
    act(), act()
    gc.collect()
    before = server.cpu_seconds()
    for _ in range(rounds):
        act()
    return (server.cpu_seconds() - before) / rounds


def print_start(size: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from quizzes.services import start_attempt
    from tests.factories import quizzes as factory

    quiz, counts, costs = drawn_quiz(size, factory), [], []
    for person in takers(12):
        with CaptureQueriesContext(connection) as queries:
            start = time.process_time()
            attempt = start_attempt(quiz=quiz, user=person, now=timezone.now())
            costs.append((time.process_time() - start) * 1000)
            counts.append(sum(query["sql"].split(None, 1)[0] not in FRAME for query in queries.captured_queries))
        if attempt.slots.count() != 40:
            sys.exit("The attempt has not got its 40 questions.")
    print(f"  bank of {size:>6,}: {counts[0]} statements when nobody was asked before, {counts[-1]} later; CPU {statistics.median(costs):.0f} ms")


def drawn_quiz(size: int, factory, count: int = 40, *, is_published: bool = False):
    """A quiz that draws from a bank of this size, the bank written at once: one question is made in full, the others are its copies.

    Publishing a question freezes its words; `is_published` does the same for the copies.
    """
    from django.utils import timezone

    from quizzes.models import Question
    from quizzes.services.drawing import freeze_questions

    category = factory.category(f"Ngân hàng {size}")
    pattern = factory.one_answer("Câu mẫu?", category=category)
    copies = []
    for number in range(size - 1):
        copy = Question.objects.model(category=category, explanation=pattern.explanation, stem_text=f"Câu {number}", search_key=f"cau {number}")
        copy.content = pattern.content
        copies.append(copy)
    Question.objects.bulk_create(copies, batch_size=1000)
    if is_published:
        freeze_questions(questions=Question.objects.filter(category=category), now=timezone.now())
    return factory.draw_quiz(count, title=f"Rút từ {size}", bank=category, is_listed=True)


if __name__ == "__main__":
    main()
