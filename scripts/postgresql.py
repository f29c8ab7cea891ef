"""A PostgreSQL server of our own for the length of the tests: in a temporary folder, on a socket, gone afterwards. Standard library only."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from processes import Family

START_SECONDS = 60
# Nothing here has to survive a power cut.
OPTIONS = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=50", "listen_addresses="]


def programs() -> Path | None:
    """Return the folder of initdb and postgres: on the path, or where Debian puts them."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(versions, key=lambda path: int(path.parent.name), default=None)


@contextlib.contextmanager
def server(folder: Path) -> Iterator[str]:
    """Start a server in this folder and hand out its DATABASE_URL; it is stopped whatever happens."""
    owner = _owner()
    folder.mkdir()
    if owner:
        shutil.chown(folder, **owner)
    data, log = folder / "data", folder / "log"
    _run([programs() / "initdb", "-D", data, "-U", "lms", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"], owner)
    options = [part for option in OPTIONS for part in ("-c", option)]
    family = Family()
    try:
        with log.open("wb") as output:
            family.start(
                "PostgreSQL", [programs() / "postgres", "-D", data, "-k", folder, *options], cwd=folder, stdout=output, stderr=output, **owner)
        _wait(folder / ".s.PGSQL.5432", family, log)
        yield f"postgres://lms@/{folder}/lms"
    finally:
        family.stop(signal.SIGQUIT)  # at once, without writing anything back


def _owner() -> dict:
    """PostgreSQL refuses to run as root: name the user to run it as."""
    if os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            person = pwd.getpwnam(name)
            return {"user": person.pw_uid, "group": person.pw_gid}
    return {}


def _run(command: list, owner: dict) -> None:
    done = subprocess.run(command, cwd="/", check=False, capture_output=True, text=True, **owner)
    if done.returncode:
        raise RuntimeError(f"{command[0].name} failed: {done.stderr.strip()}")


def _wait(path: Path, family: Family, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
            probe.connect(str(path))
            return
        if family.ended() or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace').strip()[-2000:]}")
        time.sleep(0.1)
