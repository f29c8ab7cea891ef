"""What coverage costs: figures of a province and its units, names, trends and a full recount, at 60,000 units and at a tenth of that.

    .venv/bin/python bench/coverage.py [--database postgresql|sqlite] [--units 60000] [--calls 20] [--plans] [--keep FOLDER]

bench/README.md says how it measures. Everything happens in a temporary folder; rows are made in bulk, the same ones each time.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.pages import ROOT, environment

NOW = datetime(2026, 11, 20, 7, 3, 22, tzinfo=UTC)
TODAY = date(2026, 11, 20)
MOST_MS, MOST_RECOUNT_SECONDS = 300, 60
# Lists of everybody in a province, and several days or targets at once, are measured without a promise.
PROMISED = ("page of", "province", "commune", "names of a ")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="postgresql")
    parser.add_argument("--units", type=int, default=60_000, help="five people and some 17 enrolments for each")
    parser.add_argument("--calls", type=int, default=20)
    parser.add_argument("--plans", action="store_true", help="print the plan of every statement that takes longer than 50 ms")
    parser.add_argument("--only-full", action="store_true", help="leave out the size of a tenth")
    parser.add_argument("--step", choices=["make", "recount", "measure"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        import django

        django.setup()
        step(options)
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lms-bench-")))
        # PostgreSQL runs as somebody else.
        folder.chmod(0o755)
        sizes = [options.units] if options.only_full else [options.units // 10, options.units]
        found = [run(options, units, folder / str(units)) for units in sizes]
        sys.exit(print_table(options, sizes, found))


def step(options) -> None:
    if options.step == "make":
        from bench.coverage_data import make

        print(json.dumps(make(options.units)))
    elif options.step == "recount":
        print(json.dumps(recount()))
    else:
        print(json.dumps(measure(options.calls, options.plans)))


def run(options, units: int, folder: Path) -> dict:
    """Make one site and measure it, each step in a process of its own."""
    folder.mkdir()
    (folder / "static").mkdir()
    env = environment(folder, debug="0")
    with ExitStack() as stack:
        if options.database == "postgresql":
            from bench.postgresql import Cluster

            env["DATABASE_URL"] = stack.enter_context(Cluster(folder / "postgresql")).url
        for command in (["migrate", "--verbosity=0"], ["createcachetable", "--verbosity=0"]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)
        return {name: _step(name, units, options, env) for name in ("make", "recount", "measure")}


def _step(name: str, units: int, options, env: dict) -> dict:
    command = [sys.executable, __file__, "--step", name, "--units", str(units), "--calls", str(options.calls), *(["--plans"] if options.plans else [])]
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True)
    *said, result = done.stdout.strip().splitlines()
    print("\n".join([f"[{units:,} units] {name}", *said, result]), file=sys.stderr, flush=True)
    return json.loads(result)


# Steps

def recount() -> dict:
    """Count all targets once as the worker does, one after the other in one process, and what the trend needs for one more day."""
    from django.utils import timezone

    from training.enums import Tree
    from training.models import Target, UnitCount
    from training.services.counting import count_all

    targets = list(Target.objects.order_by("pk"))
    seconds = []
    for on, tree in ((TODAY, Tree.TODAY), (date(2026, 6, 30), Tree.TODAY), (date(2026, 6, 30), Tree.THEN)):
        begun = time.perf_counter()
        assert len(count_all(targets=targets, on=on, tree=tree, clock=timezone.now)) == len(targets)
        seconds.append(time.perf_counter() - begun)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak_mb": peak, "rows": UnitCount.objects.count()}


def measure(calls: int, plans: bool) -> dict:
    from django.utils import timezone

    from bench.coverage_cases import cases

    timezone.now = lambda: NOW
    return {name: _weigh(case, calls, plans) for name, case in cases().items()}


def _weigh(case: Callable[[int], object], calls: int, plans: bool) -> dict:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    case(0)
    counts, times = [], []
    for number in range(3):
        with CaptureQueriesContext(connection) as queries:
            case(number)
        counts.append(len(queries))
        if plans and number == 0:
            _explain(queries.captured_queries)
    started = time.process_time()
    for number in range(calls):
        begun = time.perf_counter()
        case(number)
        times.append((time.perf_counter() - begun) * 1000)
    cpu = (time.process_time() - started) * 1000 / calls
    times.sort()
    return {"queries": max(counts), "median": statistics.median(times), "p95": times[-(-95 * len(times) // 100) - 1], "cpu": cpu}


def _explain(queries: list[dict]) -> None:
    from django.db import connection

    for query in queries:
        if float(query["time"]) < 0.05 or not query["sql"].startswith(("SELECT", "(")):
            continue
        print(f"--- {query['time']} s: {query['sql'][:1500]}")
        with connection.cursor() as cursor:
            cursor.execute(("EXPLAIN (ANALYZE, BUFFERS) " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + query["sql"].replace("%", "%%"), [])
            print("\n".join(str(row[-1]) for row in cursor.fetchall()))


# What it found

def print_table(options, sizes: list[int], found: list[dict]) -> int:
    """Print what was measured, and return 1 when a promise is broken."""
    print(f"\n{options.database}; load of the machine {os.getloadavg()[0]:.1f}")
    for units, result in zip(sizes, found, strict=True):
        made = result["make"]
        print(f"{units:,} units, {made['people']:,} people, {made['posts']:,} posts, {made['enrolments']:,} enrolments, made in {made['seconds']:.0f} s")
    late = 0
    print(f"\n{'':44}" + "".join(f"{f'{units:,}':>34}" for units in sizes) + f"{'ratio':>8}")
    print(f"{'':44}" + f"{'queries':>10}{'median ms':>12}{'p95 ms':>12}" * len(sizes))
    for name in found[-1]["measure"]:
        rows = [result["measure"][name] for result in found]
        ratio = rows[-1]["median"] / rows[0]["median"]
        late += (name.startswith(PROMISED) and rows[-1]["p95"] > MOST_MS) or len({row["queries"] for row in rows}) > 1
        print(f"{name:44}" + "".join(f"{row['queries']:>10}{row['median']:>12.1f}{row['p95']:>12.1f}" for row in rows) + f"{ratio:>8.1f}")
    for place, name in enumerate(("all targets, today", "all targets, a former day, today's tree", "all targets, a former day, its tree")):
        seconds = [result["recount"]["seconds"][place] for result in found]
        late += seconds[-1] > MOST_RECOUNT_SECONDS
        print(f"{f'recount: {name}':44}" + "".join(f"{f'{each:.1f} s':>34}" for each in seconds) + f"{seconds[-1] / seconds[0]:>8.1f}")
    peaks = [result["recount"]["peak_mb"] for result in found]
    print(f"{'recount: most memory':44}" + "".join(f"{f'{peak:.0f} MB':>34}" for peak in peaks) + f"{peaks[-1] / peaks[0]:>8.1f}")
    return int(late > 0)


if __name__ == "__main__":
    main()
