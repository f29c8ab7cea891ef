"""Looking into a file that anybody may have built, in a process of its own with little memory and time.

Keeps true: nothing in the file can stop, fill or crash the process that asks; it gets what was found until then.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore

from certificates.signing.signature import Signature

_CHILD = Path(__file__).with_name("child.py")
# The child is given five seconds of work; a busy machine may take longer to give them.
_SECONDS = 30
# Each takes up to a gigabyte, so no more of them at once. Whoever waits holds a thread of the web server, which has few.
_AT_ONCE = BoundedSemaphore(2)
_WAITING_SECONDS = 2
_KEPT = ("PATH", "LANG", "LD_LIBRARY_PATH", "SYSTEMROOT")


@dataclass(frozen=True)
class Contents:
    """What was found. `problem`: "locked" or "broken" when the pages could not be read, "" when they could."""

    problem: str = "broken"
    text: str = ""
    signatures: list[Signature] = field(default_factory=list)


class Busy(Exception):
    """As many files are being looked into as may be."""


def contents_of(pdf: bytes) -> Contents:
    """Return the words on the first pages and the signatures. About a second, at most half a minute.

    :raises Busy: when others' files take longer than two seconds.
    """
    if not _AT_ONCE.acquire(timeout=_WAITING_SECONDS):
        raise Busy
    found: dict = {}
    try:
        for line in _said(pdf).splitlines():
            found |= json.loads(line)
    finally:
        _AT_ONCE.release()
    signatures = [Signature(**each) for each in found.get("signatures", [])]
    return Contents(found.get("problem", "broken"), found.get("text", ""), signatures)


def _said(pdf: bytes) -> bytes:
    # None of our secrets stands in its environment.
    env = {name: os.environ[name] for name in _KEPT if name in os.environ}
    command = [sys.executable, "-I", str(_CHILD)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env) as child:  # noqa: S603 - our own program
        try:
            said, _none = child.communicate(pdf, timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            said, _none = child.communicate()
    # A line that was cut short by the end of the process is not one.
    return said[:said.rfind(b"\n") + 1]
