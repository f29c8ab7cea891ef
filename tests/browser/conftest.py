"""A real site for the browser tests: the demonstration on a temporary database, served by the product's own server and worker."""

import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "congdoan-demo"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
START_SECONDS = 60
# Of this run: whoever issues a paper beside the site signs it as the site does.
SIGNING_KEY = "browser-tests-only-not-a-secret-0000000000000"
# Held on to, so that nobody is told they were forgotten: another worker may be the one to take them down.
_STARTED: list[subprocess.Popen] = []


@dataclass(frozen=True)
class Site:
    url: str
    folder: Path


@pytest.fixture(scope="session")
def site(tmp_path_factory, worker_id) -> Iterator[Site]:
    """One site for all workers of a run: the first to come brings it up, the last to leave takes it down."""
    if running := os.environ.get("BROWSER_SITE"):  # a site that is up already, while writing tests
        yield Site(running, ROOT)
        return
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "site"
    folder.mkdir(exist_ok=True)
    with _alone(folder) as known:
        if not known:
            known.update(_bring_up(folder), guests=0)
        known["guests"] += 1
    yield Site(known["url"], folder)
    with _alone(folder) as known:
        known["guests"] -= 1
        if not known["guests"]:
            _take_down(known["pids"])
            known.clear()
    for process in _STARTED:
        # Left to the worker that leaves last: nobody here has to wait for them.
        process.returncode = process.returncode or 0


@contextmanager
def _alone(folder: Path) -> Iterator[dict]:
    """Hand out what the workers know of the site, to one of them at a time, and keep what it makes of it."""
    with (folder / "known.json").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        known = json.loads(file.read() or "{}")
        yield known
        file.truncate(0)
        file.write(json.dumps(known))


def _bring_up(folder: Path) -> dict:
    # Not at the top: stage.py reads this module before Django is up.
    from tests import databases

    port = _free_port()
    # The unit tests have migrated one already, most of the time.
    if (migrated := databases.template()).exists():
        shutil.copyfile(migrated, folder / "db.sqlite3")
    env = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "lms.settings", "VAR_DIR": str(folder), "MEDIA_ROOT": f"{folder}/media",
        "PRIVATE_ROOT": f"{folder}/private", "SECRET_KEY": secrets.token_urlsafe(48), "CERTIFICATE_SIGNING_KEY": SIGNING_KEY, "SITE_URL": f"http://127.0.0.1:{port}", "TESTING": "0",
        "HTTPS": "0", "ADMINS_NEED_SECOND_FACTOR": "0", "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3", "LOG_LEVEL": "WARNING",
    }
    for command in (["scripts/build_assets.py"], ["scripts/messages.py", "compile"], ["manage.py", "collectstatic", "--noinput", "-v0"],
                    ["scripts/prepare_site.py"]):
        subprocess.run([sys.executable, *command], cwd=ROOT, env={**env, "DEBUG": "1"}, check=True, stdout=subprocess.DEVNULL)
    server = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
              "--blocking-threads", "4", "--no-ws", "--log-level", "warning", "lms.wsgi:application"]
    # A session of their own: they outlive the worker that started them.
    _STARTED.extend(
        subprocess.Popen(command, cwd=ROOT, env={**env, "DEBUG": "0"}, start_new_session=True)
        for command in (server, [sys.executable, "manage.py", "work", "--interval", "0.2"]))
    pids = [process.pid for process in _STARTED[-2:]]
    try:
        _wait_until_up(f"http://127.0.0.1:{port}/healthz")
    except BaseException:
        _take_down(pids)
        raise
    return {"url": f"http://127.0.0.1:{port}", "pids": pids}


def _take_down(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and any(map(_is_up, pids)):
        time.sleep(0.1)
    for process in _STARTED:
        process.poll()


def _is_up(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    # Gone, but its parent, the other worker, has not asked for it yet.
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_up(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=2)
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser of the run: a second engine in this thread would be refused."""
    # The engine keeps an event loop in this thread, beside which Django refuses queries.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"])
        yield browser
        browser.close()


class Device:
    """A phone or a desktop in somebody's hand; every error on its pages fails the test."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.context, self.site, self.faults = context, site, []
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}: {error}"))
        self.page.on("console", self._note)

    def _note(self, message) -> None:
        if message.type == "error" and "net::ERR_INTERNET_DISCONNECTED" not in message.text:
            self.faults.append(f"{self.page.url}: {message.text}")

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.site.url}{path}")
        return self.page

    def sign_in(self, login: str, password: str = PASSWORD) -> Page:
        self.open("/tai-khoan/login/")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", password)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/login/" not in url)
        return self.page


@pytest.fixture
def device(chromium, site):
    """Open a device: `device()` is a phone in Vietnamese, `device(DESK)` a desktop; further options are the browser context's."""
    opened: list[Device] = []

    def open_device(viewport: dict = PHONE, **options) -> Device:
        context = chromium.new_context(viewport=viewport, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", **options)
        opened.append(Device(context, site))
        return opened[-1]

    yield open_device
    faults = [fault for one in opened for fault in one.faults]
    for one in opened:
        one.context.close()
    assert faults == []
