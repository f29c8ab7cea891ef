"""Real engines for tests: a redis-server and an S3-speaking server (`rclone serve s3`), each started once a module on a free port."""

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

HOST = "127.0.0.1"
START_SECONDS = 20
ACCESS_KEY, SECRET_KEY = "lms-tests", "lms-tests-secret-0001"
BUCKET = "lms-tests"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def rclone() -> str:
    beside = Path(sys.executable).with_name("rclone")
    return str(beside) if beside.exists() else shutil.which("rclone") or "rclone"


class Process:
    """A server that may be killed and started again, on the same port."""

    def __init__(self, command: list[str], port: int):
        self.command, self.port, self._child = command, port, None

    def start(self) -> None:
        self._child = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.command[0]} did not start")
            time.sleep(0.02)

    def kill(self) -> None:
        if self._child:
            self._child.kill()
            self._child.wait()

    def pause(self) -> None:
        """Let it hang: connections are taken, and nothing is answered."""
        self._child.send_signal(19)

    def go_on(self) -> None:
        self._child.send_signal(18)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection((HOST, self.port), timeout=1):
            return True
        return False


@contextlib.contextmanager
def redis_server() -> Iterator[Process]:
    """Run Redis as it is in memory alone: killed, it comes back empty."""
    port = free_port()
    process = Process([shutil.which("redis-server") or "redis-server", "--port", str(port), "--bind", HOST, "--save", "", "--appendonly", "no"], port)
    process.start()
    try:
        yield process
    finally:
        process.kill()


@contextlib.contextmanager
def s3_server(folder: Path) -> Iterator[Process]:
    """Serve this folder as an S3 store; a folder in it is a bucket."""
    (folder / BUCKET).mkdir(parents=True)
    port = free_port()
    process = Process([
        rclone(), "serve", "s3", "--addr", f"{HOST}:{port}", "--auth-key", f"{ACCESS_KEY},{SECRET_KEY}", "--vfs-cache-mode", "writes",
        "--cache-dir", str(folder / ".cache"), "--config", "/dev/null", "--log-level", "ERROR", "--dir-cache-time", "1s", str(folder)], port)
    process.start()
    try:
        yield process
    finally:
        process.kill()


def s3_options(port: int, **more) -> dict:
    """Return what `lms.engines.storages` makes of the settings for this server."""
    return {
        "bucket_name": BUCKET, "endpoint_url": f"http://{HOST}:{port}", "region_name": "us-east-1", "access_key": ACCESS_KEY,
        "secret_key": SECRET_KEY, "public_url": "", "has_links": True, **more}
