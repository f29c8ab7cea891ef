"""What taking a quiz costs: the whole cycle of a 10-question quiz against a bare view, and starting 40 questions from banks of two sizes.

    .venv/bin/python bench/cycle.py [--rounds 20] [--banks 1000,50000]

bench/README.md says how it measures. Everything happens in a temporary folder.
"""

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.pages import ROOT, build, environment

QUESTIONS = 10
STARTPROJECT = [
    "django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware", "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--banks", default="1000,50000")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.rounds, [int(size) for size in options.banks.split(",")])
        return
    with tempfile.TemporaryDirectory(prefix="lms-bench-") as name:
        build(Path(name))
        given = {key: os.environ[key] for key in ("DATABASE_URL",) if key in os.environ}
        subprocess.run(
            [sys.executable, __file__, "--measure", f"--rounds={options.rounds}", f"--banks={options.banks}"], cwd=ROOT, check=True,
            env={**environment(Path(name), debug="0"), **given})


def measure(rounds: int, banks: list[int]) -> None:
    import django

    django.setup()
    quiz = small_quiz()
    cycle(signed_in("warm"), quiz, with_pages=True)
    bare = bare_view(signed_in("bare"))
    print(f"\nThe cycle of a {QUESTIONS}-question quiz, one per page, every answer saved")
    for with_pages in (False, True):
        print_cycle(quiz, bare, rounds, with_pages=with_pages)
    print("\nStarting a 40-question attempt (as a service; SAVEPOINT and RELEASE counted)")
    for size in banks:
        print_start(size, rounds)


def taker(name: str):
    from accounts.models import User

    return User.objects.get_or_create(email=f"{name}@bench.example.org", defaults={"full_name": f"Người học {name}"})[0]


def signed_in(name: str):
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1", headers={"accept-language": "vi"})
    client.force_login(taker(name))
    return client


def small_quiz():
    from quizzes.models import Quiz
    from tests.factories import quizzes as factory

    questions = factory.bank(QUESTIONS, category=factory.category("Đo"))
    return Quiz.objects.get(pk=factory.quiz(questions, title="Đo", attempts_allowed=0, is_listed=True).pk)


def bare_view(client):
    """A view with a session and one SELECT behind the middleware that a new Django project has: what Django itself costs."""
    from django.http import HttpResponse
    from django.test import Client
    from django.test.utils import override_settings
    from django.urls import path

    from accounts.models import User

    class Bare:
        urlpatterns = [path("", lambda request: HttpResponse(User.objects.get(pk=request.session["_auth_user_id"]).full_name))]

    bare = Client(SERVER_NAME="127.0.0.1")
    bare.cookies = client.cookies
    with override_settings(MIDDLEWARE=STARTPROJECT, ROOT_URLCONF=Bare):
        bare.get("/")  # The middleware is loaded at the first request, and stays.

    def weigh_fifty() -> float:
        with override_settings(ROOT_URLCONF=Bare):
            check(bare.get("/"))
            return cost(lambda: [bare.get("/") for _ in range(50)]) / 50

    return weigh_fifty


def cycle(client, quiz, *, with_pages: bool) -> None:
    """Start, answer every question once by script, submit, see the result; with the page of each question, or without."""
    from uuid import uuid4

    from quizzes.models import Attempt

    client.post(f"/hoc-tap/bai-kiem-tra/{quiz.uuid}/bat-dau/")
    attempt = Attempt.objects.filter(quiz=quiz).latest("pk")
    slots = {slot.position: slot.version.content for slot in attempt.slots.select_related("version")}
    cycle.not_counted = 2
    place = f"/hoc-tap/bai-lam/{attempt.uuid}"
    for position, content in slots.items():
        if with_pages:
            check(client.get(f"{place}/cau/{position}/"))
        right = next(option["key"] for option in content["options"] if option["right"])
        body = json.dumps({"client_uuid": str(uuid4()), "seq": int(time.time() * 1000), "fields": {"": [right]}})
        check(client.post(f"{place}/cau/{position}/luu/", body, content_type="application/json"))
    client.post(f"{place}/nop/")
    check(client.get(f"{place}/ket-qua/"))


def check(response) -> None:
    if response.status_code != 200:
        sys.exit(f"{response.request['PATH_INFO']} answered {response.status_code}, so there is nothing to measure.")


def print_cycle(quiz, bare, rounds: int, *, with_pages: bool) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(f"counted-{with_pages}")
    with CaptureQueriesContext(connection) as queries:
        cycle(client, quiz, with_pages=with_pages)
        said = [query["sql"].lstrip("(").split(None, 1)[0].upper() for query in queries.captured_queries]
    frame = {"BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"}
    statements = sum(word not in frame for word in said) - cycle.not_counted
    writes = sum(word in {"INSERT", "UPDATE", "DELETE"} for word in said)
    ours, base = [], []
    gc.collect()
    for number in range(rounds):
        client = signed_in(f"{with_pages}-{number}")
        ours.append(cost(lambda client=client: cycle(client, quiz, with_pages=with_pages)))
        base.append(bare())
    ratio = statistics.median(ours) / statistics.median(base)
    pages = "with the page of each question" if with_pages else "start, ten saves, submit, result"
    print(f"  {pages}: {statements} statements, {writes} of them writes, {sum(word == 'BEGIN' for word in said)} transactions; "
          f"CPU {ratio:.0f} times a bare view with session and one SELECT")


def cost(act) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start


def print_start(size: int, rounds: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from quizzes.services import start_attempt
    from tests.factories import quizzes as factory

    quiz = drawn_quiz(size, factory)
    counts, costs = [], []
    for number in range(rounds + 1):
        person = taker(f"{size}-{number}")
        with CaptureQueriesContext(connection) as queries:
            start = time.process_time()
            attempt = start_attempt(quiz=quiz, user=person, now=timezone.now())
            costs.append((time.process_time() - start) * 1000)
            counts.append(len(queries))
        if attempt.slots.count() != 40:
            sys.exit("The attempt has not got its 40 questions.")
    print(f"  bank of {size:>6,}: {counts[0]} statements when nobody was asked before, {counts[-1]} later; CPU {statistics.median(costs):.0f} ms")


def drawn_quiz(size: int, factory):
    """A quiz that draws 40 from a bank of this size, the bank written at once: one question is made in full, the others are its copies."""
    from quizzes.models import Question

    category = factory.category(f"Ngân hàng {size}")
    pattern = factory.one_answer("Câu mẫu?", category=category)
    copies = []
    for number in range(size - 1):
        copy = Question.objects.model(category=category, explanation=pattern.explanation, stem_text=f"Câu {number}", search_key=f"cau {number}")
        copy.content = pattern.content
        copies.append(copy)
    Question.objects.bulk_create(copies, batch_size=1000)
    return factory.draw_quiz(40, title=f"Rút từ {size}", bank=category)


if __name__ == "__main__":
    main()
