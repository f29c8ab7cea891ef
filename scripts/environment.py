"""The virtual environment and `.env`: made when missing, left alone when they are there. Standard library only.

`python3 scripts/environment.py [--dev]` brings both up to date and says nothing when there is nothing to do.
"""

import contextlib
import hashlib
import importlib.util
import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# Where scripts/demo_key.py puts what PDF_SIGNING names.
DEMO_SIGNING = "var/pdf-signing/pdf-signing.toml"
NO_VENV = """This Python cannot make virtual environments.
  Debian, Ubuntu:  apt install python3-venv
  Fedora:          dnf install python3
  macOS:           brew install python"""


def say(text: str) -> None:
    print(f"· {text}", flush=True)


def prepare(*, dev: bool = False) -> None:
    """Bring `.venv` to what the requirements say, and write `.env` and a key for trying out signatures when there are none."""
    _need_venv()
    _make_venv()
    _install(["requirements.txt", "requirements-dev.txt"] if dev else ["requirements.txt"])
    _write_env()
    _make_demo_key()


def variables() -> dict[str, str]:
    """Return the variables of `.env`; those that the shell has set win, as they do in the settings.

    A development machine whose `.env` is older than signatures signs with the demo key as well.
    """
    found = {}
    for line in (ROOT / ".env").read_text(encoding="utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not name.lstrip().startswith("#"):
            found[name.removeprefix("export ").strip()] = value.strip().strip("\"'")
    found = {**found, **os.environ}
    return {"PDF_SIGNING": DEMO_SIGNING, **found} if found.get("DEBUG") == "1" else found


def digest_of(paths: list[Path]) -> str:
    """Return one hash over names and contents."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _need_venv() -> None:
    # Debian ships venv without ensurepip: the module is there, and fails half-way.
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        sys.exit(NO_VENV)


def _make_venv() -> None:
    if _works():
        return
    say(f"making .venv with Python {sys.version.split()[0]}")
    if subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=False).returncode:
        sys.exit(NO_VENV)


def _works() -> bool:
    """Tell whether `.venv` can be used: a folder that was moved, or whose Python has gone, is made anew."""
    if not PYTHON.exists():
        return False
    check = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([PYTHON, "-c", check], stderr=subprocess.DEVNULL, check=False).returncode == 0


def _install(names: list[str]) -> None:
    digest = digest_of([ROOT / name for name in names])
    marker = VENV / f".installed-{names[-1]}"
    if marker.exists() and marker.read_text() == digest:
        return
    say(f"installing {names[-1]} (a minute the first time)")
    pip = [PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--require-virtualenv"]
    if subprocess.run([*pip, "-r", ROOT / names[-1]], check=False).returncode:
        sys.exit("pip could not install what the site needs; its message stands above. Run the same command again once it is mended.")
    marker.write_text(digest)
    if len(names) > 1:  # the longer list holds the shorter one
        (VENV / f".installed-{names[0]}").write_text(digest_of([ROOT / names[0]]))


def _write_env() -> None:
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(ROOT / ".env", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"# Development on this machine; docs/architecture.md lists what can be set.\nDEBUG=1\n"
                       f"SECRET_KEY={secrets.token_urlsafe(48)}\nCERTIFICATE_SIGNING_KEY={secrets.token_urlsafe(48)}\n"
                       f"PDF_SIGNING={DEMO_SIGNING}\n")
        say("wrote .env with a secret of its own")


def _make_demo_key() -> None:
    """Make the key that `.env` names when it is not there, the first time or after `var/` was emptied."""
    if variables().get("PDF_SIGNING") != DEMO_SIGNING or (ROOT / DEMO_SIGNING).exists():
        return
    if subprocess.run([PYTHON, ROOT / "scripts" / "demo_key.py"], stdout=subprocess.DEVNULL, check=False).returncode:
        sys.exit("scripts/demo_key.py could not make the demo key; its message stands above.")
    say("made a demo key for signing papers")


if __name__ == "__main__":
    prepare(dev="--dev" in sys.argv[1:])
