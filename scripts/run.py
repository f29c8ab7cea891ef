"""`make run`: from an empty machine to a site with demo content, and everything stopped again at Ctrl-C. Standard library only.

Asks nothing, may be repeated, never overwrites data.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from environment import PYTHON, ROOT, digest_of, prepare, say, variables
from processes import Family

HOST = "127.0.0.1"
LETTERS = "var/mail"
START_SECONDS = 90
# The site itself runs as in production, so that its error pages are its own; commands keep what `.env` says.
SERVING = {"DEBUG": "0", "HTTPS": "0", "ADMINS_NEED_SECOND_FACTOR": "0", "PYTHONUNBUFFERED": "1"}
QUIET = {"LOG_LEVEL": "WARNING"}
ACCOUNTS = """
  Lớp học Công đoàn   {url}

  hocvien@example.org      cadre (học viên)            congdoan-demo
  giangvien@example.org    trainer (giảng viên)        congdoan-demo
  quantri@example.org      administrator (quản trị)    congdoan-demo
  khucongnghiep@example.org  training administrator of the industrial zones   congdoan-demo
  theodoi@example.org      viewer of the province (chỉ xem)   congdoan-demo

  Letters are written to {letters}. Ctrl-C stops everything.
"""


class Stopped(Exception):
    """Somebody asked us to stop: Ctrl-C, a signal, or make itself has gone."""


class Failed(Exception):
    """Something of ours does not run; the message says what."""


def main() -> int:
    port = chosen_port()
    prepare()
    env = variables()
    env.setdefault("SITE_URL", f"http://{HOST}:{port}")
    # The demonstration sends dozens; in the terminal they would bury what is said below.
    env.setdefault("EMAIL_URL", f"filemail:///{quote(str(ROOT / LETTERS))}")
    build(env)
    family = Family()
    try:
        start(family, {**QUIET, **env, **SERVING}, port)
        wait_until_up(family, port)
        letters = LETTERS if LETTERS in env["EMAIL_URL"] else "where EMAIL_URL says"
        print(ACCOUNTS.format(url=f"http://{HOST}:{port}/", letters=letters), flush=True)
        watch(family)
    except Failed as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    except Stopped:
        say("stopping")
        return 0
    finally:
        family.stop()


def chosen_port() -> int:
    """Return the port to serve on, or leave with a word about why it cannot be had."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        sys.exit(f"PORT must be a number from 1 to 65535, not “{text}”.")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            sys.exit(f"Port {port} needs more rights than you have. Choose one from 1024 up: PORT=8001 make run")
        except OSError:
            sys.exit(f"Port {port} is taken, perhaps by another “make run”. Choose another one: PORT={port + 1 if port < 65535 else 8001} make run")
    return port


def build(env: dict[str, str]) -> None:
    """Make what is made and not committed: assets, compiled messages, collected static files, database, demo."""
    run_quietly([PYTHON, "scripts/build_assets.py"], env)
    run_quietly([PYTHON, "scripts/messages.py", "compile"], env)
    var = ROOT / (env.get("VAR_DIR") or "var")
    var.mkdir(parents=True, exist_ok=True)
    marker = var / "static.sha256"
    digest = digest_of([path for pattern in ("requirements.txt", "lms/static.py", "static/**/*", "*/static/**/*")
                        for path in ROOT.glob(pattern) if path.is_file() and path.relative_to(ROOT).parts[0] not in (".venv", "var")])
    stale = not marker.exists() or marker.read_text() != digest
    collecting = None
    if stale:  # beside the migrations, which keep one core busy and leave the other idle
        say("collecting static files")
        collecting = subprocess.Popen([PYTHON, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"], cwd=ROOT, env=env)
    try:
        say("bringing the database and the demo up to date (a minute the first time)")
        run([PYTHON, "scripts/prepare_site.py"], env)
        if collecting and collecting.wait():
            sys.exit("collectstatic failed; its message stands above.")
    finally:
        if collecting and collecting.poll() is None:
            collecting.kill()
    marker.write_text(digest)


def run(command: list, env: dict[str, str]) -> None:
    code = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
    if code:
        sys.exit(f"{Path(command[1]).name} failed (exit code {code}); its message stands above.")


def run_quietly(command: list, env: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}{Path(command[1]).name} failed (exit code {done.returncode}).")


def start(family: Family, env: dict[str, str], port: int) -> None:
    family.start("web server", [
        PYTHON, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port), "--workers", "2",
        "--blocking-threads", "4", "--no-ws", "--log-level", "warning", "lms.wsgi:application"],
        cwd=ROOT, env=env)
    family.start("background worker", [PYTHON, "manage.py", "work"], cwd=ROOT, env=env)
    family.start("clock", [PYTHON, "manage.py", "keep_time", "--every", "60"], cwd=ROOT, env=env)


def wait_until_up(family: Family, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers(port):
        check(family)
        if time.monotonic() > deadline:
            raise Failed(f"The site did not answer on {HOST}:{port} within {START_SECONDS} seconds.")
        time.sleep(0.2)


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def watch(family: Family) -> None:
    """Wait until somebody asks us to stop, make itself is gone, or a process ends by itself."""
    parent = os.getppid() if os.environ.get("MAKELEVEL") else None
    while True:
        check(family)
        if parent and os.getppid() != parent:
            raise Stopped
        time.sleep(0.5)


def check(family: Family) -> None:
    if ended := family.ended():
        raise Failed("The {} stopped by itself (exit code {}); its last words stand above.".format(*ended))


def stop_on(number: int, _frame) -> None:
    raise Stopped(signal.Signals(number).name)


if __name__ == "__main__":
    for asked in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asked, stop_on)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # under nohup a closed terminal is no reason to stop
        signal.signal(signal.SIGHUP, stop_on)
    try:
        sys.exit(main())
    except Stopped as stopped:
        print(f"\nStopped ({stopped}) before the site was up. The same command goes on where it was.", file=sys.stderr)
        sys.exit(130)
