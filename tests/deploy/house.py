"""The platform as docs/operating.md sets it up, without containers: every process of deploy/ on loopback, each with folders of its own.

nginx with the committed configuration → two web processes → PostgreSQL, Redis, an S3 store; two workers, two clocks; a post office that counts.
"""

import contextlib
import os
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests.deploy import certificate, files
from tests.deploy.letters import PostOffice
from tests.deploy.visitors import Visitor
from tests.lms import scripts

postgresql, processes = scripts.load("postgresql"), scripts.load("processes")
NAME, BUCKET, KEY, SECRET = "localhost", "lms", "key-of-the-tests", "secret-of-the-tests"
START_SECONDS = 90
WRAPPER = """{user}daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{ client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
scgi_temp_path {folder}/scgi; include {folder}/lms.conf; }}
"""


class House:
    """Everything that runs, by its name; whoever leaves the `with` stops it."""

    def __init__(self, folder: Path, database: str, letters: PostOffice):
        self.folder, self.database, self.letters, self.family = folder, database, letters, processes.Family()
        self.http, self.https, self.redis, self.s3, self.web = free_port(), free_port(), free_port(), free_port(), (free_port(), free_port())
        self.closed = folder / "proxy" / "closed"

    # What is behind

    def start_services(self) -> None:
        (self.folder / "s3" / BUCKET).mkdir(parents=True)
        self.run("redis", [shutil.which("redis-server"), "--port", str(self.redis), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)])
        self.run("s3", [Path(sys.executable).parent / "rclone", "serve", "s3", "--addr", f"127.0.0.1:{self.s3}", "--auth-key", f"{KEY},{SECRET}",
                        "--force-path-style=true", "--log-level", "ERROR", str(self.folder / "s3")])

    def settings(self, place: str) -> dict[str, str]:
        """Return the environment of one machine: what lms.env holds, and folders that no other process has."""
        own = self.folder / place
        (own / "tmp").mkdir(parents=True, exist_ok=True)
        said = {
            "SECRET_KEY": "s" * 50, "CERTIFICATE_SIGNING_KEY": "c" * 50, "SITE_URL": f"https://{NAME}", "SITE_NAME": "Lớp học Công đoàn",
            "ALLOWED_HOSTS": NAME, "DATABASE_URL": self.database, "REDIS_URL": f"redis://127.0.0.1:{self.redis}/0",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.letters.port}", "DEFAULT_FROM_EMAIL": "Lớp học Công đoàn <khong-tra-loi@example.org>",
            "S3_BUCKET": BUCKET, "S3_ENDPOINT_URL": f"http://127.0.0.1:{self.s3}", "S3_REGION": "hanoi", "S3_ACCESS_KEY": KEY, "S3_SECRET_KEY": SECRET,
            "LOG_FORMAT": "json",
        }
        # One process, and no second factor to type; what a developer keeps in .env is not for this house.
        here = {"DEBUG": "0", "PDF_SIGNING": "", "GRANIAN_WORKERS": "1", "GRANIAN_BLOCKING_THREADS": "4", "ADMINS_NEED_SECOND_FACTOR": "0", "LOG_LEVEL": "WARNING",
                "VAR_DIR": str(own / "var"), "TMPDIR": str(own / "tmp"), "STATIC_ROOT": str(self.folder / "static")}
        clean = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "LC_ALL")}
        return {**clean, **said, **here}

    # What deploy/ starts

    def start_unit(self, name: str, place: str, instance: str = "", *, port: int | None = None, root: Path = files.ROOT, **more: str) -> None:
        """Start the very command of a unit, with its variables, on a machine of that name."""
        unit = files.unit(name)
        env = {**unit.variables(instance), **self.settings(place), **more}
        if port:
            env["GRANIAN_PORT"] = str(port)
        program, *arguments = shlex.split(unit.command)
        assert program.startswith(".venv/bin/")
        self.run(place, [Path(sys.executable).parent / Path(program).name, *arguments], cwd=root, env=env)

    def start_web(self, number: int, **more: str) -> None:
        self.start_unit("lms-web@.service", f"web{number}", port=self.web[number - 1], **more)

    def start_proxy(self) -> None:
        own = self.folder / "proxy"
        own.mkdir()
        certificate.make(own, NAME)
        values = {
            "LMS_NAME": NAME, "LMS_HTTP": f"127.0.0.1:{self.http}", "LMS_HTTPS": f"127.0.0.1:{self.https}", "LMS_TLS": str(own), "LMS_ACME": str(own),
            "LMS_WEB_1": f"127.0.0.1:{self.web[0]}", "LMS_WEB_2": f"127.0.0.1:{self.web[1]}", "LMS_CLOSED": str(self.closed),
            "LMS_PAGES": str(files.DEPLOY / "nginx" / "pages"), "LMS_ACCESS_LOG": str(own / "access.log"),
            "LMS_ERROR_LOG": str(own / "errors.log")}
        (own / "lms.conf").write_text(files.fill(files.TEMPLATE.read_text(encoding="utf-8"), values), encoding="utf-8")
        # As root it would give its work to "nobody", who may not pass through root's own folders.
        user = "user root; " if os.geteuid() == 0 else ""
        (own / "nginx.conf").write_text(WRAPPER.format(folder=own, user=user), encoding="utf-8")
        command = [nginx(), "-p", own, "-c", own / "nginx.conf", "-e", own / "error.log"]
        checked = subprocess.run([*command, "-t"], check=False, capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr
        self.run("proxy", command)

    def run(self, name: str, command: list, **kwargs) -> None:
        with (self.folder / f"{name}.log").open("ab") as output:
            self.family.start(name, command, stdout=output, stderr=output, **kwargs)

    def stop(self, name: str, seconds: float = 90) -> int:
        """Ask a process to end as systemd does, wait until it has, and return its exit code."""
        child = self.family.children[name]
        child.terminate()
        return child.wait(seconds)

    # Who comes

    def visitor(self, door: str = "proxy", **kwargs) -> Visitor:
        """Return somebody who comes through the proxy, or straight to a web process as the proxy would."""
        if door == "proxy":
            context = ssl.create_default_context(cafile=self.folder / "proxy" / "fullchain.pem")
            return Visitor(NAME, self.https, context=context, **kwargs)
        return Visitor(NAME, self.web[int(door[-1]) - 1], headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}, **kwargs)

    def wait_for(self, port: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(OSError):
                if Visitor(NAME, port).get("/healthz").status == 200:
                    return
            assert time.monotonic() < deadline, self.words()
            assert not self.family.ended(), f"{self.family.ended()}: {self.words()}"
            time.sleep(0.1)

    def words(self) -> str:
        """Return the last words of everybody, for whoever has to find out why."""
        return "\n".join(f"── {path.stem}\n{path.read_text(errors='replace')[-1500:]}" for path in sorted(self.folder.glob("*.log")))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def nginx() -> str:
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin") or ""


def missing() -> list[str]:
    found = {"postgresql": postgresql.programs(), "redis-server": shutil.which("redis-server"), "nginx": nginx()}
    return [name for name, there in found.items() if not there]


def make_database(address: str) -> None:
    """Make an empty database as docs/operating.md does, once the server lets anybody in: its socket is there before."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute("CREATE DATABASE lms ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
                return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@contextlib.contextmanager
def house(folder: Path) -> Iterator[House]:
    """Start PostgreSQL with an empty database, Redis and the store; the rest is for the test to start."""
    with postgresql.server(folder / "pg") as url, PostOffice() as letters:
        make_database(f"host={folder / 'pg'} user=lms dbname=postgres")
        found = House(folder, url, letters)
        try:
            found.start_services()
            yield found
        finally:
            found.family.stop()
