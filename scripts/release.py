"""Make a release of what HEAD holds: changelog, version, tag.

    python3 scripts/release.py 0.2.0             say what would be done, and what stands in the way
    python3 scripts/release.py 0.2.0 --really    do it; nothing is pushed

Refuses a work tree with changes, an empty “unreleased” part of CHANGELOG.md, a version that is not higher than the last one, a tag that is there,
and what fails `make check` or scripts/check_migrations.py.
"""

import argparse
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
UNRELEASED = re.compile(r"^## (?P<version>\S+) – unreleased[ \t]*\n(?P<text>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
OF_PROJECT = re.compile(r'^version = "(?P<version>[^"]+)"$', re.MULTILINE)
# What is run before anything is written, with the words for its failure.
CHECKS = {
    "make check": ["make", "--no-print-directory", "check"],
    "scripts/check_migrations.py": [".venv/bin/python", "scripts/check_migrations.py"],
}


class Refused(Exception):
    """This cannot be released; the message says why and what to do."""

    code = "release_refused"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version", help="X.Y.Z, higher than the last one")
    parser.add_argument("--really", action="store_true", help="do it; without this only say what would be done")
    options = parser.parse_args()
    try:
        check_wish(options.version)
        changes = written(options.version, today=date.today())
        if not options.really:
            print(foretold(options.version, changes))
            return 0
        for name, command in CHECKS.items():
            run_check(name, command)
        release(options.version, changes)
    except Refused as error:
        print(error, file=sys.stderr)
        return 1
    print(f"v{options.version} is tagged here. To hand it out: git push --follow-tags")
    return 0


def check_wish(version: str) -> None:
    """Refuse what must not be released, before anything is run or written."""
    if not VERSION.fullmatch(version):
        raise Refused(f"“{version}” is no version: write three numbers, as 0.2.0.")
    if changed := git("status", "--porcelain"):
        raise Refused(f"The work tree has changes; commit them or put them away:\n{changed}")
    if git("tag", "--list", f"v{version}"):
        raise Refused(f"The tag v{version} is there already: take the next number.")
    released = [found for tag in git("tag", "--list", "v*").split() if (found := VERSION.fullmatch(tag[1:]))]
    latest = max((numbers(found[0]) for found in released), default=(-1,))
    if numbers(version) <= latest:
        raise Refused(f"{version} is not higher than the last release, {'.'.join(map(str, latest))}.")


def written(version: str, *, today: date) -> dict[Path, str]:
    """Return the new text of each file that a release changes, without writing it."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = UNRELEASED.search(changelog)
    if found is None or not found["text"].strip():
        raise Refused("CHANGELOG.md says nothing under “## X.Y.Z – unreleased”: write there what has changed for those who use it.")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    dated = f"{changelog[:found.start()]}## {version} – {today:%Y-%m-%d}\n{changelog[found.start('text'):]}"
    return {
        Path("CHANGELOG.md"): dated, Path("pyproject.toml"): OF_PROJECT.sub(f'version = "{version}"', project, count=1),
        Path("deploy/last-release"): "\n".join([f"v{version}", *(f"{app} {name}" for app, name in migrations().items())]) + "\n",
    }


def migrations() -> dict[str, str]:
    """Return the last migration of each app, as the code in `.venv` has them."""
    program = ("import os, sys; sys.path[:0] = ['.', 'scripts']; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'lms.settings');"
               "import django; django.setup(); from check_migrations import leaves; from django.db.migrations.loader import MigrationLoader;"
               "[print(*pair) for pair in leaves(MigrationLoader(None, replace_migrations=False)).items()]")
    done = subprocess.run([".venv/bin/python", "-c", program], cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        raise Refused(f"The migrations could not be read (make run prepares what is needed):\n{done.stderr.strip()[-800:]}")
    return dict(line.split() for line in done.stdout.splitlines())


def foretold(version: str, changes: dict[Path, str]) -> str:
    """Say what would be done."""
    news = UNRELEASED.search((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))["text"].strip()
    files = "\n".join(f"  write {path}" for path in changes)
    checks = "\n".join(f"  run {name}" for name in CHECKS)
    return f"Would release v{version} from {git('rev-parse', '--short', 'HEAD')}:\n{checks}\n{files}\n  commit and tag v{version}\n\n{news}\n\nWith --really it is done."


def run_check(name: str, command: list[str]) -> None:
    print(f"· {name}", flush=True)
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise Refused(f"{name} fails; its message stands above. Nothing was changed.")


def release(version: str, changes: dict[Path, str]) -> None:
    """Write, commit and tag."""
    for path, text in changes.items():
        (ROOT / path).write_text(text, encoding="utf-8")
    git("add", "--", *map(str, changes))
    git("commit", "--quiet", "--message", f"Release {version}.")
    git("tag", "--annotate", f"v{version}", "--message", f"Release {version}; CHANGELOG.md says what is new.")


def numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        raise Refused(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.rstrip()


if __name__ == "__main__":
    sys.exit(main())
