"""`make test`: every check there is, with what it needs installed first where that may be done. Standard library only.

    python3 scripts/test.py [--quick] [PART ...]     --quick: only what takes seconds, as `make check` does

SKIPS=forbidden makes a part, or a test, that had to be left out a failure.
"""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import packages
import postgresql
from environment import PYTHON, ROOT, prepare

SKIPS_FORBIDDEN = os.environ.get("SKIPS") == "forbidden"
# Settings of the person at the keyboard, which no test may depend on.
OURS = (
    "ADMINS_NEED_SECOND_FACTOR", "ALLOWED_HOSTS", "BEHIND_PROXY", "CACHE_URL", "CERTIFICATE_SIGNING_KEY", "CSRF_TRUSTED_ORIGINS", "DATABASE_POOL", "DATABASE_URL",
    "DEBUG", "DEFAULT_FROM_EMAIL", "DJANGO_SETTINGS_MODULE", "EMAIL_URL", "HTTPS", "LOG_LEVEL", "MEDIA_ROOT", "PDF_SIGNING", "PRIVATE_ROOT",
    "PYTEST_ADDOPTS", "PYTHONPATH", "SECRET_KEY", "SERVE_MEDIA", "SIGN_UP_OPEN", "SITE_NAME", "SITE_URL", "SMS_SENDER", "SSL_REDIRECT",
    "TESTING", "TRUSTED_PROXY_COUNT", "VAR_DIR",
)


@dataclass
class Outcome:
    name: str
    state: str = "passed"
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    note: str = ""
    seconds: float = 0

    @property
    def is_bad(self) -> bool:
        return self.state == "failed" or (SKIPS_FORBIDDEN and (self.state == "skipped" or self.skipped > 0))


@dataclass
class Workplace:
    """Where the parts run: a temporary folder of their own and an environment without the developer's settings."""

    folder: Path

    def env(self, **more: str) -> dict[str, str]:
        var = self.folder / "var"
        clean = {name: value for name, value in os.environ.items() if name not in OURS}
        return {
            **clean, "SECRET_KEY": "tests-only-not-a-secret-0000000000000000000", "DEBUG": "0", "HTTPS": "0",
            "PDF_SIGNING": "", "DATABASE_URL": f"sqlite:///{var}/db.sqlite3", "CACHE_URL": "dbcache://cache", "EMAIL_URL": "consolemail://",
            "TMPDIR": str(self.folder), "VAR_DIR": str(var), **more,
        }

    def tool(self, *command: str, **env: str) -> Callable[[str], Outcome]:
        """Return a part that runs one of the tools in `.venv`, which is silent as long as it finds nothing."""

        def part(name: str) -> Outcome:
            program = [PYTHON.parent / command[0], *command[1:]]
            done = subprocess.run(program, cwd=ROOT, env=self.env(**env), check=False, capture_output=True, text=True)
            if done.returncode == 0:
                return Outcome(name)
            print(f"{done.stdout}{done.stderr}".strip(), flush=True)
            return Outcome(name, "failed", note=f"exit code {done.returncode}")

        return part

    def pytest(self, *arguments: str, **env: str) -> Callable[[str], Outcome]:
        """Return a part that runs tests, showing pytest's own lines and counting from its report."""

        def part(name: str) -> Outcome:
            report = self.folder / f"{name.replace(' ', '-')}.xml"
            command = [PYTHON, "-m", "pytest", "-q", "-rs", f"--junitxml={report}", *arguments]
            code = subprocess.run(command, cwd=ROOT, env=self.env(**env), check=False).returncode
            if code == 5:
                return Outcome(name, "skipped", note="there is no test here")
            outcome = Outcome(name, "failed" if code else "passed", note=f"exit code {code}" if code else "")
            if report.exists():
                for case in ElementTree.parse(report).getroot().iter("testcase"):
                    marks = {mark.tag for mark in case}  # a test that failed twice, in its setup and after it, is one test
                    outcome.failed += bool(marks & {"failure", "error"})
                    outcome.skipped += marks == {"skipped"}
                    outcome.passed += not marks & {"failure", "error", "skipped"}
            return outcome

        return part

    def on_postgresql(self, *arguments: str) -> Callable[[str], Outcome]:
        def part(name: str) -> Outcome:
            if not postgresql.programs():
                return Outcome(name, "skipped", note="no PostgreSQL server is installed (Debian: apt install postgresql)")
            try:
                with postgresql.server(self.folder / "pg") as url:
                    return self.pytest(*arguments, DATABASE_URL=url)(name)
            except RuntimeError as error:
                return Outcome(name, "failed", note=str(error))

        return part

    def in_chromium(self, *arguments: str) -> Callable[[str], Outcome]:
        def part(name: str) -> Outcome:
            browser = packages.chromium()
            if not browser:
                return Outcome(name, "skipped", note="Chromium is not installed (Debian: apt install chromium)")
            return self.pytest(*arguments, CHROMIUM=browser)(name)

        return part


def quick_parts(place: Workplace) -> dict[str, Callable[[str], Outcome]]:
    return {
        "lint": place.tool("ruff", "check", "."),
        "import contracts": place.tool("lint-imports", "--no-cache", "--no-logo"),
        "migrations": place.tool("python", "manage.py", "makemigrations", "--check", "--dry-run"),
        "message catalogue": place.tool("python", "scripts/messages.py", "check"),
    }


def slow_parts(place: Workplace) -> dict[str, Callable[[str], Outcome]]:
    workers = ("-n", str(min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)))
    production = {
        "SECRET_KEY": secrets.token_urlsafe(48), "CERTIFICATE_SIGNING_KEY": secrets.token_urlsafe(48), "HTTPS": "1",
        "SITE_URL": "https://lms.example.org", "ALLOWED_HOSTS": "lms.example.org"}
    return {
        "templates": place.tool("djlint", "templates", "--lint", "--quiet"),
        "assets": place.tool("python", "scripts/build_assets.py"),
        "messages": place.tool("python", "scripts/messages.py", "compile"),
        "deployment checks": place.tool("python", "manage.py", "check", "--deploy", "--fail-level", "WARNING", **production),
        "tests on SQLite": place.pytest(*workers, "tests"),
        "tests on PostgreSQL": place.on_postgresql(*workers, "--only-with-database", "tests"),
        "tests in Chromium": place.in_chromium(*workers, "--dist", "loadfile", "-m", "browser", "tests/browser"),
    }


def main() -> int:
    quick = "--quick" in sys.argv
    chosen = [argument for argument in sys.argv[1:] if argument != "--quick"]
    prepare(dev=True)
    if not quick:
        packages.install()
        packages.install_node_modules()
    with tempfile.TemporaryDirectory(prefix="lms-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL runs as somebody else and must be able to pass
        (folder / "var").mkdir()
        place = Workplace(folder)
        parts = quick_parts(place) | ({} if quick else slow_parts(place))
        if unknown := set(chosen) - set(parts):
            sys.exit(f"No such part: {', '.join(sorted(unknown))}. There are: {', '.join(parts)}.")
        return report([run(name, part) for name, part in parts.items() if not chosen or name in chosen])


def run(name: str, part: Callable[[str], Outcome]) -> Outcome:
    print(f"\n── {name} ──", flush=True)
    start = time.monotonic()
    outcome = part(name)
    outcome.seconds = time.monotonic() - start
    if not outcome.passed:
        print(f"{outcome.state}{': ' if outcome.note else ''}{outcome.note}", flush=True)
    return outcome


def report(outcomes: list[Outcome]) -> int:
    """Print the table of the parts and the closing line; return the exit code."""
    bad = [outcome for outcome in outcomes if outcome.is_bad]
    print(f"\n{'part':24}{'state':10}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}")
    for one in outcomes:
        counts = [one.passed or "", one.failed or "", one.skipped or ""]
        print(f"{one.name:24}{one.state:10}{counts[0]:>8}{counts[1]:>8}{counts[2]:>9}{one.seconds:>9.1f}  {one.note}".rstrip())
    left_out = [one for one in outcomes if one.state == "skipped"]
    for one in left_out:
        print(f"SKIPPED: {one.name}: {one.note}{' (a skip is a failure here)' if SKIPS_FORBIDDEN else ''}")
    if bad:
        print(f"NOT GOOD: {', '.join(one.name for one in bad)}")
    # A check without a count of its own counts as one.
    passed, failed, skipped = (sum(getattr(one, key) or (one.state == key and 1) for one in outcomes) for key in ("passed", "failed", "skipped"))
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if bad else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
