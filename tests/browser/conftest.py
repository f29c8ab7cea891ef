"""A real site for the browser tests: the demonstration on a temporary database, served by the product's own server and worker."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "congdoan-demo"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
START_SECONDS = 60


@dataclass(frozen=True)
class Site:
    url: str
    folder: Path


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[Site]:
    if running := os.environ.get("BROWSER_SITE"):  # a site that is up already, while writing tests
        yield Site(running, ROOT)
        return
    folder = tmp_path_factory.mktemp("site")
    port = _free_port()
    env = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "lms.settings", "VAR_DIR": str(folder), "MEDIA_ROOT": f"{folder}/media",
        "PRIVATE_ROOT": f"{folder}/private", "SECRET_KEY": secrets.token_urlsafe(48), "CERTIFICATE_SIGNING_KEY": secrets.token_urlsafe(48), "SITE_URL": f"http://127.0.0.1:{port}", "TESTING": "0",
        "HTTPS": "0", "ADMINS_NEED_SECOND_FACTOR": "0", "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3", "LOG_LEVEL": "WARNING",
    }
    for command in (["scripts/build_assets.py"], ["scripts/messages.py", "compile"], ["manage.py", "collectstatic", "--noinput", "-v0"]):
        subprocess.run([sys.executable, *command], cwd=ROOT, env={**env, "DEBUG": "1"}, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([sys.executable, "scripts/prepare_site.py"], cwd=ROOT, env={**env, "DEBUG": "1"}, check=True, stdout=subprocess.DEVNULL)
    server = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
              "--blocking-threads", "4", "--no-ws", "--log-level", "warning", "lms.wsgi:application"]
    running = [subprocess.Popen(command, cwd=ROOT, env={**env, "DEBUG": "0"})
               for command in (server, [sys.executable, "manage.py", "db_worker", "--interval", "0.2"])]
    try:
        _wait_until_up(f"http://127.0.0.1:{port}/healthz")
        yield Site(f"http://127.0.0.1:{port}", folder)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(20)


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
