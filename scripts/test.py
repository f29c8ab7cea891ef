"""`make test`: every check there is, with what it needs installed first where that may be done. Standard library only.

    python3 scripts/test.py [--quick] [PART ...]     --quick: only what takes seconds, as `make check` does

SKIPS=forbidden makes a part, or a test, that had to be left out a failure.
"""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import packages
import postgresql
from environment import PYTHON, ROOT, prepare

SKIPS_FORBIDDEN = os.environ.get("SKIPS") == "forbidden"
# Settings of the person at the keyboard, which no test may depend on.
OURS = (
    "ADMINS_NEED_SECOND_FACTOR", "ALLOWED_HOSTS", "BACKUP_DIR", "BACKUP_RECIPIENT", "BEHIND_PROXY", "CACHE_URL", "CERTIFICATE_SIGNING_KEY",
    "CSRF_TRUSTED_ORIGINS", "DATABASE_POOL", "DATABASE_POOL_SIZE", "DATABASE_URL", "DEBUG", "DEFAULT_FROM_EMAIL", "DJANGO_SETTINGS_MODULE",
    "EDITORS_NEED_SECOND_FACTOR", "EMAIL_URL", "HSTS_PRELOAD", "HTTPS", "LOG_FORMAT", "LOG_LEVEL", "MAINTENANCE", "MEDIA_ROOT", "METRICS_TOKEN",
    "PDF_SIGNING", "PRIVATE_ROOT", "PROMETHEUS_MULTIPROC_DIR", "PYTEST_ADDOPTS", "PYTHONPATH", "REDIS_URL", "S3_ACCESS_KEY", "S3_BUCKET",
    "S3_ENDPOINT_URL", "S3_PUBLIC_URL", "S3_REGION", "S3_SECRET_KEY", "S3_SIGNED_LINKS", "SECRET_KEY", "SECRET_KEY_FALLBACKS", "SENTRY_DSN", "SERVE_MEDIA",
    "SIGN_UP_OPEN", "SITE_NAME", "SITE_URL", "SMS_SENDER", "SSL_REDIRECT", "STATIC_ROOT", "TASKS_ENGINE", "TESTING", "TRUSTED_PROXY_COUNT",
    "VAR_DIR", "VERSION",
)


Part = Callable[[str], "Outcome"]


@dataclass
class Outcome:
    name: str
    state: str = "passed"
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    note: str = ""
    # What a tool had to say.
    said: str = ""
    seconds: float = 0

    @property
    def is_bad(self) -> bool:
        return self.state == "failed" or (SKIPS_FORBIDDEN and (self.state == "skipped" or self.skipped > 0))


@dataclass
class Workplace:
    """Where the parts run: a temporary folder of their own and an environment without the developer's settings."""

    folder: Path
    # Holds the database server from the first part that asks for it to the last one.
    held: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    address: str = ""

    def env(self, **more: str) -> dict[str, str]:
        var = self.folder / "var"
        clean = {name: value for name, value in os.environ.items() if name not in OURS}
        return {
            **clean, "SECRET_KEY": "tests-only-not-a-secret-0000000000000000000", "DEBUG": "0", "HTTPS": "0",
            "PDF_SIGNING": "", "DATABASE_URL": f"sqlite:///{var}/db.sqlite3", "CACHE_URL": "dbcache://cache", "EMAIL_URL": "consolemail://",
            "TMPDIR": str(self.folder), "VAR_DIR": str(var), **more,
        }

    def tool(self, *command: str, is_heard: bool = False, **env: str) -> Part:
        """Return a part that runs one of the tools in `.venv`; what it says is shown when it fails, or always where it `is_heard`."""

        def part(name: str) -> Outcome:
            program = [PYTHON.parent / command[0], *command[1:]]
            done = subprocess.run(program, cwd=ROOT, env=self.env(**env), check=False, capture_output=True, text=True)
            said = f"{done.stdout}{done.stderr}".strip()
            if done.returncode == 0:
                return Outcome(name, said=said if is_heard else "")
            return Outcome(name, "failed", note=f"exit code {done.returncode}", said=said)

        return part

    def pytest(self, *arguments: str, **env: str) -> Part:
        """Return a part that runs tests, showing pytest's own lines and counting from its report."""

        def part(name: str) -> Outcome:
            report = self.folder / f"{name.replace(' ', '-')}.xml"
            command = [PYTHON, "-m", "pytest", "-q", "-rs", f"--junitxml={report}", *arguments]
            code = subprocess.run(command, cwd=ROOT, env=self.env(**env), check=False).returncode
            if code == 5:
                return Outcome(name, "skipped", note="there is no test here")
            outcome = Outcome(name, "failed" if code else "passed", note=f"exit code {code}" if code else "")
            if report.exists():
                for case in ElementTree.parse(report).getroot().iter("testcase"):  # nosec B314 # what pytest wrote a moment ago
                    marks = {mark.tag for mark in case}  # a test that failed twice, in its setup and after it, is one test
                    outcome.failed += bool(marks & {"failure", "error"})
                    outcome.skipped += marks == {"skipped"}
                    outcome.passed += not marks & {"failure", "error", "skipped"}
            return outcome

        return part

    def on_postgresql(self, make: Callable[..., Part], *arguments: str) -> Part:
        """Return a part of this kind that is told the address of a PostgreSQL server, one for all parts."""

        def part(name: str) -> Outcome:
            if not postgresql.programs():
                return Outcome(name, "skipped", note="no PostgreSQL server is installed (Debian: apt install postgresql)")
            try:
                self.address = self.address or self.held.enter_context(postgresql.server(self.folder / "pg"))
            except RuntimeError as error:
                return Outcome(name, "failed", note=str(error))
            return make(*arguments, DATABASE_URL=self.address)(name)

        return part

    def in_chromium(self, *arguments: str) -> Part:
        def part(name: str) -> Outcome:
            browser = packages.chromium()
            if not browser:
                return Outcome(name, "skipped", note="Chromium is not installed (Debian: apt install chromium)")
            return self.pytest(*arguments, CHROMIUM=browser)(name)

        return part


def quick_parts(place: Workplace) -> dict[str, Part]:
    return {
        "lint": place.tool("ruff", "check", "."),
        "import contracts": place.tool("lint-imports", "--no-cache", "--no-logo"),
        "migrations": place.tool("python", "manage.py", "makemigrations", "--check", "--dry-run"),
        "last release": place.tool("python", "scripts/check_migrations.py"),
        "message catalogue": place.tool("python", "scripts/messages.py", "check"),
    }


def slow_tools(place: Workplace) -> dict[str, Part]:
    production = {
        "SECRET_KEY": secrets.token_urlsafe(48), "CERTIFICATE_SIGNING_KEY": secrets.token_urlsafe(48), "HTTPS": "1",
        "SITE_URL": "https://lms.congdoan.vn", "ALLOWED_HOSTS": "lms.congdoan.vn", "BEHIND_PROXY": "1", "ADMINS_NEED_SECOND_FACTOR": "1",
        "EMAIL_URL": "smtp+tls://lms:unused@mail.congdoan.vn:587", "DEFAULT_FROM_EMAIL": "khong-tra-loi@congdoan.vn"}
    # The longest first: two of them run at a time.
    return {
        "PostgreSQL template": place.on_postgresql(place.tool, "python", "-m", "tests.template"),
        "SQLite template": place.tool("python", "-m", "tests.template"),
        "security": place.tool("python", "scripts/security.py", is_heard=True),
        "templates": place.tool("djlint", "templates", "--lint", "--quiet"),
        "assets": place.tool("python", "scripts/build_assets.py"),
        "messages": place.tool("python", "scripts/messages.py", "compile"),
        # Without "engines": there is no mail server here, and no table yet (tests/lms/test_checks.py asks them).
        "deployment checks": place.tool(
            "python", "manage.py", "check", "--deploy", "--fail-level", "WARNING", "--tag", "security", "--tag", "certificates", **production),
    }


def suites(place: Workplace) -> dict[str, Part]:
    workers = ("-n", str(min(8, cores())))
    return {
        "tests on SQLite": place.pytest(*workers, "tests"),
        "tests on PostgreSQL": place.on_postgresql(place.pytest, *workers, "--only-with-database", "tests"),
        "tests in Chromium": place.in_chromium(*workers, "--dist", "loadfile", "-m", "browser", "tests/browser"),
        "faults survived": place.tool("python", "bench/faults.py", "--small", "--only", "kills", "readonly", "queue", is_heard=True),
    }


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def main() -> int:
    quick = "--quick" in sys.argv
    chosen = [argument for argument in sys.argv[1:] if argument != "--quick"]
    prepare(dev=True)
    if not quick:
        packages.install()
        packages.install_node_modules()
    with tempfile.TemporaryDirectory(prefix="lms-") as name, contextlib.ExitStack() as held:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL runs as somebody else and must be able to pass
        (folder / "var").mkdir()
        place = Workplace(folder, held)
        tools = quick_parts(place) if quick else {**slow_tools(place), **quick_parts(place)}
        parts = {} if quick else suites(place)
        if unknown := set(chosen) - {*tools, *parts}:
            sys.exit(f"No such part: {', '.join(sorted(unknown))}. There are: {', '.join([*tools, *parts])}.")
        outcomes = list(side_by_side({name: part for name, part in tools.items() if not chosen or name in chosen}))
        return report(outcomes + [run(name, part) for name, part in parts.items() if not chosen or name in chosen])


def side_by_side(parts: dict[str, Part]) -> Iterator[Outcome]:
    """Run parts that use one core each, as many at a time as there are cores (at most two: some hold a whole site), and show each at its end."""
    with ThreadPoolExecutor(min(2, cores())) as pool:
        for name, coming in [(name, pool.submit(timed, name, part)) for name, part in parts.items()]:
            print(f"\n── {name} ──", flush=True)
            show(outcome := coming.result())
            yield outcome


def run(name: str, part: Part) -> Outcome:
    print(f"\n── {name} ──", flush=True)
    show(outcome := timed(name, part))
    return outcome


def timed(name: str, part: Part) -> Outcome:
    start = time.monotonic()
    outcome = part(name)
    outcome.seconds = time.monotonic() - start
    return outcome


def show(outcome: Outcome) -> None:
    if outcome.said:
        print(outcome.said, flush=True)
    if not outcome.passed:
        print(f"{outcome.state}{': ' if outcome.note else ''}{outcome.note}", flush=True)


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
