"""The site that everything breaks around: web, two workers, two clocks, PostgreSQL, Redis, a mail server and a small disk, each to be taken away alone."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg

from bench.pages import ROOT
from bench.postgresql import Cluster
from bench.serving import HOST, Family, Server, free_port, site_environment
from bench.sink import Sink
from bench.walk import Cadre, Diary, make_course

FAKETIME = next(iter(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)
DISK_MB = 64
CLOCK_SECONDS = 2
# How long a process may hang within a transaction: shorter than in production, as all waits here (bench/hasty.py).
IDLE_SECONDS = 4


def said(text: str) -> None:
    print(f"· {time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


class Redis:
    """A cache that keeps nothing when it ends, as one in production."""

    def __init__(self) -> None:
        self.port, self.family = free_port(), None

    def start(self) -> None:
        self.family = Family()
        self.family.start(
            "Redis", ["redis-server", "--port", str(self.port), "--bind", HOST, "--save", "", "--appendonly", "no"], cwd="/",
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        if self.family:
            self.family.stop(signal.SIGKILL)
        self.family = None


class Background:
    """Workers and clocks, each a process of its own."""

    def __init__(self, env: dict[str, str], log: Path, *, clocks: int):
        self.env, self.log, self.clocks, self.family = env, log, clocks, None

    def start(self) -> None:
        self.family = Family()
        commands = {f"worker {n}": ["work", "--interval", "0.3"] for n in range(2)}
        commands |= {f"clock {n}": ["keep_time", "--every", str(CLOCK_SECONDS)] for n in range(self.clocks)}
        with self.log.open("ab") as output:
            for name, command in commands.items():
                self.family.start(name, [sys.executable, "bench/hasty.py", *command], cwd=ROOT, env=self.env, stdout=output, stderr=output)

    def kill(self) -> None:
        for child in self.family.children.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        self.family.stop()

    def stop(self) -> None:
        self.family.stop()


class Disk:
    """A place for files that can be full: a file system of its own where one may be mounted, else a storage that says so."""

    def __init__(self, folder: Path):
        self.folder, self.filler = folder, folder / "filler"
        folder.mkdir()
        self.is_mounted = not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", folder], check=False, capture_output=True).returncode
        self.env = {"PRIVATE_ROOT": str(folder / "private"), "MEDIA_ROOT": str(folder / "media"), "FULL_WHEN": "" if self.is_mounted else str(self.filler)}

    def fill(self) -> None:
        with contextlib.suppress(OSError), self.filler.open("wb", buffering=0) as file:
            while self.is_mounted:
                file.write(b"\0" * 4096)

    def empty(self) -> None:
        self.filler.unlink(missing_ok=True)

    def remove(self) -> None:
        if self.is_mounted:
            subprocess.run(["umount", "-l", self.folder], check=False)


class Crowd:
    """Cadres who come again and again: whoever has come to the end of their walk makes room for the next person."""

    def __init__(self, port: int, emails: list[str], *, at_once: int, think: float):
        self.port, self.think, self.over = port, think, threading.Event()
        self.diaries: list[Diary] = []
        self._emails, self._lock = iter(emails), threading.Lock()
        self.threads = [threading.Thread(target=self._come, daemon=True) for _ in range(at_once)]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def _come(self) -> None:
        while not self.over.is_set():
            with self._lock:
                email = next(self._emails, None)
                if email is None:
                    return
                cadre = Cadre(len(self.diaries), self.port, email, think=self.think, stubborn=True)
                self.diaries.append(cadre.diary)
            cadre.run()

    def leave(self, seconds: float) -> int:
        """Let everybody come to the end of their walk; return how many did not."""
        self.over.set()
        deadline = time.monotonic() + seconds
        for thread in self.threads:
            thread.join(max(0.1, deadline - time.monotonic()))
        return sum(thread.is_alive() for thread in self.threads)

    def asked_since(self, marks: dict[int, int]) -> list[float]:
        """Return how long each answer took that came after the marks."""
        return [took for number, diary in enumerate(list(self.diaries)) for _what, took in diary.asked[marks.get(number, 0):]]

    def mark(self) -> dict[int, int]:
        return {number: len(diary.asked) for number, diary in enumerate(list(self.diaries))}

    def finished(self) -> int:
        return sum(diary.finished for diary in list(self.diaries))

    def repeated(self) -> int:
        return sum(diary.repeated for diary in list(self.diaries))


class Site:
    """All of it, started when its `with` is entered."""

    def __init__(self, folder: Path, *, people: int, think: float, at_once: int, is_small: bool):
        self.folder, self.people, self.think, self.at_once, self.is_small = folder, people, think, at_once, is_small
        self.stack, self.time_file = contextlib.ExitStack(), folder / "time"

    def __enter__(self) -> "Site":
        with contextlib.ExitStack() as stack:
            self.disk = Disk(self.folder / "files")
            stack.callback(self.disk.remove)
            self.cluster = stack.enter_context(Cluster(self.folder / "postgresql"))
            self.sink, self.redis = stack.enter_context(Sink()), Redis()
            self.redis.start()
            stack.callback(lambda: self.redis.kill())
            self.env = self._environment()
            self.emails = self._make()
            said("site made")
            self.server = stack.enter_context(Server(self.env, workers=1 if self.is_small else 2, log=self.folder / "web.log"))
            self.background = Background(self.env, self.folder / "background.log", clocks=1 if self.is_small else 2)
            self.background.start()
            stack.callback(lambda: self.background.stop())
            self.crowd = Crowd(self.server.port, self.emails, at_once=self.at_once, think=self.think)
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *error) -> None:
        self.stack.close()

    def _environment(self) -> dict[str, str]:
        site = self.folder / "site"
        (site / "static").mkdir(parents=True)
        env = site_environment(site, self.cluster.url)
        return {
            **env, "DATABASE_URL": f"{self.cluster.url}?options=-c%20jit%3Doff%20-c%20idle_in_transaction_session_timeout%3D{IDLE_SECONDS}s",
            "DJANGO_SETTINGS_MODULE": "bench.faults_settings", "CACHE_URL": "", "REDIS_URL": f"redis://{HOST}:{self.redis.port}/0",
            "EMAIL_URL": f"smtp://{HOST}:{self.sink.port}", "LOG_LEVEL": "WARNING", **self.disk.env,
            "QUICK_TABLES": "1" if self.is_small else ""}

    def _make(self) -> list[str]:
        """Make the site's pages and people, in this process: a start of Django for each step would take longer than the steps."""
        # This process outlives restarts of the database: no connection of it may stay in a pool.
        os.environ.update({**self.env, "DATABASE_POOL": "0"})
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections
        from django_tasks_db.models import DBTaskResult

        from lms.demo.load import load_site
        from tests.factories import certificates

        call_command("migrate", verbosity=0, run_syncdb=True)
        if self.is_small:
            first_rows()
        call_command("createcachetable", verbosity=0)
        load_site()
        certificates.issuer()
        emails = make_course(count=self.people)
        DBTaskResult.objects.all().delete()
        connections.close_all()
        return emails

    def take_clock(self) -> None:
        """Start web, workers and clocks anew with a clock that can be set, and is right until then.

        Not from the beginning: under libfaketime Python's `sleep` fails now and then, which would look like a fault of ours.
        """
        self.set_clock(0)
        self.server.kill()
        self.background.stop()
        self.server.env = self.background.env = {
            **self.env, "LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(self.time_file), "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        self.background.start()
        self.server.start()

    def set_clock(self, seconds: int) -> None:
        """Let the site's clock be so far ahead; written beside and put in place, so that nobody reads half of it."""
        beside = self.time_file.with_suffix(".new")
        beside.write_text(f"{seconds:+d}\n")
        shutil.move(beside, self.time_file)

    def ask_database(self, *statements: str) -> None:
        """Tell PostgreSQL something as its keeper, whatever sessions are told to be."""
        with psycopg.connect(
                self.cluster.url.replace("postgres://lms@/", "host=").rpartition("/")[0] + " user=lms dbname=lms", autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            for statement in statements:
                connection.execute(statement)


def first_rows() -> None:
    """Lay what Wagtail's migrations lay: languages, the root of pages, the root of collections."""
    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import Collection, Locale, Page

    Locale.objects.get_or_create(language_code="vi")
    Page.add_root(title="Root", slug="root", content_type=ContentType.objects.get_for_model(Page))
    Collection.add_root(name="Root")
