"""How long a file of questions takes and how much memory, in and out: 2,000 and 20,000 questions, each step in a process of its own.

    .venv/bin/python bench/interchange.py [--format moodlexml gift xlsx] [--counts 2000 20000]

Prints seconds, peak memory and the growth from the small file to the large one; and, while questions are brought in, the longest time that
somebody else had to wait to write a row: on SQLite nobody can save an answer while a transaction of another lasts.
"""

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The bounds of what was promised for 20,000 questions.
SECONDS, MEGABYTES, GROWTH = 60, 400, 11


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--format", nargs="+", default=["moodlexml", "gift", "xlsx"])
    parser.add_argument("--counts", nargs="+", type=int, default=[2000, 20000])
    parser.add_argument("--step", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        step(*asked.step)
        return 0
    with tempfile.TemporaryDirectory(prefix="lms-bench-") as folder:
        return measure(Path(folder), asked.format, asked.counts)


def measure(folder: Path, formats: list[str], counts: list[int]) -> int:
    """Return how many bounds were broken."""
    broken = 0
    print(f"{'':10} {'questions':>9}  {'MB':>5}  {'step':9} {'seconds':>8} {'of CPU':>7} {'peak MB':>8}  {'longest wait':>12}")
    for name in formats:
        taken: dict[tuple[str, int], float] = {}
        for count in counts:
            for kind, said in steps(folder, name, count):
                taken[kind, count] = said["cpu"]
                over = count >= 20000 and (said["seconds"] > SECONDS or said["peak"] > MEGABYTES)
                broken += over
                wait = f"{said['wait'] * 1000:9.0f} ms" if "wait" in said else ""
                print(f"{name:10} {count:9,}  {said['size']:5.1f}  {kind:9} {said['seconds']:8.1f} {said['cpu']:7.1f} {said['peak']:8.0f}  {wait:>12}{'  OVER' if over else ''}")
        for kind in ("import", "export"):
            ratio = taken[kind, counts[-1]] / taken[kind, counts[0]]
            broken += ratio > GROWTH
            print(f"{name:10} {kind}: {counts[-1]:,} take {ratio:.1f} times the CPU of {counts[0]:,}{'  OVER' if ratio > GROWTH else ''}")
    return broken


def steps(folder: Path, name: str, count: int):
    """Make the file in a first site, bring it into an empty one, and take it out again."""
    site, file = folder / f"{name}-{count}", folder / f"{name}-{count}.file"
    environment = {
        **os.environ, "VAR_DIR": str(site), "DATABASE_URL": f"sqlite:///{site}/db.sqlite3", "DJANGO_SETTINGS_MODULE": "bench.settings",
        "SECRET_KEY": "only-for-measuring-" * 3, "DEBUG": "0", "TESTING": "1", "HTTPS": "0", "PYTHONPATH": str(ROOT)}
    site.mkdir()
    for kind in ("make", "import", "export"):
        done = subprocess.run([sys.executable, __file__, "--step", kind, f"{name}:{count}", str(file)], env=environment, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
        if kind != "make":
            yield kind, {**json.loads(done.stdout.splitlines()[-1]), "size": file.stat().st_size / 1e6}


def step(kind: str, what: str, file: str) -> None:
    """One step, in a process of its own; what it took goes to the standard output."""
    import django

    django.setup()
    name, count = what.split(":")
    if kind == "make":
        make(name, int(count), Path(file))
        return
    begun = time.process_time()
    said = {"import": bring_in, "export": take_out}[kind](name, Path(file))
    said["cpu"] = time.process_time() - begun
    said["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(said))


def make(name: str, count: int, file: Path) -> None:
    from django.core.management import call_command

    from quizzes.interchange.formats import FORMATS

    call_command("migrate", verbosity=0)
    with file.open("wb") as out:
        FORMATS[name].write(questions(count), out, lambda *said: None)


def bring_in(name: str, file: Path) -> dict:
    from django.utils import timezone

    from accounts.models import User
    from quizzes.models import Question
    from quizzes.services.exchange import bringing, importing, reading, settling

    by = User.objects.create_user(full_name="Nguyễn Văn Đo", email="do@example.org", password="do-thoi-gian-2026")
    begun, waiting = time.perf_counter(), Waiting()
    with file.open("rb") as source:
        job = importing.receive_file(
            file=source, name=f"bench.{name}", bank="Đo/Nhập", format=name, publishes=True, updates=False, by=by, now=timezone.now())
    reading.read_file(job=job, clock=timezone.now)
    read = time.perf_counter()
    with waiting:
        bringing.bring_in(job=job, by=by, now=timezone.now(), clock=timezone.now)
    brought = time.perf_counter()
    settling.settle_import(job=job)
    ended = time.perf_counter()
    assert Question.objects.count() == sum(job.counts.values()) == job.counts["new"], job.counts
    print(f"{name}: read {read - begun:.1f}, brought in {brought - read:.1f}, settled {ended - brought:.1f}", file=sys.stderr)
    return {"seconds": ended - begun, "wait": waiting.longest, "read": read - begun, "write": brought - read, "settle": ended - brought}


def take_out(name: str, file: Path) -> dict:
    from quizzes.services.exchange import exporting

    begun = time.perf_counter()
    with file.with_suffix(".out").open("w+b") as out:
        written = exporting.write_bank(category=exporting.bank_named("Đo/Nhập"), format=name, out=out)
    assert written.count and not written.left_out_count, written
    return {"seconds": time.perf_counter() - begun}


class Waiting:
    """Somebody who writes a row all the time beside the import, and the longest time that it took them."""

    def __init__(self):
        from django.conf import settings

        self.longest, self._ended = 0.0, threading.Event()
        self._path = settings.DATABASES["default"]["NAME"]
        self._thread = threading.Thread(target=self._write)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._ended.set()
        self._thread.join()

    def _write(self) -> None:
        connection = sqlite3.connect(self._path, timeout=120, isolation_level=None)
        connection.execute("CREATE TABLE IF NOT EXISTS bench_waiting (at REAL)")
        while not self._ended.is_set():
            begun = time.perf_counter()
            connection.execute("INSERT INTO bench_waiting VALUES (1)")
            self.longest = max(self.longest, time.perf_counter() - begun)
            time.sleep(0.02)
        connection.close()


def questions(count: int):
    """Questions as they are in a union's bank: mostly of one answer with reasons, some of other kinds, some formats, tags and laws."""
    from quizzes.interchange.items import Item

    for number in range(count):
        common = {
            "code": f"DO-{number:06}", "category": (f"Bài {number % 40 + 1}",), "tags": ("thương lượng", f"chương {number % 12 + 1}"),
            "explanation": f"<p>Điều {number % 220 + 1} của Bộ luật Lao động nói rõ điều này; xem thêm nghị định hướng dẫn.</p>",
            "difficulty": ("easy", "medium", "hard")[number % 3]}
        stem = f"<p>Câu {number}: bên nhận yêu cầu thương lượng tập thể phải trả lời trong bao nhiêu ngày làm việc kể từ ngày nhận?</p>"
        options = [{"text": f"Trong {number % 30 + part} ngày làm việc", "is_right": part == 1, "feedback": f"Xem lại khoản {part}." if part > 1 else ""}
                   for part in range(1, 5)]
        if number % 10 == 0:
            yield Item("true_false", {"stem": stem, "is_true": number % 20 == 0, "feedback": "Xem lại điều này."}, **common)
        elif number % 10 == 1:
            accepted = [{"text": f"{number} ngày", "fraction": 1.0, "feedback": ""}]
            yield Item("short_answer", {"stem": stem, "accepted": accepted, "comparing": "case"}, **common)
        elif number % 10 == 2:
            rich = f"<p>Câu {number}: chọn <b>các</b> nội dung được <i>thương lượng</i>.</p><ul><li>Theo luật</li><li>Theo thoả ước</li></ul>"
            ticked = [{**option, "is_right": place < 2} for place, option in enumerate(options)]
            yield Item("several_answers", {"stem": rich, "options": ticked, "marking": "partial"}, **common)
        else:
            yield Item("one_answer", {"stem": stem, "options": options}, **common)


if __name__ == "__main__":
    sys.exit(main())
