"""What each request costs, in server CPU and statements, as a site grows tenfold; and a lesson and a saved answer against a bare view.

    .venv/bin/python bench/scale.py [--full] [--units 600 6000] [--requests 100] [--only lesson]

bench/README.md says how it measures. Everything happens in a temporary folder, on a PostgreSQL of its own.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.pages import ROOT
from bench.serving import prepare, site_environment

FULL = 60_000
# A step is a tenfold site. What is told apart as a report may grow with what it counts.
MOST_GROWTH, MOST_OF_A_REPORT = 1.3, 10
MOST_LESSON, MOST_ANSWER = 3, 4
MADE = ("people", "enrolments", "courses", "answers")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true", help="three sizes, the largest with 300,000 people and 1,000,000 enrolments; some 20 minutes")
    parser.add_argument("--units", type=int, nargs="+", help="the sizes themselves: five people and some 17 enrolments a unit")
    parser.add_argument("--requests", type=int, default=100, help="requests that are weighed for each line; at most 180")
    parser.add_argument("--only", default="", help="only lines whose names hold this")
    parser.add_argument("--keep", type=Path, help="a folder to keep the sites in, and to find them in the next time")
    parser.add_argument("--step", choices=["make", "measure"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        step(options)
        return
    sizes = options.units or [FULL // 100, FULL // 10, *([FULL] if options.full else [])]
    with ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lms-bench-")))
        folder.mkdir(parents=True, exist_ok=True)
        # PostgreSQL runs as somebody else.
        folder.chmod(0o755)
        found = [run(options, units, folder / str(units)) for units in sizes]
    sys.exit(print_table(sizes, found))


def step(options) -> None:
    import django

    django.setup()
    if options.step == "make":
        from bench.scale_data import make_site

        print(json.dumps(make_site(options.units[0])))
    else:
        from bench.scale_weighing import measure

        print(json.dumps(measure(options.requests, options.only)))


def run(options, units: int, folder: Path) -> dict:
    """Make one site and measure it, each step in a process of its own."""
    from bench.postgresql import Cluster

    (folder / "static").mkdir(parents=True, exist_ok=True)
    made = folder / "made.json"
    with ExitStack() as stack:
        cluster = stack.enter_context(Cluster(folder / "postgresql"))
        env = site_environment(folder, cluster.url) | {"BEHIND_PROXY": "1", "BENCH_POSTMASTER": str(cluster.family.children["PostgreSQL"].pid)}
        prepare(env)
        if not made.exists():
            made.write_text(json.dumps(_step("make", units, options, env)))
        return {"make": json.loads(made.read_text()), "measure": _step("measure", units, options, env)}


def _step(name: str, units: int, options, env: dict) -> dict:
    command = [sys.executable, __file__, "--step", name, "--units", str(units), "--requests", str(options.requests), "--only", options.only]
    env = {**env, "DEBUG": "1" if name == "make" else "0"}
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True)
    result = done.stdout.strip().splitlines()[-1]
    print(f"[{units:,} units] {name}: {result[:300]}", file=sys.stderr, flush=True)
    return json.loads(result)


# What it found

def print_table(sizes: list[int], found: list[dict]) -> int:
    """Print what was measured, and return 1 when a promise is broken."""
    print(f"\nPostgreSQL; granian, one worker; load of the machine {os.getloadavg()[0]:.1f}")
    for result in found:
        print(", ".join(f"{result['make'][name]:,} {name}" for name in MADE) + f", made in {result['make']['seconds']:.0f} s")
    print(f"\n{'CPU in ms: web + database':34}" + "".join(f"{f'{size * 5:,} people':>26}" for size in sizes) + "   growth a step")
    missed = [name for name in found[-1]["measure"]["lines"] if not _print_line(name, [result["measure"]["lines"][name] for result in found])]
    missed += [name for result in found for name in _print_ratios(result)]
    print(f"\nMissed: {', '.join(missed)}" if missed else "\nEvery promise is kept.")
    return int(bool(missed))


def _print_line(name: str, rows: list[dict]) -> bool:
    """Print one line, and say whether it keeps its promise."""
    costs = [(row["web"] + row["database"]) / row["bare"] for row in rows]
    steps = [after / before for before, after in pairwise(costs)]
    is_report = rows[0]["report"] is not None
    cells = "".join(f"{row['queries']:>8}q{row['web']:>8.1f} +{row['database']:>7.1f}" for row in rows)
    told = f"  (report: {max(row['report'] for row in rows)} statements)" if is_report else ""
    print(f"{name:34}{cells}   {' '.join(f'{each:.2f}' for each in steps)}{told}")
    if is_report:
        return max(row["report"] for row in rows) <= MOST_OF_A_REPORT
    # Fewer are no growth: sums of a very long list are kept for some minutes.
    return all(each <= MOST_GROWTH for each in steps) and max(row["queries"] for row in rows) == rows[0]["queries"]


def _print_ratios(result: dict) -> list[str]:
    """Print how many bare views a lesson and a saved answer cost, and return those that cost too much."""
    ratios, people = result["measure"].get("ratios", {}), result["make"]["people"]
    for name, ratio in ratios.items():
        print(f"{people:,} people: {name} costs {ratio['ratio']:.2f} times the bare view ({ratio['bare']:.2f} ms of the web process), at most {ratio['most']}")
    return [name for name, ratio in ratios.items() if ratio["ratio"] > ratio["most"]]


if __name__ == "__main__":
    main()
