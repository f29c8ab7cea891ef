"""A site served for measuring: its own folder and database, granian and a worker as children, learners with a session each."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from bench.pages import ROOT, environment

sys.path.insert(0, str(ROOT / "scripts"))
from processes import Family

HOST = "127.0.0.1"
START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


class Server:
    """Granian with the site behind it. It is started again when it was killed; whoever leaves the `with` stops it."""

    def __init__(self, env: dict[str, str], *, app: str = "lms.wsgi:application", workers: int = 2, log: Path | None = None):
        self.env, self.app, self.workers, self.log, self.port = env, app, workers, log, free_port()
        self.family: Family | None = None

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *error) -> None:
        self.family.stop()

    def start(self) -> None:
        self.family = Family()
        # Without a file of its own its words stand among ours.
        output = self.log.open("ab") if self.log else None
        self.family.start("web server", [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(self.port), "--workers", str(self.workers),
            "--blocking-threads", "4", "--no-ws", "--log-level", "error", "--backlog", "2048", self.app], cwd=ROOT, env=self.env, stdout=output, stderr=output)
        deadline = time.monotonic() + START_SECONDS
        while not self.is_up():
            if self.family.ended() or time.monotonic() > deadline:
                sys.exit("The server did not start.")
            time.sleep(0.1)

    def is_up(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
            connection.request("GET", "/healthz")
            return connection.getresponse().status < 500
        return False

    def kill(self) -> None:
        """Kill -9, the whole group: nobody is told, nothing is finished."""
        child = self.family.children["web server"]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        self.family.stop()

    def cpu_seconds(self) -> float:
        """Return the CPU time that the server and its children have used."""
        group, ticks = self.family.children["web server"].pid, 0
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                if folder.name.isdecimal() and os.getpgid(int(folder.name)) == group:
                    values = (folder / "stat").read_text().rpartition(")")[2].split()
                    ticks += int(values[11]) + int(values[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def exact_seconds(self) -> float:
        """Return the same of what runs now, in nanoseconds instead of hundredths of a second: for a few requests at a time."""
        group, spent = self.family.children["web server"].pid, 0
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                if folder.name.isdecimal() and os.getpgid(int(folder.name)) == group:
                    spent += sum(int((thread / "schedstat").read_text().split()[0]) for thread in (folder / "task").iterdir())
        return spent / 1e9


class Worker:
    """The background worker and the clock."""

    def __init__(self, env: dict[str, str]):
        self.env = env

    def __enter__(self) -> "Worker":
        self.start()
        return self

    def __exit__(self, *error) -> None:
        self.family.stop()

    def start(self) -> None:
        self.family = Family()
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.family.start("background worker", [sys.executable, "manage.py", "work"], cwd=ROOT, env=self.env, **quiet)
        self.family.start("clock", [sys.executable, "manage.py", "keep_time", "--every", "5"], cwd=ROOT, env=self.env, **quiet)

    def kill(self) -> None:
        for child in self.family.children.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        self.family.stop()


class Browser:
    """One learner's browser: a session, a connection that is opened again when it broke. Raises OSError without a network."""

    def __init__(self, port: int, session: str, timeout: float = 15):
        self.port, self.timeout, self.connection = port, timeout, None
        self.cookies = f"sessionid={session}; csrftoken={'a' * 32}"

    def get(self, path: str) -> tuple[int, bytes, str]:
        return self.ask("GET", path)

    def post(self, path: str, data: dict | None = None) -> tuple[int, bytes, str]:
        headers = {"X-CSRFToken": "a" * 32, "Content-Type": "application/json", "Accept": "application/json"}
        return self.ask("POST", path, json.dumps(data or {}).encode(), headers)

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict | None = None) -> tuple[int, bytes, str]:
        """Return status, body and where a redirect leads. A kept connection that the server has closed meanwhile is opened again."""
        if self.connection is not None:
            try:
                return self._ask(method, path, body, headers)
            except OSError:
                pass
        return self._ask(method, path, body, headers)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict | None) -> tuple[int, bytes, str]:
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(HOST, self.port, timeout=self.timeout)
            self.connection.request(method, path, body, {"Cookie": self.cookies, "Accept-Language": "vi", **(headers or {})})
            reply = self.connection.getresponse()
            return reply.status, reply.read(), reply.headers.get("Location", "")
        except (OSError, http.client.HTTPException) as error:
            self.connection = None
            raise OSError(str(error)) from error


def site_environment(folder: Path, database: str = "") -> dict[str, str]:
    """Return the environment of a measured site: its own folder, and SQLite there unless another database is named."""
    env = environment(folder, debug="0")
    env.update({"ALLOWED_HOSTS": HOST, "LOG_LEVEL": "CRITICAL"})
    if database:
        env["DATABASE_URL"] = database
    return env


def prepare(env: dict[str, str], *commands: str) -> None:
    """Bring a measured site's database up to date and run more commands on it."""
    for command in ("migrate --verbosity=0", "createcachetable --verbosity=0", *commands):
        done = subprocess.run([sys.executable, "manage.py", *command.split()], cwd=ROOT, env={**env, "DEBUG": "1"}, check=False, stdout=sys.stderr)
        if done.returncode:
            sys.exit(f"manage.py {command} failed; its message stands above.")


def sessions_for(people: list, backend: str = "") -> list[str]:
    """Sign people in, by this backend or the site's own, and return the key of each one's session."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    store, keys = import_module(settings.SESSION_ENGINE).SessionStore, []
    for person in people:
        session = store()
        session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), backend or settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.create()
        keys.append(session.session_key)
    return keys


def takers(count: int) -> list:
    """Return so many people with accounts."""
    from accounts.models import User

    User.objects.bulk_create([User(email=f"{n}@bench.example.org", full_name=f"Người học {n}", password="!") for n in range(count)],
                             ignore_conflicts=True)
    return list(User.objects.filter(email__endswith="@bench.example.org").order_by("pk")[:count])
