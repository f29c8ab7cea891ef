"""500 cadres walk through the site at the same time: sign in, home, course, three lessons, a quiz with every answer saved, result, paper.

    .venv/bin/python bench/load.py [--users 500] [--think 5] [--starters 2000]

On PostgreSQL, with the server and worker of production, all of it on this machine, the cadres too. Then 2,000 people start a contest
within ten seconds (bench/rush.py). Ends with 1 when anybody met an error. bench/README.md says more.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.pages import ROOT
from bench.postgresql import Cluster
from bench.serving import Server, Worker, prepare, site_environment
from bench.walk import Cadre, join_all, make_course, percentiles

RAMP_SECONDS = 60


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, default=500)
    parser.add_argument("--think", type=float, default=5, metavar="SECONDS", help="the mean pause between two touches")
    parser.add_argument("--starters", type=int, default=2000, help="of the contest; 0: no contest")
    options = parser.parse_args()
    threading.stack_size(512 * 1024)
    with tempfile.TemporaryDirectory(prefix="lms-load-") as name, Cluster(Path(name, "postgresql")) as cluster:
        people, used, seconds = walk(Path(name), cluster, options)
    is_bad = report(people, used, seconds)
    if options.starters:
        command = [sys.executable, ROOT / "bench" / "rush.py", f"--takers={options.starters}", "--seconds=10", "--contest"]
        is_bad |= bool(subprocess.run(command, cwd=ROOT, check=False).returncode)
    sys.exit(1 if is_bad else 0)


def walk(folder: Path, cluster: Cluster, options) -> tuple[list[Cadre], dict[str, float], float]:
    """Let everybody walk; return them, the CPU seconds of each part, and how long it took."""
    site = folder / "site"
    (site / "static").mkdir(parents=True)
    env = site_environment(site, cluster.url)
    prepare(env, "demo --small")
    emails = people_of(env, options.users)
    ramp = min(RAMP_SECONDS, options.think * 8)
    with Server(env) as server, Worker(env):
        people = [Cadre(n, server.port, email, think=options.think, delay=ramp * n / len(emails)) for n, email in enumerate(emails)]
        before, began = {"web": server.cpu_seconds(), "PostgreSQL": cluster.cpu_seconds()}, time.monotonic()
        for one in people:
            one.start()
        join_all(people, 120 + ramp + 60 * options.think * 4)
        seconds = time.monotonic() - began
        used = {"web": server.cpu_seconds() - before["web"], "PostgreSQL": cluster.cpu_seconds() - before["PostgreSQL"]}
    return people, used, seconds


def people_of(env: dict[str, str], count: int) -> list[str]:
    os.environ.update(env)
    import django

    django.setup()
    from django.db import connections

    emails = make_course(count=count)
    connections.close_all()
    return emails


def report(people: list[Cadre], used: dict[str, float], seconds: float) -> bool:
    """Print what everybody met, and say whether anybody met an error."""
    asked, everything = defaultdict(list), []
    for one in people:
        for what, took in one.diary.asked:
            asked[what].append(took)
            everything.append(took)
    finished = sum(one.diary.finished for one in people)
    errors = [one.diary.error for one in people if one.diary.error] + ["did not come to the end in time"] * sum(
        not one.diary.finished and not one.diary.error for one in people)
    print(f"\n{len(people)} cadres, {finished} walks to the end in {seconds:.0f} s, {len(everything):,} answers of the server, "
          f"{len(everything) / seconds:.0f} a second, {len(errors)} errors")
    print(f"{'ms, as the phone waits':24}{'count':>8}{'p50':>8}{'p95':>8}{'p99':>8}")
    for what, times in [*asked.items(), ("everything", everything)]:
        print(f"{what:24}{len(times):>8,}" + "".join(f"{one:>8.0f}" for one in percentiles(times)))
    per_walk = {name: 1000 * cpu / max(1, finished) for name, cpu in used.items()}
    print("CPU of a walk: " + ", ".join(f"{name} {ms:.0f} ms" for name, ms in per_walk.items()) + f" ({len(everything) / max(1, finished):.0f} requests)")
    certified = sum(one.diary.certified for one in people)
    print(f"certificates seen by their holders: {certified}")
    for text in sorted(set(errors))[:8]:
        print(f"  {text}")
    return bool(errors)


if __name__ == "__main__":
    main()
