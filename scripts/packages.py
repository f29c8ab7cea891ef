"""What the tests need beside Python: from Debian's packages where we are root, else named; and from npm. Standard library only."""

import contextlib
import ctypes
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import postgresql
from environment import PYTHON, ROOT, digest_of, say

AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
APT = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    if chosen := os.environ.get("CHROMIUM"):
        return chosen
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def fonts() -> bool:
    """Tell whether there is any font at all; the site brings its own, but Chromium will not start on none."""
    folders = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts")
    return any(path.suffix in {".ttf", ".otf", ".ttc"} for folder in folders for path in Path(folder).rglob("*"))


def libatomic() -> bool:
    """Tell whether Playwright's own Node.js can start: on a bare Linux this library is what it lacks."""
    if sys.platform != "linux":
        return True
    with contextlib.suppress(OSError):
        ctypes.CDLL("libatomic.so.1")
        return True
    return False


NEEDS: dict[str, Callable[[], object]] = {
    "postgresql": postgresql.programs,
    "chromium": chromium,
    "fonts-dejavu-core": fonts,
    "libatomic1": libatomic,
    "softhsm2": lambda: shutil.which("softhsm2-util"),
    "poppler-utils": lambda: shutil.which("pdftotext"),
    "faketime": lambda: shutil.which("faketime"),
    "redis-server": lambda: shutil.which("redis-server"),
    "nginx-light": lambda: shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin"),
}


def missing() -> list[str]:
    return [name for name, found in NEEDS.items() if not found()]


def install() -> None:
    """Install what is missing, where that can be done; what is missing afterwards is for the parts to report."""
    wanted = missing()
    if not wanted or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    say(f"installing {', '.join(wanted)} (apt)")
    # Debian would start what it installs; the tests start servers of their own (RUNLEVEL 1: none is to run now).
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    _update(env)
    if not _apt(["install", "--no-install-recommends", *wanted], env):
        for name in wanted:  # so that one that cannot be had does not keep out the others
            _apt(["install", "--no-install-recommends", name], env)
    if "postgresql" in wanted and shutil.which("pg_dropcluster"):
        # Debian starts a server for every new installation; we run our own, and leave none behind.
        for line in subprocess.run(["pg_lsclusters", "-h"], check=False, capture_output=True, text=True).stdout.splitlines():
            version, name = line.split()[:2]
            subprocess.run(["pg_dropcluster", "--stop", version, name], check=False, capture_output=True)


def install_node_modules(name: str = "tests/node") -> None:
    """Bring `node_modules` of this folder to what its lock file says; without it, the tests that need it say so and are left out.

    Node.js and npm come with the Python packages for development, the same everywhere.
    """
    folder = ROOT / name
    marker, digest = folder / "node_modules" / ".installed", digest_of([folder / "package-lock.json"])
    if marker.exists() and marker.read_text() == digest:
        return
    say(f"installing {name} (npm)")
    env = {**os.environ, "PATH": f"{PYTHON.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    if AUTHORITIES.exists():
        # Node.js trusts its own list only; a house with a proxy of its own has added to the system's.
        env.setdefault("NODE_EXTRA_CA_CERTS", str(AUTHORITIES))
    done = subprocess.run([PYTHON.parent / "npm", "ci"], cwd=folder, env=env, check=False, capture_output=True, text=True)
    if done.returncode:
        print("\n".join(done.stderr.strip().splitlines()[-5:]))
        return
    marker.write_text(digest)


def _update(env: dict[str, str]) -> None:
    """Read the package lists; the lock on them, unlike dpkg's, has no time-out of its own."""
    for _attempt in range(10):
        done = subprocess.run([*APT, "update"], env=env, check=False, capture_output=True, text=True)
        if "/lists/lock" not in done.stderr:
            break
        time.sleep(15)
    if done.returncode:
        print(done.stderr.strip())


def _apt(arguments: list[str], env: dict[str, str]) -> bool:
    done = subprocess.run([*APT, *arguments], env=env, check=False, capture_output=True, text=True)
    if done.returncode:
        print("\n".join(done.stderr.strip().splitlines()[-5:]))
    return done.returncode == 0
