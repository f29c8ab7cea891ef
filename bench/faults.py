"""What the site survives, while cadres walk through it again and again: is anything acknowledged ever lost, or there twice?

    .venv/bin/python bench/faults.py [--small] [--seconds 300] [--cadres 40] [--only kills readonly …]

Eight scenes on one site with PostgreSQL, Redis, web, two workers, two clocks, a mail server and a small disk, all on this machine. At the end
every acknowledgement is held against the database. Ends with 1 when anything is lost, doubled or stuck. bench/README.md says more.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import faults_scenes as scenes
from bench import faults_work as work
from bench.faults_clock import is_told, wrong_clock
from bench.faults_site import FAKETIME, Site, said
from bench.faults_verdict import judge, settled, waiting_letters

SCENES = {
    "kills": scenes.kills, "redis": scenes.without_redis, "disk": scenes.full_disk, "readonly": scenes.read_only, "mail": scenes.without_mail,
    "hanging": work.hanging, "queue": work.long_queue, "clock": wrong_clock,
}
SETTLE_SECONDS = 60


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", action="store_true", help="seconds instead of minutes of everything, as in CI")
    parser.add_argument("--seconds", type=float, default=300, help="how long things are killed")
    parser.add_argument("--cadres", type=int, default=40, help="how many walk at the same time")
    parser.add_argument("--think", type=float, default=1, help="the mean pause between two touches")
    parser.add_argument("--only", nargs="+", choices=SCENES, default=list(SCENES))
    options = parser.parse_args()
    if options.small:
        options.seconds, options.cadres, options.think = min(options.seconds, 12), min(options.cadres, 6), 0.1
    if "clock" in options.only and FAKETIME is None:
        sys.exit("libfaketime is missing: apt-get install faketime")
    random.seed()
    threading.stack_size(512 * 1024)
    with tempfile.TemporaryDirectory(prefix="lms-faults-") as name:
        Path(name).chmod(0o755)
        with Site(Path(name), people=500 if options.small else 20000, think=options.think, at_once=options.cadres, is_small=options.small) as site:
            sys.exit(play(site, options))


def play(site: Site, options) -> int:
    """Play the scenes one after the other, print what was seen, and return the exit code."""
    began = time.monotonic()
    site.crowd.start()
    wrong = []
    for name in (name for name in SCENES if name in options.only):
        said(name)
        start = time.monotonic()
        seen = SCENES[name](site, options)
        wrong += [f"{name}: {fault}" for fault in seen.faults]
        print(f"\n{seen.title} ({time.monotonic() - start:.0f} s)")
        for line in [*seen.lines, *(f"NOT GOOD: {fault}" for fault in seen.faults)]:
            print(f"  {line}", flush=True)
    wrong += close(site, options)
    print(f"\n{time.monotonic() - began:.0f} s in all; {len(wrong)} faults")
    for fault in wrong:
        print(f"  {fault}")
    return 1 if wrong else 0


def close(site: Site, options) -> list[str]:
    """Let everybody come to their end and hold what they were told against the database."""
    crowd = site.crowd
    said("everybody comes to the end")
    left = crowd.leave(60 if options.small else 240)

    def look():
        verdict = judge(crowd.diaries, site.sink.letters)
        verdict.add(waiting_letters(), "letters that still wait")
        return verdict

    said("every acknowledgement is held against the database")
    verdict, took = settled(look, SETTLE_SECONDS)
    errors = [diary.error for diary in crowd.diaries if diary.error and not is_told(diary)]
    print(f"\n{len(crowd.diaries)} walks begun, {crowd.finished()} to the end, {crowd.repeated()} requests repeated; settled after {took:.0f} s")
    print("  " + ", ".join(f"{count} {what}" for what, count in verdict.counts.items()))
    verdict.add(left, "walks that did not come to their end")
    verdict.add(len(errors), "walks that ended with an error")
    return verdict.faults + sorted(set(errors))[:5]


if __name__ == "__main__":
    main()
