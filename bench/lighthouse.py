"""Lighthouse on the public pages, with its setting for a phone on a slow network: the median of five runs each.

    .venv/bin/python bench/lighthouse.py [--runs 5]

Needs Chromium, and brings Lighthouse by npm into bench/node. Everything else happens in a temporary folder, on loopback. Ends with 1 when a page
has less than 98 for performance or less than 100 for accessibility, best practices or findability.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from bench.pages import ROOT
from bench.serving import HOST
from bench.weight import COURSE, served

sys.path.insert(0, str(ROOT / "scripts"))
import packages
from environment import PYTHON

PAGES = ("/", "/khoa-hoc/", COURSE, "/xac-minh/", "/tai-khoan/login/", "/tai-khoan/signup/")
LEAST = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
FLAGS = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    packages.install_node_modules("bench/node")
    is_bad = False
    with tempfile.TemporaryDirectory(prefix="lms-lighthouse-") as name, served(Path(name)) as server:
        print(f"\n{'median of ' + str(options.runs):40}" + "".join(f"{kind:>16}" for kind in LEAST))
        for path in PAGES:
            runs = [look(f"http://{HOST}:{server.port}{path}", Path(name)) for _ in range(options.runs)]
            scores = {kind: statistics.median(run[kind] for run in runs) for kind in LEAST}
            is_bad |= any(scores[kind] < LEAST[kind] for kind in LEAST)
            print(f"{path:40}" + "".join(f"{score:>16.0f}" for score in scores.values()), flush=True)
    sys.exit(1 if is_bad else 0)


def look(url: str, folder: Path) -> dict[str, int]:
    """Run Lighthouse once and return its scores, of 100; what weighs on one is named on stderr."""
    report = folder / "report.json"
    env = {**os.environ, "PATH": f"{PYTHON.parent}{os.pathsep}{os.environ.get('PATH', '')}", "CHROME_PATH": packages.chromium()}
    program = ROOT / "bench" / "node" / "node_modules" / "lighthouse" / "cli" / "index.js"
    command = [PYTHON.parent / "node", program, url, "--quiet", "--output=json", f"--output-path={report}", f"--chrome-flags={FLAGS}",
               f"--only-categories={','.join(LEAST)}"]
    done = subprocess.run(command, env=env, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"Lighthouse did not run: {done.stderr.strip()[-500:]}")
    told = json.loads(report.read_text())
    for kind, category in told["categories"].items():
        weak = [one["id"] for one in category["auditRefs"] if one["weight"] and (told["audits"][one["id"]]["score"] or 0) < 0.9]
        if round(category["score"] * 100) < LEAST[kind]:
            print(f"  {url}: {kind}: {', '.join(weak)}", file=sys.stderr)
    return {kind: round(category["score"] * 100) for kind, category in told["categories"].items()}


if __name__ == "__main__":
    main()
