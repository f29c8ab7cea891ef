"""What item analysis costs: a quiz with 2,000 and with 20,000 finished attempts, of 20 and of 40 questions.

    .venv/bin/python bench/analysis.py [--attempts 2000,20000] [--questions 20,40]

bench/README.md says how it measures. Everything happens in a temporary folder.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.pages import ROOT, environment, manage

AT_ONCE = 1000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--attempts", default="2000,20000")
    parser.add_argument("--questions", default="20,40")
    parser.add_argument("--measure", nargs=2, type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(*options.measure)))
        return
    sizes = [int(size) for size in options.attempts.split(",")]
    print(f"\n{'questions':>10}{'attempts':>10}{'seconds':>10}{'peak MB':>10}{'above idle':>12}")
    for questions in [int(count) for count in options.questions.split(",")]:
        found = {attempts: in_its_own_process(questions, attempts) for attempts in sizes}
        for attempts, one in found.items():
            print(f"{questions:>10}{attempts:>10,}{one['seconds']:>10.2f}{one['peak']:>10.0f}{one['peak'] - one['idle']:>12.0f}", flush=True)
        if len(sizes) > 1:
            print(f"{'':>10}{'ratio':>10}{found[sizes[-1]]['seconds'] / found[sizes[0]]['seconds']:>10.1f}", flush=True)


def in_its_own_process(questions: int, attempts: int) -> dict[str, float]:
    """Make the site in one process and analyse in another, whose memory is then the analysis's own."""
    with tempfile.TemporaryDirectory(prefix="lms-bench-") as name:
        folder = Path(name)
        (folder / "static").mkdir()
        manage(folder, "migrate", "--verbosity=0")
        manage(folder, "createcachetable", "--verbosity=0")
        for step in (questions, attempts), (0, 0):
            command = [sys.executable, __file__, "--measure", *map(str, step)]
            done = subprocess.run(command, cwd=ROOT, env=environment(folder, debug="0"), check=False, stdout=subprocess.PIPE, text=True)
            if done.returncode:
                sys.exit(done.returncode)
        return json.loads(done.stdout)


def measure(questions: int, attempts: int) -> dict[str, float]:
    import django

    django.setup()
    if questions:
        make(questions, attempts)
        return {}
    from django.utils import timezone

    from quizzes.models import Quiz
    from quizzes.services.analysing import analyse_quiz, ask_for_analysis

    analysis, _is_new = ask_for_analysis(quiz=Quiz.objects.get(), counted="all", by="bench", now=timezone.now())
    idle, start = peak(), time.perf_counter()
    analyse_quiz(analysis=analysis, clock=timezone.now)
    seconds = time.perf_counter() - start
    analysis.refresh_from_db()
    if analysis.state != "done" or not analysis.data["questions"]:
        sys.exit("The analysis was not worked out, so there is nothing to measure.")
    return {"seconds": seconds, "idle": idle, "peak": peak()}


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def make(questions: int, attempts: int) -> None:
    """A quiz of so many questions of one answer, taken so often by people without an account; the abler ones are right more often."""
    from django.utils import timezone

    from quizzes.models import Attempt, AttemptSlot
    from quizzes.services.drawing import freeze_questions
    from tests.factories import quizzes as factory

    chance, now = random.Random(27), timezone.now()
    versions = list(freeze_questions(questions=factory.bank(questions), now=now).values())
    quiz = factory.quiz([version.question for version in versions], title="Đo")
    for start in range(0, attempts, AT_ONCE):
        made = [_attempt(quiz, number, chance, now) for number in range(start, min(attempts, start + AT_ONCE))]
        slots = [slot for one in made for slot in _slots(one, versions, chance, AttemptSlot)]
        Attempt.objects.bulk_create([attempt for attempt, _able in made])
        AttemptSlot.objects.bulk_create(slots)


def _attempt(quiz, number: int, chance: random.Random, now):
    from quizzes.models import Attempt

    begun, able = now - timedelta(hours=2, seconds=number), chance.random()
    attempt = Attempt(
        quiz=quiz, visitor=f"{number:064d}", number=1, state="marked", seed=number, pass_fraction=0.5, review="full", started_at=begun,
        submitted_at=begun + timedelta(minutes=20), marked_at=begun + timedelta(minutes=20), fraction=0, passed=False, points=0)
    return attempt, able


def _slots(made, versions, chance: random.Random, slot_class) -> list:
    attempt, able = made
    at, slots = int(attempt.started_at.timestamp() * 1000), []
    for position, version in enumerate(versions, start=1):
        right, *wrong = [option["key"] for option in version.content["options"]]
        is_right, is_blank = chance.random() < 0.3 + 0.6 * able, chance.random() < 0.02
        at += chance.randrange(5_000, 90_000)
        slots.append(slot_class(
            attempt=attempt, position=position, version=version, max_points=1, fraction=float(is_right and not is_blank), points=int(is_right),
            answer={} if is_blank else {"chosen": [right if is_right else chance.choice(wrong)]}, answer_seq=0 if is_blank else at))
    attempt.fraction = sum(slot.fraction for slot in slots) / len(slots)
    attempt.passed = attempt.fraction >= 0.5
    return slots


if __name__ == "__main__":
    main()
