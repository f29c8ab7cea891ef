"""Processes that end together: each child in a session of its own, so that Ctrl-C reaches us alone and we stop them in order.

A guard (guard.py) holds the other end of a pipe and ends them should we be killed. Standard library only.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

STOP_SECONDS = 15


class Family:
    def __init__(self) -> None:
        self.children: dict[str, subprocess.Popen] = {}
        self._guard = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("guard.py")], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            start_new_session=True, text=True)

    def start(self, name: str, command: list, **kwargs) -> None:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, **kwargs)
        self.children[name] = child
        self._guard.stdin.write(f"{child.pid}\n")
        self._guard.stdin.flush()

    def ended(self) -> tuple[str, int] | None:
        """Return name and exit code of a child that ended by itself, if one did."""
        for name, child in self.children.items():
            if child.poll() is not None:
                return name, child.returncode
        return None

    def stop(self, asking: int = signal.SIGTERM) -> None:
        """Ask every child to end, wait, then end what is left of its group."""
        with _uninterrupted():
            for child in self.children.values():
                if child.poll() is None:
                    child.send_signal(asking)
            deadline = time.monotonic() + STOP_SECONDS
            for child in self.children.values():
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(max(0.1, deadline - time.monotonic()))
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()
            with contextlib.suppress(OSError):
                self._guard.communicate("done\n", timeout=5)


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """A second Ctrl-C is a habit, not a wish to leave processes behind."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
