"""Looks for known holes: in our own lines with bandit, in what we build on with pip-audit.

    .venv/bin/python scripts/security.py [code] [packages]

Ends with 1 when something is found. Where the advisories cannot be reached (no network, a mirror without them) it says so plainly and does
not fail for that: nothing was found, and nothing was looked at either.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
CODE = [
    "accounts", "certificates", "cms", "courses", "intake", "laws", "learning", "lms", "quizzes", "training", "unions", "vietnamese", "scripts", "bench",
    "manage.py",
]
PINS = ["requirements.txt", "requirements-dev.txt"]
SECONDS = 300


def look_at_code() -> int:
    """Run bandit over every module of ours; what is only a hint (an import, a call without a shell) is ruff's to say (its S rules)."""
    command = [TOOLS / "bandit", "--quiet", "--configfile", "pyproject.toml", "--severity-level", "medium", "--recursive", *CODE]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        print(done.stdout.strip() or done.stderr.strip()[-2000:])
        return 1
    print("code: bandit finds nothing")
    return 0


def look_at_packages() -> int:
    """Ask for advisories about every pinned package; first about one alone, so that a mirror without advisories is asked once and not 150 times."""
    with tempfile.TemporaryDirectory() as place:
        one = Path(place, "one.txt")
        one.write_text(first_pin((ROOT / PINS[0]).read_text(encoding="utf-8")), encoding="utf-8")
        reached, _found, why = audit(one)
    if not reached:
        print(f"packages: NOT LOOKED AT: the advisories could not be reached from here ({why}). Run this once where they can be, before a release.")
        return 0
    return max(told_of(name) for name in PINS)


def told_of(name: str) -> int:
    """Print what is known against the packages of one file, and say whether there is anything."""
    reached, found, why = audit(ROOT / name)
    for line in found:
        print(f"packages: {line}")
    if not found:
        print(f"packages: {name}: nothing is known against {reached} of them" + (f"; {why}" if why else ""))
    return 1 if found else 0


def audit(requirements: Path) -> tuple[int, list[str], str]:
    """Return how many packages were looked up, what was found, and why others were not."""
    command = [
        TOOLS / "pip-audit", "--requirement", requirements, "--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "15"]
    try:
        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=SECONDS)
        told = json.loads(done.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        return 0, [], f"no answer within {SECONDS} seconds"
    except (json.JSONDecodeError, KeyError, TypeError):
        return 0, [], (done.stderr.strip().splitlines() or ["no answer"])[-1][:200]
    left_out = [package["name"] for package in told if "skip_reason" in package]
    found = [
        f"{package['name']} {package['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version yet'}"
        for package in told for hole in package.get("vulns", [])]
    return len(told) - len(left_out), found, f"not known there: {', '.join(left_out)[:300]}" if left_out else ""


def first_pin(text: str) -> str:
    """Return the pin of Django with its digests, as a file of its own."""
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("django=="))
    stop = start
    while lines[stop].endswith("\\"):
        stop += 1
    return "\n".join(lines[start:stop + 1]) + "\n"


if __name__ == "__main__":
    parts = {"code": look_at_code, "packages": look_at_packages}
    sys.exit(max(parts[name]() for name in sys.argv[1:] or parts))
