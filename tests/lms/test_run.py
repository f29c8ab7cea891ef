"""`make run`: says what is wrong with a port, and leaves no process behind however it ends."""

import signal
import socket
import subprocess
import sys

import pytest

from tests.lms import scripts

run = scripts.load("run")

PARENT = """
import sys, time
sys.path.insert(0, sys.argv[1])
from processes import Family
family = Family()
family.start("child", [sys.executable, "-c", "import subprocess, time; subprocess.Popen(['sleep', '60']); time.sleep(60)"])
print("started", flush=True)
time.sleep(60)
"""


def test_port_is_the_one_asked_for(monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("PORT", str(port))
    assert run.chosen_port() == port


@pytest.mark.parametrize("text", ["0", "65536", "http", "-1"])
def test_port_that_is_no_port_is_refused(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(SystemExit, match=f"from 1 to 65535, not “{text}”"):
        run.chosen_port()


def test_taken_port_is_refused_with_another_one_to_try(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(SystemExit, match=f"Port {port} is taken.* PORT={port + 1} make run"):
            run.chosen_port()


def test_children_and_theirs_end_when_the_parent_is_killed():
    parent = subprocess.Popen([sys.executable, "-c", PARENT, scripts.FOLDER], stdout=subprocess.PIPE, text=True)
    assert parent.stdout.readline() == "started\n"
    parent.send_signal(signal.SIGKILL)
    # The pipe ends when the last process that could write to it has ended: child and grandchild inherited it.
    assert parent.communicate(timeout=10) == ("", None)


def test_a_child_that_ends_by_itself_is_named_and_the_others_are_stopped():
    family = run.Family()
    family.start("background worker", ["sleep", "60"])
    family.start("web server", [sys.executable, "-c", "raise SystemExit(3)"])
    family.children["web server"].wait()
    with pytest.raises(run.Failed, match=r"The web server stopped by itself \(exit code 3\)"):
        run.check(family)
    family.stop()
    assert family.children["background worker"].returncode == -signal.SIGTERM
